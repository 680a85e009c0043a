"""What devices told, each once; and the tokens by which programs come in."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.transactions import atomic, lock_rows
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

# A token that nobody refreshed for so long is of no use any more.
REFRESH_LASTS = timedelta(days=90)
# The last use is written down no more often than this: it is for people to look at.
USE_IS_NOTED_AFTER = timedelta(minutes=1)


class Operation(WorkspaceOwned):
    """One operation of a device and what came of it. Told again, it is answered from here and nothing happens."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied")
        MERGED = "merged", _("Merged")
        REJECTED = "rejected", _("Rejected")
        DEFERRED = "deferred", _("Waiting for the operation that it builds on")

    TAKEN = (Status.APPLIED, Status.MERGED)

    workspace = WorkspaceKey("operations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False)
    op = models.UUIDField()
    device = models.CharField(max_length=64, blank=True)
    seq = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=20)
    entity = models.CharField(max_length=36)
    # On the server's clock.
    at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.APPLIED)
    code = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=300, blank=True)
    # What it said, kept only while it waits for the operation that makes its entry.
    waiting_data = models.JSONField(null=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "op"], name="each_operation_once")]
        indexes = [models.Index(fields=["workspace", "entity"], name="operations_on_entity")]

    def __str__(self) -> str:
        return f"{self.kind} {self.op}"


class ApiTokenQuerySet(OwnedQuerySet):
    """Questions about tokens."""

    def of(self, user) -> Self:
        """One person's."""
        return self.filter(user=user)

    def in_use(self) -> Self:
        """Those that open something: not revoked, and refreshed not too long ago."""
        return self.filter(revoked_at=None, refreshed_at__gt=timezone.now() - REFRESH_LASTS)

    def for_page(self) -> Self:
        """As their owner sees them: those in use, the newest first."""
        return self.in_use().order_by("-pk")


class ApiToken(WorkspaceOwned):
    """A program's way in, for one person in one workspace.

    It keeps nothing secret: what is handed out is signed. `generation` counts the refreshes; a refresh token of an
    older generation is one that somebody else may have, so it closes the whole family.
    """

    workspace = WorkspaceKey("api_tokens")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", editable=False)
    name = models.CharField(_("name"), max_length=80)
    generation = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    refreshed_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        indexes = [models.Index(fields=["workspace", "user", "revoked_at"], name="tokens_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        """Whether it still opens something."""
        return self.revoked_at is None and self.refreshed_at > timezone.now() - REFRESH_LASTS

    @atomic
    def take_generation(self, generation: int) -> bool:
        """Turn to the next generation; False, and revoked for good, where this one was used before."""
        lock_rows(ApiToken.objects.filter(pk=self.pk))
        self.refresh_from_db(fields=["generation", "revoked_at", "refreshed_at"])
        if not self.is_usable:
            return False
        if generation != self.generation:
            self.revoke()
            return False
        self.generation += 1
        self.refreshed_at = timezone.now()
        self.save(update_fields=["generation", "refreshed_at"])
        return True

    def revoke(self) -> None:
        """Shut it, now and for all that were made from it."""
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])

    def note_use(self) -> None:
        """Remember that it was used, roughly."""
        now = timezone.now()
        stale = Q(used_at=None) | Q(used_at__lt=now - USE_IS_NOTED_AFTER)
        if self.used_at is None or self.used_at < now - USE_IS_NOTED_AFTER:
            ApiToken.objects.filter(stale, pk=self.pk).update(used_at=now)
