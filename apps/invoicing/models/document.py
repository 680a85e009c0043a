"""Files that an issued invoice was turned into, kept as they were."""

import hashlib
from typing import Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.invoicing.models.invoice import Invoice
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

_ROUTES = {"pdf": "invoicing:pdf", "cii": "invoicing:xml", "ubl": "invoicing:xml_ubl"}


class DocumentQuerySet(OwnedQuerySet):
    """Documents are kept, not changed."""

    def update(self, **kwargs):
        raise ValidationError(_("A stored document cannot be changed."), code="final")

    def delete(self):
        raise ValidationError(_("A stored document cannot be deleted."), code="final")


class InvoiceDocument(WorkspaceOwned):
    """The bytes of one document; unique for each invoice and kind, so the first that is stored stays."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        CII = "cii", _("E-invoice, CII")
        UBL = "ubl", _("E-invoice, UBL")

    workspace = WorkspaceKey("invoice_documents")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PDF)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["invoice", "kind"], name="one_document_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"

    def get_absolute_url(self) -> str:
        return reverse(_ROUTES[self.kind], args=[self.invoice_id])

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(_("A stored document cannot be changed."), code="final")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(_("A stored document cannot be deleted."), code="final")

    @classmethod
    def keep(cls, invoice: Invoice, content: bytes, kind: str = Kind.PDF) -> Self:
        """Store the bytes, unless somebody was faster: then theirs stand and are returned."""
        document = cls(
            workspace_id=invoice.workspace_id,
            invoice=invoice,
            kind=kind,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        try:
            with transaction.atomic():
                document.save(force_insert=True)
        except IntegrityError:
            return cls.objects.get(invoice=invoice, kind=kind)
        return document
