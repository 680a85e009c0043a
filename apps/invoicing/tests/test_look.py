"""How documents look: theme, language and logo are chosen, frozen with each document, and harmless."""

import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from PIL import Image, ImageFile

from apps.invoicing import documents
from apps.invoicing.logos import MOST_BYTES, STORED_PIXELS, as_logo
from apps.invoicing.models import Logo
from apps.invoicing.tests.building import issued
from apps.invoicing.tests.test_pdf import fresh
from apps.workspaces.models import Workspace

LOOK = "/invoices/look/"


def picture(kind="PNG", size=(300, 100), colour="#0b5d4e", **more) -> bytes:
    stored = BytesIO()
    Image.new("RGB", size, colour).save(stored, kind, **more)
    return stored.getvalue()


def vast_png(side: int) -> bytes:
    """A valid head of a picture of so many dots a side, and next to nothing behind it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def choose(browser, upload: bytes | None = None, name="logo.png", **more):
    data = {"invoice_theme": "classic", "language": "de", **more}
    if upload is not None:
        data["picture"] = SimpleUploadedFile(name, upload)
    return browser.post(LOOK, data)


def test_theme_language_and_logo_are_kept(as_alice, alice):
    assert choose(as_alice, picture("JPEG")).status_code == 302
    workspace = Workspace.objects.get(pk=alice.workspace.pk)
    assert (workspace.invoice_theme, workspace.language) == ("classic", "de")
    assert Logo.objects.get().sha256 == workspace.logo
    shown = as_alice.get(reverse("invoicing:logo"))
    assert shown["Content-Type"] == "image/png"
    assert Image.open(BytesIO(shown.content)).size == (300, 100)


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "PNG or a JPEG", id="svg"
        ),
        pytest.param(picture("GIF"), "PNG or a JPEG", id="gif"),
        pytest.param(b"%PDF-1.7", "PNG or a JPEG", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "PNG or a JPEG", id="a head alone"),
        pytest.param(vast_png(30_000), "dots a side", id="30,000 dots a side"),
        pytest.param(vast_png(4_001), "dots a side", id="4,001 dots a side"),
        pytest.param(b"x" * (MOST_BYTES + 1), "512 kB", id="too large"),
    ],
)
def test_other_files_are_refused_in_words_and_nothing_changes(as_alice, alice, upload, said):
    answer = choose(as_alice, upload)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Logo.objects.exists()
    assert Workspace.objects.get(pk=alice.workspace.pk).invoice_theme == "ledger"


def test_a_picture_that_breaks_off_is_refused_also_where_weasyprint_is_loaded(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(ValidationError, match="PNG or a JPEG"):
        as_logo(picture()[:-40])
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_vast_picture_is_refused_before_it_is_unpacked():
    tracemalloc.start()
    with pytest.raises(ValidationError):
        as_logo(vast_png(30_000))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * 1024 * 1024


def test_what_is_stored_is_made_anew_small_and_without_what_came_along():
    secret = b"taken at 52.5 N 13.4 E"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    stored = as_logo(picture("JPEG", (3000, 3000), exif=exif))
    assert secret not in stored
    made = Image.open(BytesIO(stored))
    assert made.format == "PNG"
    assert made.width <= STORED_PIXELS[0]
    assert made.height <= STORED_PIXELS[1]


def test_documents_keep_the_logo_that_they_were_issued_with(as_alice, alice):
    choose(as_alice, picture(colour="red"))
    alice.workspace.refresh_from_db()
    invoice = fresh(issued(alice))
    before = documents.render(invoice)
    choose(as_alice, picture(colour="blue"))
    assert documents.render(fresh(invoice)) == before
    assert Logo.objects.count() == 2
    choose(as_alice, without_logo="on")
    assert Workspace.objects.get(pk=alice.workspace.pk).logo == ""
    assert documents.render(fresh(invoice)) == before
    assert b"/Subtype /Image" in before


def test_the_same_picture_twice_is_one(as_alice):
    choose(as_alice, picture())
    choose(as_alice, picture())
    assert Logo.objects.count() == 1


@pytest.mark.parametrize("statement", ["UPDATE invoicing_logo SET sha256 = 'x'", "DELETE FROM invoicing_logo"])
def test_a_stored_logo_is_final_for_the_database_too(alice, statement):
    Logo.keep(alice.workspace, picture())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_theme_has_a_sample_once_there_is_an_invoice(as_alice, alice):
    sample = reverse("invoicing:look_sample", args=["letterhead"])
    assert as_alice.get(sample).status_code == 404
    issued(alice)
    assert as_alice.get(sample).content.startswith(b"%PDF")
    assert as_alice.get(reverse("invoicing:look_sample", args=["rococo"])).status_code == 404
    assert sample in as_alice.get(LOOK).content.decode()


def test_only_who_runs_the_business_changes_the_look(client, bob):
    client.force_login(bob)
    assert choose(client).status_code == 403
