"""Who did what to which row: events are only ever added, each chained to the one before it (see `chain`)."""

from datetime import datetime
from typing import NoReturn, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from apps.activity import chain
from apps.core import days
from apps.core.prepared import Prepared
from apps.core.transactions import atomic
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned


def refuse() -> NoReturn:
    """The one message for every path that would change the past."""
    raise ValidationError(_("The log of events cannot be changed."), code="append_only")


class AuditEventQuerySet(OwnedQuerySet):
    """Questions about the past; it can be asked, not changed."""

    def about(self, row: models.Model) -> "AuditEventQuerySet":
        """All that happened to one row, newest first."""
        return self.filter(kind=row._meta.label_lower, row=str(row.pk)).select_related("actor").order_by("-pk")

    def update(self, **kwargs):
        refuse()

    def bulk_create(self, objs, *args, **kwargs):
        refuse()

    def bulk_update(self, objs, fields, *args, **kwargs):
        refuse()

    def delete(self):
        refuse()


class AuditEvent(WorkspaceOwned):
    """One event; `facts` keeps what the verb needs to be told later (amounts, numbers, names). `record` writes it."""

    workspace = WorkspaceKey("audit_events")
    position = models.PositiveIntegerField(editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    acted_by = models.CharField(max_length=280, blank=True, editable=False)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(default=days.now, editable=False)
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "position"], name="one_event_at_a_position")]
        indexes = [models.Index(fields=["workspace", "kind", "row"], name="audit_of_row")]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.row}"

    def save(self, *args, **kwargs):
        refuse()

    def delete(self, *args, **kwargs):
        refuse()

    def digest(self, position: int | None = None) -> str:
        """What its hash must be, here or at another position."""
        return chain.digest(
            workspace=self.workspace_id,
            position=self.position if position is None else position,
            acted_by=self.acted_by,
            verb=self.verb,
            kind=self.kind,
            row=self.row,
            facts=self.facts,
            at=self.at,
            previous_hash=self.previous_hash,
        )


class AuditHead(WorkspaceOwned):
    """Where a workspace's chain ends. Who adds to it holds this row, the last of all locks, until the commit."""

    workspace = WorkspaceKey("audit_heads")
    position = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, default=chain.GENESIS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace"], name="one_head_of_a_chain")]

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"

    @classmethod
    def lock(cls, workspace_id: int) -> Self:
        """The workspace's head, held until the transaction ends; made at the first event."""
        return _held(workspace_id) or cls._made(workspace_id)

    @classmethod
    def _made(cls, workspace_id: int) -> Self:
        # An update where another was faster: after a refused insert two would hold a shared lock, and wait for ever.
        has_target = connection.features.supports_update_conflicts_with_target
        cls.objects.bulk_create(
            [cls(workspace_id=workspace_id)],
            update_conflicts=True,
            update_fields=["workspace"],
            unique_fields=["workspace"] if has_target else None,
        )
        return cls.objects.select_for_update().get(workspace=workspace_id)

    def add(self, event: AuditEvent) -> None:
        """Put the event at the end."""
        event.position, event.previous_hash = self.position + 1, self.hash
        event.hash = event.digest()
        event.insert()
        self.position, self.hash = event.position, event.hash
        self.rewrite("position", "hash")


# Asked for each event: put together once.
_held = Prepared(
    lambda workspace: AuditHead.objects.select_for_update().filter(workspace=workspace), models.BigIntegerField()
).first


@atomic
def record(verb: str, row: WorkspaceOwned, *, actor=None, at: datetime | None = None, **facts) -> AuditEvent:
    """Add an event in the caller's transaction, so that it stands exactly when the change does.

    It takes the lock on the workspace's head, so it comes last, after all other locks. `facts` are texts and whole
    numbers, no floats and no dates (TypeError). `at` is for a past that is written down later, as the demo world's is;
    without it the event happens now.
    """
    chain.check_facts(facts)
    event = AuditEvent(
        workspace_id=row.workspace_id,
        actor=actor,
        acted_by=f"{actor.pk} {actor.email}" if actor else "",
        verb=verb,
        kind=row._meta.label_lower,
        row=str(row.pk),
        facts=facts,
        at=at or days.now(),
    )
    AuditHead.lock(row.workspace_id).add(event)
    return event
