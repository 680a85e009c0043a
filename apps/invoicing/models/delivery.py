"""One mail about an invoice, from the press of the button to the answer of the mail server."""

from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.activity.models import record
from apps.core import days
from apps.core.jobs import later
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.mail_texts import MailKind, MailText
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.models.mail_template import LONGEST_BODY
from apps.invoicing.models.public_link import PublicLink
from apps.invoicing.placeholders import LINK, LONGEST_SUBJECT, fill_mail
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

# After so long whoever was sending is gone, and nobody knows how far they came.
LEASE = timedelta(minutes=15)
# The pauses before another try, where the mail server asked for patience or could not be reached.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
LONGEST_ADDRESSES = 1000


class DeliveryQuerySet(OwnedQuerySet):
    """Questions about mails."""

    def gone(self) -> Self:
        """Those with which the document itself went out, by mail or by hand."""
        return self.filter(state__in=["sent", "by_hand"])

    def under_way(self) -> Self:
        """Those that wait or are being sent."""
        return self.filter(state__in=["queued", "sending"])

    def for_page(self) -> Self:
        """Newest first, without the long texts."""
        return self.defer("body").order_by("-pk")


class Delivery(WorkspaceOwned):
    """A mail as it was written, and what became of it.

    It is put in the queue in the transaction that writes it, and goes out at most once for each press: whoever sends
    claims the row first, and a row that was claimed is sent by nobody else. Where the sender died in between, nobody
    can know whether it went out (`UNSURE`), and a person decides.
    """

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("On its way")
        SENDING = "sending", gettext_lazy("Being sent")
        SENT = "sent", gettext_lazy("Sent")
        FAILED = "failed", gettext_lazy("Not sent")
        UNSURE = "unsure", gettext_lazy("Perhaps sent")
        DROPPED = "dropped", gettext_lazy("Not needed any more")
        BY_HAND = "by_hand", gettext_lazy("Sent by hand")

    workspace = WorkspaceKey("deliveries")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=12, choices=MailKind)
    # The step of the ladder that it is; empty where somebody reminds once more.
    step = models.CharField(max_length=12, choices=MailKind, null=True, editable=False)
    to = models.CharField(max_length=LONGEST_ADDRESSES, blank=True)
    cc = models.CharField(max_length=LONGEST_ADDRESSES, blank=True)
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)
    body = models.TextField(max_length=LONGEST_BODY, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=250, blank=True, editable=False)
    idempotency_key = models.CharField(max_length=64, null=True, editable=False)
    # Raised by each press of “send again”: a job of an earlier press then finds nothing to do.
    turn = models.PositiveIntegerField(default=1, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=days.now, editable=False)
    touched_at = models.DateTimeField(default=days.now, editable=False)
    next_try_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "step"], name="one_delivery_of_a_step"),
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_delivery_of_a_form"),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "by_hand"], sent_at__isnull=False)
                | Q(state__in=["queued", "sending", "failed", "unsure", "dropped"], sent_at=None),
                name="delivery_knows_when_it_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}: {self.state}"

    # ── How it stands ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def standing(self) -> str:
        """Its state; where the sender has been silent for too long, that nobody knows."""
        if self.state == self.State.SENDING and days.now() - self.touched_at > LEASE:
            return self.State.UNSURE
        return self.state

    @property
    def told(self) -> str:
        """How it stands, in words."""
        return self.State(self.standing).label

    @property
    def why(self) -> str:
        """What is to be said about that; empty where nothing is."""
        if self.standing == self.State.UNSURE:
            return self.reason or _("The server stopped while it was sending, so this may or may not have arrived.")
        if self.is_stuck:
            return _("It has been waiting for long. Is the background worker running?")
        return self.reason

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for a job that must have been lost."""
        expected = self.next_try_at or self.touched_at
        return self.state == self.State.QUEUED and days.now() - expected > LEASE

    @property
    def may_be_sent_again(self) -> bool:
        """Whether a press on “send again” has sense."""
        return self.standing in (self.State.FAILED, self.State.UNSURE) or self.is_stuck

    @property
    def is_problem(self) -> bool:
        """Whether somebody should look at it."""
        return self.standing in (self.State.FAILED, self.State.UNSURE)

    # ── Into the queue ────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    @atomic
    def queue(
        cls, invoice: Invoice, *, kind: MailKind, text: MailText, to: list[str], cc: list[str] = (), key: str,
        actor=None, by_itself: bool = False,
    ) -> Self | None:  # fmt: skip
        """Write a mail down and have the worker send it; the same `key` again is the first one, and sends nothing.

        `{link}` in the text becomes the address of the invoice's page. A reminder counts as its step of the ladder; one
        that the ladder sends `by_itself` is None where that step was taken already. Raises ValidationError where the
        mail has no sense or no recipient.
        """
        invoice._lock()
        if earlier := invoice.workspace.deliveries.filter(idempotency_key=key).first():
            return None if by_itself else earlier
        step = invoice.free_step(kind)
        if by_itself and step is None:
            return None
        invoice.check_mail(kind)
        if not to:
            raise ValidationError({"to": ValidationError(_("Write at least one address."), code="no_address")})
        if LINK in text.subject + text.body:
            text = fill_mail(text, {"link": PublicLink.of(invoice).address})
        delivery = cls(
            workspace_id=invoice.workspace_id, invoice=invoice, kind=kind, step=step, to=", ".join(to),
            cc=", ".join(cc), subject=text.subject, body=text.body, idempotency_key=key, actor=actor,
        )  # fmt: skip
        delivery.full_clean(exclude=["invoice", "actor"], validate_constraints=False)
        delivery.save(force_insert=True)
        delivery._enqueue()
        return delivery

    def _enqueue(self, after: timedelta = timedelta()) -> None:
        from apps.invoicing.tasks import send_delivery

        job = later(send_delivery, after) if after else send_delivery
        job.enqueue(self.workspace_id, self.pk, self.turn)

    @atomic
    def send_again(self, *, actor=None) -> None:
        """Put it in the queue once more. Raises ValidationError where it was sent, or is on its way."""
        self._lock()
        if not self.may_be_sent_again:
            raise ValidationError(_("This mail was sent already, or is on its way."), code="not_again")
        self.invoice.check_mail(MailKind(self.kind))
        self.actor = actor or self.actor
        self._write(state=self.State.QUEUED, turn=self.turn + 1, attempts=0, reason="", next_try_at=None)
        self._enqueue()

    # ── By the worker ─────────────────────────────────────────────────────────────────────────────────────────────────

    @atomic
    def claim(self, turn: int) -> bool:
        """Take it, to send it; False where another has, or where it has lost its sense meanwhile."""
        self._lock()
        if self.state != self.State.QUEUED or self.turn != turn:
            return False
        try:
            self.invoice.check_mail(MailKind(self.kind))
        except ValidationError as refusal:
            self._write(state=self.State.DROPPED, reason=refusal.messages[0])
            return False
        # Kept over all tries, so that a mailbox can tell that two copies are one mail.
        message_id = self.message_id or make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> "))
        self._write(state=self.State.SENDING, attempts=self.attempts + 1, next_try_at=None, message_id=message_id)
        return True

    @atomic
    def succeed(self, turn: int, *, reason: str = "", at: datetime | None = None) -> None:
        """The mail server has taken it; `reason` says for whom it has not."""
        if self._is_mine(turn):
            at = at or days.now()
            self._write(state=self.State.SENT, sent_at=at, reason=reason[:300])
            verb = "reminded" if MailKind(self.kind).is_reminder else "sent"
            record(verb, self.invoice, actor=self.actor, at=at, to=self.to, kind=self.kind)

    @atomic
    def fail(self, turn: int, reason: str) -> None:
        """It is certain that it did not go out, and no use to try again."""
        if self._is_mine(turn):
            self._write(state=self.State.FAILED, reason=reason[:300])
            record("not_sent", self.invoice, actor=self.actor, to=self.to, kind=self.kind)

    @atomic
    def try_later(self, turn: int, reason: str) -> None:
        """It is certain that it did not go out, and another try may help; after the last pause it has failed."""
        if not self._is_mine(turn):
            return
        if self.attempts > len(PAUSES):
            self.fail(turn, reason)
            return
        pause = PAUSES[self.attempts - 1]
        self._write(state=self.State.QUEUED, reason=reason[:300], next_try_at=days.now() + pause)
        self._enqueue(pause)

    @atomic
    def doubt(self, turn: int, reason: str) -> None:
        """Nobody knows whether it went out."""
        if self._is_mine(turn):
            self._write(state=self.State.UNSURE, reason=reason[:300])

    def _is_mine(self, turn: int) -> bool:
        self._lock()
        return self.state == self.State.SENDING and self.turn == turn

    def _lock(self) -> None:
        """Read it again, alone with it until the transaction ends."""
        lock_rows(Delivery.objects.filter(pk=self.pk))
        self.refresh_from_db()

    def _write(self, **changes) -> None:
        for name, value in (changes | {"touched_at": days.now()}).items():
            setattr(self, name, value)
        self.save()
