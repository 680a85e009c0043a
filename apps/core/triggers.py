"""What is final is guarded by the database itself: triggers that refuse, whoever asks and on whichever path.

Each app names its guards in `triggers.py` and hands them over in `apps.py` (`guard`). They are put in after every
`migrate` and taken out before migrations run: SQLite builds a table anew to change it, and a migration of data may have
to touch what is final. `manage.py flush`, which empties the whole database, does the same.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import AppConfig
from django.core import checks
from django.db import DatabaseError, connections
from django.db.models.signals import post_migrate, pre_migrate

logger = logging.getLogger(__name__)

ALWAYS = "1 = 1"
_PREFIX = "final_"
# MySQL and MariaDB: no right to this table's triggers, to this database, or to triggers while there is a binary log.
_NO_RIGHT = {1142, 1044, 1227, 1419}
_HOW_TO_GRANT = (
    "Let an administrator run GRANT TRIGGER ON <database>.* TO <user>, and where the server writes a binary log "
    "SET GLOBAL log_bin_trust_function_creators = 1 as well; then run manage.py migrate again."
)
# Compared as bytes, since for MariaDB "paid", "PAID" and "paid " are the same text.
_CHANGED = {
    "sqlite": 'OLD."{column}" IS NOT NEW."{column}"',
    "mysql": "NOT (CAST(OLD.`{column}` AS BINARY) <=> CAST(NEW.`{column}` AS BINARY))",
}
_IN_PLACE = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "mysql": "SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
}
_guarded: list["Guard"] = []


@dataclass(frozen=True)
class Guard:
    """Refuses `verb` (INSERT, UPDATE, DELETE) with `message` on the rows of `table` for which `final` holds.

    `final` is SQL over OLD and NEW that both engines understand. With `free`, an UPDATE is refused only where it
    changes something: the columns named there may change as far as their condition allows, all others may not. The
    others are read from the table itself, so a new column is guarded from the start.
    """

    table: str
    verb: str
    message: str
    final: str = ALWAYS
    free: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """What the trigger is called."""
        return f"{_PREFIX}{self.table}_{self.verb.lower()}"

    def action(self, vendor: str, columns: Sequence[str]) -> str:
        """What the trigger does: the part of its text that both engines keep as it was written."""
        condition = self.final
        if self.free is not None:
            condition = f"({condition}) AND ({' OR '.join(self._changes(vendor, columns))})"
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            return f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        return f"IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{message}'; END IF"

    def statement(self, vendor: str, columns: Sequence[str]) -> str:
        """The statement that makes the trigger."""
        action = self.action(vendor, columns)
        return f"CREATE TRIGGER {self.name} BEFORE {self.verb} ON {self.table} FOR EACH ROW {action}"

    def _changes(self, vendor: str, columns: Sequence[str]) -> list[str]:
        """For each column the condition that it changes in a way that it may not."""
        found = []
        for column in columns:
            changed = _CHANGED[vendor].format(column=column)
            allowed = self.free.get(column)
            if allowed != ALWAYS:
                found.append(f"({changed} AND NOT ({allowed}))" if allowed else changed)
        return found


def guard(app: AppConfig, guards: Sequence[Guard]) -> None:
    """Keep the tables of `app` guarded from now on; to be called from its `ready`."""
    _guarded.extend(guards)

    def before(using: str, plan=(), **_kwargs) -> None:
        if plan:
            drop(using, f"{app.label}_")

    def after(using: str, **_kwargs) -> None:
        install(using, guards)

    pre_migrate.connect(before, sender=app, weak=False, dispatch_uid=f"{app.label} guards")
    post_migrate.connect(after, sender=app, weak=False, dispatch_uid=f"{app.label} guards")


def install(using: str = "default", guards: Sequence[Guard] | None = None) -> None:
    """Put in what is not in place, all guards unless some are given. Without the right to, it warns and goes on."""
    connection = connections[using]
    with _going_on_without_the_right(), connection.cursor() as cursor:
        for each, statement in _not_in_place(cursor, connection, _guarded if guards is None else guards):
            cursor.execute(f"DROP TRIGGER IF EXISTS {each.name}")
            cursor.execute(statement)


def drop(using: str = "default", app_label: str = "") -> None:
    """Take out all guards, or those of one app; also those that the code does not name any more."""
    connection = connections[using]
    with _going_on_without_the_right(), connection.cursor() as cursor:
        for name in _in_place(cursor, connection):
            if name.startswith(f"{_PREFIX}{app_label}"):
                cursor.execute(f"DROP TRIGGER {name}")


@contextmanager
def _going_on_without_the_right() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if error.args[0] not in _NO_RIGHT:
            raise
        logger.warning("The database user may not make triggers, which guard what is final. %s", _HOW_TO_GRANT)


def not_in_place(using: str = "default") -> list[str]:
    """The names of triggers that should be there and are not, or do not say what they should."""
    connection = connections[using]
    with connection.cursor() as cursor:
        return [each.name for each, _statement in _not_in_place(cursor, connection, _guarded)]


def _not_in_place(cursor, connection, guards: Sequence[Guard]) -> list[tuple[Guard, str]]:
    """Guards whose table exists but whose trigger does not, with the statement that makes it."""
    in_place = _in_place(cursor, connection)
    tables = set(connection.introspection.table_names(cursor))
    found = []
    for each in guards:
        if each.table in tables:
            columns = [column.name for column in connection.introspection.get_table_description(cursor, each.table)]
            text = in_place.get(each.name, "")
            # Who may not make triggers is shown their names, without what they say.
            if text is not None and each.action(connection.vendor, columns) not in text:
                found.append((each, each.statement(connection.vendor, columns)))
    return found


def _in_place(cursor, connection) -> dict[str, str | None]:
    cursor.execute(_IN_PLACE[connection.vendor])
    return dict(cursor.fetchall())


@checks.register(checks.Tags.database)
def check_guards(app_configs, databases, **_kwargs) -> list[checks.CheckMessage]:
    """`manage.py check --database default` says which triggers are missing."""
    missing = [name for using in databases or () for name in not_in_place(using)]
    if not missing:
        return []
    hint = f"manage.py migrate puts them in. If it warns that it may not: {_HOW_TO_GRANT}"
    message = f"The database does not guard what is final: {', '.join(missing)}."
    return [checks.Warning(message, hint=hint, id="workhub.W001")]
