"""Which taxes a line can have, and which it most likely has."""

from collections.abc import Iterable
from functools import cached_property

from django.utils.translation import get_language

from apps.invoicing.models import Invoice, InvoiceLine, TaxRate
from apps.invoicing.models.tax import TaxCategory, code_of, is_code, split_code
from apps.invoicing.tax_presets import is_in_european_union
from apps.invoicing.totals import trim
from apps.invoicing.wording import Wording


class TaxChoices:
    """The taxes in use, and those that lines of this document have already, or that were sent along as `codes`."""

    def __init__(self, taxes: Iterable[TaxRate], lines: Iterable[InvoiceLine] = (), codes: Iterable[str] = ()):
        self.names = {tax.code: tax.name for tax in taxes if not tax.is_archived}
        for line in lines:
            self.names.setdefault(code_of(line.tax_category, line.tax_rate), line.tax_name)
        for code in codes:
            if is_code(code):
                self.names.setdefault(code, "")

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """Code and label, for a select."""
        return [(code, self.label(code)) for code in self.names]

    def label(self, code: str) -> str:
        """Its name, else its rate."""
        return Wording(get_language()).tax(self.names.get(code, ""), trim(split_code(code)[1]))

    def columns(self, code: str) -> dict:
        """What a line keeps of a tax."""
        category, rate = split_code(code)
        return {"tax_category": category, "tax_rate": rate, "tax_name": self.names.get(code, "")}


def usual_tax(invoice: Invoice) -> str:
    """The code of the tax that the next line most likely has: that of the last line, of this draft or of the client."""
    last = invoice.lines.last() or _last_for(invoice)
    if last:
        return code_of(last.tax_category, last.tax_rate)
    taxes = TaxRate.of(invoice.workspace)
    in_use = [tax for tax in taxes if not tax.is_archived] or taxes
    return _by_likelihood(in_use, invoice.workspace.country, invoice.client.country)[0].code


def _last_for(invoice: Invoice) -> InvoiceLine | None:
    lines = invoice.workspace.invoice_lines.filter(
        invoice__client=invoice.client_id, invoice__kind=Invoice.Kind.INVOICE
    )
    return lines.order_by("-pk").first()


def _by_likelihood(taxes: list[TaxRate], home: str, abroad: str) -> list[TaxRate]:
    """At home the highest rate, within the Union reverse charge, further away export; whatever there is otherwise."""
    if not abroad or abroad == home:
        wanted = TaxCategory.STANDARD
    elif is_in_european_union(home) and is_in_european_union(abroad):
        wanted = TaxCategory.REVERSE_CHARGE
    else:
        wanted = TaxCategory.EXPORT
    order = [wanted, TaxCategory.ZERO_RATED, TaxCategory.OUTSIDE, TaxCategory.EXEMPT]
    return sorted(taxes, key=lambda tax: order.index(tax.category) if tax.category in order else len(order))
