"""The figures of a day and its week: hours, what they earned, and how much of the available time was billable."""

from collections import Counter
from dataclasses import dataclass, field

Amounts = list[tuple[str, int]]


@dataclass(frozen=True)
class Overview:
    """Seconds and, by currency, minor units. `available_seconds` are the working hours of the week until today."""

    seconds: int
    week_seconds: int
    billable_seconds: int
    available_seconds: int
    earned: Counter = field(default_factory=Counter)
    week_earned: Counter = field(default_factory=Counter)

    @property
    def utilisation(self) -> int | None:
        """Billable hours of the week per hour available so far, in percent; None where none was available."""
        return round(100 * self.billable_seconds / self.available_seconds) if self.available_seconds else None

    @property
    def amounts(self) -> Amounts:
        """What the day earned, by currency: currencies are never added up."""
        return _listed(self.earned)

    @property
    def week_amounts(self) -> Amounts:
        """What the week earned, by currency."""
        return _listed(self.week_earned)


def _listed(earned: Counter) -> Amounts:
    return sorted((currency, minor) for currency, minor in earned.items() if minor)
