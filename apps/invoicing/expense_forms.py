"""What people type about expenses."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.fields import DayField, MoneyField
from apps.core.transactions import atomic
from apps.invoicing.models import Expense
from apps.workspaces.forms import WorkspaceModelForm


class ExpenseForm(WorkspaceModelForm):
    """What was spent, when, for whom; the amount is read in the chosen client's currency."""

    spent_on = DayField(label=_("Spent on"))
    amount_minor = MoneyField(label=_("Amount"), help_text=_("In the client's currency, without tax."))

    class Meta:
        model = Expense
        fields = ["description", "client", "project", "spent_on", "amount_minor"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        clients, projects = self.fields["client"].queryset, self.fields["project"].queryset
        self.fields["client"].queryset = clients.active() | clients.filter(pk=self.instance.client_id)
        self.fields["client"].empty_label = _("Choose a client")
        self.fields["project"].queryset = projects.filter(client__isnull=False).select_related("client")
        self.fields["project"].empty_label = _("None")
        if not self.instance.pk:
            self.initial.setdefault("spent_on", days.local_day(days.now(), self.workspace.zone))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "description",
            Div(Div("client", css_class="col-sm-6"), Div("project", css_class="col-sm-6"), css_class="row"),
            Div(Div("spent_on", css_class="col-sm-6"), Div("amount_minor", css_class="col-sm-6"), css_class="row"),
        )

    def currency_for_money(self) -> str:
        """That of the posted client, else of the expense."""
        posted = self.data.get(self.add_prefix("client"), "") if self.is_bound else ""
        if posted.isascii() and posted.isdecimal() and len(posted) < 19:
            client = self.workspace.clients.filter(pk=posted).only("currency").first()
            return client.currency if client else self.workspace.currency
        return self.instance.currency or self.workspace.currency

    def clean(self):
        data = super().clean()
        client, project = data.get("client"), data.get("project")
        if client and project and project.client_id != client.pk:
            message = _("This project is for %(client)s.")
            self.add_error("project", ValidationError(message % {"client": project.client}, code="other_client"))
        if client:
            self.instance.currency = client.currency
        return data

    @atomic
    def save_by(self, actor) -> Expense:
        """Save it, unless it was billed meanwhile."""
        is_new = self.instance.pk is None
        expense = self.save()
        amount = {"amount_minor": expense.amount_minor, "currency": expense.currency}
        record("created" if is_new else "changed", expense, actor=actor, **amount)
        return expense
