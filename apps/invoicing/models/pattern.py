"""How a number is put together and where its sequence starts anew: a pattern as a value, without a database."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Of each: with the century and without, by the calendar and by the fiscal year.
CALENDAR_YEARS, FISCAL_YEARS = {"year", "yy"}, {"fy", "fyy"}
_PART = re.compile(r"\{(prefix|year|yy|month|fy|fyy|client|seq)(?::(\d{1,2}))?\}")


class Reset(TextChoices):
    """When the sequence starts at one again."""

    NEVER = "never", _("Never")
    YEARLY = "yearly", _("Every year, on 1 January")
    FISCAL = "fiscal", _("Every fiscal year")
    MONTHLY = "monthly", _("Every month")


@dataclass(frozen=True)
class Piece:
    """A part of a pattern by its name, or with the name "" the text between two parts."""

    name: str
    text: str = ""
    width: int = 1


def split(text: str) -> list[Piece]:
    """The pieces of a pattern in order; texts are never empty, and never beside each other."""
    pieces, end = [], 0
    for match in _PART.finditer(text):
        if match.start() > end:
            pieces.append(Piece("", text[end : match.start()]))
        pieces.append(Piece(match[1], width=max(1, int(match[2] or 1))))
        end = match.end()
    return [*pieces, Piece("", text[end:])] if end < len(text) else pieces


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern that could print the same number twice or that has a part nobody knows."""
    pieces = split(pattern)
    names = [piece.name for piece in pieces]
    if names.count("seq") != 1:
        raise ValidationError(_("The pattern needs {seq} once: the part that counts up."), code="sequence")
    if "month" in names and not (CALENDAR_YEARS | FISCAL_YEARS) & set(names):
        raise ValidationError(_("A pattern with {month} needs {year} too."), code="month")
    if any(re.search(r"[{}]", piece.text) for piece in pieces):
        raise ValidationError(
            _("Use only {prefix}, {year}, {yy}, {month}, {fy}, {fyy}, {client} and {seq:3} in braces."), code="part"
        )
    if names.count("client") > 1:
        raise ValidationError(_("Use {client} only once."), code="client")
    if "client" in names and not _stand_apart(pieces):
        raise ValidationError(
            _("Put a sign such as - between {client} and {seq}: a code that ends in digits would run into the number."),
            code="client_beside_sequence",
        )


def _stand_apart(pieces: list[Piece]) -> bool:
    """Whether something other than digits always stands between the client's code, of any length, and the sequence."""
    names = [piece.name for piece in pieces]
    first, last = sorted((names.index("client"), names.index("seq")))
    return any(not char.isdigit() for piece in pieces[first:last] for char in piece.text)


def validate_printable(text: str) -> None:
    """Refuse signs that nobody can see or type again."""
    if not text.isprintable():
        raise ValidationError(_("Use only letters, digits and signs that can be seen."), code="invisible")


