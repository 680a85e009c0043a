"""Time and money of clients and projects, read from the totals that are kept for projects: the more time there is to
add up, the less anybody wants to add it up for a list.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Model


@dataclass
class Totals:
    """Seconds, and minor units by currency; amounts of different currencies are never added up."""

    seconds: int = 0
    billable_seconds: int = 0
    unbilled_seconds: int = 0
    unbilled: Counter = field(default_factory=Counter)
    value: Counter = field(default_factory=Counter)

    @property
    def billable_percent(self) -> int:
        """How much of the time is billable, 0 to 100."""
        return round(100 * self.billable_seconds / self.seconds) if self.seconds else 0

    def unbilled_amounts(self, first: str) -> list[tuple[str, int]]:
        """(currency, minor units) of what is not billed yet: `first` always, the others where there is something."""
        others = sorted((code, minor) for code, minor in self.unbilled.items() if minor and code != first)
        return [(first, self.unbilled[first]), *others]

    def add(
        self, currency: str, *, seconds: int, billable: int, unbilled: int, unbilled_minor: int, value: int
    ) -> None:
        """Add one kept total."""
        self.seconds += seconds
        self.billable_seconds += billable
        self.unbilled_seconds += unbilled
        self.unbilled[currency] += unbilled_minor
        self.value[currency] += value

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.seconds + other.seconds,
            self.billable_seconds + other.billable_seconds,
            self.unbilled_seconds + other.unbilled_seconds,
            self.unbilled + other.unbilled,
            self.value + other.value,
        )


def attach_totals(rows: Iterable[Model], path: str) -> None:
    """Give each of `rows` (of one model) its `sums`, in one query; `path` leads from the model to the kept totals."""
    by_id = {row.pk: row for row in rows}
    for row in by_id.values():
        row.sums = Totals()
    if not by_id:
        return
    model = type(next(iter(by_id.values())))
    names = ("seconds", "billable_seconds", "unbilled_seconds", "unbilled_minor", "value_minor")
    # Added up here: a page has some dozens, and five sums take Django longer to word than that.
    found = (
        model._base_manager.filter(**{"pk__in": by_id, f"{path}__isnull": False})
        .order_by()
        .values_list("pk", f"{path}__currency", *(f"{path}__{name}" for name in names))
    )
    for pk, currency, seconds, billable, unbilled, unbilled_minor, value in found:
        by_id[pk].sums.add(
            currency,
            seconds=seconds,
            billable=billable,
            unbilled=unbilled,
            unbilled_minor=unbilled_minor,
            value=value,
        )
