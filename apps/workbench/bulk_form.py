"""What many entries shall say from now on, as typed: where nothing is chosen, each keeps what it says."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.projects.forms import TagsField
from apps.projects.models import Project, Task
from apps.workbench.forms import TAG_FIELD
from apps.workbench.querysets import TimeEntryQuerySet
from apps.workbench.together import Outcome, Together
from apps.workspaces.forms import WorkspaceForm

KEEP = _("stays as it is")


class BulkForm(WorkspaceForm):
    """Project or task, billable, and tags of many entries."""

    loose = forms.BooleanField(label=_("Take them out of their project"), required=False)
    billable = forms.TypedChoiceField(
        label=_("Billable"),
        choices=[("", KEEP), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.Select(attrs={"class": "form-select", "autofocus": True}),
    )
    add_tags = TagsField(label=_("Add tags"), required=False, help_text=_("With commas between them."))
    remove_tags = TagsField(label=_("Take away tags"), required=False)
    # Without JavaScript a plain list sends `p12` or `t34` instead of project and task.
    work = forms.CharField(required=False, max_length=24)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, rows in (("project", self._projects()), ("task", self._tasks())):
            self.fields[name] = forms.ModelChoiceField(rows, required=False, widget=forms.HiddenInput)
        for name in ("add_tags", "remove_tags"):
            self.fields[name].widget.attrs |= TAG_FIELD

    def _projects(self):
        return self.workspace.projects.active().select_related("client", "workspace")

    def _tasks(self):
        return self.workspace.tasks.active().select_related("project__client", "project__workspace")

    def clean_work(self) -> str:
        text = self.cleaned_data["work"]
        if text and not (text[0] in "pt" and text[1:].isascii() and text[1:].isdigit() and len(text) <= 19):
            raise ValidationError(_("Choose one from the list."), code="invalid_choice")
        return text

    def clean(self):
        cleaned = super().clean()
        if work := cleaned.get("work"):
            name, rows = ("project", self._projects()) if work[0] == "p" else ("task", self._tasks())
            cleaned[name] = rows.filter(pk=work[1:]).first()
            if cleaned[name] is None:
                self.add_error("project", _("Choose one from the list."))
        if cleaned.get("loose") and self.place:
            self.add_error("loose", _("Choose a project, or take them out of it, not both."))
        if not self.errors and not self.changes:
            raise ValidationError(_("Choose what shall change."), code="nothing")
        return cleaned

    @property
    def shown_project(self) -> Project | None:
        """The project that the picker shows when the form comes back."""
        return self.place[0] if self.is_bound and self.place else None

    @property
    def shown_task(self) -> Task | None:
        return self.place[1] if self.is_bound and self.place else None

    @property
    def place(self) -> tuple[Project, Task | None] | None:
        """Where they shall belong; None where nothing was chosen."""
        project, task = self.cleaned_data.get("project"), self.cleaned_data.get("task")
        if task:
            return task.project, task
        return (project, None) if project else None

    @property
    def changes(self) -> dict:
        """What was chosen, as `Together.revise` takes it, but for the tags that do not exist yet: those by name."""
        cleaned, found = self.cleaned_data, {}
        if self.place or cleaned.get("loose"):
            found["work"] = self.place or (None, None)
        if cleaned.get("billable") is not None:
            found["billable"] = cleaned["billable"]
        return found | {name: cleaned[name] for name in ("add_tags", "remove_tags") if cleaned.get(name)}

    def save(self, entries: TimeEntryQuerySet) -> Outcome:
        """Change all that may be changed of `entries`, one person's."""
        changes, tags = self.changes, self.workspace.tags
        if names := changes.get("add_tags"):
            changes["add_tags"] = tags.named(self.workspace, names)
        if names := changes.get("remove_tags"):
            gone = {name.casefold() for name in names}
            changes["remove_tags"] = [tag for tag in tags.all() if tag.name.casefold() in gone]
        return Together(entries).revise(**changes)
