"""What the list of entries can be asked for: a period and filters, as they stand in its address."""

from django import forms
from django.db.models import CharField, Value
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.fields import DayField
from apps.core.tables import FilterChoiceField
from apps.workbench.models import TimeEntry
from apps.workspaces.models import Workspace

PERIODS = [
    ("today", _("today")),
    ("week", _("this week")),
    ("month", _("this month")),
    ("last_month", _("last month")),
    ("year", _("this year")),
    ("all", _("all time")),
    ("custom", _("from … to")),
]
BILLABLE = [("yes", _("billable")), ("no", _("not billable"))]
BILLED = [("no", _("not yet")), ("yes", _("on an invoice"))]
REVIEW = [
    ("any", _("yes, for any reason")),
    (TimeEntry.Review.OVERLAP, _("overlapping")),
    (TimeEntry.Review.LONG, _("very long")),
    (TimeEntry.Review.ARCHIVED, _("on an archived project")),
    (TimeEntry.Review.FUTURE, _("in the future")),
]
# What narrows the list beside period and text, in the order of the filter row.
FILTERS = ("client", "project", "task", "tag", "billable", "billed", "review")


# A period that leaves nothing out, and need not be asked for.
ALL_TIME = (days.FIRST_DAY, days.LAST_DAY)


class ListFilterForm(forms.Form):
    """What the list shows; nonsense in the address counts as not said."""

    q = forms.CharField(label=_("Search"), required=False)
    period = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    client = FilterChoiceField(label=_("Client"), required=False)
    project = FilterChoiceField(label=_("Project"), required=False)
    billable = FilterChoiceField(label=_("Bill"), choices=BILLABLE, required=False)
    task = FilterChoiceField(label=_("Task"), required=False)
    tag = FilterChoiceField(label=_("Tag"), required=False)
    billed = FilterChoiceField(label=_("Invoiced"), choices=BILLED, required=False)
    review = FilterChoiceField(label=_("Look again"), choices=REVIEW, required=False)

    def __init__(self, *args, workspace: Workspace, **kwargs):
        super().__init__(*args, **kwargs)
        for name, offered in self._offered(workspace).items():
            self.fields[name].choices = sorted(offered, key=lambda row: row[1].casefold())

    def _offered(self, workspace: Workspace) -> dict[str, list[tuple[int, str]]]:
        """What the filters offer, in one query. Tasks are those of the project that is chosen, else the one that is
        asked for: a workspace may have thousands."""
        rows = {
            "client": workspace.clients.active(),
            "project": workspace.projects.active(),
            "tag": workspace.tags.all(),
        }
        titles = {"task": "title"}
        project, task = (number_of(self.data.get(name)) for name in ("project", "task"))
        if project is not None:
            rows["task"] = workspace.tasks.filter(project=project)
        elif task is not None:
            rows["task"] = workspace.tasks.filter(pk=task)
        parts = [
            found.order_by().values_list(Value(name, CharField()), "pk", titles.get(name, "name"))
            for name, found in rows.items()
        ]
        offered: dict[str, list[tuple[int, str]]] = {name: [] for name in ("client", "project", "tag", "task")}
        for name, pk, title in parts[0].union(*parts[1:], all=True):
            offered[name].append((pk, title))
        return offered

    @property
    def has_tasks(self) -> bool:
        """Whether there are tasks to choose from: a project is chosen that has any."""
        return len(self.fields["task"].choices) > 1

    @property
    def has_tags(self) -> bool:
        """Whether the workspace has any."""
        return len(self.fields["tag"].choices) > 1

    @property
    def shown(self) -> list[forms.BoundField]:
        """The filters that have anything to choose from."""
        return [self[name] for name in FILTERS if name == "task" or self.fields[name].choices[1:]]


def number_of(text: str | None) -> int | None:
    """A row's number as it stands in an address; None where it cannot be one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
