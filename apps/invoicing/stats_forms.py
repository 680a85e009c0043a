"""Which period the figures are of, and which day the aging is of, as they stand in an address."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.fields import DayField
from apps.invoicing.periods import Period, month_before, quarter_start
from apps.workspaces.models import Workspace

PERIODS = [
    ("month", _("this month")),
    ("quarter", _("this quarter")),
    ("year", _("this year")),
    ("twelve", _("last 12 months")),
    ("custom", _("from … to")),
]
USUAL = "twelve"


class PeriodForm(forms.Form):
    """A period that has begun, and a day that is not to come; nothing said means the last twelve months and today.

    Every period ends today at the latest: what is to come has no figures.
    """

    period = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    on = DayField(label=_("What was open on"), required=False)

    def __init__(self, *args, workspace: Workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = days.local_day(days.now(), workspace.zone)

    def clean_on(self) -> date:
        day = self.cleaned_data["on"] or self.today
        if day > self.today:
            raise ValidationError(_("That day is still to come. Choose today or an earlier day."), code="future")
        return day

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("period") == "custom" and not self.errors:
            self._check_days(cleaned)
        return cleaned

    def _check_days(self, cleaned: dict) -> None:
        first, last = cleaned["first"], cleaned["last"] or self.today
        if first is None:
            self.add_error("first", _("Choose the first day."))
        elif first > self.today:
            self.add_error("first", _("That day is still to come. Choose today or an earlier day."))
        elif first > last:
            self.add_error("last", _("The last day lies before the first."))

    @property
    def chosen(self) -> str:
        """Which kind of period is asked for."""
        return self.cleaned_data.get("period") or USUAL

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields for first and last day, each with `said`: what was typed, else the day that it stands for."""
        period = None if self.errors else self.periods[0]
        found = [self["first"], self["last"]]
        for field in found:
            field.said = getattr(period, field.name).isoformat() if period else field.value() or ""
        return found

    @property
    def said_on(self) -> str:
        """What was typed as the day of the aging, else today."""
        return self["on"].value() or self.today.isoformat()

    @property
    def periods(self) -> tuple[Period, Period]:
        """The period that is asked for, and the one before. The form has to be valid."""
        today = self.today
        if self.chosen == "custom":
            return Period.between(self.cleaned_data["first"], min(self.cleaned_data["last"] or today, today))
        if self.chosen == "month":
            return Period.since(month_before(today, 0), today, before=month_before(today, 1))
        if self.chosen == "quarter":
            first = quarter_start(today)
            return Period.since(first, today, before=month_before(first, 3))
        if self.chosen == "year":
            first = date(today.year, 1, 1)
            return Period.since(first, today, before=month_before(first, 12))
        return Period.twelve_months(today)
