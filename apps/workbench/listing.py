"""The list of entries: a period, filters, one ledger grouped by day, its total.

It lists slices, what each entry did on each day, so that an entry over midnight stands on both days and the total is
the sum of what is listed. How many rows each day has, and what they sum to, comes from one grouped query over the
index by day; rows are read only for the days that the page shows.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Count, Q, Sum

from apps.core import days
from apps.core.money import currency_symbol, exponent
from apps.core.tables import LONGEST_SEARCH, PAGE_SIZE, LenientPaginator
from apps.workbench.daybook import CLIENT, Line, LiveTime, attach_tags, latest_first, lines_from
from apps.workbench.listing_form import ALL_TIME, FILTERS, ListFilterForm
from apps.workbench.models import TimeEntry
from apps.workbench.querysets import TimeEntryQuerySet, slices_with_text
from apps.workspaces.models import Workspace

# A file of all lines reads so many at once.
ROWS_AT_ONCE = 1000


@dataclass
class DayGroup:
    """A day of the list: all that it holds, and those of its lines that are on this page."""

    day: date
    count: int = 0
    seconds: int = 0
    lines: list[Line] = field(default_factory=list)


class Listing:
    """The list for one person and one address; `live` is the person's live entry, as `for_timer` brings it."""

    def __init__(self, workspace: Workspace, user, query, live: TimeEntry | None):
        self.workspace = workspace
        self.user = user
        self.today = days.local_day(days.now(), user.zone)
        # Ids of its own: the form of an entry opens on the same page.
        self.form = ListFilterForm(query, workspace=workspace, auto_id="filter_%s")
        self.form.is_valid()
        self.asked = self.form.cleaned_data
        self.number = query.get("page")
        self.text = self.asked.get("q", "")[:LONGEST_SEARCH]
        self.live = LiveTime(live if live and self._fits(live) else None)

    # ── What is asked for ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def period(self) -> str:
        return self.asked.get("period") or "month"

    @cached_property
    def bounds(self) -> tuple[date, date]:
        """First and last day, both included."""
        today = self.today
        first_of_month = today.replace(day=1)
        if self.period == "today":
            return today, today
        if self.period == "week":
            first = days.week_start(today, self.workspace.week_start)
            return first, first + timedelta(days=6)
        if self.period == "last_month":
            last = first_of_month - timedelta(days=1)
            return last.replace(day=1), last
        if self.period == "year":
            return today.replace(month=1, day=1), today.replace(month=12, day=31)
        if self.period == "all":
            return ALL_TIME
        if self.period == "custom":
            return self._custom_bounds(first_of_month)
        return first_of_month, (first_of_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def _custom_bounds(self, first_of_month: date) -> tuple[date, date]:
        first = self.asked.get("first") or self.asked.get("last") or first_of_month
        last = self.asked.get("last") or self.today
        return min(first, last), max(first, last)

    @cached_property
    def filter_query(self) -> str:
        """What is asked for, as an address says it, without what says nothing."""
        said = {name: value for name, value in self.asked.items() if value and name in self.form.data}
        if self.period != "custom":
            said = {name: value for name, value in said.items() if name not in ("first", "last")}
        return urlencode(said)

    @property
    def query(self) -> str:
        """The same with the page that is shown."""
        page = urlencode({"page": self.page.number}) if self.page.number > 1 else ""
        return "&".join(filter(None, (self.filter_query, page)))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the period is filtered for."""
        return bool(self.text) or any(self.asked.get(name) for name in FILTERS)

    @property
    def said_bounds(self) -> tuple[date, date]:
        """First and last day as the page tells them: of all time, those on which there is anything."""
        if self.period == "all" and self.groups:
            return self.groups[-1].day, self.groups[0].day
        return self.bounds

    def slices(self, first: date, last: date):
        """Those that are asked for, on the days from `first` to `last`."""
        found = self.workspace.time_slices.of(self.user)
        if (first, last) != ALL_TIME:
            found = found.between(first, last)
        if client := self.asked.get("client"):
            found = found.filter(project__client=client)
        if project := self.asked.get("project"):
            found = found.filter(project=project)
        if task := self.asked.get("task"):
            found = found.filter(task=task)
        if tag := self.asked.get("tag"):
            found = found.filter(entry__tags=tag)
        if billable := self.asked.get("billable"):
            found = found.filter(billable=billable == "yes")
        if billed := self.asked.get("billed"):
            found = found.filter(billed=billed == "yes")
        if review := self.asked.get("review"):
            odd = Q(entry__needs_review__gt="") if review == "any" else Q(entry__needs_review__contains=review)
            found = found.filter(odd)
        return slices_with_text(found, self.text)

    # ── What there is ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _fits(self, entry: TimeEntry) -> bool:
        """Whether the live entry is asked for; its slices alone cannot say so."""
        project = entry.project
        client = project.client if project else None
        words = "\n".join(str(part) for part in (entry.note, entry.task, project, client) if part)
        return (
            self.asked.get("client") in (None, "", str(client and client.pk))
            and self.asked.get("project") in (None, "", str(project and project.pk))
            and self.asked.get("task") in (None, "", str(entry.task_id))
            and self.asked.get("billable") in (None, "", "yes" if entry.billable else "no")
            and self.asked.get("billed") != "yes"
            and (not (review := self.asked.get("review")) or _is_odd(entry, review))
            and self.text.lower() in words.lower()
            and (not (tag := self.asked.get("tag")) or entry.tags.filter(pk=tag).exists())
        )

    @cached_property
    def sums(self) -> list[dict]:
        """Rows, seconds and money of each day and currency."""
        return list(
            self.slices(*self.bounds)
            .order_by()
            .values("day", "currency")
            .annotate(
                count=Count("pk"),
                total_seconds=Sum("seconds"),
                billable_seconds=Sum("seconds", filter=Q(billable=True)),
                amount=Sum("amount_minor", filter=Q(billable=True)),
                unbilled=Sum("amount_minor", filter=Q(billable=True, billed=False)),
            )
        )

    @cached_property
    def groups(self) -> list[DayGroup]:
        """The days that have anything, latest first; the running stretch is in them."""
        found: dict[date, DayGroup] = {}
        for row in self.sums:
            group = found.setdefault(row["day"], DayGroup(row["day"]))
            group.count += row["count"]
            group.seconds += row["total_seconds"]
        first, last = self.bounds
        for day, seconds in self.live.seconds_of_day.items():
            if first <= day <= last:
                found.setdefault(day, DayGroup(day)).seconds += seconds
        return sorted(found.values(), key=lambda group: group.day, reverse=True)

    @cached_property
    def page(self) -> Page:
        """Which rows are on this page; the rows themselves are in `shown`."""
        count = sum(group.count for group in self.groups)
        return LenientPaginator(range(count), PAGE_SIZE).get_page(self.number)

    @cached_property
    def shown(self) -> list[DayGroup]:
        """The days of this page with their lines on it."""
        first, last = self.page.start_index() - 1, self.page.end_index()
        offsets = self._offsets()
        wanted = [group for group, offset in offsets if offset < last and offset + group.count > max(first, 0)]
        if self.page.number == 1:
            wanted = [group for group in self.groups if group in wanted or group.day in self.live.seconds_of_day]
        lines = self._lines_of([group.day for group in wanted])
        for group, offset in offsets:
            if group in wanted:
                ready = latest_first(lines[group.day])
                kept = [line for line in ready if line.is_sliced][max(0, first - offset) : last - offset]
                running = [line for line in ready if not line.is_sliced] if self.page.number == 1 else []
                group.lines = running + kept
        return [group for group in wanted if group.lines]

    @property
    def entries(self) -> TimeEntryQuerySet:
        """The finished entries behind all lines of all pages."""
        return self.workspace.time_entries.of(self.user).stopped().having(self.slices(*self.bounds))

    def _offsets(self) -> list[tuple[DayGroup, int]]:
        found, offset = [], 0
        for group in self.groups:
            found.append((group, offset))
            offset += group.count
        return found

    def all_lines(self) -> Iterator[Line]:
        """Every line of every page in the order of the list, with its client and tags, read a few hundred at a time."""
        batch, count = [], 0
        for group in self.groups:
            batch.append(group.day)
            count += group.count
            if count >= ROWS_AT_ONCE or group is self.groups[-1]:
                lines = self._lines_of(batch, also=CLIENT)
                yield from (line for day in batch for line in latest_first(lines[day]))
                batch, count = [], 0

    def _lines_of(self, wanted: list[date], also: Sequence[str] = ()) -> dict[date, list[Line]]:
        if not wanted:
            return {}
        lines = lines_from(self.slices(min(wanted), max(wanted)), self.live, self.user, also)
        if self.live.entry:
            self.live.entry.user = self.user
        self.live.add_to(lines, wanted)
        if self.form.has_tags:
            attach_tags(lines)
        by_day = defaultdict(list)
        for line in lines:
            by_day[line.day].append(line)
        return by_day

    # ── What it sums to ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def seconds(self) -> int:
        """All that is listed, on all pages, with what runs now."""
        return sum(group.seconds for group in self.groups)

    @cached_property
    def _billable_slices(self) -> int:
        return sum(row["billable_seconds"] or 0 for row in self.sums)

    @property
    def billable_seconds(self) -> int:
        live = self.live.entry
        return self._billable_slices + (self.live.seconds(*self.bounds) if live and live.billable else 0)

    @property
    def billable_percent(self) -> int:
        return round(100 * self.billable_seconds / self.seconds) if self.seconds else 0

    @cached_property
    def amounts(self) -> list[tuple[str, int]]:
        """What is billable, by currency; the stretch that runs is not in it before it is stopped."""
        return self._money("amount")

    @cached_property
    def unbilled(self) -> list[tuple[str, int]]:
        """What is ready to invoice, by currency."""
        return self._money("unbilled")

    @property
    def everything(self) -> str:
        """Rows and sums of all pages without what runs now, as JSON for the bar that sums what is ticked."""
        return json.dumps(
            {
                "count": self.page.paginator.count,
                "seconds": self.seconds - self.live.seconds(*self.bounds),
                "billable": self._billable_slices,
                "amounts": dict(self.amounts),
            }
        )

    @property
    def currencies(self) -> str:
        """How amounts are written in each currency that is listed, as JSON: sign, decimals, whose grouping."""
        codes = {row["currency"] for row in self.sums}
        return json.dumps({code: (currency_symbol(code), exponent(code), _grouping(code)) for code in sorted(codes)})

    def _money(self, name: str) -> list[tuple[str, int]]:
        found: dict[str, int] = defaultdict(int)
        for row in self.sums:
            found[row["currency"]] += row[name] or 0
        return sorted((currency, minor) for currency, minor in found.items() if minor)


def _grouping(currency: str) -> str:
    """The language of the browser that groups digits as the currency's home does, with the English point."""
    return "en-IN" if currency == "INR" else "en-US"


def _is_odd(entry: TimeEntry, review: str) -> bool:
    return bool(entry.needs_review) if review == "any" else review in entry.needs_review
