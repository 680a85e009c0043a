"""Bank statements as CSV: where the table begins, which column is what, and its lines."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.money import CURRENCIES
from apps.invoicing.bank.amounts import decimal_mark, is_debit, parse_amount
from apps.invoicing.bank.lines import MOST_LINES, Line
from apps.workbench.importing.columns import plain_name
from apps.workbench.importing.text import SEPARATORS, Dialect, find_encoding, read_rows
from apps.workbench.importing.values import DAY_FIRST, MONTH_FIRST, parse_moment, possible_orders

# In the order in which they are offered.
FIELDS = {
    "day": gettext_lazy("Date"),
    "amount": gettext_lazy("Amount"),
    "paid_in": gettext_lazy("Paid in"),
    "paid_out": gettext_lazy("Paid out"),
    "direction": gettext_lazy("Credit or debit"),
    "currency": gettext_lazy("Currency"),
    "party": gettext_lazy("Name of the payer"),
    "iban": gettext_lazy("Account of the payer"),
    "text": gettext_lazy("Reference text"),
    "reference": gettext_lazy("Number of the bank"),
}
# As banks call them in English, German, French, Spanish, Italian and Dutch; of several in a file the first is taken.
_NAMES = {
    "day": (
        "booking date, date, transaction date, completed date, posting date, buchungstag, buchungsdatum, buchung, "
        "datum, wertstellung, valuta, valutadatum, value date, date de comptabilisation, date opération, fecha, "
        "fecha operación, data, data contabile, boekdatum, transactiedatum"
    ),
    "amount": (
        "amount, transaction amount, betrag, betrag (€), betrag (eur), umsatz, montant, importe, importo, bedrag, value"
    ),
    "paid_in": "credit, paid in, money in, deposit, haben, gutschrift, crédit, abono, accrediti, bij, credit amount",
    "paid_out": "debit, paid out, money out, withdrawal, soll, belastung, débit, cargo, addebiti, af, debit amount",
    "direction": "credit/debit, debit/credit, dr/cr, cr/dr, soll/haben, s/h, af bij, indicator, type",
    "currency": "currency, währung, waehrung, devise, moneda, divisa, valuta, muntsoort",
    "party": (
        "payer, counterparty, counterparty name, partner name, name, sender, zahlungspflichtige*r, "
        "zahlungspflichtiger, "
        "auftraggeber, auftraggeber/empfänger, beguenstigter/zahlungspflichtiger, begünstigter/zahlungspflichtiger, "
        "name zahlungsbeteiligter, zahlungsempfänger, contrepartie, ordenante, ordinante, naam tegenpartij, naam"
    ),
    "iban": (
        "iban, counterparty iban, account number, partner iban, kontonummer/iban, iban zahlungsbeteiligter, "
        "kontonummer, tegenrekening, payer iban"
    ),
    "text": (
        "reference text, description, payment reference, reference, remittance information, details, narrative, memo, "
        "verwendungszweck, buchungstext, libellé, concepto, descripción, causale, descrizione, "
        "omschrijving, mededelingen"
    ),
    "reference": "transaction id, bank reference, id, transaktionsnummer, referenz der bank, fitid",
}
_KNOWN = {name: names.split(", ") for name, names in _NAMES.items()}
# So far down a table may begin: banks write account and period above it.
LONGEST_HEAD = 40
MOST_COLUMNS = 60
SAMPLE_ROWS = 8
LONGEST = {"party": 140, "iban": 40, "text": 500, "reference": 80}


@dataclass
class Mapping:
    """What a person chose: field → place of the column, and how dates are written (empty: they say it themselves)."""

    places: dict[str, int] = field(default_factory=dict)
    order: str = ""

    def as_json(self) -> dict:
        """For a JSON field; `Mapping(**stored)` takes it back."""
        return asdict(self)


class CsvFile:
    """The table in a file. Raises ValidationError where there is none."""

    def __init__(self, content: bytes):
        self.content = content
        self._encoding = find_encoding([content])
        self._dialect, self._first = self._begin()
        rows = self._rows()
        self.columns = [
            cell.replace("\x00", "").strip()[:80] or _("Column %(number)d") % {"number": place}
            for place, cell in enumerate(next(rows)[1][:MOST_COLUMNS], start=1)
        ]
        self.rows = list(islice(rows, MOST_LINES + 1))
        if not self.rows:
            raise ValidationError(_("There is only a header in this file, and no line beneath it."), code="empty")
        if len(self.rows) > MOST_LINES:
            told = _("The file has more than %(most)s lines. Export it month by month.")
            raise ValidationError(told, params={"most": f"{MOST_LINES:,}"}, code="lines")

    def _begin(self) -> tuple[Dialect, int]:
        """Separator and number of the header: where most columns have a name that is known, else most columns."""
        best, found = (0, 0, 0), None
        for separator in SEPARATORS:
            dialect = Dialect(self._encoding, separator)
            for number, cells in islice(_lenient(self.content, dialect), LONGEST_HEAD):
                score = (len(guess(cells)), len(cells), -number)
                if score > best:
                    best, found = score, (dialect, number)
        if found is None or best[1] < 2:
            raise ValidationError(
                _("No columns can be made out in this file. Is it a CSV file, with their names in one row?"),
                code="columns",
            )
        return found

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        return ((number, cells) for number, cells in read_rows([self.content], self._dialect) if number >= self._first)

    @property
    def suggestion(self) -> Mapping:
        """What the columns most likely are."""
        mapping = Mapping(guess(self.columns))
        mapping.order = self.order_of(mapping.places.get("day"))
        return mapping

    def order_of(self, place: int | None) -> str:
        """The order of day and month in a column, decided over all rows; empty where both could be."""
        possible = {DAY_FIRST, MONTH_FIRST}
        for _number, cells in self.rows:
            orders = possible_orders(_cell(cells, place)) if place is not None else set()
            if orders and orders <= {DAY_FIRST, MONTH_FIRST}:
                possible &= orders
        return possible.pop() if len(possible) == 1 else ""

    def has_doubtful_days(self, place: int | None) -> bool:
        """Whether `03/04` in the column could be March or April."""
        both = {DAY_FIRST, MONTH_FIRST}
        return not self.order_of(place) and any(
            possible_orders(_cell(cells, place)) == both for _number, cells in self.rows if place is not None
        )

    def lines(self, mapping: Mapping, currency: str) -> Iterator[Line | str]:
        """Its lines, or in words why one cannot be read; `currency` is that of files that do not say."""
        places = mapping.places
        amounts = (_cell(cells, places.get(name)) for _n, cells in self.rows for name in ("amount", "paid_in"))
        reader = _Reader(mapping, currency, decimal_mark(amounts))
        for number, cells in self.rows:
            try:
                yield reader.read(cells)
            except ValidationError as fault:
                yield _("Row %(number)d: %(fault)s") % {"number": number, "fault": fault.messages[0]}


class _Reader:
    """Understands one row after the other."""

    def __init__(self, mapping: Mapping, currency: str, mark: str):
        self.places, self.order = mapping.places, mapping.order or DAY_FIRST
        self.currency, self.mark = currency, mark

    def read(self, cells: list[str]) -> Line:
        """The line. Raises ValidationError with a sentence about what cannot be read."""
        day = parse_moment(self._cell(cells, "day"), self.order).day
        currency = self._cell(cells, "currency").upper() or self.currency
        if currency not in CURRENCIES:
            raise ValidationError(_("“%(text)s” is no currency that is known."), params={"text": currency[:20]})
        texts = {name: " ".join(self._cell(cells, name).split())[:most] for name, most in LONGEST.items()}
        return Line(day, self._amount(cells, currency), currency, **texts)

    def _amount(self, cells: list[str], currency: str) -> int:
        if "amount" in self.places:
            amount = parse_amount(self._cell(cells, "amount"), currency, self.mark)
            if "direction" in self.places and is_debit(self._cell(cells, "direction")):
                return -abs(amount)
            return amount
        if paid_in := self._cell(cells, "paid_in"):
            return abs(parse_amount(paid_in, currency, self.mark))
        return -abs(parse_amount(self._cell(cells, "paid_out"), currency, self.mark))

    def _cell(self, cells: list[str], name: str) -> str:
        return _cell(cells, self.places.get(name))


def guess(headers: list[str]) -> dict[str, int]:
    """Which field each column is, by its name: field → place of the column. No column is two fields."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers[:MOST_COLUMNS]):
        places.setdefault(plain_name(header), place)
    found: dict[str, int] = {}
    for name, known in _KNOWN.items():
        place = next((places[one] for one in known if one in places and places[one] not in found.values()), None)
        if place is not None:
            found[name] = place
    if "amount" in found:
        found.pop("paid_in", None)
        found.pop("paid_out", None)
    else:
        found.pop("direction", None)
    return found


def _lenient(content: bytes, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Rows up to the first that cannot be read with this separator."""
    try:
        yield from read_rows([content], dialect)
    except ValidationError:
        return


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].replace("\x00", "").strip() if place is not None and place < len(cells) else ""
