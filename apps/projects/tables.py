"""The lists of projects and tasks, and their filters."""

from functools import lru_cache

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.tables import TotalsTable, by_name
from apps.clients.totals import attach_totals
from apps.core.addresses import row_address
from apps.core.durations import format_duration
from apps.core.markup import markup
from apps.core.tables import ArchivedFilter, ChoiceFilter, ListFilter, Table, edit_link, row_form
from apps.core.templatetags.workhub import NONE, icon, local_date, status_mark
from apps.projects.models import Project, Task
from apps.projects.querysets import attach_tracked

STATUS_MARKS = {
    Project.Status.PLANNED: "draft",
    Project.Status.ACTIVE: "viewed",
    Project.Status.ON_HOLD: "sent",
    Project.Status.COMPLETED: "paid",
}


def usage(percent: int | None, words: str) -> SafeString:
    """A bar with its words; past its end it is told in ink, not in red."""
    if percent is None:
        return SafeString(words)
    return markup(
        '<span class="budget{}"><svg class="bar" aria-hidden="true"><rect{} width="{}%" height="100%"/></svg>'
        "<span>{}</span></span>",
        " is-over" if percent > 100 else "",
        SafeString(' class="b-ink"') if percent > 100 else "",
        min(percent, 100),
        words,
    )


def due_day(row: Project | Task) -> SafeString | str:
    """The day, in red once it has passed."""
    if row.due_on is None:
        return NONE
    return markup('<span class="late">{}</span>', local_date(row.due_on)) if row.is_late else local_date(row.due_on)


@lru_cache(maxsize=64)
def status(value: str, language: str) -> SafeString:
    """A status with its mark, drawn once in each language."""
    mark = STATUS_MARKS[value]
    return markup('<span class="status status-{}">{}{}</span>', mark, status_mark(mark), Project.Status(value).label)


def project_name(project: Project) -> SafeString:
    """Its swatch and name, as a link."""
    return markup(
        '<span class="tag"><span class="swatch s{}"></span><a class="truncate link-plain" href="{}">{}</a></span>',
        project.colour,
        project.get_absolute_url(),
        project.name,
    )


class ProjectTable(TotalsTable):
    """What, for whom, how far, and what is not billed yet."""

    name = tables.Column(empty_values=(), attrs={"td": {"class": "c-name"}})
    status = tables.Column(empty_values=(), order_by=("status", "name", "pk"), attrs={"td": {"class": "c-second"}})
    budget = tables.Column(
        empty_values=(), orderable=False, attrs={"td": {"class": "c-budget p2 c-more"}, "th": {"class": "p2"}}
    )
    due_on = tables.Column(
        verbose_name=_("Deadline"), empty_values=(), attrs={"td": {"class": "num p3 c-more"}, "th": {"class": "num p3"}}
    )
    hours = tables.Column(empty_values=(), attrs={"td": {"class": "num c-last"}, "th": {"class": "num"}})
    unbilled = tables.Column(empty_values=(), attrs={"td": {"class": "num c-main"}, "th": {"class": "num"}})
    actions = tables.Column(
        empty_values=(), orderable=False, verbose_name="", attrs={"td": {"class": "c-actions c-more"}}
    )

    class Meta(TotalsTable.Meta):
        pass

    def complete(self, records: list[Project]) -> None:
        attach_totals(records, "totals")

    def render_name(self, record: Project) -> SafeString:
        beneath = [
            str(record.client or _("for the business")),
            record.code,
            _("archived") if record.is_archived else "",
        ]
        return markup(
            '{}<span class="sub">{}</span>', project_name(record), ", ".join(str(part) for part in beneath if part)
        )

    def render_status(self, record: Project) -> SafeString:
        return status(record.status, get_language())

    def render_budget(self, record: Project) -> SafeString:
        percent = record.budget_percent
        return NONE if percent is None else usage(percent, gettext("%(percent)d\u00a0%% used") % {"percent": percent})

    def render_due_on(self, record: Project) -> SafeString | str:
        return due_day(record)

    def render_actions(self, record: Project) -> SafeString:
        return edit_link("projects:edit", record)

    def order_due_on(self, queryset, is_descending: bool):
        return queryset.by_due(descending=is_descending), True


