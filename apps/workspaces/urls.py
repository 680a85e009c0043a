"""Addresses of workspaces."""

from django.urls import path

from apps.workspaces import views

app_name = "workspaces"

urlpatterns = [
    path("", views.settings, name="settings"),
    path("new/", views.new, name="new"),
]
