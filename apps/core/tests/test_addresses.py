"""The quick address of a row is the one that the routes give."""

from uuid import UUID

import pytest
from django.urls import reverse

from apps.core.addresses import row_address

KEY = UUID("019a0000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("name", "key"),
    [("clients:detail", 7), ("projects:edit", 10**18), ("tasks:complete", 1), ("workbench:entry", KEY)],
)
def test_it_is_the_address_that_the_routes_give(name, key):
    assert row_address(name, key) == reverse(name, args=[key])
