"""What a person says about an import: which file, and what its columns are."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.fields import ZoneChoiceField
from apps.workbench.importing.columns import FIELDS, Mapping
from apps.workbench.importing.survey import Survey, look_over
from apps.workbench.importing.values import DAY_FIRST, HOURS, MINUTES, MONTH_FIRST, SECONDS
from apps.workbench.models import ImportRun
from apps.workbench.models.imports import LARGEST_FILE

ORDERS = [(DAY_FIRST, _("day, month, year (31/12/2026)")), (MONTH_FIRST, _("month, day, year (12/31/2026)"))]
UNITS = [(HOURS, _("hours (1.5)")), (MINUTES, _("minutes (90)")), (SECONDS, _("seconds (5400)"))]
LONGEST_HINT = 40
# A field of the mapping is called so in the form, since others expect rows of the workspace behind plain names.
PREFIX = "column_"


class FileForm(forms.Form):
    """One CSV file, looked over at once: what cannot be read is said here."""

    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        error_messages={
            "required": _("Choose a CSV file first."),
            "missing": _("Choose a CSV file first."),
            "empty": _("This file is empty."),
        },
    )
    survey: Survey | None = None

    def clean_file(self):
        """The file, once it is known what is in it."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(
                _("The file has %(size)d MB; up to %(most)d MB can be imported at once. Export it year by year."),
                code="size",
                params={"size": -(-file.size // 1024**2), "most": LARGEST_FILE // 1024**2},
            )
        self.survey = look_over(file.chunks)
        return file

    def save(self, *, workspace, user) -> ImportRun:
        """The run with its file, its columns named as far as they are known."""
        file = self.cleaned_data["file"]
        workspace.import_runs.forget_old_files()
        return ImportRun.keep(
            workspace=workspace,
            user=user,
            file_name="".join(letter for letter in file.name if letter.isprintable())[-200:] or "import.csv",
            file_size=file.size,
            survey=self.survey,
            mapping=self.survey.suggestion(zone=user.timezone, email=user.email, name=user.name),
            pieces=file.chunks(),
        )


class ColumnsForm(forms.Form):
    """Which column is what. Fields: one for each meaning, then zone, order of dates, unit of durations, whose time."""

    zone = ZoneChoiceField(
        label=_("Time zone of the file"), help_text=_("The clock that the times in the file were read from.")
    )
    order = forms.ChoiceField(label=_("Dates are written as"), choices=[("", _("choose")), *ORDERS], required=False)
    unit = forms.ChoiceField(
        label=_("A plain number of a duration means"), choices=UNITS, help_text=_("1:30 is always one hour and a half.")
    )
    whose = forms.ChoiceField(
        label=_("Whose time to import"), required=False, help_text=_("It becomes your time here, whoever is named.")
    )

    def __init__(self, data=None, *, run: ImportRun):
        self.run, self.survey = run, run.file_survey
        super().__init__(data, initial=self._initial(run.chosen_mapping))
        for name, label in FIELDS.items():
            self.fields[f"{PREFIX}{name}"] = forms.TypedChoiceField(
                label=label, choices=self._columns(), coerce=int, empty_value=None, required=False
            )
        self.fields["whose"].choices = self._people()
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-select")

    def _initial(self, mapping: Mapping) -> dict:
        places = {f"{PREFIX}{name}": place for name, place in mapping.places.items()}
        return places | {"zone": mapping.zone, "order": mapping.order, "unit": mapping.unit, "whose": mapping.whose}

    def _columns(self) -> list[tuple]:
        """Every column by its name, with the first thing that stands in it."""
        return [("", _("not in the file")), *((place, self._told(place)) for place in range(len(self.survey.columns)))]

    def _told(self, place: int) -> str:
        name = self.survey.columns[place].name
        found = (cells[place].strip() for _number, cells in self.survey.first if place < len(cells))
        sample = " ".join(next((cell for cell in found if cell), "").replace("\x00", "").split())
        return f"{name}: {sample[:LONGEST_HINT]}" if sample else name

    def _people(self) -> list[tuple[str, str]]:
        place = self["column_person"].value()
        place = int(place) if str(place).isdecimal() and len(str(place)) < 4 else None
        if place is not None and place >= len(self.survey.columns):
            place = None
        return [("", _("everybody's")), *((name, name) for name in self.survey.people(place))]

    @property
    def column_fields(self) -> list:
        """The fields that name columns, in order."""
        return [self[f"{PREFIX}{name}"] for name in FIELDS]

    @property
    def asks_for_order(self) -> bool:
        """Whether days and months cannot be told apart in the columns that are chosen."""
        return not self.survey.order_of(self._day_places(self.cleaned_data if self.is_bound else self.initial))

    @property
    def people_to_choose(self) -> bool:
        """Whether the file tells of several people."""
        return len(self.fields["whose"].choices) > 1

    def _day_places(self, values: dict) -> list[int]:
        places = (values.get(f"{PREFIX}{name}") for name in ("day", "end_day"))
        return [place for place in places if place is not None]

    def clean(self):
        """Refuse what no entry can be made of, and a column that is to be two things."""
        cleaned = super().clean()
        chosen = [(name, cleaned.get(f"{PREFIX}{name}")) for name in FIELDS]
        taken: dict[int, str] = {}
        for name, place in chosen:
            if place is not None and taken.setdefault(place, name) != name:
                self.add_error(f"{PREFIX}{name}", _("This column is chosen for %(field)s already.") % {
                    "field": FIELDS[taken[place]]
                })  # fmt: skip
        self._clean_times({name: place for name, place in chosen if place is not None})
        if self.asks_for_order and not cleaned.get("order"):
            self.add_error("order", _("3/4 could be March or April in this file. Choose how its dates are written."))
        return cleaned

    def _clean_times(self, places: dict[str, int]) -> None:
        if "day" not in places and "start" not in places:
            self.add_error("column_day", _("Choose the column with the date."))
        if not ({"end", "end_day", "length"} & places.keys()):
            self.add_error("column_length", _("Choose the column with the duration, or those with start and end."))

    def mapping(self) -> Mapping:
        """What was chosen, as far as it is valid."""
        chosen = self.cleaned_data
        places = {name: place for name in FIELDS if (place := chosen.get(f"{PREFIX}{name}")) is not None}
        order = self.survey.order_of(self._day_places(chosen)) or chosen.get("order") or DAY_FIRST
        return Mapping(
            places,
            chosen.get("zone") or self.run.chosen_mapping.zone,
            order,
            chosen.get("unit") or HOURS,
            chosen.get("whose") or "",
        )
