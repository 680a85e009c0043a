"""The code beside an invoice from which a banking app fills in a payment: EPC for euros, UPI for rupees."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode

import segno
from django.utils.safestring import SafeString, mark_safe
from segno.helpers import make_epc_qr

from apps.core.money import to_major
from apps.core.tax_ids import compact, is_iban

EPC, UPI = "epc", "upi"
# The limits of EPC069-12; UPI has the same two decimals and banks of their own limits.
MOST_MINOR = 999_999_999_99
_NAME_LENGTH = 70
# The code of EPC has room for 331 bytes in all.
_NAME_BYTES, _TEXT_BYTES = 100, 140


@dataclass(frozen=True)
class PayCode:
    """A payment to be made, and its code as SVG without styles."""

    kind: str
    name: str
    account: str
    amount_minor: int
    currency: str
    reference: str
    bic: str = ""

    @cached_property
    def symbol(self) -> segno.QRCode:
        """The code itself, error correction level M, as both standards ask for."""
        amount = to_major(self.amount_minor, self.currency)
        if self.kind == UPI:
            facts = {"pa": self.account, "pn": self.name, "am": f"{amount:f}", "cu": "INR", "tn": self.reference}
            return segno.make_qr(
                f"upi://pay?{urlencode(facts, quote_via=quote, safe='@')}", error="m", boost_error=False
            )
        return make_epc_qr(self.name, self.account, amount, text=self.reference, bic=self.bic or None, encoding="utf-8")

    @property
    def svg(self) -> SafeString:
        """For a page or the PDF; dark on light, whatever is around it."""
        return mark_safe(
            self.symbol.svg_inline(
                border=4, omitsize=True, dark="#1b201d", light="#fff", svgclass="pay-code", lineclass=None
            )
        )


def pay_code(seller: dict, *, amount_minor: int, currency: str, reference: str) -> PayCode | None:
    """The code for paying `amount_minor` to a seller (of a snapshot); None where there is nothing to pay, too much for
    the standard, another currency, or no account."""
    name = _cut(" ".join(seller["name"].split())[:_NAME_LENGTH], _NAME_BYTES)
    if not (0 < amount_minor <= MOST_MINOR and name and reference):
        return None
    payment = {
        "name": name, "amount_minor": amount_minor, "currency": currency, "reference": _cut(reference, _TEXT_BYTES),
    }  # fmt: skip
    if currency == "EUR" and is_iban(seller["iban"]):
        bic = compact(seller["bic"])
        return PayCode(EPC, account=compact(seller["iban"]), bic=bic if len(bic) in (8, 11) else "", **payment)
    if currency == "INR" and seller["upi_id"]:
        return PayCode(UPI, account=seller["upi_id"], **payment)
    return None


def _cut(text: str, most: int) -> str:
    """As much of it as fits into so many bytes."""
    return text.encode()[:most].decode(errors="ignore").strip()
