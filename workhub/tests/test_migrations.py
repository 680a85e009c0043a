"""Migrations are complete, and the checks of Django have nothing to say, on whichever database this runs."""

from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.django_db
def test_the_checks_have_nothing_to_say():
    found = checks.run_checks(databases=["default"])
    assert [str(message) for message in found if not is_of_allauth(message)] == []


def is_of_allauth(message: checks.CheckMessage) -> bool:
    """W036: MariaDB silently leaves out conditional unique constraints. allauth keeps some; they are not ours."""
    return message.id == "models.W036" and message.obj._meta.app_label == "account"


def test_every_app_with_models_has_migrations():
    for app in apps.get_app_configs():
        if app.name.startswith("apps.") and list(app.get_models()):
            assert (settings.BASE_DIR / app.path / "migrations" / "0001_initial.py").exists(), app.name


def test_no_unique_constraint_is_conditional():
    conditional = [
        constraint.name
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        for constraint in model._meta.constraints
        if getattr(constraint, "condition", None) is not None and hasattr(constraint, "deferrable")
    ]
    assert conditional == [], f"MariaDB would not create {conditional}; this ran on {connection.vendor}"