class ProjectFilter(ListFilter):
    """Search, client, status, billing, archived."""

    client = ChoiceFilter(label=_("Client"))
    status = ChoiceFilter(label=_("Status"), choices=Project.Status.choices)
    billing = ChoiceFilter(label=_("Billing"), choices=Project.Billing.choices)
    archived = ArchivedFilter()

    def __init__(self, *args, clients: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("client", clients)


class TaskTable(Table):
    """What is to be done: tick it, start the timer on it, open it."""

    done = tables.Column(empty_values=(), orderable=False, verbose_name=_("Done"), attrs={"td": {"class": "c-check"}})
    title = tables.Column(empty_values=(), verbose_name=_("Task"), attrs={"td": {"class": "c-name"}})
    project = tables.Column(
        empty_values=(),
        order_by=("project__name", "project", "title", "pk"),
        attrs={"td": {"class": "c-project c-second"}},
    )
    priority = tables.Column(
        empty_values=(),
        order_by=("priority", "due_on", "pk"),
        attrs={"td": {"class": "p2 c-more"}, "th": {"class": "p2"}},
    )
    tracked = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name=_("Time"),
        attrs={"td": {"class": "c-budget c-last"}},
    )
    assignee = tables.Column(
        empty_values=(),
        verbose_name=_("Who"),
        order_by=("assignee__name", "assignee", "pk"),
        attrs={"td": {"class": "p3 c-more soft"}, "th": {"class": "p3"}},
    )
    due_on = tables.Column(
        verbose_name=_("Due"), empty_values=(), attrs={"td": {"class": "num c-main"}, "th": {"class": "num"}}
    )
    actions = tables.Column(
        empty_values=(), orderable=False, verbose_name="", attrs={"td": {"class": "c-actions c-more"}}
    )

    class Meta(Table.Meta):
        attrs = {"class": "table table-hover table-stack manage-table"}
        order_by = ("due_on",)

    def row_class(self, record: Task) -> str:
        return "is-done" if record.is_done else ""

    def complete(self, records: list[Task]) -> None:
        attach_tracked(records)

    def render_done(self, record: Task) -> SafeString:
        return tick(self.request, record)

    def render_title(self, record: Task) -> SafeString:
        beneath = _("doing") if record.status == Task.Status.DOING else _("archived") if record.is_archived else ""
        return markup(
            '<a class="link-plain truncate d-block" data-open href="{}">{}</a>{}',
            record.get_absolute_url(),
            record.title,
            markup('<span class="sub">{}</span>', beneath) if beneath else "",
        )

    def render_project(self, record: Task) -> SafeString:
        return project_name(record.project)

    def render_priority(self, record: Task) -> SafeString:
        return priority(record.priority, get_language())

    def render_tracked(self, record: Task) -> SafeString:
        return tracked(record)

    def render_assignee(self, record: Task) -> SafeString | str:
        return person(record.assignee) if record.assignee else NONE

    def render_due_on(self, record: Task) -> SafeString | str:
        return due_day(record)

    def render_actions(self, record: Task) -> SafeString:
        return edit_link("tasks:edit", record, start_button(self.request, record))

    def order_title(self, queryset, is_descending: bool):
        return by_name(queryset, is_descending, "title"), True

    def order_due_on(self, queryset, is_descending: bool):
        return queryset.by_due(descending=is_descending), True


class ProjectTaskTable(TaskTable):
    """The tasks of one project."""

    class Meta(TaskTable.Meta):
        exclude = ("project",)
        order_by = ()


def tick(request, task: Task) -> SafeString:
    """The box that completes a task, or takes that back."""
    label = gettext("Reopen %(name)s") if task.is_done else gettext("Complete %(name)s")
    button = markup(
        '<button class="tick{}" type="submit" aria-label="{}" data-row-key="x">{}</button>',
        " is-done" if task.is_done else "",
        label % {"name": task},
        icon("check"),
    )
    return row_form(request, row_address("tasks:reopen" if task.is_done else "tasks:complete", task.pk), button)


