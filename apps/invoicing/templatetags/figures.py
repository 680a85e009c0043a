"""Quantities and rates in templates."""

from decimal import Decimal

from django import template

from apps.invoicing.totals import trim

register = template.Library()


@register.filter
def negative(minor: int) -> int:
    """What goes off a sum."""
    return -minor


@register.filter
def figure(number: Decimal, least: int = 0) -> str:
    """A number with at least so many decimals and no needless ones: 0.8333, 9.50, 20."""
    return trim(Decimal(number), least)
