"""Quantities, rates, and what documents say in their own language, in templates."""

from datetime import date
from decimal import Decimal

from django import template

from apps.invoicing.paper import Paper
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


@register.filter
def money_on(minor: int, paper: Paper) -> str:
    """Minor units of the document's currency as its language writes them."""
    return paper.wording.money(minor, paper.currency)


@register.filter
def day_on(day: date, paper: Paper) -> str:
    """A day as the document's language writes it."""
    return paper.wording.day(day)
