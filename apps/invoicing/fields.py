"""Numbers on an invoice as people type them."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.invoicing.widgets import QuickText


class FigureField(forms.DecimalField):
    """A quantity, price or percentage: `68`, `68,50`, `1,240.50`. Never below zero, never infinite."""

    default_error_messages = {
        "invalid": _("Write a number such as 7.5."),
        "min_value": _("This cannot be below zero."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("widget", QuickText(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        return super().to_python(_plain(value) if isinstance(value, str) else value)


def _plain(text: str) -> str:
    """With a point as the decimal sign: the last of comma and point is it, what stands before it groups thousands."""
    text = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if "," in text and "." in text:
        return text.replace(",", "") if text.rfind(".") > text.rfind(",") else text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 else text
