"""Invoice numbers: a pattern for each kind of document, and the row that gives the next number to one at a time."""

import re
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned

MAX_NUMBER_LENGTH = 40
_PART = re.compile(r"\{(prefix|year|yy|month|seq)(?::(\d{1,2}))?\}")


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern that could print the same number twice or that has a part nobody knows."""
    parts = [match[1] for match in _PART.finditer(pattern)]
    if parts.count("seq") != 1:
        raise ValidationError(_("The pattern needs {seq} once: the part that counts up."), code="sequence")
    if "month" in parts and not {"year", "yy"} & set(parts):
        raise ValidationError(_("A pattern with {month} needs {year} too."), code="month")
    if re.search(r"[{}]", _PART.sub("", pattern)):
        raise ValidationError(_("Use only {prefix}, {year}, {yy}, {month} and {seq:3}."), code="part")


PREFIXES = {"invoice": "INV", "credit_note": "CN"}


class NumberSeries(WorkspaceOwned):
    """How the numbers of one kind of document look. The sequence starts anew where the pattern has a year or month."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoices")
        CREDIT_NOTE = "credit_note", _("Credit notes")

    workspace = WorkspaceKey("number_series")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INVOICE)
    prefix = models.CharField(_("prefix"), max_length=12, default="INV", blank=True)
    pattern = models.CharField(
        _("pattern"), max_length=60, default="{prefix}-{year}-{seq:3}", validators=[validate_pattern]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind"], name="one_series_of_a_kind")]

    def __str__(self) -> str:
        return self.pattern.replace("{prefix}", self.prefix)

    @classmethod
    def of(cls, workspace, kind: str = Kind.INVOICE) -> Self:
        """The workspace's series, made with the usual pattern at first use."""
        return workspace.number_series.get_or_create(kind=kind, defaults={"prefix": PREFIXES[kind]})[0]

    def period(self, day: date) -> str:
        """The stretch of time in which the sequence runs: `2026`, `2026-03`, or nothing when it never starts anew."""
        parts = {match[1] for match in _PART.finditer(self.pattern)}
        if "month" in parts:
            return f"{day:%Y-%m}"
        return f"{day:%Y}" if parts & {"year", "yy"} else ""

    def number(self, sequence: int, day: date) -> str:
        """The text of one number: padding is a least width, 999 is followed by 1000."""

        def fill(match: re.Match) -> str:
            if match[1] == "seq":
                return str(sequence).zfill(int(match[2] or 1))
            return {"prefix": self.prefix, "year": f"{day:%Y}", "yy": f"{day:%y}", "month": f"{day:%m}"}[match[1]]

        return _PART.sub(fill, self.pattern)

    @classmethod
    def preview(cls, workspace, day: date, kind: str = Kind.INVOICE) -> str:
        """The number that a document of `day` would get now, in one query. It reserves nothing."""
        found = workspace.number_series.filter(kind=kind).values_list(
            "prefix", "pattern", "counters__period", "counters__last_value"
        )
        rows = list(found)
        series = cls(prefix=rows[0][0], pattern=rows[0][1]) if rows else cls(prefix=PREFIXES[kind])
        last = {period: value for _prefix, _pattern, period, value in rows}
        return series.number((last.get(series.period(day)) or 0) + 1, day)

    def lock(self, day: date) -> "NumberCounter":
        """The counter of that day's period, held until the transaction ends: who issues next waits here."""
        counter, _made = self.counters.get_or_create(period=self.period(day), workspace=self.workspace)
        counter = NumberCounter.objects.select_for_update().get(pk=counter.pk)
        counter.series = self
        return counter


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

    def take(self, day: date) -> str:
        """The next number, in the caller's transaction: when that fails, the number is free again."""
        self.last_value += 1
        self.save(update_fields=["last_value"])
        return self.series.number(self.last_value, day)
