"""What a draft said each time it was saved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.invoicing.querysets import VersionQuerySet
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned

AUTOSAVE_PERIOD = timedelta(minutes=5)
# How a version keeps the fields of an invoice's head that are more than texts, numbers and marks.
_DATES, _SHARES = ("issue_date", "due_date"), ("discount_percent",)
_PLAIN = ("client_id", "currency", "reference", "notes", "prices_include_tax", "is_deposit", "discount_minor")


class InvoiceVersion(WorkspaceOwned):
    """One state of a draft: its head and lines, with the time entries that each rests on. Never changed."""

    workspace = WorkspaceKey("invoice_versions")
    invoice = models.ForeignKey("invoicing.Invoice", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    total_minor = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Kept while somebody wrote, not because somebody pressed Save.
    is_autosave = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["invoice", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(_("A version is not changed: restore it, and it becomes a new one."), code="final")
        super().save(*args, **kwargs)

    @classmethod
    def keep(cls, invoice, lines: list, *, actor=None, is_autosave: bool = False) -> Self:
        """Write down what the draft says now; `lines` are its InvoiceLine rows, as just counted.

        Of one person's writing, the last two states of each AUTOSAVE_PERIOD are kept: the last, and the one that
        another window may still show. What is saved by hand stays.
        """
        if is_autosave:
            now = days.now()
            since = now - timedelta(seconds=now.timestamp() % AUTOSAVE_PERIOD.total_seconds())
            mine = cls.objects.filter(invoice=invoice, actor=actor, is_autosave=True, created_at__gte=since)
            if mine.filter(number=invoice.version - 1).exists():
                mine.filter(number=invoice.version - 2).delete()
        entries: dict[int, list[str]] = {}
        for line_id, entry_id in invoice.billed_times.order_by("pk").values_list("line_id", "entry_id"):
            entries.setdefault(line_id, []).append(str(entry_id))
        sources = {source.line_id: source.as_facts() for source in invoice.sources.all()}
        head = {name: getattr(invoice, name) for name in _PLAIN}
        head |= {name: getattr(invoice, name).isoformat() for name in _DATES}
        head |= {name: str(getattr(invoice, name)) for name in _SHARES}
        facts = {
            "head": head,
            "lines": [
                {
                    "pk": line.pk,
                    **line.as_facts(),
                    "entries": entries.get(line.pk, []),
                    "source": sources.get(line.pk),
                }
                for line in lines
            ],
        }
        return cls.objects.create(
            workspace_id=invoice.workspace_id, invoice=invoice, number=invoice.version, facts=facts,
            total_minor=invoice.total_minor, actor=actor, is_autosave=is_autosave,
        )  # fmt: skip

    @property
    def head(self) -> dict:
        """Fields of the invoice as it had them."""
        kept = dict(self.facts["head"])
        kept |= {name: date.fromisoformat(kept[name]) for name in _DATES}
        return kept | {name: Decimal(kept[name]) for name in _SHARES}

    @property
    def lines(self) -> list[dict]:
        """Its lines, in order: `pk`, texts and numbers as snapshots keep them, `entries` (ids) and `source`."""
        return self.facts["lines"]
