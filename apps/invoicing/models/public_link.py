"""The address at which a client reads an invoice without an account."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from apps.activity.models import record
from apps.core import days
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.models.invoice import Invoice
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

# 32 bytes of chance: nobody finds an address by trying.
TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
# Reloading and coming back at once is one visit.
SAME_VISIT = timedelta(seconds=30)


def new_token() -> str:
    """A token that no link has had before."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class PublicLinkQuerySet(OwnedQuerySet):
    """Questions about links."""

    def live(self) -> Self:
        """Those that still lead to their invoice."""
        return self.filter(revoked_at=None)


class PublicLink(WorkspaceOwned):
    """Leads whoever has the token to one issued invoice, until it is revoked. Renewed, the token before is dead."""

    workspace = WorkspaceKey("public_links")
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="public_link")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(default=days.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    first_viewed_at = models.DateTimeField(null=True, editable=False)
    last_viewed_at = models.DateTimeField(null=True, editable=False)
    view_count = models.PositiveIntegerField(default=0, editable=False)

    objects = PublicLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link to invoice {self.invoice_id}"

    def get_absolute_url(self) -> str:
        return reverse("public:invoice", args=[self.token])

    @property
    def is_live(self) -> bool:
        """Whether it still leads to its invoice."""
        return self.revoked_at is None

    @property
    def address(self) -> str:
        """The whole address, as it stands in mails."""
        return settings.SITE_URL + self.get_absolute_url()

    @classmethod
    def found(cls, token: str) -> Self | None:
        """The live link of a token with its invoice, for its page; None for any other text."""
        if not _TOKEN.fullmatch(token):
            return None
        link = cls.objects.live().select_related("workspace").filter(token=token).first()
        # MariaDB takes A for a.
        if link is None or not constant_time_compare(link.token, token):
            return None
        link.invoice = link.workspace.invoices.for_detail().get(pk=link.invoice_id)
        return link

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """The invoice's link, made now where there is none; one that was revoked gets a new token.

        The caller holds the lock on the invoice.
        """
        link, _made = cls.objects.get_or_create(invoice=invoice, defaults={"workspace_id": invoice.workspace_id})
        if not link.is_live:
            link._give_token()
        return link

    def _give_token(self) -> None:
        self.token, self.created_at, self.revoked_at = new_token(), days.now(), None
        self.save(update_fields=["token", "created_at", "revoked_at"])

    @atomic
    def renew(self, *, actor=None) -> None:
        """Another token; the one before leads nowhere from now on."""
        self._lock()
        self._give_token()
        record("link_renewed", self.invoice, actor=actor)

    @atomic
    def revoke(self, *, actor=None) -> None:
        """From now on it leads nowhere."""
        self._lock()
        if self.is_live:
            self.revoked_at = days.now()
            self.save(update_fields=["revoked_at"])
            record("link_revoked", self.invoice, actor=actor)

    @atomic
    def note_visit(self, *, at: datetime | None = None) -> bool:
        """Count a visit unless it belongs to the one before, and say whether it counted; the log tells of the first."""
        self._lock()
        at = at or days.now()
        if not self.is_live or (self.last_viewed_at and at - self.last_viewed_at < SAME_VISIT):
            return False
        is_first = self.first_viewed_at is None
        self.first_viewed_at = self.first_viewed_at or at
        self.last_viewed_at, self.view_count = at, self.view_count + 1
        self.save(update_fields=["first_viewed_at", "last_viewed_at", "view_count"])
        if is_first:
            record("viewed", self.invoice, at=at)
        return True

    def _lock(self) -> None:
        """Read it again, alone with it until the transaction ends."""
        lock_rows(PublicLink.objects.filter(pk=self.pk))
        self.refresh_from_db()
