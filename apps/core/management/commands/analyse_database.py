"""manage.py analyse_database: lets the database count what is in its tables, so that it chooses the right index."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction


class Command(BaseCommand):
    help = (
        "Counts what is in the tables, so that the database chooses the right indexes. Run it after a big import and "
        "every night. Connections that are open go by the old figures until they are opened again, within a minute."
    )

    def handle(self, *, verbosity: int, **options) -> None:
        if connection.vendor == "sqlite":
            _analyse_sqlite()
        else:
            _analyse_mysql()
        if verbosity:
            self.stdout.write(f"{connection.display_name} has counted its rows.")


@transaction.atomic
def _analyse_sqlite() -> None:
    """Without figures, SQLite takes a workspace for a handful of rows.

    Of unique columns that are nearly always empty, such as the owner of the live timer, it would conclude that looking
    there finds everything. So it is told what unique means: all columns together find one row at most. One transaction,
    so that nobody sees the figures as they were.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE idx LIKE 'sqlite_autoindex_%%'", [])
        for index, figures in cursor.fetchall():
            *parts, _whole = figures.split()
            told = " ".join([*parts, "1"])
            cursor.execute("UPDATE sqlite_stat1 SET stat = %s WHERE idx = %s", [told, index])
        # Makes this connection read the figures anew; others do when they are opened.
        cursor.execute("ANALYZE sqlite_schema")


def _analyse_mysql() -> None:
    """InnoDB counts by itself, but only some seconds after many rows came in."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = ", ".join(connection.ops.quote_name(name) for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE LOCAL TABLE {names}")
        errors = [f"{table}: {text}" for table, _operation, kind, text in cursor.fetchall() if kind.lower() == "error"]
    if errors:
        raise CommandError("\n".join(errors))
