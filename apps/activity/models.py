"""Who did what to which row: events are only ever added."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned


class AuditEventQuerySet(OwnedQuerySet):
    """Questions about the past; it can be asked, not changed."""

    def about(self, row: models.Model) -> "AuditEventQuerySet":
        """All that happened to one row, newest first."""
        return self.filter(kind=row._meta.label_lower, row=str(row.pk)).select_related("actor").order_by("-pk")

    def update(self, **kwargs):
        raise ValidationError(_("The log of events cannot be changed."), code="append_only")

    def bulk_update(self, objs, fields, *args, **kwargs):
        raise ValidationError(_("The log of events cannot be changed."), code="append_only")

    def delete(self):
        raise ValidationError(_("The log of events cannot be changed."), code="append_only")


class AuditEvent(WorkspaceOwned):
    """One event; `facts` keeps what the verb needs to be told later (amounts, numbers, names)."""

    workspace = WorkspaceKey("audit_events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(default=days.now, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "kind", "row"], name="audit_of_row")]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.row}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(_("The log of events cannot be changed."), code="append_only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(_("The log of events cannot be changed."), code="append_only")


def record(verb: str, row: WorkspaceOwned, *, actor=None, at: datetime | None = None, **facts) -> AuditEvent:
    """Add an event in the caller's transaction, so that it stands exactly when the change does.

    `at` is for a past that is written down later, as the demo world's is; without it the event happens now.
    """
    return AuditEvent.objects.create(
        workspace_id=row.workspace_id, actor=actor, verb=verb, kind=row._meta.label_lower, row=str(row.pk), facts=facts,
        at=at or days.now(),
    )  # fmt: skip
