"""From recorded time to lines: which entries are offered to a client, how they are rounded, and how they are grouped.

Rounding comes first, and does not ask what becomes a line: the client's rule gives every entry the time that it is
billed as, and a line adds up that of its entries. So all groupings bill the same time in all. With steps of 15 minutes
upwards, and three entries of 7 minutes on one day and task:

| rule | per entry | per task, per day, one line |
|---|---|---|
| each entry | 0:15, 0:15, 0:15 | 0:45 |
| all of a day and task | 0:10, 0:10, 0:10 | 0:30 |

The second rule rounds 21 minutes up to 30 and shares them in proportion to what was recorded, whatever the rates of the
entries and whoever recorded them. An entry counts to the day on which it began, as it does for lines per day. Only what
is billed together is rounded together: a task that is billed in the morning and again in the evening is rounded twice.
What is rounded down to nothing stands on its line with no hours, and is billed all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import RFC_4122, UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, TextChoices
from django.utils import dateformat
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.clients.rounding import Rounding, Scope
from apps.core import days
from apps.core.durations import format_clock, format_duration
from apps.core.money import split_by_largest_remainder, to_major
from apps.invoicing.totals import hours
from apps.projects.querysets import at_a_price

MOST_OFFERED = 500
UNFIT = _("Some of this time cannot be billed to this client. Load the page again and choose from the list.")


class Grouping(TextChoices):
    """What becomes one line."""

    TASK = "task", _("Per task")
    DAY = "day", _("Per day")
    ENTRY = "entry", _("Per entry")
    ONE = "one", _("One line")


@dataclass
class TimeLine:
    """A line to be: entries of one rate, and what is printed for them."""

    description: str
    unit_price: Decimal
    entries: list = field(default_factory=list)
    seconds: int = 0

    @property
    def recorded_seconds(self) -> int:
        """All their work, before it was rounded to `seconds`."""
        return sum(entry.work_seconds for entry in self.entries)

    @property
    def rounded(self) -> str:
        """What rounding did to it, in words; nothing where it did nothing."""
        return recorded_and_billed(self.recorded_seconds, self.seconds)

    @property
    def quantity(self) -> Decimal:
        """Hours as printed; the amount is this × the price, never anything else."""
        return hours(self.seconds)


class TimeOffer:
    """The unbilled time of one client in a period (both days included; None: open)."""

    def __init__(self, workspace, client: Client, *, currency: str = "", first: date | None = None, last=None):
        self.workspace, self.client = workspace, client
        self.currency = currency or client.currency
        self.first, self.last = first, last

    @cached_property
    def _in_period(self):
        entries = self.workspace.time_entries.filter(project__client=self.client, billed=False)
        if self.first or self.last:
            first, last = self.first or days.FIRST_DAY, self.last or days.LAST_DAY
            entries = entries.having(self.workspace.time_slices.between(first, last))
        return entries

    @cached_property
    def entries(self) -> list:
        """What can be billed, oldest first, at most MOST_OFFERED."""
        found = self._in_period.stopped().filter(billable=True, currency=self.currency).exclude(at_a_price("project__"))
        return list(for_billing(found)[:MOST_OFFERED])

    @property
    def seconds(self) -> int:
        """All the time that is offered, as it was recorded."""
        return sum(entry.work_seconds for entry in self.entries)

    @property
    def rounded(self) -> str:
        """What rounding would do to all of it, in words; nothing where it would do nothing."""
        return recorded_and_billed(self.seconds, sum(billed_seconds(self.entries, self.client.rounding_rule).values()))

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than is offered at once."""
        return len(self.entries) == MOST_OFFERED

    @cached_property
    def left_out(self) -> list[str]:
        """What is not offered, and why, in words."""
        fixed = at_a_price("project__")
        stopped = Q(ended_at__isnull=False)
        billable = stopped & Q(billable=True) & ~fixed
        counts = self._in_period.aggregate(
            running=Count("pk", filter=Q(ended_at=None)),
            fixed=Count("pk", filter=stopped & Q(billable=True) & fixed),
            own=Count("pk", filter=stopped & Q(billable=False)),
            foreign=Count("pk", filter=billable & ~Q(currency=self.currency)),
        )
        foreign = ""
        if counts["foreign"]:
            found = self._in_period.filter(billable & ~Q(currency=self.currency))
            foreign = ", ".join(found.order_by("currency").values_list("currency", flat=True).distinct())
        return [
            sentence % {"count": counts[reason], "currencies": foreign}
            for reason, sentence in _reasons(counts).items()
            if counts[reason]
        ]


