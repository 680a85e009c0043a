"""Which tracker a file comes from, recognised by its header row, and how to get such a file out of each."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.workbench.importing.columns import guess, plain_name

OTHER = "other"


@dataclass(frozen=True)
class Source:
    """A tracker; `steps` lead to its export."""

    key: str
    name: str
    steps: str


TOGGL = Source("toggl", "Toggl Track", _("Reports → Detailed → choose the period → Export → CSV."))
CLOCKIFY = Source("clockify", "Clockify", _("Reports → Detailed → choose the period → Export → Save as CSV."))
HARVEST = Source("harvest", "Harvest", _("Reports → Detailed time → choose the timeframe → Export → CSV."))
KIMAI = Source("kimai", "Kimai", _("Export → filter the period → CSV; or My times → Export → CSV."))
SOURCES = [TOGGL, CLOCKIFY, HARVEST, KIMAI]
CHOICES = [(source.key, source.name) for source in SOURCES] + [(OTHER, _("Another CSV file"))]

_LENGTHS_OF_CLOCKIFY = {"duration (h)", "duration (decimal)", "dauer (h)", "durée (h)", "duración (h)", "durata (h)"}
_LENGTHS_OF_CLOCKIFY |= {"duur (h)", "duração (h)"}
_STARTS_OF_TOGGL = {"start date", "startdatum", "date de début", "fecha de inicio", "data di inizio", "begindatum"}
_HOURS_OF_HARVEST = {"hours", "stunden", "heures", "horas", "ore", "uren"}
_ACTIVITIES_OF_KIMAI = {"activity", "tätigkeit", "activité", "actividad", "attività", "activiteit", "atividade"}


def recognise(headers: list[str]) -> str:
    """The key of the source, `other` where no tracker is known by these columns."""
    names, fields = {plain_name(header) for header in headers}, guess(headers)
    has_times = {"day", "start"} <= fields.keys()
    if names & _LENGTHS_OF_CLOCKIFY and has_times and "project" in fields:
        return CLOCKIFY.key
    if names & _ACTIVITIES_OF_KIMAI and "project" in fields and "day" in fields:
        return KIMAI.key
    if names & _HOURS_OF_HARVEST and {"day", "client", "project", "task"} <= fields.keys() and not has_times:
        return HARVEST.key
    if names & _STARTS_OF_TOGGL and has_times and "note" in fields and "end" in fields:
        return TOGGL.key
    return OTHER
