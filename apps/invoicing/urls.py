"""Addresses of invoicing."""

from django.urls import path

from apps.invoicing.views import editing, from_time, issuing, listing, numbering, payments

app_name = "invoicing"

urlpatterns = [
    path("", listing.invoice_list, name="list"),
    path("new/", editing.invoice_new, name="new"),
    path("from-time/", from_time.from_time, name="from_time"),
    path("totals/", editing.invoice_totals, name="totals"),
    path("numbering/", numbering.numbering, name="numbering"),
    path("numbering/<slug:kind>/", numbering.numbering_change, name="numbering_change"),
    path("<int:pk>/", listing.invoice_detail, name="detail"),
    path("<int:pk>/edit/", editing.invoice_edit, name="edit"),
    path("<int:pk>/delete/", editing.invoice_delete, name="delete"),
    path("<int:pk>/submit/", issuing.invoice_submit, name="submit"),
    path("<int:pk>/pdf/", issuing.invoice_pdf, name="pdf"),
    path("<int:pk>/mark-paid/", payments.invoice_mark_paid, name="mark_paid"),
    path("<int:pk>/payments/", payments.payment_new, name="payment_new"),
    path("<int:pk>/payments/<int:payment_pk>/delete/", payments.payment_delete, name="payment_delete"),
]
