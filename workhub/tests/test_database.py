"""What the databases promise is really switched on."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite")
mariadb = pytest.mark.skipif(connection.vendor != "mysql", reason="asks MariaDB")


def ask(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@sqlite
def test_sqlite_survives_power_loss_and_keeps_foreign_keys():
    assert ask("PRAGMA synchronous") == (2,)
    assert ask("PRAGMA foreign_keys") == (1,)
    assert connection.settings_dict["OPTIONS"]["timeout"] >= 20


@sqlite
def test_sqlite_takes_the_write_lock_at_the_start_of_a_transaction():
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert connection.transaction_mode == "IMMEDIATE"


@sqlite
def test_sqlite_on_disk_lets_people_read_while_somebody_writes(tmp_path):
    file = connection.copy()
    file.settings_dict = {**connection.settings_dict, "NAME": str(tmp_path / "a.sqlite3"), "CONN_MAX_AGE": 0}
    try:
        with file.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
            assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
    finally:
        file.close()


@mariadb
def test_mariadb_is_strict_and_reads_what_is_committed():
    assert "STRICT_TRANS_TABLES" in ask("SELECT @@SESSION.sql_mode")[0]
    assert "ONLY_FULL_GROUP_BY" not in ask("SELECT @@SESSION.sql_mode")[0]
    assert ask("SELECT @@SESSION.tx_isolation") == ("READ-COMMITTED",)


@mariadb
def test_mariadb_keeps_every_character():
    assert ask("SELECT @@SESSION.character_set_client, @@SESSION.character_set_connection") == ("utf8mb4", "utf8mb4")
    assert ask("SELECT @@character_set_database") == ("utf8mb4",)


@mariadb
def test_mariadb_makes_transactional_tables():
    tables = ask(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND engine <> 'InnoDB'"
    )
    assert tables == (0,)


@pytest.mark.parametrize("text", ["Ünïcode", "日本語", "🧾 paid", "مرحبا", "e\u0301", "\u202eturned", "a\tb"])
def test_a_text_comes_back_as_it_went_in(alice, text):
    alice.client.notes = text
    alice.client.save()
    alice.client.refresh_from_db()
    assert alice.client.notes == text
