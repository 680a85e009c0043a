"""The invoice on paper: PDF bytes from a snapshot, always the same ones from the same snapshot."""

import atexit
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from apps.invoicing.models import Invoice, InvoiceDocument
from apps.invoicing.snapshots import Paper

FONTS = {path.name: path for path in (Path(__file__).parent / "fonts").glob("*.ttf")}
STYLE = "css/print/invoice-ledger.css"
TEMPLATE = "invoicing/print/ledger.html"


class RefusedError(ValueError):
    """Something in a document pointed outside it. WeasyPrint leaves that thing out and goes on."""


def fetch_nothing(url: str, **_options):
    """The fetcher of every document: no file, no address, whatever the text says."""
    raise RefusedError(f"Nothing is fetched for an invoice: {url[:80]}")


def fetch_font(url: str, **_options):
    """The fetcher of our own style sheet: the fonts by name, and nothing else."""
    from weasyprint.urls import URLFetcherResponse

    scheme, _colon, name = url.partition(":")
    if scheme != "font" or name not in FONTS:
        return fetch_nothing(url)
    return URLFetcherResponse(url, body=FONTS[name].read_bytes(), headers={"Content-Type": "font/ttf"})


@lru_cache(maxsize=1)
def _printing():
    """Fonts and style, read once for each process: a new font configuration for each document would pile up memory."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    style = Path(finders.find(STYLE)).read_text()
    return fonts, CSS(string=style, font_config=fonts, url_fetcher=fetch_font)


# Fonts must go before the interpreter's own modules do, or it complains on the way out.
atexit.register(_printing.cache_clear)


def render(paper: Paper) -> bytes:
    """The PDF of a document. Dates inside come from the snapshot and the identifier from its content, so that the same
    snapshot gives the same bytes."""
    from weasyprint import HTML

    fonts, style = _printing()
    with translation.override("en"):
        html = render_to_string(TEMPLATE, {"paper": paper})
    identifier = hashlib.sha256(json.dumps(paper.facts, sort_keys=True).encode()).digest()[:16]
    return HTML(string=html, url_fetcher=fetch_nothing).write_pdf(
        stylesheets=[style], font_config=fonts, pdf_identifier=identifier, pdf_tags=True
    )


def stored_pdf(invoice: Invoice) -> InvoiceDocument:
    """The document of an issued invoice; made and stored now where the worker has not done it yet."""
    kind = InvoiceDocument.Kind.PDF
    found = InvoiceDocument.objects.filter(invoice=invoice, workspace_id=invoice.workspace_id, kind=kind).first()
    return found or InvoiceDocument.keep(invoice, render(invoice.paper), kind)
