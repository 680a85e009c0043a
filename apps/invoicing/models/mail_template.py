"""How a business words its mails, and when it reminds by itself."""

from datetime import date, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.invoicing.mail_texts import REMINDERS, MailKind, MailText, usual_text
from apps.invoicing.placeholders import LONGEST_SUBJECT, validate_placeholders
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned

LONGEST_BODY = 5000
MOST_DAYS = 365


class MailTemplate(WorkspaceOwned):
    """The words of one kind of mail."""

    workspace = WorkspaceKey("mail_templates")
    kind = models.CharField(max_length=12, choices=MailKind)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT, validators=[validate_placeholders])
    body = models.TextField(_("message"), max_length=LONGEST_BODY, validators=[validate_placeholders])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind"], name="one_mail_template_of_a_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def text(self) -> MailText:
        """What it says."""
        return MailText(self.subject, self.body)

    @property
    def is_usual(self) -> bool:
        """Whether it says what it did before anybody changed it."""
        return self.text == usual_text(MailKind(self.kind))

    @classmethod
    def of(cls, workspace, kind: MailKind) -> Self:
        """The workspace's words, or the usual ones, which are not saved."""
        return workspace.mail_templates.filter(kind=kind).first() or cls._usual(workspace, kind)

    @classmethod
    def all_of(cls, workspace) -> dict[str, Self]:
        """One of each kind; those that nobody has changed are not saved."""
        saved = {template.kind: template for template in workspace.mail_templates.all()}
        return {kind: saved.get(kind) or cls._usual(workspace, kind) for kind in MailKind}

    @classmethod
    def _usual(cls, workspace, kind: MailKind) -> Self:
        return cls(workspace=workspace, kind=kind, **usual_text(kind)._asdict())


class ReminderStep(WorkspaceOwned):
    """One step of the ladder of reminders: so many days after the due date, below zero before it.

    It is off without `on_since`. Steps that were to come before that day are not made up for.
    """

    USUAL_DAYS = {MailKind.BEFORE_DUE: -3, MailKind.FIRST: 3, MailKind.SECOND: 14, MailKind.LAST: 30}

    workspace = WorkspaceKey("reminder_steps")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.label) for kind in REMINDERS])
    days = models.SmallIntegerField(_("days"), validators=[MinValueValidator(-MOST_DAYS), MaxValueValidator(MOST_DAYS)])
    on_since = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="one_reminder_step_of_a_kind"),
            models.CheckConstraint(condition=Q(days__gte=-MOST_DAYS, days__lte=MOST_DAYS), name="reminder_within_year"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.days:+d}"

    @property
    def is_on(self) -> bool:
        """Whether it is sent by itself."""
        return self.on_since is not None

    def day_for(self, due_date: date) -> date:
        """The day on which an invoice that is due then gets it."""
        return due_date + timedelta(days=self.days)

    @classmethod
    def ladder_of(cls, workspace) -> list[Self]:
        """All steps in their order; those that nobody has changed are off, and not saved."""
        saved = {step.kind: step for step in workspace.reminder_steps.all()}
        return [saved.get(kind) or cls(workspace=workspace, kind=kind, days=cls.USUAL_DAYS[kind]) for kind in REMINDERS]

    def set_to(self, *, days: int, is_on: bool, today: date) -> None:
        """Save it so. Switched on, or put on another day, it counts from today."""
        if not is_on:
            self.on_since = None
        elif not self.is_on or days != self.days:
            self.on_since = today
        self.days = days
        self.save()
