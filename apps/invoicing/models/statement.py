"""Bank statements that were imported, and their lines."""

import zlib
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.addresses import row_address
from apps.core.days import validate_day
from apps.core.money import CurrencyField, MinorField
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.bank.csv_file import CsvFile, Mapping
from apps.invoicing.bank.lines import Contents, Line, sort_out
from apps.invoicing.models.payment import Payment
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

LARGEST_FILE = 5 * 1024 * 1024
MOST_FAULTS = 50


class BankStatement(WorkspaceOwned):
    """A file of the bank. Its lines are kept; the file itself only until its columns are named."""

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        CAMT = "camt", "camt.053"

    workspace = WorkspaceKey("bank_statements")
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField(null=True)
    debits = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=days.now, editable=False)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return row_address("invoicing:bank_statement", self.pk)

    @property
    def is_read(self) -> bool:
        """Whether its columns are named and its lines are there."""
        return self.content is None

    @cached_property
    def csv_file(self) -> CsvFile:
        """The table in the file, while it is kept."""
        return CsvFile(zlib.decompress(self.content))

    @classmethod
    @atomic
    def keep(cls, *, workspace, file_name: str, content: bytes, contents: Contents | None) -> Self:
        """A new statement: of camt.053 with its `contents`, of CSV as a file whose columns are to be named."""
        statement = cls.objects.create(
            workspace=workspace, file_name=file_name, kind=cls.Kind.CSV if contents is None else cls.Kind.CAMT,
            content=zlib.compress(content) if contents is None else None,
        )  # fmt: skip
        if contents is not None:
            statement._write(contents)
        return statement

    @atomic
    def read(self, mapping: Mapping) -> None:
        """Make lines of a CSV file with these columns, once; the file is let go of."""
        lock_rows(BankStatement.objects.filter(pk=self.pk))
        self.refresh_from_db()
        if not self.is_read:
            self._write(sort_out(self.csv_file.lines(mapping, self.workspace.currency)))

    def _write(self, contents: Contents) -> None:
        self.content, self.debits = None, contents.debits
        self.faults, self.fault_count = contents.faults[:MOST_FAULTS], len(contents.faults)
        self.save(update_fields=["content", "debits", "faults", "fault_count"])
        rows = [BankLine.made_of(self, *credit) for credit in contents.credits]
        BankLine.objects.bulk_create(rows, batch_size=1000)


class BankLineQuerySet(OwnedQuerySet):
    """Questions about lines."""

    def with_booked(self) -> Self:
        """Adds `booked_as`: the id of the payment that was booked for this line, or for the same in another file."""
        payments = Payment.objects.filter(
            workspace=models.OuterRef("workspace"), idempotency_key=models.OuterRef("payment_key")
        )
        return self.annotate(booked_as=models.Subquery(payments.values("pk")[:1]))


class BankLine(WorkspaceOwned):
    """Money that came in, by a statement; `payment_key` is the same for the same line in any file.

    The payment that is booked for it has that key, so no line is ever booked twice, whichever file it is in.
    """

    workspace = WorkspaceKey("bank_lines")
    statement = models.ForeignKey(BankStatement, models.CASCADE, related_name="lines")
    payment_key = models.CharField(max_length=64, editable=False)
    day = models.DateField(validators=[validate_day])
    amount_minor = MinorField(validators=[MinValueValidator(1)])
    currency = CurrencyField()
    party = models.CharField(max_length=140, blank=True)
    iban = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True)
    # What was booked for it from this statement; its undo takes that back.
    payment = models.ForeignKey(Payment, models.SET_NULL, null=True, related_name="bank_lines")

    objects = BankLineQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "payment_key"], name="one_line_of_a_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="bank_line_is_credit"),
        ]
        indexes = [models.Index(fields=["statement", "day", "id"], name="lines_of_statement")]

    def __str__(self) -> str:
        return f"{self.day} {self.amount_minor} {self.currency} {self.party}"

    @classmethod
    def made_of(cls, statement: BankStatement, fingerprint: str, line: Line) -> Self:
        """A row for a line of the statement."""
        own = {"workspace": statement.workspace, "statement": statement, "payment_key": f"bank-{fingerprint}"}
        names = ("day", "amount_minor", "currency", "party", "iban", "text")
        return cls(**own, **{name: getattr(line, name) for name in names})

    @property
    def line(self) -> Line:
        """As it stands in the file."""
        return Line(self.day, self.amount_minor, self.currency, self.party, self.iban, self.text)

    @property
    def note(self) -> str:
        """What its payment keeps of it."""
        return (self.text or self.party)[:200]
