"""Addresses of rows, quick enough for lists: Django's `reverse` looks through all routes each time."""

from functools import cache
from uuid import UUID

from django.urls import reverse

# Keys that no row has, to find out what an address looks like around one.
_NO_ROW = {int: 9_876_543_210, UUID: UUID("00000000-0000-7000-8000-987654321000")}


def row_address(view_name: str, pk: int | UUID) -> str:
    """`reverse(view_name, args=[pk])` for a route whose one argument is a row's key."""
    before, after = _around_key(view_name, type(pk))
    return f"{before}{pk}{after}"


@cache
def _around_key(view_name: str, kind: type) -> list[str]:
    return reverse(view_name, args=[_NO_ROW[kind]]).split(str(_NO_ROW[kind]))
