"""How documents for clients are written and look; a client without a choice of its own gets the business's."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """What a document can be written in, each by its own name."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"
    HINDI = "hi", "हिन्दी"


class Theme(models.TextChoices):
    """How a printed document is laid out."""

    LEDGER = "ledger", _("Ledger")
    LETTERHEAD = "letterhead", _("Letterhead")
    CLASSIC = "classic", _("Classic")
