"""From a wall clock to an instant, on the two nights of the year on which that is not plain.

The rule: a time that does not exist (the clocks went forward) is moved forward with them; of a time that comes twice
(they went back) the first is taken, unless the length of the row fits the second. Either is remarked on.
"""

from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

# Trackers cut or round the seconds of what they export.
NEARLY = 60


def to_instant(wall: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """The instant in UTC, and a remark where the clock of that day does not say it plainly."""
    (first, *_others), remark = _readings(wall, zone)
    return first, remark


def to_span(
    start: datetime, end: datetime, zone: ZoneInfo, seconds: int | None
) -> tuple[datetime, datetime, list[str]]:
    """Start and end in UTC with remarks; of several readings the one that is `seconds` long, else the first."""
    starts, start_remark = _readings(start, zone)
    ends, end_remark = _readings(end, zone)
    spans = list(product(starts, ends))
    fitting = [span for span in spans if seconds is not None and _is_nearly(span, seconds)]
    forward = [span for span in spans if span[1] > span[0]]
    begins, ends_at = (fitting or forward or spans)[0]
    return begins, ends_at, [remark for remark in dict.fromkeys((start_remark, end_remark)) if remark]


def _is_nearly(span: tuple[datetime, datetime], seconds: int) -> bool:
    return abs((span[1] - span[0]).total_seconds() - seconds) <= NEARLY


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[list[datetime], str]:
    """Every instant that the wall clock may mean, the earlier one first, and a remark where it is not just one."""
    early, late = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return [early.astimezone(UTC)], ""
    shown = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if shown != wall:
        remark = _("%(time)s did not exist on %(day)s, because the clocks went forward: %(taken)s is taken.")
        told = {"time": f"{wall:%H:%M}", "day": f"{wall:%Y-%m-%d}", "taken": f"{shown:%H:%M}"}
        return [early.astimezone(UTC)], remark % told
    remark = _(
        "%(time)s came twice on %(day)s, because the clocks went back: the first is taken unless the end says so."
    )
    return [early.astimezone(UTC), late.astimezone(UTC)], remark % {"time": f"{wall:%H:%M}", "day": f"{wall:%Y-%m-%d}"}