def _reasons(counts: dict[str, int]) -> dict[str, str]:
    return {
        "running": ngettext(
            "%(count)d entry is still running.", "%(count)d entries are still running.", counts["running"]
        ),
        "fixed": ngettext(
            "%(count)d entry on a fixed price is left out.",
            "%(count)d entries on a fixed price are left out.",
            counts["fixed"],
        ),
        "own": ngettext("%(count)d entry is not billable.", "%(count)d entries are not billable.", counts["own"]),
        "foreign": ngettext(
            "%(count)d entry in %(currencies)s is left out.",
            "%(count)d entries in %(currencies)s are left out.",
            counts["foreign"],
        ),
    }


def for_billing(entries):
    """A queryset of entries with all that a line needs of them, oldest first."""
    return entries.select_related("project", "task").with_seconds().order_by("started_at", "pk")


def check_fit(entries: Iterable, client: Client, currency: str) -> None:
    """Refuse time that is another client's, not billable, in another currency or on a fixed price."""
    for entry in entries:
        project = entry.project
        fits = entry.billable and entry.currency == currency and project and project.client_id == client.pk
        if not fits or project.is_fixed_price:
            raise ValidationError(UNFIT, code="unfit")


def parse_ids(texts: Iterable[str]) -> list[UUID]:
    """Entry ids from a form, each once. What is no such id is refused before a database sees it."""
    ids = []
    for text in dict.fromkeys(texts):
        try:
            parsed = UUID(text)
        except ValueError:
            raise ValidationError(UNFIT, code="unfit") from None
        if parsed.variant != RFC_4122:
            raise ValidationError(UNFIT, code="unfit")
        ids.append(parsed)
    return ids


def billed_seconds(entries: Iterable, rounding: Rounding) -> dict[UUID, int]:
    """What each entry (id) is billed as under a client's rule; see the head of this file."""
    together: dict[object, list] = {}
    for entry in entries:
        key = (entry.day, entry.project_id, entry.task_id) if rounding.scope == Scope.DAY_TASK else entry.pk
        together.setdefault(key, []).append(entry)
    billed = {}
    for each in together.values():
        recorded = [entry.work_seconds for entry in each]
        shares = split_by_largest_remainder(rounding.round(sum(recorded)), recorded)
        billed |= {entry.pk: share for entry, share in zip(each, shares, strict=True)}
    return billed


def recorded_and_billed(recorded: int, billed: int) -> str:
    """`7:52 recorded, 8:00 billed`, with the seconds where only they differ; nothing for equal times."""
    if recorded == billed:
        return ""
    shown = format_duration if format_duration(recorded) != format_duration(billed) else format_clock
    told = gettext("%(recorded)s recorded, %(billed)s billed")
    return told % {"recorded": shown(recorded), "billed": shown(billed)}


def group(entries: Iterable, grouping: str, currency: str, rounding: Rounding) -> list[TimeLine]:
    """Lines in order of their first entry. Different rates never share a line, so hours × rate is the amount."""
    entries = list(entries)
    billed = billed_seconds(entries, rounding)
    lines: dict[tuple, TimeLine] = {}
    for entry in entries:
        key = (*_key(entry, grouping), entry.rate_minor)
        line = lines.setdefault(key, TimeLine("", to_major(entry.rate_minor, currency)))
        line.entries.append(entry)
        line.seconds += billed[entry.pk]
    for line in lines.values():
        line.description = describe(line.entries, grouping)
    return list(lines.values())


def _key(entry, grouping: str) -> tuple:
    if grouping == Grouping.TASK:
        return entry.project_id, entry.task_id
    if grouping == Grouping.DAY:
        return (entry.day,)
    return (entry.pk,) if grouping == Grouping.ENTRY else ()


def describe(entries: list, grouping: str) -> str:
    """What the line says: a title, and on the next line what helps the client to recognise it."""
    first, projects = entries[0], ", ".join(dict.fromkeys(str(entry.project) for entry in entries))
    if grouping == Grouping.TASK:
        title, details = str(first.task or first.project), span(entries)
        details = f"{projects}, {details}" if first.task else details
    elif grouping == Grouping.DAY:
        title, details = dateformat.format(first.day, "l, j F Y"), projects
    elif grouping == Grouping.ENTRY:
        title = Truncator(" ".join(first.title.split())).chars(200)
        details = f"{projects}, {span(entries)}"
    else:
        title, details = gettext("Work, %(span)s") % {"span": span(entries)}, projects
    return Truncator(f"{title}\n{details}").chars(1000)


def span(entries: list) -> str:
    """The days of entries in order: `4 May 2026` or `2 to 19 November 2026`."""
    all_days = [entry.day for entry in entries]
    first, last = min(all_days), max(all_days)
    until = dateformat.format(last, "j F Y")
    if first == last:
        return until
    shape = "j F Y" if first.year != last.year else "j F" if first.month != last.month else "j"
    return gettext("%(first)s to %(last)s") % {"first": dateformat.format(first, shape), "last": until}
