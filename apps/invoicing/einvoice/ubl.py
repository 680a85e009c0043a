"""An invoice or credit note as UBL 2.1 (ISO/IEC 19845) in the terms of EN 16931."""

from lxml import etree

from apps.invoicing.einvoice.content import PROFILE, Content, Line, Party, Tax
from apps.invoicing.einvoice.xml import Namespace, document
from apps.invoicing.totals import trim

_COMPONENTS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_DOCUMENTS = "urn:oasis:names:specification:ubl:schema:xsd"
cac, cbc = map(Namespace, _COMPONENTS.values())


def write(snapshot: dict) -> bytes:
    """The XML of a frozen invoice."""
    content = Content(snapshot)
    name = "CreditNote" if content.is_credit_note else "Invoice"
    root = Namespace(f"{_DOCUMENTS}:{name}-2")
    return document(
        root,
        name,
        {None: root.uri, **_COMPONENTS},
        cbc("CustomizationID", PROFILE),
        cbc("ID", content.number),
        cbc("IssueDate", content.issue_date),
        # A credit note has no such element: there it is said among the terms of payment.
        cbc("DueDate", "" if content.is_credit_note else content.due_date),
        cbc(f"{name}TypeCode", content.type_code),
        cbc("Note", content.notes),
        cbc("DocumentCurrencyCode", content.currency),
        cbc("BuyerReference", content.reference),
        _corrected(content),
        cac("AccountingSupplierParty", _party(content.seller, is_seller=True)),
        cac("AccountingCustomerParty", _party(content.buyer)),
        _delivery(content),
        _account(content),
        cac("PaymentTerms", cbc("Note", content.due_date if content.is_credit_note else "")),
        [
            _allowance(content, tax.allowance_minor, cac("TaxCategory", _category(tax.category, tax.percent)))
            for tax in content.taxes
        ],
        _taxes(content),
        _sums(content),
        [_line(content, name, number, line) for number, line in enumerate(content.lines, start=1)],
    )


def _amount(content: Content, name: str, minor: int) -> etree._Element:
    return cbc(name, content.amount(minor), currencyID=content.currency)


def _scheme(name: str = "VAT") -> etree._Element:
    return cac("TaxScheme", cbc("ID", name))


def _category(category: str, percent: str, *more) -> list:
    return [cbc("ID", category), cbc("Percent", percent), *more, _scheme()]


def _corrected(content: Content) -> etree._Element | None:
    if not content.corrects:
        return None
    return cac(
        "BillingReference",
        cac(
            "InvoiceDocumentReference",
            cbc("ID", content.corrects["number"]),
            cbc("IssueDate", content.corrects["issue_date"]),
        ),
    )


def _party(party: Party, *, is_seller: bool = False) -> etree._Element:
    tax_number = party.tax_number if is_seller else ""
    street, additional, line = [*party.address, "", "", ""][:3]
    return cac(
        "Party",
        cbc("EndpointID", party.email, schemeID="EM"),
        # A seller without a VAT id is known by the tax number (BR-CO-26).
        cac("PartyIdentification", cbc("ID", tax_number)),
        cac(
            "PostalAddress",
            cbc("StreetName", street),
            cbc("AdditionalStreetName", additional),
            cac("AddressLine", cbc("Line", line)),
            cac("Country", cbc("IdentificationCode", party.country)),
        ),
        cac("PartyTaxScheme", cbc("CompanyID", party.vat_id), _scheme()) if party.vat_id else None,
        cac("PartyTaxScheme", cbc("CompanyID", tax_number), _scheme("FC")) if tax_number else None,
        cac("PartyLegalEntity", cbc("RegistrationName", party.name)),
    )


def _delivery(content: Content) -> etree._Element:
    country = cac("Country", cbc("IdentificationCode", content.delivery_country))
    return cac(
        "Delivery",
        cbc("ActualDeliveryDate", content.issue_date),
        cac("DeliveryLocation", cac("Address", country)),
    )


def _account(content: Content) -> etree._Element | None:
    account = content.account
    if account is None:
        return None
    return cac(
        "PaymentMeans",
        cbc("PaymentMeansCode", account.means),
        cbc("PaymentID", content.number),
        cac(
            "PayeeFinancialAccount",
            cbc("ID", account.number),
            cbc("Name", account.name),
            cac("FinancialInstitutionBranch", cbc("ID", account.bic)),
        ),
    )


def _allowance(content: Content, minor: int, *more) -> etree._Element | None:
    """A discount; below zero it is a charge."""
    if not minor:
        return None
    return cac(
        "AllowanceCharge",
        cbc("ChargeIndicator", "true" if minor < 0 else "false"),
        cbc("AllowanceChargeReason", "Discount"),
        _amount(content, "Amount", abs(minor)),
        *more,
    )


def _taxes(content: Content) -> etree._Element:
    return cac(
        "TaxTotal",
        _amount(content, "TaxAmount", content.tax_minor),
        [
            cac(
                "TaxSubtotal",
                _amount(content, "TaxableAmount", tax.base_minor),
                _amount(content, "TaxAmount", tax.tax_minor),
                cac("TaxCategory", _category(tax.category, tax.percent, *_reason(tax))),
            )
            for tax in content.taxes
        ],
    )


def _reason(tax: Tax) -> list:
    return [cbc("TaxExemptionReasonCode", tax.reason_code), cbc("TaxExemptionReason", tax.reason)]


def _sums(content: Content) -> etree._Element:
    allowances = content.allowances_minor
    return cac(
        "LegalMonetaryTotal",
        _amount(content, "LineExtensionAmount", content.lines_minor),
        _amount(content, "TaxExclusiveAmount", content.net_minor),
        _amount(content, "TaxInclusiveAmount", content.total_minor),
        _amount(content, "AllowanceTotalAmount", allowances) if allowances else None,
        _amount(content, "PayableAmount", content.total_minor),
    )


def _line(content: Content, document_name: str, number: int, line: Line) -> etree._Element:
    is_credit_note = document_name == "CreditNote"
    return cac(
        f"{document_name}Line",
        cbc("ID", str(number)),
        cbc("CreditedQuantity" if is_credit_note else "InvoicedQuantity", trim(line.quantity), unitCode=line.unit),
        _amount(content, "LineExtensionAmount", line.net_minor),
        _allowance(content, line.allowance_minor),
        cac(
            "Item",
            cbc("Description", line.note),
            cbc("Name", line.name),
            cac("ClassifiedTaxCategory", _category(line.category, line.percent)),
        ),
        cac(
            "Price",
            cbc("PriceAmount", trim(line.price), currencyID=content.currency),
            cbc("BaseQuantity", trim(line.base_quantity), unitCode=line.unit),
        ),
    )
