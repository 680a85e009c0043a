"""Documents in the client's language: words, dates, amounts, scripts; and what they said stays."""

import logging
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from apps.clients.models import Client
from apps.invoicing.models import Invoice
from apps.invoicing.models.tax import REASONS
from apps.invoicing.tests.building import issued
from apps.invoicing.tests.einvoices import less, of_europe, taxed
from apps.invoicing.tests.test_pdf import MISSING, fresh, printed, text_of
from apps.invoicing.wording import Wording
from apps.workspaces.documents import Language, Theme
from apps.workspaces.models import Workspace

TRANSLATED = [language for language in Language.values if language != "en"]
LOCALES = settings.BASE_DIR / "locale"


def write_to(world, language: str, theme: str = "") -> Invoice:
    """An invoice with one of everything in a language."""
    studio = of_europe(world)
    Client.objects.filter(pk=studio.client.pk).update(language=language, invoice_theme=theme)
    studio.client.refresh_from_db()
    lines = [
        taxed("S", "19", quantity="0.8333", unit="h", unit_price="1500"),
        less("10%", taxed("S", "7", quantity="2", unit="day")),
        taxed("AE"),
    ]
    return fresh(issued(studio, *lines, reference="PO 4711"))


SAID = {
    "de": [
        "Rechnung",
        "4. Mai 2026",
        "0,8333 Std.",
        "2 Tage",
        "1.249,95",
        "Zu zahlen",
        "Deutschland",
        "Leistungsempfängers.",
    ],
    "fr": ["Facture", "4 mai 2026", "0,8333 h", "2 jours", "1 249,95", "Total à payer", "Allemagne"],
    "es": ["Factura", "4 de mayo de 2026", "0,8333 h", "2 días", "1.249,95", "Total a pagar", "Alemania"],
    "hi": ["0.8333", "1,249.95", "2026"],
    "en": ["Invoice", "4 May 2026", "0.8333 h", "2 days", "1,249.95", "Total due", "Germany", "the recipient owes"],
}


@pytest.mark.parametrize("theme", Theme.values)
@pytest.mark.parametrize("language", Language.values)
def test_the_pdf_speaks_the_clients_language_in_every_theme(alice, caplog, language, theme):
    invoice = write_to(alice, language, theme)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        text = text_of(printed(invoice)).replace("\xa0", " ")
    lowered = text.lower()
    for expected in SAID[language]:
        assert expected.lower() in lowered
    if language != "en":
        assert "total due" not in lowered
        assert "description" not in lowered or language == "fr"
    if language == "hi":
        assert any("\u0900" <= sign <= "\u097f" for sign in text)
    assert not [record for record in caplog.records if MISSING in record.getMessage()]


@pytest.mark.parametrize(
    "text", ["Größe Łódź Şişli", "Ελλάδα", "Україна Київ", "Việt Nam", "हिन्दी क्षत्रिय ₹", "₹ € £ ¥"]
)
def test_scripts_of_clients_are_printed_and_read_back(alice, caplog, text):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        found = text_of(printed(fresh(issued(alice, taxed("Z", description=text)))))
    assert not [record for record in caplog.records if MISSING in record.getMessage()]
    if "ि" not in text:
        assert text in found.replace("\xa0", " ")


def test_the_page_shows_the_document_in_its_language_and_itself_in_english(as_alice, alice):
    page = as_alice.get(write_to(alice, "de").get_absolute_url()).content.decode().replace("\xa0", " ")
    assert '<article class="paper" lang="de"' in page
    assert "Rechnung an" in page
    assert "4. Mai 2026" in page
    assert "Record payment" in page
    assert translation.get_language() == "en"


def test_the_language_is_frozen(alice):
    invoice = write_to(alice, "fr")
    before = printed(invoice)
    Client.objects.update(language="es", invoice_theme="classic")
    Workspace.objects.update(language="de")
    assert printed(fresh(invoice)) == before


def test_without_a_choice_of_its_own_a_client_gets_that_of_the_business(alice):
    Workspace.objects.update(language="de", invoice_theme="classic")
    alice.workspace.refresh_from_db()
    paper = write_to(alice, "").paper
    assert (paper.language, paper.theme, paper.title) == ("de", "classic", "Rechnung")


@pytest.mark.parametrize(
    ("language", "minor", "currency", "said"),
    [
        ("en", 155639599, "INR", "₹ 15,56,395.99"),
        ("hi", 155639599, "INR", "₹ 15,56,395.99"),
        ("de", -123456, "EUR", "−1.234,56 €"),
        ("fr", 123456, "EUR", "1 234,56 €"),
        ("es", 123456, "EUR", "1.234,56 €"),
        ("de", 1234, "JPY", "1.234 ¥"),
        ("de", 1234567, "KWD", "1.234,567 KWD"),
    ],
)
def test_amounts_are_written_as_the_language_does(language, minor, currency, said):
    assert Wording(language).money(minor, currency).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [("1234.5", "EUR", "1.234,50"), ("0.0125", "EUR", "0,0125"), ("-0.004", "EUR", "−0,004"), ("12.5", "JPY", "12,5")],
)
def test_prices_have_as_many_decimals_as_they_need(price, currency, said):
    assert Wording("de").price(Decimal(price), currency) == said


# ── The catalogs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def words_of_documents() -> set[str]:
    """All that documents say, from the templates and modules that say it."""
    templates = Path(settings.BASE_DIR / "templates/invoicing")
    sources = [
        *templates.glob("print/*.html"),
        *(templates / f"_{name}.html" for name in ("paper", "tax_label", "pay_qr")),
    ]
    code = [templatize(path.read_text()) for path in sources]
    code += [(settings.BASE_DIR / "apps/invoicing" / name).read_text() for name in ("paper.py", "wording.py")]
    keywords = dict.fromkeys(("gettext", "_", "gettext_noop")) | dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
    found = set()
    for text in code:
        for _line, _name, messages, _comments in extract_python(BytesIO(text.encode()), keywords, [], {}):
            found.add(messages[0] if isinstance(messages, tuple) else messages)
    return found | {str(reason) for reason in REASONS.values()}


# Said about the document by the page around it, in the language of the pages.
OF_THE_PAGE = {"Invoice as issued", "Invoice as it would be now"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_of_a_document_is_translated(language):
    with (LOCALES / language / "LC_MESSAGES/django.po").open("rb") as file:
        catalog = {
            (message.id[0] if message.pluralizable else message.id): message
            for message in read_po(file, locale=language)
            if message.id
        }
    words = words_of_documents() - OF_THE_PAGE
    assert len(words) > 50
    assert words - set(catalog) == set()
    assert set(catalog) - words == set()
    for message in catalog.values():
        assert all(message.string if message.pluralizable else [message.string]), message.id
        assert not message.fuzzy
        assert not list(message.check()), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalog_is_in_step_with_its_source(language):
    folder = LOCALES / language / "LC_MESSAGES"
    with (folder / "django.po").open("rb") as source, (folder / "django.mo").open("rb") as compiled:
        assert said_by(read_mo(compiled)) == said_by(read_po(source, locale=language))


def said_by(catalog) -> list[tuple]:
    return sorted((str(tuple(message.id)), str(tuple(message.string))) for message in catalog if message.id)
