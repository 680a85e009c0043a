"""What stands on the demo world's drafts: a line of text and money, taxed as the client's country wants it."""

from decimal import Decimal

from apps.clients.models import Client
from apps.demo.world import read
from apps.invoicing.models import Invoice, TaxRate
from apps.invoicing.services import LineTax, save_draft


def tax_of(client: Client) -> LineTax:
    """The tax of the country at home, none for exports."""
    code = read("billing")["home_tax" if client.country == client.workspace.country else "export_tax"]
    tax = next(tax for tax in TaxRate.of(client.workspace) if tax.code == code)
    return LineTax(tax.rate, tax.category, tax.name)


def write_line(draft: Invoice, text: str, amount: Decimal) -> None:
    """Let it be the draft's only line; `amount` is in major units, without tax."""
    line = {
        "pk": None,
        "description": text,
        "quantity": Decimal(1),
        "unit": "item",
        "unit_price": amount,
        **tax_of(draft.client).columns(),
    }
    save_draft(draft, fields={}, lines=[line])
