"""Addresses that clients open without an account."""

from django.urls import path

from apps.invoicing.views import public

app_name = "public"

urlpatterns = [
    path("<str:token>/", public.public_invoice, name="invoice"),
    path("<str:token>/pdf/", public.public_pdf, name="pdf"),
    path("<str:token>/answer/", public.public_answer, name="answer"),
    path("<str:token>/seen/", public.public_seen, name="seen"),
]
