"""An invoice while it is a draft: begun, written, counted, thrown away."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.clients.models import Client
from apps.core import days
from apps.core.money import MAX_MINOR
from apps.core.transactions import atomic
from apps.invoicing import totals
from apps.invoicing.models.estimated import USUAL_VALIDITY
from apps.invoicing.querysets import refuse_issued


class Drafted:
    """What is done to an `Invoice` before it is issued."""

    @classmethod
    def start(
        cls,
        *,
        workspace,
        client: Client,
        issue_date: date | None = None,
        actor=None,
        at: datetime | None = None,
        **fields,
    ) -> Self:
        """A new empty draft with the client's terms and currency; dates count from today in the business's zone.

        Here and below, `at` is for a past that is written down later, and only the log and the document show it.
        """
        issue_date = issue_date or days.local_day(days.now(), workspace.zone)
        terms = workspace.payment_terms_days if client.payment_terms_days is None else client.payment_terms_days
        is_estimate = fields.get("kind") == cls.Kind.ESTIMATE
        fields = {
            "currency": client.currency or workspace.currency,
            "due_date": issue_date + (USUAL_VALIDITY if is_estimate else timedelta(days=terms)),
            "notes": workspace.invoice_notes,
        } | fields
        invoice = cls(workspace=workspace, client=client, issue_date=issue_date, **fields)
        invoice.save(force_insert=True)
        record("created", invoice, actor=actor, at=at)
        return invoice

    def lock_draft(self, version: int | None = None) -> None:
        """Read the row again, alone with it until the transaction ends; refuses an issued or meanwhile changed one."""
        self._lock()
        if not self.is_draft:
            refuse_issued()
        if version is not None and version != self.version:
            raise ValidationError(
                _("This draft was changed in another window meanwhile. Load it again to see the changes; "
                  "nothing was overwritten."),
                code="stale",
            )  # fmt: skip

    def write_totals(self, *, actor=None, is_autosave: bool = False) -> None:
        """Work out all sums from the lines and write them to lines and invoice: that is a new version."""
        from apps.invoicing.models.version import InvoiceVersion

        lines = list(self.lines.all())
        sums = self.calculate(lines)
        if abs(sums.total_minor) > MAX_MINOR or any(abs(amount) > MAX_MINOR for amount in sums.line_amounts):
            raise ValidationError(_("That amount is too large."), code="too_large")
        if lines and sums.discount_minor > max(0, sums.lines_minor):
            message = _("The discount is more than all lines are worth.")
            raise ValidationError({"discount": message}, code="discount")
        changed = []
        for line, amount in zip(lines, sums.line_amounts, strict=True):
            if line.amount_minor != amount:
                line.amount_minor = amount
                changed.append(line)
        if changed:
            self.lines.bulk_update(changed, ["amount_minor"], batch_size=100)
        self.net_minor, self.tax_minor, self.total_minor = sums.net_minor, sums.tax_minor, sums.total_minor
        self.version += 1
        self.save()
        InvoiceVersion.keep(self, lines, actor=actor, is_autosave=is_autosave)

    def calculate(self, lines: Iterable) -> totals.Totals:
        """All sums that these lines (InvoiceLine rows) make on it."""
        items = [line.item for line in lines]
        return totals.calculate(items, self.currency, discount=self.discount, includes_tax=self.prices_include_tax)

    def refuse_time(self) -> None:
        """Raise ValidationError where recorded time has no place: on all but invoices."""
        if not self.is_bill:
            raise ValidationError(_("Recorded time is billed on invoices, nowhere else."), code="time")

    def release_time(self, billed) -> None:
        """Take time (BilledTime rows of this draft) off it, so that it can be billed elsewhere."""
        ids = list(billed.values_list("entry_id", flat=True))
        billed.delete()
        self.workspace.time_entries(manager="with_trash").filter(pk__in=ids).release()

    @atomic
    def _delete_draft(self, actor):
        self.lock_draft()
        if self.schedules.exists():
            message = _("Invoices are made like this one again and again. Choose another model for them first.")
            raise ValidationError(message, code="model")
        self.release_time(self.billed_times.all())
        record("deleted", self, actor=actor, client=self.client.name, total_minor=self.total_minor)
        return super().delete()