def start_button(request, task: Task) -> SafeString:
    """Starts the timer on a task; the timer bar is what changes."""
    if task.is_done or task.is_archived:
        return SafeString("")
    label = gettext("Start the timer on %(name)s") % {"name": task}
    button = markup(
        '<button class="btn-icon" type="submit" data-row-key="s" aria-label="{}" title="{}">{}</button>',
        label,
        label,
        icon("play"),
    )
    into_bar = 'hx-include="#timer-live" hx-target="#timer" hx-swap="outerHTML"'
    return row_form(request, reverse("workbench:timer_start"), button, into_bar, task=task.pk)


@lru_cache(maxsize=64)
def priority(value: int, language: str) -> SafeString:
    """Four small bars, with the word for it, drawn once in each language."""
    return markup(
        '<span class="tag"><span class="priority priority-{}" aria-hidden="true"><i></i><i></i><i></i><i></i></span>'
        "{}</span>",
        value,
        Task.Priority(value).label,
    )


def person(user) -> SafeString:
    """Two letters on a disc, which leave room for the task; the name shows on pointing at it and is read out."""
    return markup(
        '<span class="avatar" title="{}" aria-hidden="true">{}</span><span class="visually-hidden">{}</span>',
        user,
        user.initials,
        user,
    )


def tracked(task: Task) -> SafeString:
    """Recorded time, beside the estimate where there is one."""
    time = format_duration(task.tracked_seconds) if task.tracked_seconds else ""
    if not task.estimate_seconds:
        return SafeString(time) or NONE
    words = gettext("%(time)s of %(estimate)s") % {
        "time": time or format_duration(0),
        "estimate": format_duration(task.estimate_seconds),
    }
    return usage(task.estimate_percent, words)


class StatusFilter(ChoiceFilter):
    """Open tasks, unless a status is asked for."""

    def __init__(self, **kwargs):
        kwargs |= {"label": _("Status"), "empty_label": _("open"), "choices": [*Task.Status.choices, ("all", _("any"))]}
        super().__init__(**kwargs)

    def filter(self, qs, value: str | None):
        return qs.of_status(value or "")


class TaskFilter(ListFilter):
    """Search, project, client, status, priority, who, when, archived."""

    WHO = [("me", _("me")), ("nobody", _("nobody")), ("others", _("somebody else"))]
    WHEN = [("late", _("late")), ("today", _("today")), ("week", _("in a week")), ("none", _("at no time"))]

    client = ChoiceFilter(field_name="project__client", label=_("Client"))
    project = ChoiceFilter(label=_("Project"))
    status = StatusFilter()
    priority = ChoiceFilter(label=_("Priority"), choices=Task.Priority.choices)
    who = ChoiceFilter(label=_("Who"), choices=WHO, method="by_assignee")
    due = ChoiceFilter(label=_("Due"), choices=WHEN, method="by_due")
    archived = ArchivedFilter()

    def __init__(self, *args, projects: list, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("project", [(project.pk, project.name) for project in projects])
        clients = {project.client: project.client__name for project in projects if project.client}
        self.offer("client", sorted(clients.items(), key=lambda item: item[1].casefold()))

    def by_assignee(self, queryset, name: str, value: str):
        """Mine, nobody's, or somebody else's."""
        if value == "nobody":
            return queryset.filter(assignee=None)
        mine = queryset.filter(assignee=self.request.user)
        return mine if value == "me" else queryset.exclude(assignee=None).exclude(assignee=self.request.user)

    def by_due(self, queryset, name: str, value: str):
        """By when they are due."""
        return queryset.due(value)


class ProjectTaskFilter(ListFilter):
    """Search, status, priority, when, archived, within one project."""

    status = StatusFilter()
    priority = ChoiceFilter(label=_("Priority"), choices=Task.Priority.choices)
    due = ChoiceFilter(label=_("Due"), choices=TaskFilter.WHEN, method="by_due")
    archived = ArchivedFilter()

    def by_due(self, queryset, name: str, value: str):
        """By when they are due."""
        return queryset.due(value)
