"""India's GST: within the seller's state half of it is the state's (CGST + SGST), else all is the union's (IGST)."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core.india import STATES, state_of
from apps.core.money import split_by_largest_remainder
from apps.invoicing.totals import STANDARD, Tax, trim

# Union territories without a legislature of their own have UTGST in the place of SGST.
_UNION_TERRITORIES = {"04", "26", "31", "35", "38"}
# GST's own code for a place outside India.
_ABROAD = "96"


@dataclass(frozen=True)
class Supply:
    """Where a service is used: the state's code, and whether the seller is there too."""

    code: str
    is_at_home: bool


def place_of_supply(workspace, client) -> Supply | None:
    """For a seller in India with a GSTIN; None for everybody else.

    The client's state is that of the GSTIN, else the chosen one; a client in India of whom neither is known counts as
    being where the seller is (IGST Act, section 12(2)(b)(ii)).
    """
    home = state_of(workspace.tax_id) if workspace.country == "IN" else ""
    if not home:
        return None
    if client.country not in ("", "IN"):
        return Supply(_ABROAD, is_at_home=False)
    code = state_of(client.tax_id) or client.gst_state or home
    return Supply(code, is_at_home=code == home)


def place_name(code: str | None) -> str:
    """`33, Tamil Nadu`; nothing where no place is known."""
    if not code:
        return ""
    places = STATES | {_ABROAD: "outside India"}
    return f"{code}, {places[code]}" if code in places else code


def parts(tax: Tax, supply: Supply | None) -> list[dict]:
    """The parts of a tax as names, rates and amounts that add up to it exactly; of an odd paisa CGST has the larger
    half. Empty where there is nothing to divide."""
    if supply is None or tax.category != STANDARD:
        return []
    if not supply.is_at_home:
        return [{"name": "IGST", "rate": trim(tax.rate), "tax_minor": tax.tax_minor}]
    names = ["CGST", "UTGST" if supply.code in _UNION_TERRITORIES else "SGST"]
    halves = split_by_largest_remainder(tax.tax_minor, [1, 1])
    rate = trim(tax.rate / Decimal(2))
    return [{"name": name, "rate": rate, "tax_minor": half} for name, half in zip(names, halves, strict=True)]
