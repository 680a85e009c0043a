"""Questions that are asked again and again: their SQL is put together once, not with every request.

Django builds the statement of a queryset anew each time, which takes four times as long as SQLite's answer. What every
page and every press of the timer asks is prepared here; all else are plain querysets.
"""

import threading
from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Value


class _Place(Value):
    """A place in a statement where one of the question's values comes to stand."""

    def __init__(self, position: int, field: models.Field):
        super().__init__(position, output_field=field)

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Prepared:
    """A queryset with places for values: `build` gets one for each of `fields`, which say how a value is written.

    `Prepared(lambda user: Entry.objects.filter(user=user), models.BigIntegerField())(7)` are the rows of person 7, in a
    list. A value is never None, since that is another statement, and prefetching is refused: it is a query of its own.
    """

    def __init__(self, build: Callable[..., models.QuerySet], *fields: models.Field):
        self._build, self._fields = build, fields
        # A compiler belongs to a connection, and a connection to a thread.
        self._known = threading.local()

    def __call__(self, *values) -> list:
        """The rows."""
        if len(values) != len(self._fields):
            raise TypeError(f"{len(self._fields)} values are needed, {len(values)} were given")
        if None in values:
            raise ValueError("None is no value of a prepared question")
        queryset, compiler, statement, parameters = self._prepared()
        filled = tuple(
            each.output_field.get_db_prep_value(values[each.value], compiler.connection)
            if isinstance(each, _Place)
            else each
            for each in parameters
        )
        compiler.as_sql = lambda: (statement, filled)
        return list(queryset._iterable_class(queryset))

    def first(self, *values):
        """The first row, or None."""
        return next(iter(self(*values)), None)

    def _prepared(self) -> tuple:
        if not hasattr(self._known, "parts"):
            queryset = self._build(*(_Place(number, field) for number, field in enumerate(self._fields)))
            if queryset._prefetch_related_lookups:
                raise TypeError("A prepared question cannot prefetch")
            compiler = queryset.query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
            statement, parameters = compiler.as_sql()
            queryset.query.get_compiler = lambda *_database, **_options: compiler
            self._known.parts = queryset, compiler, statement, parameters
        return self._known.parts
