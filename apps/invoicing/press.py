"""Turns a page of HTML into a PDF, in a process of its own: `python -m apps.invoicing.press`.

Text that people typed is laid out here, so the process has limits: it may take so much memory and not more, whoever
starts it ends it after so many seconds, and it can fetch nothing. It needs neither Django nor the database.
"""

import atexit
import base64
import json
import resource
import sys
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from apps.invoicing.serving import serve

MEMORY_LIMIT = 512 * 1024 * 1024

FONTS = {path.name: path for path in (Path(__file__).parent / "fonts").glob("*.ttf")}
STYLES = Path(__file__).parents[2] / "static" / "css" / "print"
LOGO = "logo:"
E_INVOICE = "factur-x.xml"

# What the archive format asks for about terms that it does not know by itself, and those terms.
_FACTUR_X = """<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
 fx:DocumentType="INVOICE" fx:DocumentFileName="factur-x.xml" fx:Version="1.0" fx:ConformanceLevel="EN 16931"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
_PROPERTY = """<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"""
_PROPERTIES = {
    "DocumentType": "What the attached document is",
    "DocumentFileName": "The name of the attached document",
    "Version": "The version of the attached document's schema",
    "ConformanceLevel": "How much of the schema the attached document uses",
}


class RefusedError(ValueError):
    """Something in a document pointed outside it. WeasyPrint leaves that thing out and goes on."""


def fetch_nothing(url: str, **_options):
    """The fetcher of every document without a logo: no file, no address, whatever the text says."""
    raise RefusedError(f"Nothing is fetched for an invoice: {url[:80]}")


def fetch_logo(logo: bytes, url: str, **_options):
    """The fetcher of a document with a logo: that, by the one name that it has, and nothing else."""
    from weasyprint.urls import URLFetcherResponse

    if url != LOGO:
        return fetch_nothing(url)
    return URLFetcherResponse(url, body=logo, headers={"Content-Type": "image/png"})


def fetch_font(url: str, **_options):
    """The fetcher of our own style sheets: the fonts by name, and nothing else."""
    from weasyprint.urls import URLFetcherResponse

    scheme, _colon, name = url.partition(":")
    if scheme != "font" or name not in FONTS:
        return fetch_nothing(url)
    return URLFetcherResponse(url, body=FONTS[name].read_bytes(), headers={"Content-Type": "font/ttf"})


@lru_cache(maxsize=1)
def _fonts():
    """Read once for each process: a new font configuration for each document would pile up memory."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@lru_cache(maxsize=8)
def _style(name: str):
    from weasyprint import CSS

    return CSS(string=(STYLES / f"{name}.css").read_text(), font_config=_fonts(), url_fetcher=fetch_font)


# Fonts must go before the interpreter's own modules do, or it complains on the way out.
atexit.register(_fonts.cache_clear)
atexit.register(_style.cache_clear)


def produce(job: dict) -> bytes:
    """The PDF/A-3b of a job: `html`, `styles` (names), `identifier` (hexadecimal), `logo` (PNG in base64, or nothing),
    `xml` (an e-invoice to attach, or nothing) and `at` (ISO 8601, the time that the attachment carries).

    The same job gives the same bytes.
    """
    from weasyprint import HTML, Attachment

    fetch = partial(fetch_logo, base64.b64decode(job["logo"])) if job["logo"] else fetch_nothing
    attachments = []
    if job["xml"]:
        at = datetime.fromisoformat(job["at"])
        attachments = [
            Attachment(string=job["xml"], name=E_INVOICE, description="Factur-X", created=at, modified=at,
                       relationship="Alternative")
        ]  # fmt: skip
    return HTML(string=job["html"], url_fetcher=fetch).write_pdf(
        stylesheets=[_style(name) for name in job["styles"]],
        font_config=_fonts(),
        pdf_variant="pdf/a-3b",
        pdf_identifier=bytes.fromhex(job["identifier"]),
        pdf_tags=True,
        attachments=attachments,
        finisher=_describe_attachment if job["xml"] else None,
    )


def _describe_attachment(_document, pdf) -> None:
    """Say in the one description that the file has what is attached, and name the attachment once: WeasyPrint would
    write a second description and names it twice."""
    import pydyf

    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    properties = "".join(_PROPERTY.format(name=name, meaning=meaning) for name, meaning in _PROPERTIES.items())
    more = _FACTUR_X.format(properties=properties).encode()
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", more + b"</rdf:RDF>") for part in metadata.stream]


if __name__ == "__main__":
    # macOS takes no such limit; people who change the code work there, and nobody else.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    serve(lambda job: produce(json.loads(job)))
