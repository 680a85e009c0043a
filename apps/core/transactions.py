"""Transactions that begin again when the database asks for it."""

import random
import time
from collections.abc import Callable
from functools import wraps

from django.db import OperationalError, connection, models, transaction

# MariaDB: lock wait timeout, deadlock, "record has changed since last read". Each rolls back and invites a new try.
_TRY_AGAIN = {1205, 1213, 1020}
_ATTEMPTS = 8


def atomic(function: Callable) -> Callable:
    """Run `function` in a transaction; as the outermost one, run it again after a deadlock, with growing random pauses.

    `function` must read all that it decides on inside, since it may run more than once.
    """

    @wraps(function)
    def run(*args, **kwargs):
        if connection.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(_ATTEMPTS):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if error.args[0] not in _TRY_AGAIN or attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise AssertionError("unreachable")

    return run


def lock_rows(rows: models.QuerySet) -> None:
    """Be alone with these rows until the transaction ends; read them afterwards.

    A lock of its own, since MariaDB cannot lock one table of a join. SQLite has one writer at a time anyway.
    """
    if connection.features.has_select_for_update:
        list(rows.select_for_update().order_by("pk").values_list("pk"))
