"""The command palette: what it finds, what it marks, and what `>` and `@` leave out."""

import re
from datetime import date

import pytest
from django.urls import reverse

from apps.invoicing.models import Invoice

HX = {"HX-Request": "true"}


@pytest.fixture
def offer(as_alice):
    """The palette's answer to a typed text."""

    def ask(text: str) -> str:
        return as_alice.get(reverse("palette"), {"q": text}, headers=HX).content.decode()

    return ask


def groups(answer: str) -> list[str]:
    """The titles of the groups, in order."""
    return re.findall(r'<div role="group" aria-label="([^"]*)"', answer)


def test_what_matches_is_marked(offer):
    assert "alice <mark>proj</mark>ect" in offer("proj")
    assert "alice <mark>proj</mark>ect" in offer("PROJ")
    assert "<mark>Client</mark>s" in offer("client")


def test_what_was_typed_is_never_markup(offer, alice):
    alice.client.name = "<b>Bold</b> & Sons"
    alice.client.save()
    assert "<mark>&lt;b&gt;Bold</mark>&lt;/b&gt; &amp; Sons" in offer("<b>bold")
    assert "<b>bold" not in offer("<b>bold")


def test_without_a_sign_it_offers_everything(offer):
    assert groups(offer("")) == ["Go to", "Create"]
    assert groups(offer("alice")) == ["Clients", "Projects", "Start the timer"]


@pytest.mark.parametrize("text", [">alice", "> alice"])
def test_a_greater_sign_leaves_only_what_can_be_done(offer, text):
    assert groups(offer(text)) == ["Start the timer"]


def test_a_greater_sign_alone_lists_what_can_be_made(offer):
    assert groups(offer(">")) == ["Create"]
    assert groups(offer(">new cl")) == ["Create", "Start the timer"]


@pytest.mark.parametrize("text", ["@", "@alice", "@ ALICE"])
def test_an_at_sign_leaves_clients_and_projects(offer, text):
    assert groups(offer(text)) == ["Clients", "Projects"]


def test_invoices_are_found_by_their_client(offer, alice):
    today = date(2026, 5, 4)
    invoice = Invoice.objects.create(
        workspace=alice.workspace, client=alice.client, currency="EUR", issue_date=today, due_date=today
    )
    answer = offer("alice client")
    assert groups(answer) == ["Clients", "Projects", "Invoices", "Start the timer"]
    assert invoice.get_absolute_url() in answer


def test_what_is_not_found_is_no_list(offer):
    answer = offer("@zzz")
    assert "Nothing is called “zzz”" in answer
    assert 'role="listbox"' not in answer


def test_strangers_are_not_found(offer, charlie):
    for text in ("charlie", "@charlie", ">charlie"):
        assert "charlie client" not in offer(text)
        assert "charlie task" not in offer(text)
