"""An invoice as Cross Industry Invoice (UN/CEFACT D16B) in the profile EN 16931 of Factur-X 1.0."""

from lxml import etree

from apps.invoicing.einvoice.content import PROFILE, Content, Line, Party, Tax
from apps.invoicing.einvoice.xml import Namespace, document
from apps.invoicing.totals import trim

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
rsm, ram, udt, qdt = map(Namespace, _NAMESPACES.values())


def write(snapshot: dict) -> bytes:
    """The XML of a frozen invoice."""
    content = Content(snapshot)
    return document(
        rsm,
        "CrossIndustryInvoice",
        _NAMESPACES,
        rsm("ExchangedDocumentContext", ram("GuidelineSpecifiedDocumentContextParameter", ram("ID", PROFILE))),
        rsm(
            "ExchangedDocument",
            ram("ID", content.number),
            ram("TypeCode", content.type_code),
            ram("IssueDateTime", _day(content.issue_date)),
            ram("IncludedNote", ram("Content", content.notes)),
        ),
        rsm(
            "SupplyChainTradeTransaction",
            [_line(content, number, line) for number, line in enumerate(content.lines, start=1)],
            _agreement(content),
            _delivery(content),
            _settlement(content),
        ),
    )


def _day(day: str, namespace: Namespace = udt) -> etree._Element:
    return namespace("DateTimeString", day.replace("-", ""), format="102")


def _tax_of(category: str, percent: str) -> list:
    return [ram("TypeCode", "VAT"), ram("CategoryCode", category), ram("RateApplicablePercent", percent)]


def _allowance(content: Content, minor: int, reason: str, *more) -> etree._Element | None:
    """A discount; below zero it is a charge."""
    if not minor:
        return None
    return ram(
        "SpecifiedTradeAllowanceCharge",
        ram("ChargeIndicator", udt("Indicator", "true" if minor < 0 else "false")),
        ram("ActualAmount", content.amount(abs(minor))),
        ram("Reason", reason),
        *more,
    )


def _line(content: Content, number: int, line: Line) -> etree._Element:
    return ram(
        "IncludedSupplyChainTradeLineItem",
        ram("AssociatedDocumentLineDocument", ram("LineID", str(number))),
        ram("SpecifiedTradeProduct", ram("Name", line.name), ram("Description", line.note)),
        ram(
            "SpecifiedLineTradeAgreement",
            ram(
                "NetPriceProductTradePrice",
                ram("ChargeAmount", trim(line.price)),
                ram("BasisQuantity", trim(line.base_quantity), unitCode=line.unit),
            ),
        ),
        ram("SpecifiedLineTradeDelivery", ram("BilledQuantity", trim(line.quantity), unitCode=line.unit)),
        ram(
            "SpecifiedLineTradeSettlement",
            ram("ApplicableTradeTax", _tax_of(line.category, line.percent)),
            _allowance(content, line.allowance_minor, "Discount"),
            ram(
                "SpecifiedTradeSettlementLineMonetarySummation",
                ram("LineTotalAmount", content.amount(line.net_minor)),
            ),
        ),
    )


def _agreement(content: Content) -> etree._Element:
    return ram(
        "ApplicableHeaderTradeAgreement",
        ram("BuyerReference", content.reference),
        _party("SellerTradeParty", content.seller, is_seller=True),
        _party("BuyerTradeParty", content.buyer),
    )


def _party(name: str, party: Party, *, is_seller: bool = False) -> etree._Element:
    lines = [ram(tag, line) for tag, line in zip(("LineOne", "LineTwo", "LineThree"), party.address, strict=False)]
    return ram(
        name,
        # A seller without a VAT id is known by the tax number (BR-CO-26).
        ram("ID", party.tax_number if is_seller else ""),
        ram("Name", party.name),
        ram("PostalTradeAddress", lines, ram("CountryID", party.country)),
        ram("URIUniversalCommunication", ram("URIID", party.email, schemeID="EM")),
        ram("SpecifiedTaxRegistration", ram("ID", party.vat_id, schemeID="VA")),
        ram("SpecifiedTaxRegistration", ram("ID", party.tax_number if is_seller else "", schemeID="FC")),
    )


def _delivery(content: Content) -> etree._Element:
    country = ram("PostalTradeAddress", ram("CountryID", content.delivery_country))
    return ram(
        "ApplicableHeaderTradeDelivery",
        ram("ShipToTradeParty", country),
        ram("ActualDeliverySupplyChainEvent", ram("OccurrenceDateTime", _day(content.issue_date))),
    )


def _settlement(content: Content) -> etree._Element:
    return ram(
        "ApplicableHeaderTradeSettlement",
        ram("PaymentReference", content.number if content.account else ""),
        ram("InvoiceCurrencyCode", content.currency),
        _account(content),
        [_breakdown(content, tax) for tax in content.taxes],
        [
            _allowance(
                content,
                tax.allowance_minor,
                "Discount",
                ram("CategoryTradeTax", _tax_of(tax.category, tax.percent)),
            )
            for tax in content.taxes
        ],
        ram("SpecifiedTradePaymentTerms", ram("DueDateDateTime", _day(content.due_date))),
        ram(
            "SpecifiedTradeSettlementHeaderMonetarySummation",
            ram("LineTotalAmount", content.amount(content.lines_minor)),
            ram("AllowanceTotalAmount", content.amount(content.allowances_minor) if content.allowances_minor else ""),
            ram("TaxBasisTotalAmount", content.amount(content.net_minor)),
            ram("TaxTotalAmount", content.amount(content.tax_minor), currencyID=content.currency),
            ram("GrandTotalAmount", content.amount(content.total_minor)),
            ram("DuePayableAmount", content.amount(content.total_minor)),
        ),
        _corrected(content),
    )


def _account(content: Content) -> etree._Element | None:
    account = content.account
    if account is None:
        return None
    return ram(
        "SpecifiedTradeSettlementPaymentMeans",
        ram("TypeCode", account.means),
        ram(
            "PayeePartyCreditorFinancialAccount",
            ram("IBANID", account.number if account.is_iban else ""),
            ram("AccountName", account.name),
            ram("ProprietaryID", "" if account.is_iban else account.number),
        ),
        ram("PayeeSpecifiedCreditorFinancialInstitution", ram("BICID", account.bic)),
    )


def _breakdown(content: Content, tax: Tax) -> etree._Element:
    return ram(
        "ApplicableTradeTax",
        ram("CalculatedAmount", content.amount(tax.tax_minor)),
        ram("TypeCode", "VAT"),
        ram("ExemptionReason", tax.reason),
        ram("BasisAmount", content.amount(tax.base_minor)),
        ram("CategoryCode", tax.category),
        ram("ExemptionReasonCode", tax.reason_code),
        ram("RateApplicablePercent", tax.percent),
    )


def _corrected(content: Content) -> etree._Element | None:
    if not content.corrects:
        return None
    return ram(
        "InvoiceReferencedDocument",
        ram("IssuerAssignedID", content.corrects["number"]),
        ram("FormattedIssueDateTime", _day(content.corrects["issue_date"], qdt)),
    )
