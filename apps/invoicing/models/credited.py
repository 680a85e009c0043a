"""How an issued invoice is taken back, whole or in part: by a credit note, a document with a number of its own."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.activity.models import record
from apps.core import days
from apps.core.money import format_money
from apps.core.transactions import atomic

# What a credit note takes over from the invoice; dates, number and reference are its own.
_HEAD = ["client", "currency", "prices_include_tax", "discount_percent", "discount_minor"]


class Credited:
    """What an `Invoice` has to do with credit notes: being credited, or being one."""

    @property
    def creditable_minor(self) -> int:
        """How much of it has not been credited yet."""
        return self.total_minor - self.credited_minor if self.status == self.Status.ISSUED else 0

    @property
    def can_be_credited(self) -> bool:
        """Whether a credit note can be begun."""
        return self.is_bill and self.creditable_minor > 0 and not self.is_written_off

    @atomic
    def credit(
        self,
        *,
        actor=None,
        releases_time: bool = False,
        issue_date: date | None = None,
        at: datetime | None = None,
    ) -> Self:
        """A draft of a credit note over all of it, to be shortened and issued like any draft; dated today, or as said.

        Asked again while that draft is there, it is the same draft. Raises ValidationError where nothing can be
        credited. `at` is as `start` has it.
        """
        self._lock()
        if not self.is_bill or self.status != self.Status.ISSUED:
            raise ValidationError(_("Only an issued invoice that stands can be credited."), code="not_creditable")
        if self.creditable_minor <= 0:
            raise ValidationError(_("All of this invoice is credited already."), code="credited")
        self.refuse_written_off()
        if waiting := self.credit_notes.drafts().first():
            return waiting
        day = issue_date or days.local_day(days.now(), self.workspace.zone)
        note = type(self)(
            workspace=self.workspace, kind=self.Kind.CREDIT_NOTE, corrects=self, issue_date=day, due_date=day,
            reference=self.reference, releases_time=releases_time,
            **{name: getattr(self, name) for name in _HEAD},
        )  # fmt: skip
        note.save(force_insert=True)
        self.lines.copy_to(note)
        note.write_totals(actor=actor)
        record("created", note, actor=actor, at=at, corrects=self.number)
        return note

    def lock_corrected(self) -> None:
        """Of a credit note: be alone with its invoice until the transaction ends; invoices come before their notes."""
        if self.corrects_id:
            self.corrects = type(self).objects.select_for_update().get(pk=self.corrects_id)

    def check_credit(self) -> list[str]:
        """Of a credit note: what stands in the way of issuing it."""
        if not self.corrects_id:
            return []
        left = self.corrects.creditable_minor
        if self.corrects.is_written_off:
            return [_("The rest of %(invoice)s is written off. Take that back first.") % {"invoice": self.corrects}]
        if self.total_minor <= 0:
            return [_("A credit note is over more than zero.")]
        if self.total_minor > left:
            told = _("Only %(left)s of %(invoice)s is left to credit.")
            return [told % {"left": format_money(left, self.currency), "invoice": self.corrects.number}]
        if self.currency != self.corrects.currency or self.client_id != self.corrects.client_id:
            return [_("A credit note is for the same client and in the same currency as its invoice.")]
        return []

    def take_effect(self, *, actor=None, at: datetime | None = None) -> None:
        """Of a credit note that is being issued: its invoice is open by so much less, or cancelled."""
        if not self.corrects_id:
            return
        invoice = self.corrects
        is_whole = invoice.creditable_minor == 0
        if is_whole:
            type(self).objects.filter(pk=invoice.pk).cancel()
            invoice.status = self.Status.CANCELLED
        if self.releases_time:
            invoice.release_billed_time()
        invoice.settle()
        record(
            "credited", invoice, actor=actor, at=at, number=self.number, amount_minor=self.total_minor,
            releases_time=self.releases_time, is_whole=is_whole,
        )  # fmt: skip

    def release_billed_time(self) -> None:
        """Free all that was billed on it to be billed again. Its lines stay; only what they came from is given up."""
        self.sources.give_up()
        billed = self.billed_times.all()
        ids = list(billed.values_list("entry_id", flat=True))
        billed.give_up()
        self.workspace.time_entries(manager="with_trash").filter(pk__in=ids).release()
