"""Addresses of accounts; signing in and out is django-allauth's, under accounts/."""

from django.urls import path

from apps.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("theme/", views.theme, name="theme"),
]
