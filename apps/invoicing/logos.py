"""A picture that somebody uploads becomes a small PNG of our own making, or is refused before it is unpacked."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageFile

MOST_BYTES = 512 * 1024
MOST_PIXELS = 4000
# Printed at most 34 × 20 mm: more than enough for 600 dots to the inch.
STORED_PIXELS = (800, 480)
_FORMATS = ("PNG", "JPEG")


def as_logo(data: bytes) -> bytes:
    """The picture as a PNG, smaller where it is large; raises ValidationError for what is no PNG or JPEG, or too big.

    Width and height are read from the file's head: a picture of a billion dots is refused before any of it is unpacked.
    What else the file carries (places, names, scripts) is left behind.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("The picture is larger than 512 kB. Make it smaller and try again."), code="too_large")
    try:
        with _nothing_missing(), Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if max(picture.size) > MOST_PIXELS:
                raise _too_many_pixels()
            found = picture.convert("RGBA")
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError):
        raise ValidationError(
            _("Choose a PNG or a JPEG. Other kinds of pictures cannot be printed."), code="kind"
        ) from None
    found.thumbnail(STORED_PIXELS)
    stored = BytesIO()
    found.save(stored, "PNG", optimize=True)
    return stored.getvalue()


@contextmanager
def _nothing_missing() -> Iterator[None]:
    """Refuse pictures that break off: WeasyPrint, once it is loaded, has Pillow accept them everywhere."""
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than %(most)d dots a side. Make it smaller and try again.") % {"most": MOST_PIXELS},
        code="too_many_pixels",
    )
