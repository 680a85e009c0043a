"""Which open invoices a line of a bank statement most likely pays, and why: plain rules over plain facts.

| what speaks for it | confidence |
|---|---|
| the text names invoices, and the amount is exactly what is open of them | sure |
| the account is one that the client paid from before, and one invoice of theirs is open by exactly this amount | sure |
| the text names invoices, and the amount is another one | likely |
| the name of the client, and one invoice of theirs is open by exactly this amount | likely |
| the client is known, and the amount is exactly all that is open of theirs | likely |
| only one invoice of all is open by exactly this amount | weak |

Lines are looked at in their order, and what one is suggested to pay is not open for the next.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.core.money import format_money
from apps.invoicing.bank.lines import Line

# A number that is only a few digits stands in many texts by chance; alone it says nothing.
LEAST_DIGITS = 5
LEAST_NAME = 4
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_WORD = re.compile(r"\w+")


class Confidence(StrEnum):
    """How much speaks for a suggestion."""

    SURE = "sure"
    LIKELY = "likely"
    WEAK = "weak"


@dataclass
class OpenInvoice:
    """An invoice to pay, in minor units; `open_minor` shrinks as lines are suggested to pay it."""

    pk: int
    number: str
    client: int
    client_name: str
    currency: str
    open_minor: int


@dataclass(frozen=True)
class Suggestion:
    """What a line most likely pays: shares by the invoice's id; what is left of the line becomes credit."""

    confidence: Confidence
    client: int
    shares: dict[int, int]
    numbers: list[str]
    reason: str
    rest_minor: int = 0


@dataclass
class Facts:
    """What there is to match with: open invoices, the oldest due first; accounts that clients paid from before."""

    invoices: list[OpenInvoice]
    accounts: dict[str, int] = field(default_factory=dict)


