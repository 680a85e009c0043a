"""How the numbers of one kind of document look, as somebody types it."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.invoicing.models import NumberSeries
from apps.invoicing.models.numbering import MAX_SEQUENCE, Outlook, check_next_value
from apps.invoicing.models.pattern import Reset
from apps.workspaces.forms import WorkspaceModelForm

# India's GST: a tax invoice's number has no more characters.
MOST_IN_INDIA = 16


class NumberSeriesForm(WorkspaceModelForm):
    """One series of the workspace; `client_code` is the one that examples show."""

    reset = forms.ChoiceField(
        label=_("Starts anew"), choices=[("", _("As the pattern says")), *Reset.choices], required=False
    )
    fiscal_start = forms.TypedChoiceField(label=_("Fiscal year begins in"), choices=list(MONTHS.items()), coerce=int)
    next_number = forms.IntegerField(
        label=_("Next number"),
        required=False,
        min_value=1,
        max_value=MAX_SEQUENCE,
        help_text=_("Leave empty to go on counting. It can only go up."),
    )

    live_parts = {"pattern": "invoicing/numbering.html#preview"}

    class Meta:
        model = NumberSeries
        fields = ["prefix", "pattern", "reset", "fiscal_start"]

    def __init__(self, *args, client_code: str, **kwargs):
        super().__init__(*args, auto_id=f"id_{kwargs['instance'].kind}_%s", **kwargs)
        self.client_code = client_code
        self.today = days.local_day(days.now(), self.workspace.zone)
        self.before = self.instance.rule
        self.fields["next_number"].widget.attrs["placeholder"] = self.instance.last_value(self.today) + 1
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def kind(self) -> str:
        """Whose numbers these are."""
        return self.instance.kind

    @property
    def outlook(self) -> Outlook | None:
        """What would be printed next; None while what is typed cannot be."""
        if self.errors:
            return None
        typed = self.cleaned_data.get("next_number") if self.is_bound else None
        return self.instance.outlook(self.today, before=self.before, next_value=typed, client_code=self.client_code)

    @property
    def is_too_long_for_india(self) -> bool:
        """Whether a business in India may not print such numbers on tax invoices and their credit notes."""
        is_asked = self.workspace.country == "IN"
        return bool(is_asked and self.outlook and self.outlook.length > MOST_IN_INDIA)

    def _post_clean(self):
        super()._post_clean()
        if not self.errors and (typed := self.cleaned_data["next_number"]):
            try:
                check_next_value(typed, self.instance.last_value(self.today, self.before))
            except ValidationError as refusal:
                self.add_error(None, refusal)

    def save_by(self, actor) -> NumberSeries:
        """Write it down. Raises ValidationError where numbers were given meanwhile."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return NumberSeries.change(
            self.workspace,
            self.kind,
            day=self.today,
            next_value=self.cleaned_data["next_number"],
            actor=actor,
            **fields,
        )
