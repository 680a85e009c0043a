"""What people type about their time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.durations import HOUR
from apps.core.fields import DayField, DurationField
from apps.projects.forms import TagsField
from apps.workbench.fields import TimeOfDayField, instant_at
from apps.workbench.models import TimeEntry
from apps.workspaces.forms import WorkspaceModelForm

NOTE_LENGTH = 10_000
# Suggestions come from the list of tags beside the field; the script offers them behind each comma.
TAG_FIELD = {"class": "form-control", "list": "tag-names", "autocomplete": "off", "data-tags": ""}
WRONG_ORDER = _("The end must come after the start.")
IN_THE_FUTURE = _("The timer cannot start in the future.")


class NoteForm(forms.Form):
    """What one is working on, as typed into the timer."""

    note = forms.CharField(label=_("What are you working on?"), max_length=NOTE_LENGTH, required=False)


class EntryForm(WorkspaceModelForm):
    """A new entry, or one that is changed.

    Day, from and to are wall-clock times in the entry's own zone (`zone`). The end is said by `end`, or by `duration`
    (work, without the breaks inside) where that was typed last (`lead`) or alone.
    """

    note = forms.CharField(
        label=_("Note"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    billable = forms.TypedChoiceField(
        label=_("Billable"),
        choices=[("", _("As the project says")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )
    day = DayField(label=_("Day"))
    start = TimeOfDayField(label=_("From"), error_messages={"required": _("Say when it began.")})
    end = TimeOfDayField(label=_("To"), required=False)
    duration = DurationField(label=_("Duration"), required=False, max_seconds=25 * HOUR)
    tag_names = TagsField(label=_("Tags"), required=False)
    lead = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    work = forms.CharField(required=False, max_length=24)

    class Meta:
        model = TimeEntry
        fields = ["project", "task", "note"]
        widgets = {"project": forms.HiddenInput, "task": forms.HiddenInput}

    def __init__(self, *args, user, workspace, initial=None, instance=None, **kwargs):
        self.user = user
        self.entry = instance
        self.zone: ZoneInfo = instance.zone if instance else user.zone
        facts = _facts_of(instance) if instance else {"day": days.local_day(days.now(), user.zone)}
        initial = facts | (initial or {})
        super().__init__(*args, workspace=workspace, initial=initial, instance=instance, **kwargs)
        if self.is_live:
            del self.fields["end"], self.fields["duration"]
        for name in ("start", "end", "duration"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"class": "form-control", "autocomplete": "off"}
        for name in ("note", "day"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["billable"].widget.attrs["class"] = "form-select"
        self.fields["tag_names"].widget.attrs |= TAG_FIELD
        if instance:
            self.fields["billable"].choices = self.fields["billable"].choices[1:]

    @property
    def is_live(self) -> bool:
        """Whether the timer of this entry is on: it has no end to change."""
        return bool(self.entry and self.entry.is_live)

    @property
    def resting_seconds(self) -> int:
        """Breaks and pauses inside the entry, which a duration does not count."""
        if self.entry is None or self.is_live:
            return 0
        return int((self.entry.ended_at - self.entry.started_at).total_seconds()) - self.entry.work_seconds

    # ── Project and task ──────────────────────────────────────────────────────────────────────────────────────────────

    def clean_project(self):
        project = self.cleaned_data["project"]
        if project and project.is_archived and project.pk != self.initial.get("project"):
            raise ValidationError(_("%(name)s is archived. Choose another project."), params={"name": project})
        return project

    def clean_task(self):
        task = self.cleaned_data["task"]
        if task and task.is_archived and task.pk != self.initial.get("task"):
            raise ValidationError(_("%(name)s is archived. Choose another task."), params={"name": task})
        return task

    def _take_plain_choice(self) -> None:
        """Without JavaScript a plain list sends `p12` or `t34` instead of the two hidden fields."""
        work = self.cleaned_data.get("work", "")
        if not work or "project" in self.errors or "task" in self.errors:
            return
        kind, number = work[:1], work[1:]
        rows = {"p": self.workspace.projects.active(), "t": self.workspace.tasks.active()}.get(kind)
        row = rows.filter(pk=int(number)).first() if rows is not None and number.isdecimal() else None
        if row is None and work != "-":
            self.add_error("project", _("Choose one from the list."))
            return
        self.cleaned_data["task"] = row if kind == "t" else None
        self.cleaned_data["project"] = row.project if kind == "t" else row

    # ── Time ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def clean(self):
        cleaned = super().clean()
        self._take_plain_choice()
        if task := cleaned.get("task"):
            cleaned["project"] = task.project
        if {"day", "start", "end", "duration"} & set(self.errors):
            return cleaned
        self.span = None
        if self.entry is None or {"day", "start", "end", "duration"} & set(self.changed_data):
            self.span = self._typed_span(cleaned)
        return cleaned

    def _typed_span(self, cleaned: dict) -> tuple[datetime, datetime | None] | None:
        """Start and end as instants; errors land at their field."""
        day, start = cleaned["day"], cleaned["start"]
        started_at = self._instant("start", day, start, self.entry and self.entry.started_at)
        if self.is_live or started_at is None:
            return self._check(started_at, days.now()) and (started_at, None)
        if self._duration_leads(cleaned):
            ended_at = started_at + timedelta(seconds=cleaned["duration"] + self.resting_seconds)
        elif cleaned.get("end") is None:
            self.add_error("end", _("Say when it ended, or how long it took."))
            return None
        elif cleaned["end"] == start:
            self.add_error("end", WRONG_ORDER)
            return None
        else:
            end_day = day if cleaned["end"] > start else day + timedelta(days=1)
            ended_at = self._instant("end", end_day, cleaned["end"], self.entry and self.entry.ended_at)
        return self._check(started_at, ended_at) and (started_at, ended_at)

    def _duration_leads(self, cleaned: dict) -> bool:
        if cleaned.get("duration") is None:
            return False
        if cleaned.get("end") is None or cleaned.get("lead") == "duration":
            return True
        return bool(self.entry) and "duration" in self.changed_data and "end" not in self.changed_data

    def _check(self, started_at: datetime | None, ended_at: datetime | None) -> bool:
        """Whether the span is one that an entry can have: some time, and at most a day on the wall clock."""
        if started_at is None or ended_at is None:
            return False
        name = "start" if self.is_live else "duration" if self.cleaned_data.get("end") is None else "end"
        local = started_at.astimezone(self.zone).replace(tzinfo=None)
        a_day_later = (local + timedelta(days=1)).replace(tzinfo=self.zone).astimezone(UTC)
        if ended_at <= started_at:
            text = (
                _("The timer cannot start in the future.") if self.is_live else _("The end must come after the start.")
            )
            self.add_error(name, text)
        elif ended_at > a_day_later and not self.is_live:
            self.add_error(name, _("One entry holds 24 hours at most. Log longer work day by day."))
        else:
            return True
        return False

    def _instant(self, name: str, day: date, minutes: int, was: datetime | None) -> datetime | None:
        """The instant of a wall-clock time, in UTC.

        An unchanged time keeps its seconds, and which of two it was. Otherwise a time that exists twice, when the
        clocks go back, means the first; one that does not exist, when they go forward, is an error.
        """
        if was:
            local = was.astimezone(self.zone)
            if (local.date(), local.hour * 60 + local.minute) == (day, minutes):
                return was
        try:
            return instant_at(day, minutes, self.zone)
        except ValidationError as refusal:
            self.add_error(name, refusal)
            return None

    # ── The end of it ─────────────────────────────────────────────────────────────────────────────────────────────────

    def save(self, commit: bool = True) -> TimeEntry:
        """Log or revise. Raises ValidationError where the entry itself refuses, as a billed one does."""
        cleaned = self.cleaned_data
        facts = {"project": cleaned["project"], "task": cleaned["task"], "note": cleaned["note"]}
        if "tag_names" in self.data:
            facts["tags"] = self.workspace.tags.named(self.workspace, cleaned["tag_names"])
        if self.entry is None:
            started_at, ended_at = self.span
            return TimeEntry.log(
                user=self.user, workspace=self.workspace, started_at=started_at, ended_at=ended_at,
                billable=cleaned["billable"], **facts,
            )  # fmt: skip
        if self.span:
            facts["started_at"] = self.span[0]
            if not self.is_live:
                facts["ended_at"] = self.span[1]
        if cleaned["billable"] is not None:
            facts["billable"] = cleaned["billable"]
        self.entry.revise(**facts)
        return self.entry

    def _post_clean(self) -> None:
        """The entry takes its values by its own verbs, not by assignment."""


def _facts_of(entry: TimeEntry) -> dict:
    """What the form shows of an entry."""
    started, ended = (at and at.astimezone(entry.zone) for at in (entry.started_at, entry.ended_at))
    facts = {
        "day": started.date(),
        "start": started.hour * 60 + started.minute,
        "billable": "yes" if entry.billable else "no",
        "tag_names": ", ".join(sorted((tag.name for tag in entry.tags.all()), key=str.casefold)),
    }
    if ended:
        facts |= {"end": ended.hour * 60 + ended.minute, "duration": entry.work_seconds // 60 * 60}
    return facts
