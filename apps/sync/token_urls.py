"""Addresses of the page on which people look after their tokens."""

from django.urls import path

from apps.sync.views import tokens

app_name = "tokens"

urlpatterns = [
    path("", tokens.page, name="page"),
    path("<int:pk>/revoke/", tokens.revoke, name="revoke"),
]
