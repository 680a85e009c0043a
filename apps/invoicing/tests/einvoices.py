"""What tests of electronic invoices are built from: two businesses with all that they need, and cases by name."""

from dataclasses import replace
from decimal import Decimal

from apps.clients.models import Client
from apps.invoicing import services
from apps.invoicing.models import Invoice
from apps.invoicing.tests.building import DAY, a_draft, line
from apps.workspaces.models import Workspace

SELLER = {
    "address": "Hof 1\n10115 Berlin",
    "country": "DE",
    "email": "studio@example.com",
    "tax_id": "DE136695976",
    "iban": "DE89 3704 0044 0532 0130 00",
    "bic": "COBADEFFXXX",
}
BUYER = {
    "address": "Rue 2\nBâtiment C\n3e étage\n75001 Paris",
    "country": "FR",
    "email": "buyer@example.com",
    "tax_id": "FR40303265045",
}


def of_europe(world):
    """The same world with both businesses in Europe and known to their tax offices."""
    Workspace.objects.filter(pk=world.workspace.pk).update(**SELLER)
    Client.objects.filter(pk=world.client.pk).update(**BUYER)
    workspace = Workspace.objects.get(pk=world.workspace.pk)
    return replace(world, workspace=workspace, client=workspace.clients.get(pk=world.client.pk))


def taxed(category: str, rate: str = "0", name: str = "", **more) -> dict:
    """A line with a tax of some category."""
    return {**line(**more), "tax_category": category, "tax_rate": Decimal(rate), "tax_name": name}


def less(amount: str | int, row: dict) -> dict:
    """A line with a discount: `10%`, or minor units."""
    if isinstance(amount, str):
        return {**row, "discount_percent": Decimal(amount.rstrip("%"))}
    return {**row, "discount_minor": amount}


# The head and the lines of an invoice, by what is special about it.
CASES: dict[str, tuple[dict, list[dict]]] = {
    "standard": ({}, [taxed("S", "19", quantity="0.8333", unit="h", description="Page grids\nSpreads 1–64")]),
    "two rates": ({}, [taxed("S", "19"), taxed("S", "7", quantity="3", unit_price="45.555")]),
    "reverse charge": ({}, [taxed("AE", name="Reverse charge")]),
    "exempt": ({}, [taxed("E", name="Small business")]),
    "zero rate": ({}, [taxed("Z")]),
    "export": ({}, [taxed("G")]),
    "within the union": ({}, [taxed("K")]),
    "not subject to tax": ({}, [taxed("O")]),
    "discount of a line": ({}, [less("12.5%", taxed("S", "19", unit_price="99.99")), less(6000, taxed("S", "19"))]),
    "discount of the document": (
        {"discount_percent": Decimal("3.5")},
        [taxed("S", "19", unit_price="333.33"), taxed("S", "7", unit_price="66.67")],
    ),
    "discount as an amount": ({"discount_minor": 100}, [taxed("S", "7"), taxed("S", "19", unit_price="200")]),
    "prices with tax": (
        {"prices_include_tax": True},
        [taxed("S", "19", unit_price="340"), taxed("S", "19", unit_price="13.90")],
    ),
    "prices with tax and discounts": (
        {"prices_include_tax": True, "discount_percent": Decimal(5)},
        [
            less("10%", taxed("S", "19", quantity="3", unit_price="33.33")),
            less(123, taxed("S", "7", unit_price="19.99")),
            taxed("S", "7", quantity="-1", unit_price="5"),
        ],
    ),
    "a line below zero": ({}, [taxed("S", "21", quantity="3", unit_price="45"), taxed("S", "21", unit_price="-60")]),
    "a deposit that is taken off": (
        {},
        [taxed("S", "19", unit_price="1000"), taxed("S", "19", unit_price="-300", description="Deposit INV-2026-001")],
    ),
    "yen": ({"currency": "JPY"}, [taxed("S", "10", unit_price="10001", quantity="1.5")]),
    "every unit": ({}, [taxed("S", "19", unit=unit) for unit in ("h", "day", "item", "month", "km", "word", "page")]),
}


def case(world, name: str) -> Invoice:
    """One of CASES, issued."""
    fields, lines = CASES[name]
    head = {key: value for key, value in fields.items() if key == "currency"}
    invoice = a_draft(world, issue_date=DAY, **head)
    services.save_draft(invoice, fields={**fields, "reference": "PO 4711", "notes": "Thank you."}, lines=lines)
    invoice.issue(actor=world.owner)
    return invoice
