"""How an issued invoice gets to its client: what was mailed, and whether they have seen it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.activity.models import record
from apps.core import days
from apps.core.transactions import atomic
from apps.invoicing.mail_texts import REMINDERS, MailKind


class Delivered:
    """What an `Invoice` has to do with mails."""

    @property
    def was_sent(self) -> bool:
        """Whether it went out, by mail or by hand; querysets bring it along as `is_sent`."""
        return self.is_sent if hasattr(self, "is_sent") else self.deliveries.gone().exists()

    @property
    def was_viewed(self) -> bool:
        """Whether the client has opened its page; querysets bring it along as `is_viewed`."""
        if hasattr(self, "is_viewed"):
            return self.is_viewed
        link = getattr(self, "public_link", None)
        return bool(link and link.first_viewed_at)

    @property
    def may_be_reminded(self) -> bool:
        """Whether there is anything to remind of."""
        return self.status == self.Status.ISSUED and self.is_bill and self.open_minor > 0

    @property
    def mail_kind(self) -> MailKind:
        """The mail that brings it to its client."""
        return MailKind(self.kind)

    @property
    def next_reminder(self) -> MailKind:
        """The reminder that fits now: before the due date the early one, then the first that was not sent, at last the
        last one."""
        if not self.days_late:
            return MailKind.BEFORE_DUE
        sent = set(self.deliveries.filter(step__isnull=False).values_list("step", flat=True))
        return next((kind for kind in REMINDERS[1:] if kind not in sent), MailKind.LAST)

    def free_step(self, kind: MailKind) -> MailKind | None:
        """The step of the ladder that a reminder takes now; None where it was taken, and for other mails."""
        taken = not kind.is_reminder or self.deliveries.filter(step=kind).exists()
        return None if taken else kind

    def recipients(self) -> list[str]:
        """The client's address for invoices and those of the people there who get them, each once."""
        contacts = self.client.contacts.filter(is_billing=True).exclude(email="").values_list("email", flat=True)
        known: dict[str, str] = {}
        for address in (self.client.email, *contacts):
            if address:
                known.setdefault(address.casefold(), address)
        return list(known.values())

    def check_mail(self, kind: MailKind) -> None:
        """Raise ValidationError where such a mail about it has no sense now."""
        if self.is_draft:
            raise ValidationError(_("Issue it first: a draft is not sent."), code="draft")
        if kind.is_reminder and not self.may_be_reminded:
            raise ValidationError(_("Nothing is open on this invoice, so there is nothing to remind of."), code="paid")
        if self.status == self.Status.CANCELLED:
            raise ValidationError(_("This invoice is cancelled."), code="cancelled")
        if not kind.is_reminder and kind != self.mail_kind:
            raise ValidationError(_("That is a mail for another kind of document."), code="kind")

    @atomic
    def mark_sent(self, *, actor=None, at=None) -> None:
        """Write down that somebody sent it without WorkHub. Once it went out there is nothing to write down."""
        self._lock()
        self.check_mail(self.mail_kind)
        if self.deliveries.gone().exists():
            return
        at = at or days.now()
        self.deliveries.create(
            workspace_id=self.workspace_id, kind=self.mail_kind, state=self.deliveries.model.State.BY_HAND,
            sent_at=at, created_at=at, actor=actor,
        )  # fmt: skip
        record("sent_by_hand", self, actor=actor, at=at)

    @atomic
    def make_link(self):
        """The address at which its client can read it, made now where there is none."""
        from apps.invoicing.models.public_link import PublicLink

        self._lock()
        if self.is_draft:
            raise ValidationError(_("Issue it first: a draft is shown to nobody."), code="draft")
        return PublicLink.of(self)
