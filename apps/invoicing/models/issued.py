"""The moment in which a draft becomes a document."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.transactions import atomic
from apps.invoicing import snapshots
from apps.invoicing.models.numbering import NumberSeries


class Issued:
    """How an `Invoice` is issued."""

    def check_issuable(self) -> None:
        """Raise ValidationError with all that is missing before it can be issued."""
        problems = []
        if not self.lines.exists():
            problems.append(_("Add at least one line first."))
        if self.lines.filter(description="").exists():
            problems.append(_("Every line needs a description."))
        if self.total_minor < 0:
            problems.append(_("The total lies below zero."))
        if not self.workspace.name.strip() or not self.client.name.strip():
            problems.append(_("Both parties need a name."))
        problems += self.check_credit()
        if problems:
            raise ValidationError(problems, code="not_ready")

    @atomic
    def issue(self, *, actor=None, version: int | None = None, at: datetime | None = None) -> None:
        """Take the next number and freeze everything, in one transaction: it happens whole or not at all.

        Raises ValidationError for a draft that is not ready, changed meanwhile or issued already.
        """
        from apps.invoicing.tasks import render_invoice_pdf

        day = type(self).objects.values_list("issue_date", flat=True).get(pk=self.pk)
        counter = NumberSeries.of(self.workspace, self.kind).lock(day)
        self.lock_corrected()
        self.lock_draft(version)
        if self.issue_date != day:
            raise ValidationError(_("The issue date was changed meanwhile. Try again."), code="stale")
        self.check_issuable()
        self.number = counter.take(day, self.client.code)
        self.status, self.issued_at = self.Status.ISSUED, at or days.now()
        self.snapshot = snapshots.freeze(self)
        snapshots.check(self.snapshot)
        self.save()
        self.take_effect(actor=actor, at=at)
        self.settle()
        record("issued", self, actor=actor, at=at, number=self.number, total_minor=self.total_minor)
        render_invoice_pdf.enqueue(self.workspace_id, self.pk)
