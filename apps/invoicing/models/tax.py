"""The taxes that a business charges: each a rate and a category, chosen by name in the editor."""

import re
from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.invoicing.models.percent import PercentField
from apps.invoicing.tax_presets import presets
from apps.invoicing.totals import trim
from apps.workspaces.tenancy import Archivable, WorkspaceKey


class TaxCategory(models.TextChoices):
    """Why a rate is what it is; the codes are those of EN 16931 (UNCL 5305)."""

    STANDARD = "S", _("Taxed at this rate")
    ZERO_RATED = "Z", _("Zero rate")
    EXEMPT = "E", _("Exempt")
    REVERSE_CHARGE = "AE", _("Reverse charge: the client owes the tax")
    INTRA_COMMUNITY = "K", _("Supply within the European Union")
    EXPORT = "G", _("Export")
    OUTSIDE = "O", _("Not subject to tax")


# What an invoice has to say about a category at least, where the tax itself brings no words of its own.
REASONS = {
    TaxCategory.EXEMPT: _("Exempt from tax."),
    TaxCategory.REVERSE_CHARGE: _("Reverse charge: the recipient owes the tax."),
    TaxCategory.INTRA_COMMUNITY: _("Tax-free supply within the European Union."),
    TaxCategory.EXPORT: _("Export, free of tax."),
    TaxCategory.OUTSIDE: _("Not subject to tax."),
}


def code_of(category: str, rate: Decimal) -> str:
    """`S:19`, by which editor and lines name a tax."""
    return f"{category}:{trim(rate)}"


def is_code(text: str) -> bool:
    """Whether `code_of` could have made it."""
    return bool(re.fullmatch(rf"({'|'.join(TaxCategory.values)}):[0-9]{{1,3}}(\.[0-9]{{1,3}})?", text))


def split_code(code: str) -> tuple[str, Decimal]:
    """Category and rate of a code that `code_of` made."""
    category, _colon, rate = code.partition(":")
    return category, Decimal(rate)


class TaxRate(Archivable):
    """A tax that can be chosen for a line. What it says is copied to the line, so that a change touches no other."""

    workspace = WorkspaceKey("tax_rates")
    name = models.CharField(_("name"), max_length=40)
    rate = PercentField(_("rate in %"))
    category = models.CharField(_("kind"), max_length=2, choices=TaxCategory, default=TaxCategory.STANDARD)
    reason = models.CharField(
        _("sentence on the invoice"),
        max_length=300,
        blank=True,
        help_text=_("Why no tax is charged. Left empty, the usual words are printed."),
    )
    service_code = models.CharField(
        _("SAC of the service"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{4,8}$", _("A SAC has four to eight digits."), code="service_code")],
        help_text=_("India: printed on each line with this tax, for instance 998314."),
    )

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        ordering = ["archived_at", "category", "-rate", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "category", "rate"],
                name="one_tax_of_a_category_and_rate",
                violation_error_message=_("There is a tax of this kind and rate already."),
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="tax_rate_is_a_share"),
            models.CheckConstraint(
                condition=Q(category="S") | Q(rate=0),
                name="only_standard_tax_has_a_rate",
                violation_error_message=_("Only a tax of the first kind has a rate above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("invoicing:taxes")

    @property
    def code(self) -> str:
        """By which a line names it."""
        return code_of(self.category, self.rate)

    def clean(self):
        if self.category == TaxCategory.STANDARD and not self.rate:
            raise ValidationError({"rate": _("Write a rate above zero, or choose another kind.")})
        if self.category != TaxCategory.STANDARD and self.rate:
            raise ValidationError({"rate": _("A tax of this kind has no rate: leave 0.")})

    @classmethod
    def of(cls, workspace) -> list[Self]:
        """All of the workspace, those put away too. Where there is none yet the usual ones of its country, not stored:
        looking changes nothing, and lines keep what they say by themselves."""
        return list(workspace.tax_rates.all()) or cls._usual(workspace)

    @classmethod
    def keep_usual(cls, workspace) -> None:
        """Store the usual ones, where there is none yet: from then on they can be changed."""
        if not workspace.tax_rates.exists():
            cls.objects.bulk_create(cls._usual(workspace), ignore_conflicts=True)

    @classmethod
    def _usual(cls, workspace) -> list[Self]:
        return [cls(workspace=workspace, **preset) for preset in presets(workspace.country)]
