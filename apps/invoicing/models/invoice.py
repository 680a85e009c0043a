"""An invoice: a draft that anybody may change, then a document that nobody can."""

from datetime import date, datetime, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.clients.models import Client
from apps.core import days
from apps.core.addresses import row_address
from apps.core.days import validate_day
from apps.core.money import MAX_MINOR, CurrencyField, MinorField
from apps.core.transactions import atomic
from apps.invoicing import snapshots, totals
from apps.invoicing.models.numbering import MAX_NUMBER_LENGTH, NumberSeries
from apps.invoicing.querysets import InvoiceQuerySet, refuse_issued
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Invoice(WorkspaceOwned):
    """A draft until `issue()`; from then on its row, its lines and its snapshot are final, on every path.

    Stored are only draft, issued and cancelled. Paid, part paid and overdue follow from the payments and the day.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        CANCELLED = "cancelled", _("Cancelled")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Issued")
        PARTIAL = "partial", _("Part paid")
        PAID = "paid", _("Paid")
        OVERDUE = "overdue", _("Overdue")
        VOID = "void", _("Cancelled")

    workspace = WorkspaceKey("invoices")
    client = models.ForeignKey(Client, models.PROTECT, related_name="invoices", verbose_name=_("client"))
    number = models.CharField(_("number"), max_length=MAX_NUMBER_LENGTH, null=True, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    currency = CurrencyField(_("currency"))
    issue_date = models.DateField(_("issue date"), validators=[validate_day])
    due_date = models.DateField(_("due"), validators=[validate_day])
    reference = models.CharField(_("their reference"), max_length=120, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
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
        ]
        indexes = [
            models.Index(fields=["workspace", "issue_date"], name="invoices_for_list"),
            models.Index(fields=["workspace", "status", "issue_date"], name="invoices_by_status"),
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
    def paid_minor(self) -> int:
        """The sum of its payments; querysets bring it along as `paid_sum`."""
        return self.paid_sum if hasattr(self, "paid_sum") else self.payments.total_minor()

    @property
    def open_minor(self) -> int:
        """What is still to be paid; nothing for a draft."""
        return self.total_minor - self.paid_minor if self.status == self.Status.ISSUED else 0

    @property
    def days_late(self) -> int:
        """Days since the due date while something is open, else 0."""
        today = days.local_day(days.now(), self.workspace.zone)
        return max(0, (today - self.due_date).days) if self.open_minor > 0 else 0

    @property
    def state(self) -> str:
        """Draft, issued, part paid, paid, overdue or cancelled, as the page says it."""
        if self.status != self.Status.ISSUED:
            return self.State.DRAFT if self.is_draft else self.State.VOID
        if self.open_minor <= 0:
            return self.State.PAID
        if self.days_late:
            return self.State.OVERDUE
        return self.State.PARTIAL if self.paid_minor else self.State.SENT

    @property
    def state_label(self) -> str:
        """The state in words."""
        return self.State(self.state).label

    @cached_property
    def paper(self) -> snapshots.Paper:
        """What is printed: of an issued invoice the snapshot and nothing else, of a draft what it would be now."""
        return snapshots.Paper(self.snapshot if self.snapshot is not None else snapshots.freeze(self))

    def next_number(self) -> str:
        """The number that it has, or would get now; nothing is reserved."""
        return self.number or NumberSeries.preview(self.workspace, self.issue_date)

    # ── A draft ───────────────────────────────────────────────────────────────────────────────────────────────────────

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
    ) -> "Invoice":
        """A new empty draft with the client's terms and currency; dates count from today in the business's zone.

        Here and below, `at` is for a past that is written down later, and only the log and the document show it.
        """
        issue_date = issue_date or days.local_day(days.now(), workspace.zone)
        terms = workspace.payment_terms_days if client.payment_terms_days is None else client.payment_terms_days
        fields = {
            "currency": client.currency or workspace.currency,
            "due_date": issue_date + timedelta(days=terms),
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

    def write_totals(self) -> None:
        """Work out all sums from the lines and write them to lines and invoice, which counts as a new version."""
        lines = list(self.lines.all())
        sums = totals.calculate([line.item for line in lines], self.currency)
        if abs(sums.total_minor) > MAX_MINOR or any(abs(net) > MAX_MINOR for net in sums.line_nets):
            raise ValidationError(_("That amount is too large."), code="too_large")
        changed = [line for line, net in zip(lines, sums.line_nets, strict=True) if line.net_minor != net]
        for line, net in zip(lines, sums.line_nets, strict=True):
            line.net_minor = net
        if changed:
            self.lines.bulk_update(changed, ["net_minor"], batch_size=100)
        self.net_minor, self.tax_minor, self.total_minor = sums.net_minor, sums.tax_minor, sums.total_minor
        self.version += 1
        self.save()

    def release_time(self, billed) -> None:
        """Take time (BilledTime rows of this draft) off it, so that it can be billed elsewhere."""
        ids = list(billed.values_list("entry_id", flat=True))
        billed.delete()
        self.workspace.time_entries(manager="with_trash").filter(pk__in=ids).release()

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

    @atomic
    def _delete_draft(self, actor):
        self.lock_draft()
        self.release_time(self.billed_times.all())
        record("deleted", self, actor=actor, client=self.client.name, total_minor=self.total_minor)
        return super().delete()

    # ── Issued ────────────────────────────────────────────────────────────────────────────────────────────────────────

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
        if problems:
            raise ValidationError(problems, code="not_ready")

    @atomic
    def issue(self, *, actor=None, version: int | None = None, at: datetime | None = None) -> None:
        """Take the next number and freeze everything, in one transaction: it happens whole or not at all.

        Raises ValidationError for a draft that is not ready, changed meanwhile or issued already.
        """
        from apps.invoicing.tasks import render_invoice_pdf

        day = type(self).objects.values_list("issue_date", flat=True).get(pk=self.pk)
        counter = NumberSeries.of(self.workspace).lock(day)
        self.lock_draft(version)
        if self.issue_date != day:
            raise ValidationError(_("The issue date was changed meanwhile. Try again."), code="stale")
        self.check_issuable()
        self.number = counter.take(day)
        self.status, self.issued_at = self.Status.ISSUED, at or days.now()
        self.snapshot = snapshots.freeze(self)
        snapshots.check(self.snapshot)
        self.save()
        self.settle()
        record("issued", self, actor=actor, at=at, number=self.number, total_minor=self.total_minor)
        render_invoice_pdf.enqueue(self.workspace_id, self.pk)

    # ── Paid ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    @atomic
    def pay(
        self,
        amount_minor: int,
        *,
        key: str,
        paid_on: date | None = None,
        actor=None,
        at: datetime | None = None,
        **fields,
    ):
        """Book a payment and return it; the same `key` again returns the first one and books nothing.

        Raises ValidationError for a draft, for nothing, and for more than is open.
        """
        self._lock()
        if earlier := self.workspace.payments.filter(idempotency_key=key, invoice=self).first():
            return earlier
        if self.status != self.Status.ISSUED:
            raise ValidationError(_("Issue the invoice first; a draft cannot be paid."), code="draft")
        if amount_minor <= 0:
            raise ValidationError({"amount_minor": _("A payment is more than zero.")}, code="zero")
        if amount_minor > self.open_minor:
            raise ValidationError({"amount_minor": self._too_much()}, code="too_much")
        payment = self.payments.model(
            workspace=self.workspace, invoice=self, amount_minor=amount_minor, idempotency_key=key,
            paid_on=paid_on or days.local_day(days.now(), self.workspace.zone),
            created_at=at or days.now(), **fields,
        )  # fmt: skip
        payment.full_clean(exclude=["invoice"])
        payment.save(force_insert=True)
        self.settle()
        record("paid", self, actor=actor, at=at, amount_minor=amount_minor, paid_on=str(payment.paid_on))
        return payment

    @atomic
    def mark_paid(self, *, key: str, paid_on: date | None = None, actor=None):
        """Book all that is open."""
        self._lock()
        return self.pay(self.open_minor, key=key, paid_on=paid_on, actor=actor)

    def settle(self) -> None:
        """Keep the mark of an open invoice in step with its payments; called wherever they change."""
        self.__dict__.pop("paid_sum", None)
        if self.open_minor > 0:
            Receivable.objects.get_or_create(
                workspace_id=self.workspace_id, invoice=self, defaults={"due_date": self.due_date}
            )
        else:
            Receivable.objects.filter(invoice=self).delete()

    def _too_much(self) -> str:
        from apps.core.money import format_money

        if self.open_minor <= 0:
            return _("This invoice is paid already.")
        return _("Only %(open)s is open.") % {"open": format_money(self.open_minor, self.currency)}

    def _lock(self) -> None:
        for kept in ("paid_sum", "paper"):
            self.__dict__.pop(kept, None)
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())


class Receivable(WorkspaceOwned):
    """Says that an issued invoice is still open. It carries no amount: that is always total less payments.

    It is there so that what is late can be counted from an index on every page, however many invoices are paid.
    """

    workspace = WorkspaceKey("receivables")
    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="receivable")
    due_date = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "due_date", "invoice"], name="receivables_by_due_date")]

    def __str__(self) -> str:
        return f"{self.invoice_id} due {self.due_date}"
