"""Form fields for what people type: durations, money, days, time zones."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core.days import validate_day, zone_choices, zone_names
from apps.core.durations import DAY, format_clock, format_duration, parse_duration
from apps.core.money import CURRENCIES, MAX_MINOR, exponent, to_major, to_minor


class TypedField(forms.CharField):
    """Text that means a number. Length and characters are checked on the text, given validators on its value."""

    def __init__(self, *, validators=(), **kwargs):
        super().__init__(**kwargs)
        self.value_validators = list(validators)

    def clean(self, value):
        """The value, or None when nothing was typed."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        number = self.parse(text)
        for validate in self.value_validators:
            validate(number)
        return number

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != (data or None)


class DurationField(TypedField):
    """A duration as text, cleaned to whole seconds (None when empty).

    `max_seconds` is where it stops being believable; a day unless said otherwise.
    """

    def __init__(self, *, max_seconds: int = DAY, **kwargs):
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.max_seconds = max_seconds

    def parse(self, text: str) -> int:
        """Seconds from typed text; ValidationError says what to write instead."""
        seconds = parse_duration(text)
        if seconds > self.max_seconds:
            raise ValidationError(
                _("That is more than %(limit)s hours."), code="too_long", params={"limit": self.max_seconds // 3600}
            )
        return seconds

    def prepare_value(self, value):
        """`H:MM`, with the seconds where there are any: saving an untouched form must not lose them."""
        if not isinstance(value, int):
            return value
        return format_clock(value) if value % 60 else format_duration(value)


class MoneyInput(forms.TextInput):
    """A field with the currency at its end; it follows a `data-money-currency` choice in the same form."""

    currency = ""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        """The field and its currency, which describes it."""
        attrs = dict(attrs or {})
        sign_id = f"{attrs.get('id', name)}_currency"
        attrs["aria-describedby"] = f"{attrs.get('aria-describedby', '')} {sign_id}".strip()
        return format_html(
            '<span class="input-affix">{}<span class="affix" id="{}" data-currency>{}</span></span>',
            super().render(name, value, attrs, renderer),
            sign_id,
            self.currency,
        )


class MoneyField(TypedField):
    """An amount as text in major units (`1,240.50`, `1240,5`), cleaned to minor units; None when empty."""

    widget = MoneyInput

    def __init__(self, *, currency: str = "EUR", allow_negative: bool = False, **kwargs):
        kwargs.setdefault("max_length", 24)
        super().__init__(**kwargs)
        self.currency = currency
        self.allow_negative = allow_negative
        self.widget.attrs.setdefault("inputmode", "decimal")

    @property
    def currency(self) -> str:
        """In which currency it is read, and which stands beside it."""
        return self.widget.currency

    @currency.setter
    def currency(self, code: str) -> None:
        self.widget.currency = code

    def parse(self, text: str, currency: str | None = None) -> int:
        """Minor units of `currency` (the field's own by default); ValidationError says what to write instead."""
        currency = currency or self.currency
        digits = exponent(currency)
        major = Decimal(_plain_number(text, digits))
        if major < 0 and not self.allow_negative:
            raise ValidationError(_("An amount cannot be below zero here."), code="negative")
        if abs(major.scaleb(digits)) > MAX_MINOR:
            raise ValidationError(_("That amount is too large."), code="too_large")
        if major != round(major, digits):
            raise ValidationError(
                _("%(currency)s has %(digits)d decimals."),
                code="decimals",
                params={"currency": currency, "digits": digits},
            )
        return to_minor(major, currency)

    def prepare_value(self, value):
        return str(to_major(value, self.currency)) if isinstance(value, int) else value


def _plain_number(text: str, decimals: int) -> str:
    """`1,240.50` and `1.240,50` and `1 240,5` → `1240.50`: the last separator is the decimal one.

    Before exactly three digits a lone separator is in doubt, unless the currency has three `decimals` itself: a comma
    groups thousands; a point could be meant either way, and a guess would be wrong by a factor of a thousand.
    """
    text = "".join(text.split()).replace("'", "").replace("\u2019", "").replace("\u2212", "-")
    sign, text = (text[0], text[1:]) if text[:1] in ("-", "+") else ("", text)
    cut = max(text.rfind(","), text.rfind("."))
    whole, part = text, ""
    if cut >= 0 and not _only_groups(text, cut, decimals):
        whole, part = text[:cut], text[cut + 1 :]
        if text.count(".") == 1 and "," not in text and len(part) == 3 != decimals:
            raise ValidationError(
                _("Write %(grouped)s for thousands, or fewer decimals."),
                code="ambiguous",
                params={"grouped": text.replace(".", ",")},
            )
    whole = _without_grouping(whole)
    if not (whole + part).isdecimal():
        raise ValidationError(_("Write an amount such as 1240.50."), code="money")
    return f"{sign}{whole or 0}.{part or 0}"


def _only_groups(text: str, cut: int, decimals: int) -> bool:
    """Whether the last separator, at `cut`, can only be there for thousands."""
    if text.count(text[cut]) > 1:
        return True
    lone_comma = text[cut] == "," and "." not in text
    return lone_comma and decimals != 3 and len(text) - cut == 4 and 1 <= cut <= 3 and text[0] != "0"


def _without_grouping(whole: str) -> str:
    """`1,240` and `15,56,395` → plain digits; what is grouped in no known way stays as it is."""
    separator = "," if "," in whole else "."
    first, *others = whole.split(separator)
    if not others:
        return whole
    *middle, last = others
    known = 1 <= len(first) <= 3 and len(last) == 3 and all(len(group) in (2, 3) for group in middle)
    return "".join([first, *others]) if known else whole


class DayField(forms.DateField):
    """A calendar day between 2000 and 2100."""

    default_validators = [validate_day]

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class CurrencyChoiceField(forms.ChoiceField):
    """One of the currencies that WorkHub offers."""

    def __init__(self, **kwargs):
        choices = [(code, f"{code}, {name}") for code, (name, _locale) in CURRENCIES.items()]
        super().__init__(choices=choices, **kwargs)
        self.widget.attrs.setdefault("data-money-currency", "")


class CurrencyBearingSelect(forms.Select):
    """Rows to choose from, each of which says in which currency the amounts beside it are."""

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if row := getattr(value, "instance", None):
            option["attrs"]["data-currency"] = row.currency
        return option


class ZoneSelect(forms.Select):
    """A list of time zones that also shows a present one which the list leaves out, such as `Japan`."""

    def optgroups(self, name, value, attrs=None):
        listed = {zone for _region, zones in zone_choices() for zone, _label in zones}
        unlisted = [(zone, zone) for zone in value if zone in zone_names() and zone not in listed]
        self.choices = [*unlisted, *zone_choices()]
        return super().optgroups(name, value, attrs)


class ZoneChoiceField(forms.ChoiceField):
    """An IANA time zone, by region; a browser may also send an older name, which is as good."""

    widget = ZoneSelect
    default_error_messages = {"invalid_choice": _("Choose a time zone from the list.")}

    def __init__(self, **kwargs):
        super().__init__(choices=zone_choices, **kwargs)

    def valid_value(self, value):
        return value in zone_names()
