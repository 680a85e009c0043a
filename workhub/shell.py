"""What the frame around the page shows: the timer, the line of the day, and the count of late invoices."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.http import HttpRequest

from apps.core import days
from apps.workbench import presence
from apps.workbench.models import prepared

LINE_STARTS, LINE_ENDS = timedelta(hours=8), timedelta(hours=20)


@dataclass(frozen=True)
class Block:
    """A stretch of the day line; `left` and `width` in percent of the line."""

    kind: str
    left: float
    width: float


class Shell:
    """The frame's content for one request; nothing is asked before a template reads it."""

    def __init__(self, request: HttpRequest):
        self.request = request
        # Neither is there where a request failed before anybody asked who it is from.
        self.user = getattr(request, "user", None)
        self.workspace = getattr(request, "workspace", None)

    @cached_property
    def timer(self):
        """The person's live entry, or None."""
        if self.workspace is None:
            return None
        if hasattr(self.request, "live_entry"):  # the page itself has asked already
            live = self.request.live_entry
        else:
            live = prepared.live_entry_of(self.workspace, self.user)
        if live:
            presence.seen(live)
        return live

    @cached_property
    def forgotten(self) -> presence.Forgotten | None:
        """The question whether the timer was forgotten; None when there is nothing to ask."""
        return presence.forgotten(self.timer, self.workspace.timer_limit_minutes) if self.timer else None

    @cached_property
    def day_line(self) -> list[Block]:
        """What was done today between 8:00 and 20:00, in the person's time zone."""
        if self.workspace is None:
            return []
        start, end = days.day_bounds(days.local_day(days.now(), self.user.zone), self.user.zone)
        segments = prepared.day_line(self.workspace, self.user, start, end)
        running = self.timer.current_segment if self.timer else None
        live = [(running.kind, running.started_at, None, self.timer.billable)] if running else []
        return [block for stretch in [*segments, *live] if (block := _block(*stretch, midnight=start))]

    @cached_property
    def now_at(self) -> float:
        """Where the needle of the day line stands, in percent; outside 8–20 h it rests at an end."""
        start, _end = days.day_bounds(days.local_day(days.now(), self.user.zone), self.user.zone)
        return _percent(days.now() - start)

    @property
    def here(self) -> str:
        """The entry of the navigation that this page belongs to: an app, in the workbench one of its two pages."""
        match = self.request.resolver_match
        if match is None or match.app_name != "workbench":
            return match.app_name if match else ""
        return "entries" if match.url_name.startswith("entr") else "workbench"

    @cached_property
    def late_invoices(self) -> int:
        """How many invoices are past their due date and still open."""
        if self.workspace is None:
            return 0
        if hasattr(self.request, "late_invoices"):  # the page itself has asked already
            return self.request.late_invoices
        today = days.local_day(days.now(), self.workspace.zone)
        return self.workspace.receivables.filter(due_date__lt=today).count()


def _percent(since_midnight: timedelta) -> float:
    share = (since_midnight - LINE_STARTS) / (LINE_ENDS - LINE_STARTS)
    return round(100 * min(1, max(0, share)), 2)


def _block(kind: str, started_at, ended_at, billable: bool, *, midnight) -> Block | None:
    left = _percent(started_at - midnight)
    right = _percent((ended_at or days.now()) - midnight)
    if right <= left:
        return None
    return Block(_block_kind(kind, ended_at is None, billable), left, round(right - left, 2))


def _block_kind(kind: str, is_open: bool, billable: bool) -> str:
    if kind == "break":
        return "break"
    if is_open:
        return "live"
    return "billable" if billable else "own"
