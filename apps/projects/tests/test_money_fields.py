"""Wherever an amount is typed, its currency stands beside it, and follows the choice that decides it."""

import re

import pytest
from django.urls import reverse

from apps.clients.models import Client


def currencies(page: str) -> list[str]:
    """What stands beside the amounts of a form."""
    return re.findall(r'<span class="affix" id="[^"]*" data-currency>(\w*)</span>', page)


@pytest.fixture
def in_rupees(alice):
    """A second client of Alice's, billed in rupees."""
    return Client.objects.create(workspace=alice.workspace, name="Rupee & Sons", currency="INR")


@pytest.mark.parametrize(("name", "amounts"), [("clients:new", 1), ("projects:new", 3), ("tasks:new", 1)])
def test_a_new_form_names_the_currency_of_the_business(as_alice, name, amounts):
    assert currencies(as_alice.get(reverse(name)).content.decode()) == ["EUR"] * amounts


def test_a_form_names_the_currency_of_its_client(as_alice, alice, in_rupees):
    alice.project.client = in_rupees
    alice.project.save()
    for address in (
        reverse("clients:edit", args=[in_rupees.pk]),
        reverse("projects:edit", args=[alice.project.pk]),
        reverse("tasks:edit", args=[alice.task.pk]),
    ):
        assert set(currencies(as_alice.get(address).content.decode())) == {"INR"}


def test_the_choices_tell_which_currency_they_bring(as_alice, alice, in_rupees):
    clients = as_alice.get(reverse("projects:new")).content.decode()
    assert f'<option value="{in_rupees.pk}" data-currency="INR">' in clients
    assert 'data-money-currency="EUR"' in clients
    projects = as_alice.get(reverse("tasks:new")).content.decode()
    assert f'<option value="{alice.project.pk}" data-currency="EUR">' in projects


def test_a_screen_reader_hears_currency_and_hint(as_alice):
    page = as_alice.get(reverse("tasks:new")).content.decode()
    field = re.search(r'<input[^>]*name="hourly_rate_minor"[^>]*>', page)[0]
    described = re.search(r'aria-describedby="([^"]*)"', field)[1].split()
    assert described == ["id_hourly_rate_minor_helptext", "id_hourly_rate_minor_currency"]
    assert all(f'id="{each}"' in page for each in described)
