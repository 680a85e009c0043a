"""Numbers on an invoice as people type them."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.money import MAX_MINOR, to_major, to_minor
from apps.invoicing.totals import Discount, trim
from apps.invoicing.widgets import QuickText


class FigureField(forms.DecimalField):
    """A quantity, price or percentage: `68`, `68,50`, `1,240.50`. Never infinite, below zero only where allowed."""

    default_error_messages = {
        "invalid": _("Write a number such as 7.5."),
        "min_value": _("This cannot be below zero."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("min_value", None if kwargs.pop("may_be_negative", False) else Decimal(0))
        kwargs.setdefault("widget", QuickText(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        return super().to_python(_plain(value) if isinstance(value, str) else value)


@dataclass(frozen=True)
class TypedDiscount:
    """A discount as somebody typed it: percent, or an amount in major units of a currency that stands elsewhere."""

    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def of(self, currency: str) -> Discount:
        """In that currency."""
        return Discount(self.percent, to_minor(self.amount, currency))


class DiscountField(forms.CharField):
    """A discount: `10 %` is a share, `60` an amount."""

    default_error_messages = {
        "invalid": _("Write 10% for a share, or an amount such as 60."),
        "too_much": _("A discount is 100 % at most."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", QuickText(attrs={"autocomplete": "off", "placeholder": _("10% or 60")}))
        super().__init__(required=False, max_length=20, **kwargs)

    def clean(self, value) -> TypedDiscount:
        text = super().clean(value)
        if not text:
            return TypedDiscount()
        is_share = text.endswith("%")
        try:
            number = Decimal(_plain(text.removesuffix("%")))
        except InvalidOperation:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not number.is_finite() or number < 0 or number > MAX_MINOR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if not is_share:
            return TypedDiscount(amount=number)
        if number > 100 or number != round(number, 3):
            raise forms.ValidationError(self.error_messages["too_much" if number > 100 else "invalid"], code="invalid")
        return TypedDiscount(percent=number)


def discount_text(discount: Discount, currency: str) -> str:
    """A discount as the field shows it; nothing is nothing."""
    if discount.percent:
        return f"{trim(discount.percent)}%"
    return trim(to_major(discount.amount_minor, currency)) if discount.amount_minor else ""


def _plain(text: str) -> str:
    """With a point as the decimal sign: the last of comma and point is it, what stands before it groups thousands."""
    text = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if "," in text and "." in text:
        return text.replace(",", "") if text.rfind(".") > text.rfind(",") else text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 else text
