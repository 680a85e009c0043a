"""What a column can mean, by which names the trackers call it, and the choice that a person makes of it."""

import re
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext_lazy as _

from apps.workbench.importing.values import HOURS

# In the order in which they are offered.
FIELDS = {
    "day": _("Date"),
    "start": _("Start time"),
    "end_day": _("End date"),
    "end": _("End time"),
    "length": _("Duration"),
    "client": _("Client"),
    "project": _("Project"),
    "task": _("Task"),
    "note": _("Note"),
    "tags": _("Tags"),
    "billable": _("Billable"),
    "rate": _("Hourly rate"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "person": _("Person"),
}
# English, German, French, Spanish, Italian, Dutch, Portuguese, as the trackers' exports write them. Where a file has
# several of one field, the one that comes first here is taken.
NAMES = {
    "day": (
        "start date, startdate, date, spent date, started at, datum, startdatum, anfangsdatum, date de début, "
        "fecha de inicio, fecha, data di inizio, begindatum, data de início, data inicial, data, day, tag"
    ),
    "start": (
        "start time, starttime, from, time from, begin, beginning, start, in, startzeit, von, beginn, "
        "heure de début, début, de, hora de inicio, inicio, desde, ora di inizio, inizio, da, starttijd, van, "
        "hora de início, início"
    ),
    "end_day": (
        "end date, stop date, enddate, enddatum, date de fin, fecha de fin, fecha de finalización, data di fine, "
        "einddatum, data de término, data final"
    ),
    "end": (
        "end time, stop time, endtime, stop, to, end, out, ended at, endzeit, bis, ende, heure de fin, fin, à, "
        "hora de fin, hora de finalización, hasta, ora di fine, fine, a, eindtijd, tot, hora de término, fim"
    ),
    "length": (
        "duration (h), duration, hours, h:m, dauer (h), dauer, stunden, durée (h), durée, heures, duración (h), "
        "duración, horas, durata (h), durata, ore, duur (h), duur, uren, duração (h), duração, time, "
        "duration (decimal), dauer (dezimal), durée (décimale), time spent"
    ),
    "client": "client, customer, client name, kunde, auftraggeber, cliente, klant",
    "project": "project, project name, projekt, projet, proyecto, progetto, projeto",
    "task": "task, activity, task name, aufgabe, tätigkeit, tâche, activité, tarea, actividad, attività, taak, "
    "activiteit, tarefa, atividade",
    "note": "description, notes, note, comment, beschreibung, notizen, notiz, notas, descripción, descrizione, "
    "omschrijving, beschrijving, descrição, remarques, title, titel",
    "tags": "tags, tag names, schlagworte, schlagwörter, stichworte, étiquettes, mots-clés, etiquetas, etichette",
    "billable": "billable, abrechenbar, facturable, fatturabile, factureerbaar, faturável, cobrável",
    "rate": (
        "billable rate, hourly rate, hourlyrate, rate (by hour), stundensatz, stundenpreis, taux horaire, "
        "precio por hora, tarifa por hora, tariffa oraria, uurtarief, valor por hora"
    ),
    "amount": "billable amount, amount, rate, betrag, montant, importe, importo, bedrag, valor, preis",
    "currency": "currency, währung, devise, moneda, valuta, moeda",
    "person": (
        "email, e-mail, user, member, name, username, person, full name, benutzer, mitarbeiter, utilisateur, usuario, "
        "utente, gebruiker, usuário, first name"
    ),
}
_KNOWN = {name: names.split(", ") for name, names in NAMES.items()}
_CURRENCY_AT_END = re.compile(r"\s*\((?:[A-Za-z]{3}|[^\w\s]|)\)$")


def plain_name(header: str) -> str:
    """A column's name as it is looked for: no capitals, no currency behind it, no question mark."""
    name = " ".join(header.strip().lstrip("\ufeff").casefold().split()).rstrip("?*: ")
    return _CURRENCY_AT_END.sub("", name)


def guess(headers: list[str]) -> dict[str, int]:
    """Which field each column is, by its name: field → place of the column. No column is two fields."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        places.setdefault(plain_name(header), place)
    found: dict[str, int] = {}
    for name, known in _KNOWN.items():
        place = next((places[one] for one in known if one in places and places[one] not in found.values()), None)
        if place is not None:
            found[name] = place
    return found


@dataclass
class Mapping:
    """What a person chose: field → place of the column, and how to read what is in doubt."""

    places: dict[str, int] = field(default_factory=dict)
    zone: str = "UTC"
    order: str = ""
    unit: str = HOURS
    whose: str = ""

    def as_json(self) -> dict:
        """For a JSON field; `Mapping(**stored)` takes it back."""
        return asdict(self)
