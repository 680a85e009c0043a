"""Addresses of invoicing."""

from django.urls import path

from apps.invoicing.views import (
    bulk,
    crediting,
    documents,
    editing,
    from_time,
    issuing,
    listing,
    numbering,
    payments,
    stats,
    taxes,
    versions,
)

app_name = "invoicing"

urlpatterns = [
    path("", listing.invoice_list, name="list"),
    path("export.csv", listing.invoice_export, {"kind": "csv"}, name="list_csv"),
    path("export.xlsx", listing.invoice_export, {"kind": "xlsx"}, name="list_xlsx"),
    path("stats/", stats.invoice_stats, name="stats"),
    path("mark-paid/", bulk.bulk_mark_paid, name="bulk_mark_paid"),
    path("mark-paid/undo/", bulk.bulk_take_back, name="bulk_take_back"),
    path("pdf/", bulk.bulk_pdf, name="bulk_pdf"),
    path("new/", editing.invoice_new, name="new"),
    path("from-time/", from_time.from_time, name="from_time"),
    path("taxes/", taxes.taxes, name="taxes"),
    path("taxes/new/", taxes.tax_new, name="tax_new"),
    path("taxes/keep/", taxes.taxes_keep, name="taxes_keep"),
    path("taxes/<int:tax_pk>/edit/", taxes.tax_edit, name="tax_edit"),
    path("taxes/<int:tax_pk>/archive/", taxes.tax_archive, name="tax_archive"),
    path("taxes/<int:tax_pk>/unarchive/", taxes.tax_unarchive, name="tax_unarchive"),
    path("totals/", editing.invoice_totals, name="totals"),
    path("numbering/", numbering.numbering, name="numbering"),
    path("numbering/<slug:kind>/", numbering.numbering_change, name="numbering_change"),
    path("<int:pk>/", listing.invoice_detail, name="detail"),
    path("<int:pk>/edit/", editing.invoice_edit, name="edit"),
    path("<int:pk>/delete/", editing.invoice_delete, name="delete"),
    path("<int:pk>/submit/", issuing.invoice_submit, name="submit"),
    path("<int:pk>/versions/", versions.version_list, name="versions"),
    path("<int:pk>/versions/<int:number>/", versions.version_detail, name="version"),
    path("<int:pk>/versions/<int:number>/restore/", versions.version_restore, name="version_restore"),
    path("<int:pk>/credit/", crediting.invoice_credit, name="credit"),
    path("<int:pk>/documents/", documents.invoice_documents, name="documents"),
    path("<int:pk>/pdf/", documents.invoice_pdf, name="pdf"),
    path("<int:pk>/xml/", documents.invoice_xml, {"kind": "cii"}, name="xml"),
    path("<int:pk>/xml/ubl/", documents.invoice_xml, {"kind": "ubl"}, name="xml_ubl"),
    path("<int:pk>/check/", documents.invoice_check, name="check"),
    path("<int:pk>/mark-paid/", payments.invoice_mark_paid, name="mark_paid"),
    path("<int:pk>/payments/", payments.payment_new, name="payment_new"),
    path("<int:pk>/payments/<int:payment_pk>/delete/", payments.payment_delete, name="payment_delete"),
]
