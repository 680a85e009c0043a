"""Money as integers in minor units (cents, yen, fils) beside an ISO 4217 code; rounding is half-up and explicit."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol, parse_pattern
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# The currencies that are offered. The number grouping of an amount follows the currency's home, not the reader's.
CURRENCIES = {
    "EUR": (_("Euro"), "en_IE"),
    "USD": (_("US dollar"), "en_US"),
    "GBP": (_("Pound sterling"), "en_GB"),
    "INR": (_("Indian rupee"), "en_IN"),
    "CHF": (_("Swiss franc"), "en_CH"),
    "AUD": (_("Australian dollar"), "en_AU"),
    "CAD": (_("Canadian dollar"), "en_CA"),
    "NZD": (_("New Zealand dollar"), "en_NZ"),
    "SGD": (_("Singapore dollar"), "en_SG"),
    "JPY": (_("Japanese yen"), "en_US"),
    "SEK": (_("Swedish krona"), "en_SE"),
    "NOK": (_("Norwegian krone"), "nb_NO"),
    "DKK": (_("Danish krone"), "en_DK"),
    "PLN": (_("Polish złoty"), "pl_PL"),
    "CZK": (_("Czech koruna"), "cs_CZ"),
    "BRL": (_("Brazilian real"), "pt_BR"),
    "MXN": (_("Mexican peso"), "es_MX"),
    "ZAR": (_("South African rand"), "en_ZA"),
    "AED": (_("UAE dirham"), "en_AE"),
    "KWD": (_("Kuwaiti dinar"), "en_US"),
}
CURRENCY_CHOICES = [(code, f"{code}, {name}") for code, (name, _locale) in CURRENCIES.items()]

# Fits a signed 64-bit column a thousand times over, so that sums cannot overflow it.
MAX_MINOR = 9_000_000_000_000_00
MINUS = "\u2212"


class FormattedMoney(NamedTuple):
    """An amount cut into the parts that the page styles differently; all are text and may be empty."""

    sign: str
    symbol: str
    whole: str
    decimals: str

    def __str__(self) -> str:
        symbol = f"{self.symbol}\u00a0" if self.symbol else ""
        return f"{self.sign}{symbol}{self.whole}{self.decimals}"


@lru_cache(maxsize=64)
def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has: EUR 2, JPY 0, KWD 3 (ISO 4217, from CLDR)."""
    return get_currency_precision(currency)


def round_half_up(value: Decimal) -> int:
    """The nearest integer; a half goes away from zero, as tax offices expect."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_minor(major: Decimal, currency: str) -> int:
    """`Decimal("12.345")` EUR → 1235."""
    return round_half_up(major.scaleb(exponent(currency)))


def to_major(minor: int, currency: str) -> Decimal:
    """1235 EUR → `Decimal("12.35")`, exactly."""
    return Decimal(minor).scaleb(-exponent(currency))


def amount_for_time(seconds: int, rate_minor: int) -> int:
    """What so many seconds cost at an hourly rate, in minor units, rounded half-up once."""
    return round_half_up(Decimal(seconds) * rate_minor / 3600)


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights`, in whole units that add up to it exactly (Hamilton's method).

    Ties go to the earlier weight. All weights zero: everything goes to the first.
    """
    if not weights:
        return []
    whole = sum(weights)
    if not whole:
        return [total] + [0] * (len(weights) - 1)
    shares = [divmod(total * weight, whole) for weight in weights]
    parts = [quotient for quotient, _remainder in shares]
    by_remainder = sorted(range(len(weights)), key=lambda index: -shares[index][1])
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


@lru_cache(maxsize=64)
def _group_sizes(currency: str) -> tuple[int, int]:
    locale = Locale.parse(CURRENCIES.get(currency, ("", "en_US"))[1])
    return parse_pattern(locale.decimal_formats[None]).grouping


@lru_cache(maxsize=64)
def currency_symbol(currency: str) -> str:
    """The short sign that people know (€, ₹, US$), or the code."""
    return get_currency_symbol(currency, locale="en")


@lru_cache(maxsize=4096)
def format_money(minor: int, currency: str) -> FormattedMoney:
    """Cut an amount into sign, symbol, grouped whole part and decimals (`.00`, with the point).

    Whole units are grouped as the currency's home does it (₹ 15,56,395), but point and comma stay the
    English way in every currency: the pages are read by one person, in one language.
    """
    digits = exponent(currency)
    whole, decimals = divmod(abs(minor), 10**digits)
    primary, secondary = _group_sizes(currency)
    return FormattedMoney(
        sign=MINUS if minor < 0 else "",
        symbol=currency_symbol(currency),
        whole=_group(str(whole), primary, secondary),
        decimals=f".{decimals:0{digits}d}" if digits else "",
    )


def _group(digits: str, primary: int, secondary: int) -> str:
    head, tail = digits[:-primary], digits[-primary:]
    groups = [tail]
    while head:
        head, tail = head[:-secondary], head[-secondary:]
        groups.insert(0, tail)
    return ",".join(groups)


def validate_currency(code: str) -> None:
    """Refuse a code that is not offered."""
    if code not in CURRENCIES:
        raise ValidationError(_("Choose a currency from the list."), code="currency")


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)

    default_validators = [validate_currency]


class MinorField(models.BigIntegerField):
    """An amount of money in minor units; signed, within ±9 trillion."""

    default_validators = [MinValueValidator(-MAX_MINOR), MaxValueValidator(MAX_MINOR)]
