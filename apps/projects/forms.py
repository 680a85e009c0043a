"""Forms for projects and tasks."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.durations import format_words, parse_duration
from apps.core.fields import CurrencyBearingSelect, DayField, DurationField, MoneyField
from apps.projects.models import MAX_PLANNED_SECONDS, Project, Tag, Task
from apps.workspaces.forms import WorkspaceForm, WorkspaceModelForm
from apps.workspaces.rates import RATE_QUESTION, RateFormMixin

COLOURS = [(1, _("Green")), (2, _("Blue")), (3, _("Olive")), (4, _("Plum")), (5, _("Lilac")), (6, _("Grey"))]
MAX_TAGS = 20
MAX_LINES = 200


def planned_time(label: str, seconds: int | None) -> DurationField:
    """A field for hours that are planned; it says how the value that is kept was understood."""
    hint = _("Such as 40:00, 1h30 or 90m; a bare number is minutes.")
    if seconds:
        hint = _("Understood as %(time)s. %(hint)s") % {"time": format_words(seconds), "hint": hint}
    return DurationField(label=label, required=False, max_seconds=MAX_PLANNED_SECONDS, help_text=hint)


class ProjectForm(RateFormMixin, WorkspaceModelForm):
    """What is done for whom, how it is billed, and within what limits. Amounts are in the chosen client's currency."""

    colour = forms.TypedChoiceField(label=_("Colour"), choices=COLOURS, coerce=int, initial=1, widget=forms.RadioSelect)
    hourly_rate_minor = MoneyField(label=_("Hourly rate"), required=False)
    fixed_price_minor = MoneyField(
        label=_("Price"), required=False, help_text=_("In all, or for each month of a retainer.")
    )
    budget_seconds = DurationField(required=False)
    budget_minor = MoneyField(label=_("Budget in money"), required=False)
    starts_on = DayField(label=_("Starts on"), required=False)
    due_on = DayField(label=_("Deadline"), required=False)

    rate_fields = ("hourly_rate_minor", "billing", "fixed_price_minor", "client")

    class Meta:
        model = Project
        fields = [
            "name", "code", "client", "colour", "status", "billing", "hourly_rate_minor", "fixed_price_minor",
            "budget_seconds", "budget_minor", "starts_on", "due_on", "notes",
        ]  # fmt: skip
        widgets = {"client": CurrencyBearingSelect, "notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_use = Q(archived_at=None) | Q(pk=self.instance.client_id)
        self.fields["client"].queryset = self.fields["client"].queryset.filter(in_use)
        self.fields["client"].widget.attrs["data-money-currency"] = self.workspace.currency
        self.fields["client"].empty_label = _("None, it is for the business itself")
        self.fields["budget_seconds"] = planned_time(_("Budget in hours"), self.instance.budget_seconds)
        self.fields["hourly_rate_minor"].help_text = _("Empty means the client's, else your own.")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("name", css_class="col-sm-8"), Column("code", css_class="col-sm-4")),
            "client",
            Row(
                Column("status", css_class="col-sm-6"),
                Column(Field("colour", template="projects/_colour.html"), css_class="col-sm-6"),
            ),
            Fieldset(
                _("Billing"),
                "billing",
                Row(
                    Column("hourly_rate_minor", css_class="col-sm-6"), Column("fixed_price_minor", css_class="col-sm-6")
                ),
                RATE_QUESTION,
            ),
            Fieldset(
                _("Limits"),
                Row(Column("budget_seconds", css_class="col-sm-6"), Column("budget_minor", css_class="col-sm-6")),
                Row(Column("starts_on", css_class="col-sm-6"), Column("due_on", css_class="col-sm-6")),
            ),
            "notes",
        )

    def currency_for_money(self) -> str:
        """The posted client's currency, so that an amount is read as the person meant it."""
        if not self.is_bound:
            return self.instance.currency if self.instance.pk or self.instance.client_id else self._offered_currency()
        return self._currency_of(self.data.get(self.add_prefix("client"), ""))

    def _offered_currency(self) -> str:
        return self._currency_of(str(self.initial.get("client") or ""))

    def _currency_of(self, client_id: str) -> str:
        if not (client_id.isascii() and client_id.isdigit() and len(client_id) < 19):
            return self.workspace.currency
        client = self.workspace.clients.filter(pk=client_id).only("currency").first()
        return client.currency if client else self.workspace.currency


