"""The guards are in place after every migration, and the checks say when they are not."""

import logging
import os

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection, connections

from apps.activity.models import record
from apps.core import triggers
from apps.core.triggers import ALWAYS, Guard

pytestmark = pytest.mark.django_db(transaction=True)
mariadb = pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no users")
A_GUARD = "final_activity_auditevent_delete"


def warnings() -> list[str]:
    return [message.msg for message in triggers.check_guards(None, databases=["default"])]


def lose(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}")


def test_every_guard_is_in_place():
    assert triggers.not_in_place() == []
    assert warnings() == []


def test_a_missing_guard_is_reported_and_migrate_puts_it_back():
    lose(A_GUARD)
    assert triggers.not_in_place() == [A_GUARD]
    assert A_GUARD in warnings()[0]
    call_command("migrate", verbosity=0)
    assert warnings() == []


def test_a_guard_that_says_something_else_counts_as_missing():
    lose(A_GUARD)
    weaker = Guard("activity_auditevent", "DELETE", "Only the first", final="OLD.id = 1")
    triggers.install(guards=[weaker])
    assert triggers.not_in_place() == [A_GUARD]
    triggers.install()
    assert triggers.not_in_place() == []


def test_a_migration_that_builds_a_table_anew_finds_no_guard_and_leaves_all():
    call_command("migrate", "activity", "0002_alter_auditevent_at", verbosity=0)
    assert warnings() == []
    call_command("migrate", "activity", verbosity=0)
    assert warnings() == []


def test_flush_empties_the_database_and_leaves_it_guarded(alice):
    record("noted", alice.client)
    call_command("flush", interactive=False, verbosity=0)
    assert not apps.get_model("activity", "AuditEvent").objects.exists()
    assert warnings() == []


def test_a_new_column_is_guarded_without_a_word():
    guard = Guard("somewhere", "UPDATE", "It's final", free={"seen_at": ALWAYS, "state": "NEW.state = 'b'"})
    action = guard.action("sqlite", ["state", "seen_at", "brand_new"])
    assert 'OLD."brand_new" IS NOT NEW."brand_new"' in action
    assert "seen_at" not in action
    assert "It''s final" in action


@pytest.fixture
def without_the_right():
    """A connection of a user who may do everything with the tables but make triggers."""
    user, database = f"no_triggers_{os.getpid()}", connection.settings_dict["NAME"]
    weak = connection.copy("weak")
    weak.settings_dict = connection.settings_dict | {"USER": user, "PASSWORD": "weak"}
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE USER {user} IDENTIFIED BY 'weak'")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON `{database}`.* TO {user}")
    except OperationalError:
        pytest.skip("the run's user may not make users")
    connections["weak"] = weak
    yield "weak"
    weak.close()
    del connections["weak"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP USER {user}")


@mariadb
def test_without_the_right_to_make_triggers_migrating_warns_and_goes_on(without_the_right, caplog):
    lose(A_GUARD)
    with caplog.at_level(logging.WARNING):
        triggers.install(without_the_right)
    assert "GRANT TRIGGER" in caplog.text
    (said,) = triggers.check_guards(None, databases=[without_the_right])
    assert (said.id, A_GUARD in said.msg, "GRANT TRIGGER" in said.hint) == ("workhub.W001", True, True)


@mariadb
def test_guards_that_an_administrator_put_in_count_and_stay(without_the_right, caplog):
    assert triggers.check_guards(None, databases=[without_the_right]) == []
    with caplog.at_level(logging.WARNING):
        triggers.drop(without_the_right)
    assert "GRANT TRIGGER" in caplog.text
    assert triggers.not_in_place() == []
