"""Invoice numbers: a pattern for each kind of document, and the row that gives the next number to one at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.clients.models import Client
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.models.collisions import can_meet
from apps.invoicing.models.pattern import Pattern, Reset, validate_pattern, validate_printable
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned

MAX_NUMBER_LENGTH = 40
# The furthest that a sequence can be set by hand, and for which the length of numbers is foreseen.
MAX_SEQUENCE = 9_999_999
LONGEST_CODE = "W" * Client._meta.get_field("code").max_length


@dataclass(frozen=True)
class Outlook:
    """What a series prints next, with nothing reserved; `anew` is the first number after it starts anew.

    `plain` is the next number of a client without a code, where the others show one.
    """

    sequence: int
    first: str
    second: str
    plain: str = ""
    anew_on: date | None = None
    anew: str = ""

    @property
    def length(self) -> int:
        """Of the longest number among them."""
        return max(len(self.first), len(self.second), len(self.anew))


class NumberSeries(WorkspaceOwned):
    """How the numbers of one kind of document look, and when they start anew."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoices")
        CREDIT_NOTE = "credit_note", _("Credit notes")
        ESTIMATE = "estimate", _("Estimates")

    USUAL_PREFIXES = {Kind.INVOICE: "INV", Kind.CREDIT_NOTE: "CN", Kind.ESTIMATE: "EST"}

    workspace = WorkspaceKey("number_series")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INVOICE)
    prefix = models.CharField(_("prefix"), max_length=12, default="INV", blank=True, validators=[validate_printable])
    pattern = models.CharField(
        _("pattern"),
        max_length=60,
        default="{prefix}-{year}-{seq:3}",
        validators=[validate_pattern, validate_printable],
    )
    # Empty: as the pattern says.
    reset = models.CharField(_("starts anew"), max_length=7, choices=Reset, blank=True, default="")
    fiscal_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="one_series_of_a_kind"),
            models.CheckConstraint(condition=Q(reset__in=["", *Reset.values]), name="series_reset_is_known"),
            models.CheckConstraint(
                condition=Q(fiscal_start__gte=1, fiscal_start__lte=12), name="series_fiscal_start_is_month"
            ),
        ]

    def __str__(self) -> str:
        return self.pattern.replace("{prefix}", self.prefix)

    @classmethod
    def usual(cls, workspace, kind: str) -> Self:
        """A kind's series as it is until somebody changes it; not saved."""
        return cls(workspace=workspace, kind=kind, prefix=cls.USUAL_PREFIXES[kind])

    @classmethod
    def of(cls, workspace, kind: str = Kind.INVOICE) -> Self:
        """The workspace's series, made with the usual pattern at first use."""
        defaults = {"prefix": cls.USUAL_PREFIXES[kind]}
        return workspace.number_series.get_or_create(kind=kind, defaults=defaults)[0]

    @classmethod
    def all_of(cls, workspace) -> list[Self]:
        """One series for each kind with its counters; those that nobody has used yet are not saved."""
        saved = {series.kind: series for series in workspace.number_series.prefetch_related("counters")}
        return [saved.get(kind) or cls.usual(workspace, kind) for kind in cls.Kind.values]

    @property
    def rule(self) -> Pattern:
        """The pattern with all that it depends on."""
        return Pattern(self.pattern, self.prefix, self.reset, self.fiscal_start)

    def clean(self):
        """Raise ValidationError for numbers that could repeat, meet those of another series or grow too long."""
        rule = self.rule
        rule.check()
        if len(rule.number(MAX_SEQUENCE, date(2026, 1, 1), LONGEST_CODE)) > MAX_NUMBER_LENGTH:
            raise ValidationError(
                {"pattern": _("The numbers would be longer than %(most)d characters. Leave something out.")
                 % {"most": MAX_NUMBER_LENGTH}}
            )  # fmt: skip
        for other in self.all_of(self.workspace):
            if other.kind != self.kind and can_meet(rule, other.rule):
                message = _("“%(other)s” could get the same numbers. Choose another prefix for one of the two.")
                raise ValidationError({"prefix": message % {"other": other.get_kind_display()}}, code="meets")

    def period(self, day: date) -> str:
        """The stretch of time in which the sequence runs (see `Pattern.period`)."""
        return self.rule.period(day)

    def number(self, sequence: int, day: date, client_code: str = "") -> str:
        """The text of one number: padding is a least width, 999 is followed by 1000."""
        return self.rule.number(sequence, day, client_code)

    # ── What comes next, without taking it ────────────────────────────────────────────────────────────────────────────

    @classmethod
    def preview(cls, workspace, day: date, kind: str = Kind.INVOICE, client_code: str = "") -> str:
        """The number that a document of `day` would get now, in one query. It reserves nothing."""
        found = workspace.number_series.filter(kind=kind).values_list(
            "prefix", "pattern", "reset", "fiscal_start", "counters__period", "counters__last_value"
        )
        rows = list(found)
        names = ("prefix", "pattern", "reset", "fiscal_start")
        series = cls(**dict(zip(names, rows[0], strict=False))) if rows else cls.usual(workspace, kind)
        last = {period: value for *_series, period, value in rows}
        return series.number((last.get(series.period(day)) or 0) + 1, day, client_code)

    def last_value(self, day: date, before: Pattern | None = None) -> int:
        """The last value given in the period of `day`.

        A series that counted in other periods `before`, and could print its numbers again, goes on from there.
        """
        given = {counter.period: counter.last_value for counter in self.counters.all()} if self.pk else {}
        last = given.get(self.period(day), 0)
        if before and before.period(day) != self.period(day) and can_meet(before, self.rule):
            last = max(last, given.get(before.period(day), 0))
        return last

    def outlook(
        self, day: date, *, before: Pattern | None = None, next_value: int | None = None, client_code: str = ""
    ) -> Outlook:
        """What it would print from `day` on, were it saved as it is; `next_value` is the next one set by hand."""
        code = client_code if "client" in self.rule.parts else ""
        sequence = next_value or self.last_value(day, before) + 1
        outlook = {"first": self.number(sequence, day, code), "second": self.number(sequence + 1, day, code)}
        if anew_on := self.rule.starts_anew_on(day):
            outlook |= {"anew_on": anew_on, "anew": self.number(self.last_value(anew_on) + 1, anew_on, code)}
        return Outlook(sequence, plain=self.number(sequence, day) if code else "", **outlook)

    # ── Changing and taking ───────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    @atomic
    def change(cls, workspace, kind: str, *, day: date, next_value: int | None = None, actor=None, **fields) -> Self:
        """Count otherwise from now on, and with `next_value` from there on in the period of `day`.

        Raises ValidationError for a rule that could repeat numbers, and for a next value that was given already.
        """
        series = cls.of(workspace, kind)
        lock_rows(workspace.number_series.all())
        series.refresh_from_db()
        before = series.rule
        for name, value in fields.items():
            setattr(series, name, value)
        series.clean_fields()
        series.clean()
        last = series.last_value(day, before)
        if next_value is not None:
            check_next_value(next_value, last)
            last = next_value - 1
        series.save()
        series.counters.update_or_create(period=series.period(day), workspace=workspace, defaults={"last_value": last})
        record(
            "changed", series, actor=actor, pattern=str(series), reset=series.reset, next=series.number(last + 1, day)
        )
        return series

    def lock(self, day: date) -> "NumberCounter":
        """The counter of that day's period, held until the transaction ends: who issues next waits here.

        The lock is on the series, which is read anew: somebody may have changed how it counts.
        """
        series = NumberSeries.objects.select_for_update().get(pk=self.pk)
        counter, _made = series.counters.get_or_create(period=series.period(day), workspace=self.workspace)
        counter.series, counter.workspace = series, self.workspace
        return counter


def check_next_value(value: int, last: int) -> None:
    """Raise ValidationError, at `next_number`, when `value` was given already; `last` is the last one that was."""
    if value <= last:
        message = _("Numbers up to %(last)d are given. Write %(next)d or more.")
        raise ValidationError({"next_number": message % {"last": last, "next": last + 1}}, code="given")


class NumberCounter(WorkspaceOwned):
    """The last number given in one period of a series."""

    workspace = WorkspaceKey("number_counters")
    series = models.ForeignKey(NumberSeries, models.CASCADE, related_name="counters")
    period = models.CharField(max_length=7, blank=True)
    last_value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "period"], name="one_counter_of_a_period")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period}: {self.last_value}"

    def take(self, day: date, client_code: str = "") -> str:
        """The next number, in the caller's transaction: when that fails, the number is free again.

        A number that an invoice got under an earlier pattern is passed over.
        """
        self.last_value += 1
        while self.workspace.invoices.filter(number=self.series.number(self.last_value, day, client_code)).exists():
            self.last_value += 1
        self.save(update_fields=["last_value"])
        return self.series.number(self.last_value, day, client_code)
