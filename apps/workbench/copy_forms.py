"""Where a copy of an entry shall lie, and where an entry shall be cut in two, as typed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.durations import HOUR, format_duration
from apps.core.fields import DayField, DurationField
from apps.workbench.fields import TimeOfDayField, instant_at
from apps.workbench.models import TimeEntry


class DuplicateForm(forms.Form):
    """Day and beginning of a copy, on the person's own wall clock; offered is the same time today."""

    day = DayField(label=_("Day"))
    start = TimeOfDayField(label=_("From"))

    def __init__(self, *args, entry: TimeEntry, user, **kwargs):
        self.entry, self.zone = entry, user.zone
        started = entry.started_at.astimezone(entry.zone)
        self.was = started.hour * 60 + started.minute
        initial = {"day": days.local_day(days.now(), user.zone), "start": self.was}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            try:
                self.started_at = instant_at(cleaned["day"], cleaned["start"], self.zone)
            except ValidationError as refusal:
                self.add_error("start", refusal)
            else:
                # An unchanged time keeps its seconds.
                self.started_at += timedelta(seconds=self.entry.started_at.second * (cleaned["start"] == self.was))
        return cleaned

    def save(self) -> TimeEntry:
        """The copy. Raises ValidationError where the entry refuses."""
        return self.entry.duplicate(started_at=self.started_at, zone=self.zone)


class SplitForm(forms.Form):
    """The moment of the cut: a time on the entry's wall clock, or how much work the first half shall hold."""

    time = TimeOfDayField(label=_("At"), required=False)
    duration = DurationField(
        label=_("Or after so much work"), required=False, max_seconds=25 * HOUR, help_text=_("Such as 1:30 or 45.")
    )

    def __init__(self, *args, entry: TimeEntry, **kwargs):
        self.entry = entry
        self.ends_at = entry.ended_at or days.now()
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        at, after = cleaned.get("time"), cleaned.get("duration")
        if (at is None) == (after is None):
            raise ValidationError(_("Say either when, or after how much work."), code="one_of_both")
        name = "duration" if at is None else "time"
        try:
            self.moment = self._after(after) if at is None else self._on_the_clock(at)
        except ValidationError as refusal:
            self.add_error(name, refusal)
        return cleaned

    def _on_the_clock(self, minutes: int) -> datetime:
        """The first time inside the entry at which its clock shows this."""
        for instant in self._readings(minutes):
            if self.entry.started_at < instant < self.ends_at:
                return instant
        first, last = (f"{at.astimezone(self.entry.zone):%H:%M}" for at in (self.entry.started_at, self.ends_at))
        raise ValidationError(
            _("Choose a time between %(first)s and %(last)s."), code="outside", params={"first": first, "last": last}
        )

    def _readings(self, minutes: int) -> Iterator[datetime]:
        day, last = self.entry.day, days.local_day(self.ends_at, self.entry.zone)
        while day <= last:
            try:
                yield (first := instant_at(day, minutes, self.entry.zone))
            except ValidationError:
                first = None
            if first:
                # When the clocks go back, the same time comes twice.
                again = first.astimezone(self.entry.zone).replace(fold=1).astimezone(first.tzinfo)
                if again != first:
                    yield again
            day += timedelta(days=1)

    def _after(self, seconds: int) -> datetime:
        """The moment at which so much work was done."""
        left = seconds
        for part in self.entry.work:
            if left < part.seconds:
                return part.started_at + timedelta(seconds=left)
            left -= part.seconds
        worked = format_duration(seconds - left)
        raise ValidationError(_("It holds no more than %(worked)s of work."), code="long", params={"worked": worked})

    def save(self) -> TimeEntry:
        """Cut it; returns the new entry. Raises ValidationError where the entry refuses."""
        return self.entry.split(self.moment)
