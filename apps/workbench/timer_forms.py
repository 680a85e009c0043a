"""What is typed and pressed around the running timer: when it started, and what happened while nobody was there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.durations import HOUR
from apps.core.fields import DurationField
from apps.workbench.fields import TimeOfDayField, format_time_of_day
from apps.workbench.forms import NoteForm
from apps.workbench.models import TimeEntry


class EarlierForm(NoteForm):
    """Start the timer as of a time of the last 24 hours on the person's clock."""

    at = TimeOfDayField(label=_("Started at"), error_messages={"required": _("Say when you started.")})

    def __init__(self, *args, zone: ZoneInfo, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["at"].widget.attrs |= {"class": "form-control", "autocomplete": "off", "data-earlier": ""}
        self.fields["note"].widget.attrs |= {"class": "form-control", "autocomplete": "off"}

    def clean_at(self) -> datetime:
        """The last instant at which the clock showed this."""
        now = days.now()
        today = days.local_day(now, self.zone)
        for day in (today, today - timedelta(days=1)):
            moment = wall_clock(day, self.cleaned_data["at"], self.zone)
            if moment and moment <= now:
                return moment
        raise ValidationError(_("The timer cannot start in the future."), code="future")


class RepairForm(forms.Form):
    """What to do with a forgotten timer: `how`, for some answers with the time at which the work ended."""

    SEEN, AT, SPLIT, KEEP = "seen", "at", "split", "keep"

    how = forms.ChoiceField(choices=[(SEEN, ""), (AT, ""), (SPLIT, ""), (KEEP, "")])
    time = TimeOfDayField(label=_("Worked until"), required=False)

    def __init__(self, *args, entry: TimeEntry, **kwargs):
        super().__init__(*args, **kwargs)
        self.entry = entry

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("how") in (self.AT, self.SPLIT) and "time" not in self.errors:
            cleaned["moment"] = self._moment(cleaned.get("time"))
        return cleaned

    def _moment(self, minutes: int | None) -> datetime | None:
        """The first instant after the stretch began at which the clock showed this."""
        if minutes is None:
            self.add_error("time", _("Say until when you worked, for instance 17:30."))
            return None
        segment, zone = self.entry.current_segment, self.entry.zone
        since = segment.started_at if segment else self.entry.started_at
        day = days.local_day(since, zone)
        while day <= days.local_day(days.now(), zone):
            moment = wall_clock(day, minutes, zone)
            if moment and since < moment <= days.now():
                return moment
            day += timedelta(days=1)
        start = since.astimezone(zone)
        text = _("The timer runs since %(time)s: choose a time between then and now.")
        shown = format_time_of_day(start.hour * 60 + start.minute)
        self.add_error("time", ValidationError(text, code="outside", params={"time": shown}))
        return None


class IdleForm(forms.Form):
    """What to do with the time in which nobody touched anything: `since` and `until` in milliseconds of the epoch."""

    DISCARD, STOP, ASIDE = "discard", "stop", "aside"

    how = forms.ChoiceField(choices=[(DISCARD, ""), (STOP, ""), (ASIDE, "")])
    since = forms.IntegerField(min_value=946_684_800_000, max_value=4_133_980_799_000)
    until = forms.IntegerField(min_value=946_684_800_000, max_value=4_133_980_799_000)

    def span(self) -> tuple[datetime, datetime]:
        """Both as instants of whole seconds."""
        return tuple(datetime.fromtimestamp(self.cleaned_data[name] // 1000, UTC) for name in ("since", "until"))


class WorkedForm(forms.Form):
    """A duration typed over the clock; what cannot be read changes nothing."""

    worked = DurationField(max_seconds=25 * HOUR, required=False)

    @property
    def seconds(self) -> int | None:
        """The duration, or None for nothing and for nonsense."""
        return self.cleaned_data.get("worked") if self.is_valid() else None


def wall_clock(day, minutes: int, zone: ZoneInfo) -> datetime | None:
    """The instant at which the clock shows `minutes` after midnight on `day`; None where the clocks skip it."""
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    moment = naive.replace(tzinfo=zone).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == naive else None
