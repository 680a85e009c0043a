"""One invoice, six ways to read it: page, PDF, CII, UBL, CSV and API say the same figures, whatever the invoice."""

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.money import to_major, to_minor
from apps.invoicing import services
from apps.invoicing.einvoice import cii, ubl
from apps.invoicing.models import Invoice
from apps.invoicing.tests.building import DAY, a_draft
from apps.invoicing.tests.einvoices import less, of_europe, taxed
from apps.invoicing.tests.test_einvoice import texts
from apps.invoicing.tests.test_pdf import fresh, printed, text_of
from apps.sync.datasets import DATASETS
from apps.sync.exports import json_text

TAXES = st.sampled_from([("S", "19"), ("S", "7"), ("AE", "0")])
LINES = st.builds(
    lambda quantity, price, tax, percent: less(
        f"{percent}%", taxed(*tax, quantity=str(quantity), unit_price=str(price), unit="h", description="Work")
    ),
    st.decimals("0.01", "99.9999", places=4),
    st.decimals("0.01", "999.9999", places=4),
    TAXES,
    st.decimals("0", "30", places=1),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINES, min_size=1, max_size=5),
    currency=st.sampled_from(["EUR", "JPY", "INR"]),
    percent=st.decimals("0", "20", places=1),
    includes_tax=st.booleans(),
)
@pytest.mark.django_db
def test_every_reader_sees_the_same_figures(as_alice, alice, lines, currency, percent, includes_tax):
    Invoice.objects.drafts().delete()
    draft = a_draft(of_europe(alice), issue_date=DAY, currency=currency)
    head = {"discount_percent": percent, "prices_include_tax": includes_tax}
    services.save_draft(draft, fields=head, lines=lines)
    draft.issue(actor=alice.owner)
    invoice = fresh(draft)
    net, tax, total = invoice.net_minor, invoice.tax_minor, invoice.total_minor

    shown = invoice.paper.wording.money(total, currency).replace("\xa0", " ")
    page = as_alice.get(invoice.get_absolute_url()).content.decode().replace("\xa0", " ")
    paper = text_of(printed(invoice)).replace("\xa0", " ")
    for text in (page, paper):
        assert shown in text
        assert all(row["tax_minor"] == 0 or invoice.paper.wording.amount(row["tax_minor"], currency) in text
                   for row in invoice.paper.taxes)  # fmt: skip

    def minor(xml: bytes, *path: str) -> list[int]:
        return [to_minor(Decimal(text), currency) for text in texts(xml, *path)]

    one, other = cii.write(invoice.snapshot), ubl.write(invoice.snapshot)
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation"
    assert minor(one, sums, "TaxBasisTotalAmount") + minor(one, sums, "TaxTotalAmount") == [net, tax]
    assert minor(one, sums, "GrandTotalAmount") == [total]
    assert minor(other, "LegalMonetaryTotal", "TaxExclusiveAmount") == [net]
    assert minor(other, "LegalMonetaryTotal", "PayableAmount") == [total]

    listed = as_alice.get(reverse("invoicing:list_csv")).getvalue().decode("utf-8-sig")
    rows = [row for row in csv.reader(StringIO(listed)) if invoice.number in row]
    assert f"{to_major(total, currency)}" in rows[0]
    # As the address gives it, which is asked at most so often a minute.
    exported = json.loads("".join(json_text(DATASETS["invoices"], alice.workspace.memberships.get())))
    found = next(row for row in exported if row["number"] == invoice.number)
    assert [to_minor(Decimal(found[name]), currency) for name in ("net", "tax", "total")] == [net, tax, total]
