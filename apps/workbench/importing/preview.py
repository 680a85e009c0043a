"""The first rows of a file as they are understood, for the page that names the columns."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.workbench.importing.columns import Mapping
from apps.workbench.importing.rows import RowReader, SomebodyElses, Work
from apps.workbench.importing.survey import Survey


@dataclass(frozen=True)
class Line:
    """One row: its work with times on its own wall clock, or the sentence that says why there is none."""

    number: int
    work: Work | None = None
    times: str = ""
    message: str = ""

    @property
    def where(self) -> str:
        """Client, project and task."""
        return ", ".join(filter(None, [self.work.client, self.work.project, self.work.task]))


def preview(survey: Survey, mapping: Mapping, currency: str) -> list[Line]:
    """A line for each of the first rows."""
    reader = RowReader(mapping, [column.name for column in survey.columns], currency)
    return [_line(reader, number, cells) for number, cells in survey.first]


def _line(reader: RowReader, number: int, cells: list[str]) -> Line:
    try:
        work = reader.read(cells)
    except SomebodyElses:
        return Line(number, message=_("Somebody else's time, left out."))
    except ValidationError as fault:
        return Line(number, message=" ".join(fault.messages))
    return Line(number, work, _times(work, reader.zone), " ".join(work.remarks))


def _times(work: Work, zone: ZoneInfo) -> str:
    """`09:00 – 10:30`, `22:00 – 02:00 +1`; nothing where the file says no times."""
    if work.started_at is None:
        return ""
    start, end = work.started_at.astimezone(zone), work.ended_at.astimezone(zone)
    nights = (end.date() - start.date()) // timedelta(days=1)
    return f"{start:%H:%M} – {end:%H:%M}" + (f" +{nights}" if nights else "")