class Matcher:
    """Suggests line by line."""

    def __init__(self, facts: Facts):
        self.accounts = {_iban(iban): client for iban, client in facts.accounts.items()}
        self._invoices = {invoice.pk: invoice for invoice in facts.invoices}
        self._by_open: dict[tuple[str, int], list[OpenInvoice]] = defaultdict(list)
        self._by_number = {}
        for invoice in facts.invoices:
            spelling = Spelling(invoice.number)
            self._by_number[spelling.key] = (spelling, invoice)
        self._longest = max((len(spelling.ends) for spelling, _invoice in self._by_number.values()), default=0)
        self._of_client: dict[int, list[OpenInvoice]] = defaultdict(list)
        self._names: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for invoice in facts.invoices:
            words = _words(invoice.client_name)
            if invoice.client not in self._of_client and sum(map(len, words)) >= LEAST_NAME:
                self._names[words[0]].append((words, invoice.client))
            self._of_client[invoice.client].append(invoice)
            self._by_open[invoice.currency, invoice.open_minor].append(invoice)

    def suggest(self, line: Line) -> Suggestion | None:
        """What the line most likely pays; None where nothing speaks for anything."""
        found = self._by_numbers(line) or self._by_client(line) or self._by_amount(line)
        for pk, minor in found.shares.items() if found else ():
            invoice = self._invoices[pk]
            self._by_open[invoice.currency, invoice.open_minor].remove(invoice)
            invoice.open_minor -= minor
            self._by_open[invoice.currency, invoice.open_minor].append(invoice)
        return found

    # ── By invoice number ─────────────────────────────────────────────────────────────────────────────────────────────

    def _by_numbers(self, line: Line) -> Suggestion | None:
        named = [each for each in self._named(line) if each.currency == line.currency and each.open_minor > 0]
        if not named or len({invoice.client for invoice in named}) > 1:
            return None
        whole = sum(invoice.open_minor for invoice in named)
        numbers = ", ".join(invoice.number for invoice in named)
        if whole == line.amount_minor:
            reason = _("The text names %(numbers)s, and the amount is exactly what is open.")
            return _suggestion(Confidence.SURE, line, named, reason % {"numbers": numbers})
        if whole > line.amount_minor:
            reason = _("The text names %(numbers)s; the amount is %(difference)s less than is open.")
        else:
            reason = _("The text names %(numbers)s; the amount is %(difference)s more than is open.")
        difference = format_money(abs(whole - line.amount_minor), line.currency)
        told = reason % {"numbers": numbers, "difference": difference}
        return _suggestion(Confidence.LIKELY, line, named, told)

    def _named(self, line: Line) -> list[OpenInvoice]:
        tokens = list(_TOKEN.finditer(line.text.upper()))
        found, place = [], 0
        while place < len(tokens):
            length, invoice = self._at(tokens, place, line)
            if invoice and invoice not in found:
                found.append(invoice)
            place += length or 1
        return found

    def _at(self, tokens: list[re.Match], place: int, line: Line) -> tuple[int, OpenInvoice | None]:
        """The longest number that begins at a token, and how many tokens it is."""
        if _is_joined(tokens, place):
            return 0, None
        joined, ends, best = "", [], (0, None)
        for length, token in enumerate(tokens[place : place + self._longest], start=1):
            joined += token[0]
            ends.append(len(joined))
            if joined not in self._by_number or _goes_on(tokens, place + length):
                continue
            spelling, invoice = self._by_number[joined]
            exact = invoice.open_minor == line.amount_minor
            if set(ends) <= spelling.ends and (spelling.is_telling or exact):
                best = (length, invoice)
        return best

    # ── By who paid ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_client(self, line: Line) -> Suggestion | None:
        client, how, is_account = self._payer(line)
        if client is None:
            return None
        theirs = [each for each in self._of_client[client] if each.currency == line.currency and each.open_minor > 0]
        same = [invoice for invoice in theirs if invoice.open_minor == line.amount_minor]
        if len(same) == 1:
            reason = _("%(how)s, and the amount is exactly what is open of %(number)s.")
            confidence = Confidence.SURE if is_account else Confidence.LIKELY
            return _suggestion(confidence, line, same, reason % {"how": how, "number": same[0].number})
        if same:
            reason = _("%(how)s; several of theirs are open by this amount, and this is the oldest.") % {"how": how}
            return _suggestion(Confidence.LIKELY, line, same[:1], reason)
        if theirs and sum(invoice.open_minor for invoice in theirs) == line.amount_minor:
            reason = _("%(how)s, and the amount is exactly all that is open of theirs.") % {"how": how}
            return _suggestion(Confidence.LIKELY, line, theirs, reason)
        return None

    def _payer(self, line: Line) -> tuple[int | None, str, bool]:
        """The client, in words how it is known, and whether by the account."""
        client = self.accounts.get(_iban(line.iban))
        if client in self._of_client:
            return client, _("This client paid from this account before"), True
        words = _words(line.party) + _words(line.text)
        found = {
            client
            for place, word in enumerate(words)
            for name, client in self._names.get(word, ())
            if words[place : place + len(name)] == name
        }
        if len(found) == 1:
            return found.pop(), _("It names the client"), False
        return None, "", False

    # ── By the amount alone ───────────────────────────────────────────────────────────────────────────────────────────

    def _by_amount(self, line: Line) -> Suggestion | None:
        same = self._by_open.get((line.currency, line.amount_minor), [])
        if len(same) != 1:
            return None
        reason = _("Only the amount fits: no other invoice is open by as much.")
        return _suggestion(Confidence.WEAK, line, same, reason)


class Spelling:
    """A number without what stands between its parts: `INV-2026-001` is INV2026001, with parts that end at 3, 7, 10."""

    def __init__(self, number: str):
        self.key, self.ends = "", set()
        for token in _TOKEN.findall(number.upper()):
            self.key += token
            self.ends.add(len(self.key))

    @property
    def is_telling(self) -> bool:
        """Whether it stands in no text by chance."""
        return not self.key.isdigit() or len(self.key) >= LEAST_DIGITS


def _suggestion(confidence: Confidence, line: Line, invoices: Iterable[OpenInvoice], reason: str) -> Suggestion:
    shares, rest, numbers, client = {}, line.amount_minor, [], 0
    for invoice in invoices:
        share = min(rest, invoice.open_minor)
        if share > 0:
            shares[invoice.pk] = share
            rest -= share
            numbers.append(invoice.number)
            client = invoice.client
    return Suggestion(confidence, client, shares, numbers, reason, rest)


def _is_joined(tokens: list[re.Match], place: int) -> bool:
    """Whether a token is the middle of something longer: `2026` of `CN-2026-001`, `001` of `AB001`."""
    if not place:
        return False
    between = tokens[place].string[tokens[place - 1].end() : tokens[place].start()]
    return between in ("", "-", "_", "/") and not (between == "/" and tokens[place - 1][0].isdigit())


def _goes_on(tokens: list[re.Match], place: int) -> bool:
    """Whether digits follow that belong to what stands before: `-02` behind `2026-001`."""
    if place >= len(tokens) or not tokens[place][0].isdigit():
        return False
    between = tokens[place].string[tokens[place - 1].end() : tokens[place].start()]
    return between in ("", "-", "_", ".")


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _iban(text: str) -> str:
    return "".join(text.split()).upper()