@dataclass(frozen=True)
class Pattern:
    """A pattern with all that it depends on. `reset` empty: as the pattern says.

    A fiscal year is named after the calendar years that it touches: 2026-27, or 2026 when `fiscal_start` is January.
    """

    text: str
    prefix: str = ""
    reset: str = ""
    fiscal_start: int = 1

    @cached_property
    def pieces(self) -> list[Piece]:
        """What it is made of."""
        return split(self.text)

    @cached_property
    def parts(self) -> set[str]:
        """The names of its parts."""
        return {piece.name for piece in self.pieces} - {""}

    @property
    def resets(self) -> Reset:
        """When it starts anew: as chosen, else with the shortest stretch of time that it prints."""
        if self.reset:
            return Reset(self.reset)
        if "month" in self.parts:
            return Reset.MONTHLY
        if self.parts & FISCAL_YEARS:
            return Reset.FISCAL
        return Reset.YEARLY if self.parts & CALENDAR_YEARS else Reset.NEVER

    def check(self) -> None:
        """Raise ValidationError, at `reset`, when it starts anew without printing what keeps the numbers apart."""
        fiscal_is_calendar = self.fiscal_start == 1
        has_calendar, has_fiscal = bool(self.parts & CALENDAR_YEARS), bool(self.parts & FISCAL_YEARS)
        has_month = "month" in self.parts and (has_calendar or has_fiscal)
        kept_apart = {
            Reset.NEVER: True,
            Reset.YEARLY: has_calendar or has_month or (has_fiscal and fiscal_is_calendar),
            Reset.FISCAL: has_fiscal or has_month or (has_calendar and fiscal_is_calendar),
            Reset.MONTHLY: has_month,
        }
        told = {
            Reset.YEARLY: _("To start anew every year, put {year} or {yy} into the pattern."),
            Reset.FISCAL: _("To start anew every fiscal year, put {fy} or {fyy} into the pattern."),
            Reset.MONTHLY: _("To start anew every month, put {month} and {year} into the pattern."),
        }
        if not kept_apart[self.resets]:
            raise ValidationError({"reset": ValidationError(told[self.resets], code="repeats")})

    # ── When ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def fiscal_year(self, day: date) -> int:
        """The calendar year in which the fiscal year of `day` began."""
        return day.year - (day.month < self.fiscal_start)

    def period(self, day: date) -> str:
        """The stretch of time in which the sequence runs: `2026`, `2026/27`, `2026-03`, or nothing for all time.

        The stroke tells fiscal years from months: 2002-03 is a March.
        """
        return {
            Reset.NEVER: "",
            Reset.YEARLY: f"{day:%Y}",
            Reset.FISCAL: self._fiscal_text(day, stroke="/"),
            Reset.MONTHLY: f"{day:%Y-%m}",
        }[self.resets]

    def starts_anew_on(self, day: date) -> date | None:
        """The first day of the period after that of `day`; None when it never starts anew."""
        if self.resets == Reset.MONTHLY:
            return date(day.year + day.month // 12, day.month % 12 + 1, 1)
        if self.resets == Reset.YEARLY:
            return date(day.year + 1, 1, 1)
        if self.resets == Reset.FISCAL:
            return date(self.fiscal_year(day) + 1, self.fiscal_start, 1)
        return None

    def _fiscal_text(self, day: date, *, stroke: str = "-", digits: int = 4) -> str:
        year = self.fiscal_year(day)
        first = str(year)[-digits:]
        return first if self.fiscal_start == 1 else f"{first}{stroke}{(year + 1) % 100:02d}"

    # ── What it prints ────────────────────────────────────────────────────────────────────────────────────────────────

    def number(self, sequence: int, day: date, client_code: str = "") -> str:
        """The text of one number: padding is a least width, 999 is followed by 1000."""
        texts = {
            "prefix": self.prefix,
            "year": f"{day:%Y}",
            "yy": f"{day:%y}",
            "month": f"{day:%m}",
            "fy": self._fiscal_text(day),
            "fyy": self._fiscal_text(day, digits=2),
            "client": client_code,
        }
        pieces = self.pieces if client_code else self.pieces_without_client
        return "".join(
            piece.text or (str(sequence).zfill(piece.width) if piece.name == "seq" else texts[piece.name])
            for piece in pieces
        )

    @cached_property
    def pieces_without_client(self) -> list[Piece]:
        """The pieces for a client without a code: where two separators would meet, or one begin or end it, one goes."""
        names = [piece.name for piece in self.pieces]
        if "client" not in names:
            return self.pieces
        at = names.index("client")
        before, after = names[:at], names[at + 1 :]
        text_before, text_after = before[-1:] == [""], after[:1] == [""]
        gone = {at}
        if text_before and any(before) and (text_after or not any(after)):
            gone.add(at - 1)
        elif text_after and any(after) and not any(before):
            gone.add(at + 1)
        return [piece for place, piece in enumerate(self.pieces) if place not in gone]
