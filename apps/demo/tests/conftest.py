"""The demo world for the tests that look at it."""

import pytest
from django.core.management import call_command
from django.db import transaction

from apps.demo.management_data import demo_user


def seed() -> None:
    """As bin/run does it."""
    call_command("seed_management_data", "--allow-demo-user")
    call_command("seed_dashboard", "--allow-demo-user")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The whole demo world, once for a module: each test works in a savepoint within this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def studio(seeded, db):
    """The demo world's workspace."""
    return demo_user().memberships.get().workspace
