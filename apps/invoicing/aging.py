"""How old what is owed is: open amounts by how many days they are late, for each currency, on any day.

The day may be long past: what counts is what was open at its end, whatever was paid or credited afterwards.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BigIntegerField, DateField, TextChoices
from django.utils.translation import gettext_lazy as _

from apps.core.money import split_by_largest_remainder
from apps.core.prepared import Prepared
from apps.invoicing.prepared import open_of
from apps.invoicing.querysets import InvoiceQuerySet
from apps.workspaces.models import Workspace


class Age(TextChoices):
    """How late something is; the day after the due date is the first day, before it nothing is late."""

    NOT_DUE = "not-due", _("Not due")
    TO_30 = "1-30", _("1–30 days late")
    TO_60 = "31-60", _("31–60 days late")
    TO_90 = "61-90", _("61–90 days late")
    OLDER = "over-90", _("Over 90 days late")

    def due_dates(self, on: date) -> tuple[date | None, date | None]:
        """The first and the last due date that are of this age on a day; None where there is no end."""
        least = _MOST_DAYS[_YOUNGER[self]] + 1 if self in _YOUNGER else None
        most = _MOST_DAYS.get(self)
        return (
            None if most is None else on - timedelta(days=most),
            None if least is None else on - timedelta(days=least),
        )


_MOST_DAYS = {Age.NOT_DUE: 0, Age.TO_30: 30, Age.TO_60: 60, Age.TO_90: 90}
_YOUNGER = dict(zip(list(Age)[1:], Age, strict=False))

_OPEN_NOW = Prepared(
    lambda workspace, *earliest: open_of(workspace).with_balance().open_by_age(earliest),
    BigIntegerField(),
    *[DateField()] * len(_MOST_DAYS),
)


@dataclass(frozen=True)
class Cell:
    """What is open of one age: minor units, how many invoices, and its share of all that is open, in whole percent."""

    age: Age
    amount_minor: int
    invoices: int
    percent: int


@dataclass(frozen=True)
class Aging:
    """All that is open in one currency, by age. The shares add up to 100, or to 0 where nothing is open."""

    currency: str
    cells: tuple[Cell, ...]

    @classmethod
    def made_of(cls, currency: str, amounts: dict[Age, int], invoices: dict[Age, int]) -> "Aging":
        """From minor units and numbers of invoices; an age that is left out has none."""
        weights = [amounts.get(age, 0) for age in Age]
        shares = split_by_largest_remainder(100 if sum(weights) else 0, weights)
        cells = (
            Cell(age, amount, invoices.get(age, 0), share)
            for age, amount, share in zip(Age, weights, shares, strict=True)
        )
        return cls(currency, tuple(cells))

    @property
    def amount_minor(self) -> int:
        """All that is open."""
        return sum(cell.amount_minor for cell in self.cells)

    @property
    def invoices(self) -> int:
        """How many invoices are open."""
        return sum(cell.invoices for cell in self.cells)

    @property
    def late_minor(self) -> int:
        """What of it is past its due date."""
        return sum(cell.amount_minor for cell in self._late)

    @property
    def late(self) -> int:
        """How many invoices are past their due date."""
        return sum(cell.invoices for cell in self._late)

    @property
    def _late(self) -> Iterable[Cell]:
        return (cell for cell in self.cells if cell.age is not Age.NOT_DUE)


def aging_on(invoices: InvoiceQuerySet, day: date) -> list[Aging]:
    """What was open at the end of `day`, in one query; the currency with most first.

    It is made of the issued invoices dated up to that day, each less the payments received, the credit notes dated
    and what was written off up to it.
    """
    return _aged(invoices.open_on(day).open_by_age(_earliest(day)))


def aging_now(workspace: Workspace) -> list[Aging]:
    """What is open today, in one query that reads the open invoices alone, however many are paid."""
    return _aged(_OPEN_NOW(workspace.pk, *_earliest(workspace.invoices.today())))


def _earliest(day: date) -> list[date]:
    """The earliest due date of each age on a day; the oldest has none."""
    return [day - timedelta(days=most) for most in _MOST_DAYS.values()]


def _aged(rows: Iterable[dict]) -> list[Aging]:
    ages = list(Age)
    amounts: dict[str, dict[Age, int]] = defaultdict(dict)
    invoices: dict[str, dict[Age, int]] = defaultdict(dict)
    for row in rows:
        age = ages[row["age_number"]]
        amounts[row["currency"]][age] = row["open_minor"]
        invoices[row["currency"]][age] = row["invoices"]
    found = [Aging.made_of(currency, amounts[currency], invoices[currency]) for currency in amounts]
    return sorted(found, key=lambda aging: (-aging.amount_minor, aging.currency))
