"""The quick-entry line as a form: what its text says, with the fields that are folded out beneath it, becomes an entry.

What stands in a field wins over what the text says. The rules of an entry are those of `EntryForm`, which this one
fills in; so both refuse the same things in the same words.
"""

from datetime import date, datetime, timedelta
from functools import cached_property

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.durations import format_clock, format_duration
from apps.core.fields import DayField
from apps.core.transactions import atomic
from apps.workbench import quick_entry
from apps.workbench.choices import known_names, last_end
from apps.workbench.fields import format_time_of_day
from apps.workbench.forms import EntryForm
from apps.workbench.models import TimeEntry
from apps.workspaces.forms import WorkspaceForm

# Where the month is written before the day.
MONTH_FIRST = {"US", "PH", "PR", "GU", "FM", "MH", "PW"}
MORNING = 9 * 60
FIELDS = ("project", "task", "start", "end", "duration", "lead", "work")
SAY_WHEN = _("Say how long it took, such as 1h30, or from when to when, such as 9-10:30.")


class QuickForm(WorkspaceForm):
    """One line, and perhaps fields. `entry_form` is the entry that they come to."""

    text = forms.CharField(label=_("What did you do?"), max_length=quick_entry.LONGEST_LINE, required=False)
    day = DayField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, workspace, **kwargs):
        self.user = user
        super().__init__(*args, workspace=workspace, **kwargs)

    @property
    def text_typed(self) -> str:
        """The line as it was sent."""
        return self.data.get("text", "")

    @cached_property
    def fields_typed(self) -> dict[str, str]:
        """What stands in the fields beneath the line."""
        return {name: value for name in FIELDS if (value := self.data.get(name, "").strip())}

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to understand yet."""
        return not (self.text_typed.strip() or self.fields_typed)

    @cached_property
    def understood(self) -> quick_entry.Understood:
        """What the line says."""
        now = days.now()
        day = self.cleaned_data.get("day") or days.local_day(now, self.user.zone)
        clock = quick_entry.Clock(now, self.user.zone, day, _month_first(self.workspace))
        text = self.cleaned_data.get("text", "")
        return quick_entry.read(text, clock, known_names(self.workspace, text))

    @cached_property
    def entry_form(self) -> EntryForm:
        """The form of the entry, filled in with what was understood."""
        form = EntryForm(self._entry_data(), user=self.user, workspace=self.workspace)
        form.full_clean()
        return form

    @cached_property
    def placed(self) -> tuple[date, int | None]:
        """Day and start in minutes. A bare duration ended just now; on another day it follows what was done last."""
        said = self.understood
        if said.start is not None or said.seconds is None:
            return said.day, said.start
        now = days.now()
        if said.day == days.local_day(now, self.user.zone):
            began = (now - timedelta(seconds=said.seconds)).astimezone(self.user.zone)
            return began.date(), began.hour * 60 + began.minute
        return said.day, self._last_end(said.day)

    def _last_end(self, day: date) -> int:
        """Minutes after midnight at which the work of `day` ended so far; in the morning where there is none."""
        last = last_end(self.workspace, self.user, day)
        if last is None:
            return MORNING
        local = last.astimezone(self.user.zone)
        return local.hour * 60 + local.minute + (local.second > 0)

    def _entry_data(self) -> dict[str, str]:
        said, typed = self.understood, self.fields_typed
        day, start = self.placed
        data = {"note": said.note, "day": day.isoformat()}
        if said.work and not typed.keys() & {"project", "task", "work"}:
            data |= {"project": str(said.work.project), "task": str(said.work.task or "")}
        if not typed.keys() & {"start", "end", "duration"}:
            data |= self._said_times(start)
        elif "start" not in typed and start is not None:
            data["start"] = format_time_of_day(start)
        return data | typed

    def _said_times(self, start: int | None) -> dict[str, str]:
        said = self.understood
        if start is None:
            return {}
        times = {"start": format_time_of_day(start)}
        if said.end is not None:
            times["end"] = format_time_of_day(said.end)
        elif said.seconds is not None:
            shown = format_clock if said.seconds % 60 else format_duration
            times |= {"duration": shown(said.seconds), "lead": "duration"}
        return times

    @cached_property
    def problems(self) -> list[str]:
        """Sentences about what cannot be saved as it is; none when all is well."""
        own = [text for errors in self.errors.values() for text in errors]
        if own:
            return own
        found = list(self.understood.problems)
        if not self._says_when:
            return [*found, str(SAY_WHEN)]
        return found + list(dict.fromkeys(text for errors in self.entry_form.errors.values() for text in errors))

    @property
    def _says_when(self) -> bool:
        said = self.understood
        return said.start is not None or said.seconds is not None or bool(self.fields_typed.keys() & {"start"})

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """From when to when, once that is clear."""
        return getattr(self.entry_form, "span", None) if not self.errors and self._says_when else None

    @property
    def seconds(self) -> int:
        """How long that is."""
        started_at, ended_at = self.span
        return int((ended_at - started_at).total_seconds())

    @property
    def starts(self) -> str:
        """The start on the person's clock."""
        return f"{self.span[0].astimezone(self.user.zone):%H:%M}"

    @property
    def ends(self) -> str:
        """The end on the person's clock, `+1` when that is on the next day."""
        started_at, ended_at = (at.astimezone(self.user.zone) for at in self.span)
        nights = (ended_at.date() - started_at.date()).days
        return f"{ended_at:%H:%M}" + (f" +{nights}" if nights else "")

    @property
    def work(self):
        """The task, else the project, that it will be recorded for."""
        cleaned = self.entry_form.cleaned_data
        return cleaned.get("task") or cleaned.get("project")

    @property
    def prefill(self) -> dict[str, str]:
        """What the form with all fields begins with."""
        names = ("note", "project", "task", "day", "start", "end")
        end = {"end": self.ends.partition(" ")[0]} if self.span else {}
        return {name: value for name in names if (value := (self.entry_form.data | end).get(name))}

    @atomic
    def save(self) -> TimeEntry:
        """Log it, with its tags."""
        entry = self.entry_form.save()
        if self.understood.tags:
            entry.tags.set(self.workspace.tags.named(self.workspace, self.understood.tags))
        return entry


def _month_first(workspace) -> bool:
    """Whether `11/12` is the twelfth of November: in a few countries, and with US dollars where none is given."""
    return workspace.country in MONTH_FIRST if workspace.country else workspace.currency == "USD"
