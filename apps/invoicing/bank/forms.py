"""What people choose when a bank statement comes in: the file, its columns, and what a line pays."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.money import format_money
from apps.invoicing.bank.camt import looks_like_xml, read_camt
from apps.invoicing.bank.csv_file import FIELDS, CsvFile, Mapping
from apps.invoicing.bank.lines import Contents, sort_out
from apps.invoicing.bank.matching import Suggestion
from apps.invoicing.forms import dress
from apps.invoicing.models import BankLine, BankStatement
from apps.invoicing.models.statement import LARGEST_FILE
from apps.workbench.importing.values import DAY_FIRST, MONTH_FIRST
from apps.workspaces.forms import WorkspaceForm

ORDERS = [(DAY_FIRST, _("day, month, year")), (MONTH_FIRST, _("month, day, year"))]
SAMPLED, LONGEST_HINT = 50, 40


class StatementForm(WorkspaceForm):
    """The file of the bank."""

    file = forms.FileField(
        label=_("File of the bank"),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )
    contents: Contents | None = None

    def clean_file(self):
        """The file, once it is known that there is something to read in it."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(
                _("The file is larger than %(most)d MB. Export it month by month."),
                params={"most": LARGEST_FILE // 1024**2}, code="size",
            )  # fmt: skip
        self.content = file.read()
        if looks_like_xml(self.content):
            self.contents = sort_out(read_camt(self.content))
        else:
            CsvFile(self.content)
        return file

    def save(self) -> BankStatement:
        """The statement: of camt.053 with its lines, of CSV as the file."""
        name = "".join(letter for letter in self.cleaned_data["file"].name if letter.isprintable())[-200:]
        return BankStatement.keep(
            workspace=self.workspace, file_name=name or "statement", content=self.content, contents=self.contents
        )


class ColumnsForm(WorkspaceForm):
    """Which column is what; a field for each meaning, and the order of dates where it is in doubt."""

    order = forms.ChoiceField(label=_("Dates are written as"), choices=[("", _("choose")), *ORDERS], required=False)

    def __init__(self, data=None, *, statement: BankStatement, **kwargs):
        self.file = statement.csv_file
        suggestion = self.file.suggestion
        initial = {f"column_{name}": place for name, place in suggestion.places.items()} | {"order": suggestion.order}
        super().__init__(data, initial=initial, **kwargs)
        for name, label in FIELDS.items():
            self.fields[f"column_{name}"] = forms.TypedChoiceField(
                label=label, choices=self._columns(), coerce=int, empty_value=None, required=False
            )
        dress(self)

    def _columns(self) -> list[tuple]:
        """Every column by its name, with the first thing that stands in it."""
        rows = [cells for _number, cells in self.file.rows[:SAMPLED]]
        shown = []
        for place, name in enumerate(self.file.columns):
            sample = next((cells[place].strip() for cells in rows if place < len(cells) and cells[place].strip()), "")
            shown.append(f"{name}: {sample[:LONGEST_HINT]}" if sample else name)
        return [("", _("not in the file")), *enumerate(shown)]

    @property
    def column_fields(self) -> list:
        """The fields that name columns, in order."""
        return [self[f"column_{name}"] for name in FIELDS]

    @property
    def asks_for_order(self) -> bool:
        """Whether days and months cannot be told apart in the column of dates."""
        values = getattr(self, "cleaned_data", None) if self.is_bound else self.initial
        return self.file.has_doubtful_days((values or {}).get("column_day"))

    def clean(self):
        """A date and an amount have to be there, and no column is two things."""
        cleaned = super().clean()
        taken: dict[int, str] = {}
        for name, label in FIELDS.items():
            place = cleaned.get(f"column_{name}")
            if place is not None and taken.setdefault(place, label) is not label:
                told = _("This column is chosen for %(field)s already.") % {"field": taken[place]}
                self.add_error(f"column_{name}", told)
        if cleaned.get("column_day") is None:
            self.add_error("column_day", _("Choose the column with the date."))
        if cleaned.get("column_amount") is None and cleaned.get("column_paid_in") is None:
            self.add_error("column_amount", _("Choose the column with the amount, or the one with what was paid in."))
        if self.asks_for_order and not cleaned.get("order"):
            self.add_error("order", _("3/4 could be March or April in this file. Choose how its dates are written."))
        dress(self)
        return cleaned

    def mapping(self) -> Mapping:
        """What was chosen, as far as it is valid."""
        if not self.is_bound:
            return self.file.suggestion
        chosen = {name: self.cleaned_data.get(f"column_{name}") for name in FIELDS}
        places = {name: place for name, place in chosen.items() if place is not None}
        return Mapping(places, self.file.order_of(places.get("day")) or self.cleaned_data.get("order", ""))


class LineForm(WorkspaceForm):
    """What a line pays, chosen by hand: an open invoice, or a client whose credit it becomes."""

    target = forms.ChoiceField(label=_("What it pays"))

    def __init__(self, *args, line: BankLine, suggestion: Suggestion | None, **kwargs):
        self.line = line
        super().__init__(*args, **kwargs)
        invoices = self.workspace.invoices.open().filter(currency=line.currency).select_related("client")
        self._invoices = {
            f"invoice-{each.pk}": each for each in invoices.with_balance().order_by("client__name", "due_date", "pk")
        }
        self._clients = {f"client-{each.pk}": each for each in self.workspace.clients.active().order_by("name", "pk")}
        field = self.fields["target"]
        field.choices = [
            ("", _("Choose")),
            (_("An open invoice"), [(key, self._told(invoice)) for key, invoice in self._invoices.items()]),
            (_("No invoice: credit of a client"), [(key, str(client)) for key, client in self._clients.items()]),
        ]
        if suggestion:
            field.initial = f"invoice-{next(iter(suggestion.shares))}"
        dress(self)

    def _told(self, invoice) -> str:
        open_amount = format_money(invoice.open_minor, invoice.currency)
        told = {"number": invoice.number, "client": invoice.client.name, "open": open_amount}
        return _("%(number)s, %(client)s: %(open)s open") % told

    @property
    def booking(self) -> dict:
        """Client and shares as they are booked."""
        key = self.cleaned_data["target"]
        if invoice := self._invoices.get(key):
            share = min(invoice.open_minor, self.line.amount_minor)
            return {"client": invoice.client_id, "shares": {invoice.pk: share}}
        return {"client": self._clients[key].pk, "shares": {}}
