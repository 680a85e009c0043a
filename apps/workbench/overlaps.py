"""What overlaps on a day, in words: each entry with the others that were worked on at the same time."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.core import days
from apps.core.durations import format_words
from apps.workbench.models import Segment
from apps.workbench.models.segments import overlaps_in

TITLE_LENGTH = 40


def overlaps_in_words(segments: Iterable[Segment]) -> dict[UUID, str]:
    """By entry, for those of `segments` (with their entries) that overlap: `Overlaps Letters by 20 m.`"""
    shared: dict[UUID, Counter] = {}
    titles = {}
    for first, second in overlaps_in(part for part in segments if part.kind == Segment.Kind.WORK):
        seconds = _shared_seconds(first, second)
        for mine, other in ((first, second), (second, first)):
            shared.setdefault(mine.entry_id, Counter())[other.entry_id] += seconds
            titles[other.entry_id] = other.entry.title
    return {
        entry: " ".join(_in_words(titles[other], seconds) for other, seconds in found.items())
        for entry, found in shared.items()
    }


def _shared_seconds(first: Segment, second: Segment) -> int:
    ends = [part.ended_at or days.now() for part in (first, second)]
    return max(0, int((min(ends) - second.started_at).total_seconds()))


def _in_words(title: str, seconds: int) -> str:
    words = {"title": Truncator(title).chars(TITLE_LENGTH), "words": format_words(seconds)}
    if seconds < 60:
        return _("Overlaps %(title)s by less than a minute.") % words
    return _("Overlaps %(title)s by %(words)s.") % words
