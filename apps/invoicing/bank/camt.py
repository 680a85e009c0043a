"""Bank statements as camt.053, the XML of ISO 20022. What is in it is read; nothing that it points to is."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core.days import validate_day
from apps.core.money import CURRENCIES, MAX_MINOR, exponent, to_minor
from apps.invoicing.bank.lines import MOST_LINES, Line


def looks_like_xml(content: bytes) -> bool:
    """Whether a file is XML, whatever it is called."""
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_camt(content: bytes) -> list[Line | str]:
    """The booked lines, or in words why one cannot be read. Raises ValidationError where it is no statement at all.

    Declarations of documents and entities are refused, so that nothing is expanded or fetched.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise ValidationError(_("This file declares things that a bank statement never does."), code="xml") from None
    except (ParseError, ValueError, LookupError):
        raise ValidationError(_("This XML cannot be read: it is damaged, or cut off."), code="xml") from None
    entries = [entry for statement in _all(root, "Stmt") for entry in _children(statement, "Ntry")]
    if not entries:
        told = _("There is no booked line in this file. Is it a camt.053 statement?")
        raise ValidationError(told, code="empty")
    if len(entries) > MOST_LINES:
        told = _("The file has more than %(most)s lines. Export it month by month.")
        raise ValidationError(told, params={"most": f"{MOST_LINES:,}"}, code="lines")
    return [line for number, entry in enumerate(entries, start=1) for line in _lines(entry, number)]


def _lines(entry: Element, number: int) -> Iterator[Line | str]:
    status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    if status not in ("", "BOOK"):
        return
    try:
        yield from _of_entry(entry)
    except ValidationError as fault:
        yield _("Entry %(number)d: %(fault)s") % {"number": number, "fault": fault.messages[0]}


def _of_entry(entry: Element) -> Iterator[Line]:
    day = _day(_text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm") or _text(entry, "ValDt", "Dt"))
    came_in = _text(entry, "CdtDbtInd") == "CRDT" and _text(entry, "RvslInd") not in ("true", "1")
    reference = _text(entry, "AcctSvcrRef")
    details = [each for group in _children(entry, "NtryDtls") for each in _children(group, "TxDtls")]
    if len(details) > 1 and all(_amount_of(each) is not None for each in details):
        for place, each in enumerate(details):
            own = _text(each, "Refs", "AcctSvcrRef") or (f"{reference}/{place}" if reference else "")
            yield _line(day, _amount_of(each), came_in, each, own)
    else:
        yield _line(day, _child(entry, "Amt"), came_in, details[0] if details else entry, reference)


def _amount_of(details: Element) -> Element | None:
    own = _child(details, "Amt")
    return own if own is not None else _path(details, "AmtDtls", "TxAmt", "Amt")


def _line(day: date, amount: Element | None, came_in: bool, details: Element, reference: str) -> Line:
    minor, currency = _money(amount)
    texts = [each.text or "" for info in _children(details, "RmtInf") for each in _children(info, "Ustrd")]
    texts += [each.text or "" for each in _all(details, "Ref") if each.text]
    texts += [end_to_end] if (end_to_end := _text(details, "Refs", "EndToEndId")) not in ("", "NOTPROVIDED") else []
    texts += [] if texts else [_text(details, "AddtlNtryInf")]
    party = _text(details, "RltdPties", "Dbtr", "Nm") or _text(details, "RltdPties", "Dbtr", "Pty", "Nm")
    iban = _text(details, "RltdPties", "DbtrAcct", "Id", "IBAN")
    text = " ".join(" ".join(texts).split())[:500]
    return Line(day, minor if came_in else -minor, currency, party[:140], iban[:40], text, reference[:80])


def _money(amount: Element | None) -> tuple[int, str]:
    text, currency = ("", "") if amount is None else ((amount.text or "").strip(), amount.get("Ccy", ""))
    if currency not in CURRENCIES:
        raise ValidationError(_("“%(text)s” is no currency that is known.") % {"text": currency[:20]})
    try:
        major = Decimal(text) if len(text) <= 24 else Decimal("NaN")
    except InvalidOperation:
        major = Decimal("NaN")
    if not major.is_finite() or major < 0 or major.adjusted() > 15 or major != round(major, exponent(currency)):
        raise ValidationError(_("“%(text)s” is no amount.") % {"text": text[:40]})
    if to_minor(major, currency) > MAX_MINOR:
        raise ValidationError(_("“%(text)s” is no amount.") % {"text": text[:40]})
    return to_minor(major, currency), currency


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise ValidationError(_("“%(text)s” is no date that can be read.") % {"text": text[:40]}) from None
    validate_day(day)
    return day


# ── Elements by their names, in whichever version's namespace ─────────────────────────────────────────────────────────


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)


def _children(parent: Element, name: str) -> list[Element]:
    return [element for element in parent if _name(element) == name]


def _child(parent: Element, name: str) -> Element | None:
    return next((element for element in parent if _name(element) == name), None)


def _path(parent: Element, *names: str) -> Element | None:
    for name in names:
        parent = _child(parent, name)
        if parent is None:
            return None
    return parent


def _text(parent: Element, *names: str) -> str:
    element = _path(parent, *names)
    return (element.text or "").strip() if element is not None else ""
