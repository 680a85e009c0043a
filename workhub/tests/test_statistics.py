"""What the database knows of its tables after it has counted them, and which index it takes then."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core import days
from apps.demo.bulk import Session, work, write_sessions
from apps.workbench.models import TimeEntry

ENTRIES = 300

sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite")
mariadb = pytest.mark.skipif(connection.vendor != "mysql", reason="asks MariaDB")


def record_much_time(world) -> None:
    """Many finished entries, and one timer that runs."""
    first = days.now() - timedelta(days=30)
    sessions = (Session([work(first + timedelta(hours=number), 40)]) for number in range(ENTRIES))
    write_sessions(world.owner, world.workspace, sessions)
    TimeEntry.start(user=world.owner, workspace=world.workspace)


def plan(rows) -> str:
    return rows.order_by().explain()


def some_entries(world):
    chosen = list(TimeEntry.objects.values_list("pk", flat=True)[:8])
    return world.workspace.time_entries.filter(pk__in=chosen)


def live_entries(world):
    return world.workspace.time_entries.filter(running_for__in=[world.owner.pk, world.owner.pk + 1])


@sqlite
def test_sqlite_finds_a_few_entries_by_their_ids_and_not_by_reading_the_workspace(alice):
    record_much_time(alice)
    assert "(workspace_id=?)" in plan(some_entries(alice))
    call_command("analyse_database", verbosity=0)
    assert "(id=?)" in plan(some_entries(alice))


@sqlite
def test_sqlite_does_not_take_the_empty_cells_of_a_unique_column_for_one_common_value(alice):
    record_much_time(alice)
    call_command("analyse_database", verbosity=0)
    assert "(running_for_id=?)" in plan(live_entries(alice))


@sqlite
def test_sqlite_can_count_again_and_nobody_meets_the_figures_that_mislead(alice):
    record_much_time(alice)
    for _turn in range(2):
        call_command("analyse_database", verbosity=0)
        with connection.cursor() as cursor:
            counted = dict(cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE tbl='workbench_timeentry'"))
        assert "entries_of_person" in counted
        unique = [figures for index, figures in counted.items() if index.startswith("sqlite_autoindex_")]
        assert unique
        assert all(figures.endswith(" 1") for figures in unique)


@mariadb
@pytest.mark.django_db(transaction=True)
def test_mariadb_knows_at_once_how_many_rows_came_in(alice):
    record_much_time(alice)
    call_command("analyse_database", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW INDEX FROM workbench_timeentry WHERE key_name = 'PRIMARY'")
        position = [column[0] for column in cursor.description].index("Cardinality")
        assert cursor.fetchone()[position] == ENTRIES + 1


def test_it_says_that_it_is_done(db, capsys):
    call_command("analyse_database")
    assert "counted" in capsys.readouterr().out
