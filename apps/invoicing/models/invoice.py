"""An invoice: a draft that anybody may change, then a document that nobody can."""

from functools import cached_property

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core import days
from apps.core.addresses import row_address
from apps.core.days import validate_day
from apps.core.money import CurrencyField, MinorField
from apps.invoicing import snapshots, totals
from apps.invoicing.models.credited import Credited
from apps.invoicing.models.delivered import Delivered
from apps.invoicing.models.drafted import Drafted
from apps.invoicing.models.estimated import Estimated
from apps.invoicing.models.issued import Issued
from apps.invoicing.models.numbering import MAX_NUMBER_LENGTH, NumberSeries
from apps.invoicing.models.percent import PercentField
from apps.invoicing.models.settled import Settled
from apps.invoicing.models.written_off import WrittenOff
from apps.invoicing.paper import Paper
from apps.invoicing.pay_code import PayCode
from apps.invoicing.querysets import InvoiceQuerySet, refuse_issued
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Invoice(Drafted, Issued, Delivered, Credited, Settled, WrittenOff, Estimated, WorkspaceOwned):
    """A draft until `issue()`; from then on its row, its lines and its snapshot are final, on every path.

    Credit notes and estimates are invoices of another kind: written, numbered, frozen and printed alike.

    Stored are only draft, issued and cancelled. Paid, part paid and overdue follow from the payments and the day.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        ESTIMATE = "estimate", _("Estimate")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Issued")
        VIEWED = "viewed", _("Viewed")
        CREDIT = "credit", _("Credit")
        PARTIAL = "partial", _("Part paid")
        PAID = "paid", _("Paid")
        OVERDUE = "overdue", _("Overdue")
        LOST = "lost", _("Written off")
        VOID = "void", _("Cancelled")

    workspace = WorkspaceKey("invoices")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INVOICE, editable=False)
    # Of a credit note the invoice that it takes back, whole or in part.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="credit_notes")
    # Of an invoice the estimate that it bills: each is billed once.
    from_estimate = models.OneToOneField("self", models.PROTECT, null=True, editable=False, related_name="billed_by")
    releases_time = models.BooleanField(_("free the time on the invoice to be billed again"), default=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="invoices", verbose_name=_("client"))
    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, null=True, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    currency = CurrencyField(_("currency"))
    issue_date = models.DateField(_("issue date"), validators=[validate_day])
    due_date = models.DateField(_("due"), validators=[validate_day])
    reference = models.CharField(_("their reference"), max_length=120, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    is_deposit = models.BooleanField(_("this is a deposit"), default=False)
    discount_percent = PercentField(_("discount in %"))
    discount_minor = MinorField(_("discount"), default=0, validators=[MinValueValidator(0)])
    net_minor = MinorField(default=0, editable=False)
    tax_minor = MinorField(default=0, editable=False)
    total_minor = MinorField(default=0, editable=False)
    snapshot = models.JSONField(null=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="one_invoice_of_a_number"),
            models.CheckConstraint(
                condition=Q(due_date__gte=F("issue_date")),
                name="invoice_due_after_issue",
                violation_error_message=_("The due date lies before the issue date."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft", number=None) | (~Q(status="draft") & Q(number__isnull=False)),
                name="invoice_has_number_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "estimate"], corrects=None)
                | Q(kind="credit_note", corrects__isnull=False),
                name="credit_note_has_its_invoice",
            ),
            models.CheckConstraint(
                condition=Q(from_estimate=None) | Q(kind="invoice"), name="only_invoices_bill_estimates"
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=0) | Q(discount_minor=0), name="invoice_has_one_discount"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "issue_date"], name="invoices_for_list"),
            models.Index(fields=["workspace", "status", "issue_date"], name="invoices_by_status"),
            # The tabs of the list are counted and summed from here, in this order, so that nothing need be sorted; rows
            # are long, for their snapshots.
            models.Index(fields=["workspace", "kind", "status", "currency", "total_minor"], name="invoices_by_group"),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft for %(client)s") % {"client": self.client})

    def get_absolute_url(self) -> str:
        return row_address("invoicing:detail", self.pk)

    @property
    def edit_url(self) -> str:
        return reverse("invoicing:edit", args=[self.pk])

    @property
    def submit_url(self) -> str:
        return reverse("invoicing:submit", args=[self.pk])

    # ── What it is ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == self.Status.DRAFT

    @property
    def is_bill(self) -> bool:
        """Whether it asks for money: an invoice in the narrow sense."""
        return self.kind == self.Kind.INVOICE

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes another invoice back."""
        return self.kind == self.Kind.CREDIT_NOTE

    @property
    def heading(self) -> str:
        """Its number, or what it will be: `Invoice for Acme`."""
        if self.number:
            return self.number
        shapes = {
            self.Kind.INVOICE: _("Invoice for %(client)s"),
            self.Kind.CREDIT_NOTE: _("Credit note for %(client)s"),
            self.Kind.ESTIMATE: _("Estimate for %(client)s"),
        }
        return shapes[self.kind] % {"client": self.client}

    @property
    def discount(self) -> totals.Discount:
        """What goes off the sum of its lines."""
        return totals.Discount(self.discount_percent, self.discount_minor)

    @property
    def paid_minor(self) -> int:
        """What of payments is on it; querysets bring it along as `paid_sum`."""
        return self.paid_sum if hasattr(self, "paid_sum") else self.allocations.total_minor()

    @property
    def credited_minor(self) -> int:
        """The sum of its issued credit notes; querysets bring it along as `credited_sum`."""
        return self.credited_sum if hasattr(self, "credited_sum") else self.credit_notes.issued().total_minor()

    @property
    def open_minor(self) -> int:
        """What is still to be paid, below zero what is to be paid back; nothing for a draft or what is no bill."""
        if self.status == self.Status.DRAFT or not self.is_bill:
            return 0
        return self.total_minor - self.credited_minor - self.paid_minor - self.written_off_minor

    @property
    def days_late(self) -> int:
        """Days since the due date while something is open, else 0."""
        if self.open_minor <= 0:
            return 0
        today = days.local_day(days.now(), self.workspace.zone)
        return max(0, (today - self.due_date).days)

    @property
    def state(self) -> str:
        """Draft, issued, part paid, paid, overdue, cancelled or a credit, as the page says it."""
        if self.status != self.Status.ISSUED:
            return self.State.DRAFT if self.is_draft else self.State.VOID
        if self.is_credit_note:
            return self.State.CREDIT
        if self.is_estimate:
            return self.estimate_state[0]
        if self.open_minor <= 0:
            return self.State.LOST if self.is_written_off else self.State.PAID
        if self.days_late:
            return self.State.OVERDUE
        if self.paid_minor:
            return self.State.PARTIAL
        return self.State.VIEWED if self.was_viewed else self.State.SENT

    @property
    def state_label(self) -> str:
        """The state in words; what is issued may be sent by now."""
        return self.label_of(self.state)

    def label_of(self, state: str) -> str:
        """The words of `state`, which it is in."""
        if self.is_estimate and self.status == self.Status.ISSUED:
            return self.estimate_state[1]
        return _("Sent") if state == self.State.SENT and self.was_sent else self.State(state).label

    @cached_property
    def paper(self) -> Paper:
        """What is printed: of an issued invoice the snapshot and nothing else, of a draft what it would be now."""
        return Paper(self.snapshot if self.snapshot is not None else snapshots.freeze(self))

    @property
    def pay_code(self) -> PayCode | None:
        """For paying what is open now; None where nothing is, or a code cannot say it."""
        return self.paper.pay_code_for(self.open_minor)

    def next_number(self) -> str:
        """The number that it has, or would get now; nothing is reserved."""
        return self.number or NumberSeries.preview(self.workspace, self.issue_date, self.kind, self.client.code)

    # ── Kept ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def save(self, *args, **kwargs):
        if self.pk is None and not self.is_draft:
            refuse_issued()
        if self.pk is not None:
            type(self).objects.filter(pk=self.pk)._refuse_issued()
        self.__dict__.pop("paper", None)
        super().save(*args, **kwargs)

    def delete(self, *args, actor=None, **kwargs):
        """Only drafts can be deleted; their time is free to be billed again."""
        return self._delete_draft(actor)

    def _lock(self) -> None:
        for kept in ("paid_sum", "credited_sum", "written_off_sum", "is_sent", "is_viewed", "paper"):
            self.__dict__.pop(kept, None)
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