class TagsField(forms.CharField):
    """Names with commas between them, cleaned to a list; a person need not know which exist already."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", MAX_TAGS * 42)
        super().__init__(**kwargs)

    def to_python(self, value) -> list[str]:
        text = super().to_python(value)
        names = dict.fromkeys(name.strip().lstrip("#") for name in text.split(","))
        return [name for name in names if name]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MAX_TAGS:
            raise ValidationError(_("Choose at most %(limit)d tags."), code="many", params={"limit": MAX_TAGS})
        for name in value:
            if len(name) > Tag._meta.get_field("name").max_length:
                raise ValidationError(_("“%(name)s…” is too long for a tag."), code="long", params={"name": name[:20]})

    def run_validators(self, value: list[str]) -> None:
        for name in value:
            super().run_validators(name)


class TaskForm(RateFormMixin, WorkspaceModelForm):
    """What is to be done, by whom and until when."""

    estimate_seconds = DurationField(required=False)
    due_on = DayField(label=_("Due"), required=False)
    hourly_rate_minor = MoneyField(label=_("Hourly rate"), required=False)
    tag_names = TagsField(label=_("Tags"), required=False, help_text=_("With commas between them."))

    rate_fields = ("hourly_rate_minor", "project")

    class Meta:
        model = Task
        fields = [
            "title", "project", "description", "status", "priority", "due_on", "estimate_seconds", "assignee",
            "billable", "hourly_rate_minor",
        ]  # fmt: skip
        widgets = {"project": CurrencyBearingSelect, "description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        projects = self.fields["project"].queryset.select_related("client", "workspace")
        in_use = projects.filter(Q(archived_at=None, client=None) | Q(archived_at=None, client__archived_at=None))
        self.fields["project"].queryset = in_use | projects.filter(pk=self.instance.project_id)
        self.fields["project"].widget.attrs["data-money-currency"] = self.workspace.currency
        self.fields["project"].empty_label = _("Choose a project")
        self.fields["assignee"].empty_label = _("Nobody")
        self.fields["estimate_seconds"] = planned_time(_("Estimate"), self.instance.estimate_seconds)
        self.fields["hourly_rate_minor"].help_text = _("Empty means the project's.")
        if self.instance.pk:
            self.initial["tag_names"] = ", ".join(
                sorted((tag.name for tag in self.instance.tags.all()), key=str.casefold)
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "title",
            "project",
            Row(Column("status", css_class="col-sm-6"), Column("priority", css_class="col-sm-6")),
            Row(Column("due_on", css_class="col-sm-6"), Column("estimate_seconds", css_class="col-sm-6")),
            Row(Column("assignee", css_class="col-sm-6"), Column("tag_names", css_class="col-sm-6")),
            "description",
            Fieldset(_("Billing"), "hourly_rate_minor", RATE_QUESTION, "billable"),
        )

    def currency_for_money(self) -> str:
        """The posted project's currency."""
        typed = self.data.get(self.add_prefix("project"), "") if self.is_bound else str(self.initial.get("project", ""))
        if self.instance.pk and typed == str(self.instance.project_id):
            return self.instance.project.currency
        if typed.isascii() and typed.isdigit() and len(typed) < 19:
            projects = self.workspace.projects.select_related("client", "workspace")
            if project := projects.filter(pk=typed).first():
                return project.currency
        return self.workspace.currency

    def _save_m2m(self):
        super()._save_m2m()
        self.instance.tags.set(self.workspace.tags.named(self.workspace, self.cleaned_data["tag_names"]))


class QuickTasksForm(WorkspaceForm):
    """One task in each line; a duration at the end of a line is its estimate (`Proof the cover 1h30`)."""

    lines = forms.CharField(
        label=_("New tasks"),
        max_length=MAX_LINES * 220,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": _("Add tasks, one in each line")}),
    )

    def clean_lines(self) -> list[Task]:
        """Tasks that are not saved yet."""
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MAX_LINES:
            message = _("That is more than %(limit)d lines. Add them in two goes.")
            raise ValidationError(message, code="many", params={"limit": MAX_LINES})
        tasks = [self._task(line) for line in lines]
        for number, task in enumerate(tasks, start=1):
            if len(task.title) > Task._meta.get_field("title").max_length:
                message = _("Line %(number)d is longer than 200 characters.")
                raise ValidationError(message, code="long", params={"number": number})
        return tasks

    def _task(self, line: str) -> Task:
        title, estimate = split_estimate(line)
        return Task(workspace=self.workspace, title=title, estimate_seconds=estimate)


def split_estimate(line: str) -> tuple[str, int | None]:
    """The title and the seconds of a duration behind it (`Proof 1h30`); a number without unit belongs to the title."""
    title, _space, last = line.rpartition(" ")
    if not title.strip() or not last[0].isdigit() or not (set(last.lower()) & set("hm:")):
        return line, None
    try:
        seconds = parse_duration(last)
    except ValidationError:
        return line, None
    return (title.rstrip(), seconds) if 0 < seconds <= MAX_PLANNED_SECONDS else (line, None)
