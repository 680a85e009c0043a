"""How a document says things: words, dates, numbers and amounts of its own language, whoever looks at it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, wraps

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_decimal_symbol
from django.utils import translation
from django.utils.translation import gettext, ngettext_lazy

from apps.core.money import MINUS, currency_symbol, exponent, format_money, to_major
from apps.invoicing.totals import trim

# Day before month in English too: a document is read abroad.
_LOCALES = {"en": "en_GB"}
_SYMBOL_FIRST = {"en", "hi"}
# Printed as a plain space that does not break: the bundled fonts have no thin ones.
_THIN_SPACES = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0"})

_UNITS = {
    "h": ngettext_lazy("h", "h"),
    "day": ngettext_lazy("day", "days"),
    "month": ngettext_lazy("month", "months"),
    "km": ngettext_lazy("km", "km"),
    "word": ngettext_lazy("word", "words"),
    "page": ngettext_lazy("page", "pages"),
}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


@lru_cache(maxsize=8)
def country_names(language: str) -> dict[str, str]:
    """ISO 3166 codes with the names that a language has for countries."""
    return dict(_locale(language).territories)


def in_its_language(method: Callable) -> Callable:
    """A method of something with a `language` that speaks it; what it returns must be text, nothing lazy."""

    @wraps(method)
    def speak(self, *args):
        with translation.override(self.language):
            return method(self, *args)

    return speak


@dataclass(frozen=True)
class Wording:
    """One language (ISO 639 code) of documents. English amounts are grouped as the currency's home does it."""

    language: str

    def day(self, day: date) -> str:
        """`4 May 2026`, `4. Mai 2026`."""
        return format_date(day, "long", locale=_locale(self.language))

    def country(self, code: str) -> str:
        """Its name, or nothing."""
        return country_names(self.language).get(code, "")

    def number(self, number: Decimal, least: int = 0) -> str:
        """Without needless zeros but with at least so many decimals: `0.8333`, `0,8333`."""
        text = trim(abs(number), least).replace(".", get_decimal_symbol(_locale(self.language)))
        return f"{MINUS}{text}" if number < 0 else text

    def amount(self, minor: int, currency: str) -> str:
        """Minor units without the currency, for a column whose total says it."""
        if self.language == "en":
            return str(format_money(minor, currency)._replace(symbol=""))
        digits = exponent(currency)
        whole = "#,##,##0" if self.language == "hi" else "#,##0"
        pattern = f"{whole}.{'0' * digits}" if digits else whole
        text = format_decimal(to_major(abs(minor), currency), format=pattern, locale=_locale(self.language))
        return f"{MINUS if minor < 0 else ''}{text.translate(_THIN_SPACES)}"

    def money(self, minor: int, currency: str) -> str:
        """Minor units with the currency's sign: `€ 1,240.00`, `1.240,00 €`."""
        if self.language == "en":
            return str(format_money(minor, currency))
        sign, amount = MINUS if minor < 0 else "", self.amount(abs(minor), currency)
        symbol = currency_symbol(currency)
        return sign + ("\u00a0".join((symbol, amount) if self.language in _SYMBOL_FIRST else (amount, symbol)))

    def price(self, price: Decimal, currency: str) -> str:
        """A unit price in major units, without its currency, with as many decimals as it needs."""
        digits = exponent(currency)
        whole = self.amount(int(abs(price).scaleb(digits)), currency)
        extra = trim(abs(price), digits).partition(".")[2][digits:]
        point = get_decimal_symbol(_locale(self.language)) if extra and not digits else ""
        return f"{MINUS if price < 0 else ''}{whole}{point}{extra}"

    @in_its_language
    def quantity(self, quantity: Decimal, unit: str) -> str:
        """`9.50 h`, `3 days`, `2`: items need no word."""
        number = self.number(quantity, 2 if unit == "h" else 0)
        return f"{number} {_UNITS[unit] % (1 if abs(quantity) <= 1 else 2)}" if unit in _UNITS else number

    @in_its_language
    def tax(self, name: str, rate: str) -> str:
        """The name of a tax, else its rate: `USt. 19 %`, `Tax 19 %`."""
        return name or gettext("Tax %(rate)s %%") % {"rate": self.number(Decimal(rate))}
