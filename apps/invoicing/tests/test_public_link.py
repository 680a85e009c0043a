"""The address for the client: who has it reads one invoice, a visit counts when somebody looked, and it can be taken
back."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.core import days
from apps.invoicing import child_process, pdf
from apps.invoicing.documents import stored_pdf
from apps.invoicing.models import InvoiceDocument, PublicLink
from apps.invoicing.models.public_link import SAME_VISIT
from apps.invoicing.tests.building import a_draft, issued, line
from apps.invoicing.views.public import REQUESTS_A_MINUTE
from apps.workspaces.models import Workspace

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def clock(db):
    cache.clear()
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def invoice(alice):
    Workspace.objects.filter(pk=alice.workspace.pk).update(iban="DE89370400440532013000", email="ada@winter.example")
    alice.workspace.refresh_from_db()
    return issued(alice, line("Cover", unit_price="1000"), due_date=date(2026, 6, 1))


@pytest.fixture
def link(invoice):
    return invoice.make_link()


@pytest.fixture
def visitor():
    """A browser of somebody who has no account."""
    return Client(headers={"User-Agent": PERSON})


def url(name: str, link) -> str:
    return reverse(f"public:{name}", args=[link.token])


def seen(client, link, **headers) -> int:
    answer = client.post(url("seen", link), headers=headers)
    assert answer.status_code == 204
    link.refresh_from_db()
    return link.view_count


# ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_shows_the_document_what_is_open_and_how_to_pay(visitor, invoice, link):
    invoice.pay(40000, key="part")
    page = visitor.get(url("invoice", link))
    text = page.text.replace("\u00a0", " ")
    for part in (invoice.number, "Cover", "€ 600.00", "due on 1 June 2026", "DE89 3704 0044", "ada@winter.example"):
        assert part in text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]
    assert page.cookies == {}


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda invoice: invoice.mark_paid(key="paid"), "Paid in full"),
        (lambda invoice: invoice.write_off(), "Nothing is to be paid"),
        (lambda invoice: invoice.credit().issue(), "was taken back"),
    ],
)
def test_it_says_when_nothing_is_to_be_paid(visitor, invoice, link, happens, told):
    happens(invoice)
    page = visitor.get(url("invoice", link)).text
    assert told in page
    assert "ritten off" not in page


def test_the_pdf_is_the_stored_one(visitor, invoice, link):
    stored = stored_pdf(invoice)
    answer = visitor.get(f"{url('pdf', link)}?download")
    assert answer.content == bytes(stored.content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inv-2026-001.pdf"'
    assert InvoiceDocument.objects.count() == 1


def test_a_token_leads_to_its_own_invoice_alone(visitor, alice, charlie, link):
    other, strange = issued(alice, line("Posters")).make_link(), issued(charlie, line("Secrets")).make_link()
    assert len({link.token, other.token, strange.token}) == 3
    page = visitor.get(url("invoice", link)).text
    assert ("Cover" in page, "Posters" in page, "Secrets" in page) == (True, False, False)


@pytest.mark.parametrize("token", ["x", "1", "A" * 43, "%00", "é" * 43, "a" * 5000, "../1"])
def test_another_token_leads_nowhere(visitor, link, token):
    for name in ("", "pdf/", "seen/"):
        assert visitor.get(f"/i/{token}/{name}").status_code == 404


def test_a_token_is_compared_letter_by_letter(visitor, link):
    swapped = link.token.swapcase()
    assert visitor.get(f"/i/{swapped}/").status_code == 404


def test_a_draft_has_no_address(as_alice, alice):
    draft = a_draft(alice)
    as_alice.post(reverse("invoicing:link", args=[draft.pk]))
    assert not PublicLink.objects.exists()


# ── Taken back ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_revoked_it_answers_like_one_that_never_was(as_alice, visitor, invoice, link):
    as_alice.post(reverse("invoicing:link_revoke", args=[invoice.pk]))
    for name in ("invoice", "pdf"):
        gone = visitor.get(url(name, link))
        never = visitor.get(url(name, link).replace(link.token, "A" * 43))
        assert gone.status_code == 404
        assert _plain(gone).replace(link.token, "A" * 43) == _plain(never)
    assert visitor.post(url("seen", link)).status_code == 404
    assert "was withdrawn" in as_alice.get(invoice.get_absolute_url()).text


def _plain(answer) -> str:
    """Without what is made anew for each answer."""
    return re.sub(r'nonce="[^"]*"', "", answer.text)


def test_renewed_the_old_address_is_dead_and_the_new_one_leads_there(as_alice, visitor, invoice, link):
    before = url("invoice", link)
    as_alice.post(reverse("invoicing:link_renew", args=[invoice.pk]))
    link.refresh_from_db()
    assert visitor.get(before).status_code == 404
    assert visitor.get(url("invoice", link)).status_code == 200


def test_made_again_after_it_was_revoked_it_is_a_new_one(as_alice, visitor, invoice, link):
    before = url("invoice", link)
    link.revoke()
    as_alice.post(reverse("invoicing:link", args=[invoice.pk]))
    link.refresh_from_db()
    assert link.is_live
    assert visitor.get(before).status_code == 404


def test_made_twice_it_stays(as_alice, invoice, link):
    as_alice.post(reverse("invoicing:link", args=[invoice.pk]))
    assert PublicLink.objects.get().token == link.token


def test_a_stranger_can_neither_make_nor_renew_nor_revoke_it(as_alice, charlie):
    theirs = issued(charlie).make_link()
    for name in ("link", "link_renew", "link_revoke"):
        assert as_alice.post(reverse(f"invoicing:{name}", args=[theirs.invoice_id])).status_code == 404
    assert PublicLink.objects.get().token == theirs.token


# ── Views ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fetching_the_page_counts_nothing_and_looking_at_it_counts(visitor, as_alice, invoice, link, clock):
    visitor.get(url("invoice", link))
    visitor.get(url("pdf", link))
    link.refresh_from_db()
    assert (link.view_count, link.first_viewed_at) == (0, None)
    assert seen(visitor, link) == 1
    assert link.first_viewed_at == days.now()
    page = as_alice.get(invoice.get_absolute_url())
    assert page.context["invoice"].state_label == "Viewed"
    assert "Viewed by the client" in [moment.text for moment in page.context["moments"]]
    clock.shift(timedelta(hours=2))
    assert seen(visitor, link) == 2
    assert link.last_viewed_at - link.first_viewed_at == timedelta(hours=2)
    told = [event.verb for event in invoice.workspace.audit_events.about(invoice)]
    assert told.count("viewed") == 1


def test_a_visit_is_counted_once_however_often_the_page_is_loaded(visitor, link, clock):
    assert [seen(visitor, link) for _load in range(3)] == [1, 1, 1]
    clock.shift(SAME_VISIT)
    assert seen(visitor, link) == 2


def test_the_business_itself_is_not_counted(as_alice, client, bob, charlie, link):
    as_alice.defaults["HTTP_USER_AGENT"] = PERSON
    assert seen(as_alice, link) == 0
    client.force_login(bob)
    assert seen(client, link) == 0
    client.force_login(charlie.owner)
    assert seen(client, link) == 1, "somebody who works elsewhere is a visitor"


@pytest.mark.parametrize(
    "agent",
    [
        "", "Googlebot/2.1 (+http://www.google.com/bot.html)", "Mozilla/5.0 (compatible; bingbot/2.0)", "curl/8.9",
        "python-requests/2.32", "Mozilla/5.0 HeadlessChrome/140.0", "Barracuda Sentinel (EE)", "Slackbot-LinkExpanding",
        "Mozilla/5.0 (compatible; Proofpoint URL Defense)", "WhatsApp/2.23", "facebookexternalhit/1.1",
    ],
)  # fmt: skip
def test_robots_are_not_counted(visitor, link, agent):
    assert seen(visitor, link, **{"User-Agent": agent}) == 0


@pytest.mark.parametrize(
    "agent",
    [
        PERSON,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
        "Mozilla/5.0 (Linux; Android 15; CUBOT X70) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    ],
)
def test_people_are_counted(visitor, link, agent):
    assert seen(visitor, link, **{"User-Agent": agent}) == 1


def test_a_visit_is_not_told_by_a_get(visitor, link):
    assert visitor.get(url("seen", link)).status_code == 405
    link.refresh_from_db()
    assert link.view_count == 0


def test_who_asks_too_often_waits(visitor, link):
    answers = [visitor.get(url("invoice", link)) for _request in range(REQUESTS_A_MINUTE + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert visitor.get(f"/i/{'A' * 43}/").status_code == 429, "guessing is held up as well"


def test_a_pdf_that_cannot_be_made_is_told(monkeypatch, visitor, link):
    monkeypatch.setattr(child_process, "TIME_LIMIT_SECONDS", 0.01)
    pdf.PRESS.stop()
    answer = visitor.get(url("pdf", link))
    assert answer.status_code == 503
    assert "cannot be made just now" in answer.content.decode()


def test_the_page_is_in_the_clients_language_and_shows_the_code_for_what_is_open(visitor, alice, invoice):
    type(alice.client).objects.filter(pk=alice.client.pk).update(language="de")
    alice.client.refresh_from_db()
    other = issued(alice, line("Cover", unit_price="800"), due_date=date(2026, 6, 1))
    other.pay(15000, key="one")
    page = visitor.get(url("invoice", other.make_link())).content.decode().replace("\xa0", " ")
    assert "Rechnung an" in page
    assert "Code zum Bezahlen von 650,00 €" in page
