"""What the pages ask of the database: how many queries, and how the database means to answer them."""

import re
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.measure import began_earlier, take_out
from bench.pages import Page
from bench.server import HOST
from bench.session import CSRF_SECRET

# Tables that grow with the work done; reading all of one is a mistake on every page.
BIG = {"workbench_timeentry", "workbench_timeslice", "workbench_segment"}
# A search by these alone finds all that one person has ever recorded.
COARSE = {"workspace_id", "user_id", "deleted_at", "billable", "billed", "kind"}
# MariaDB says how many rows it expects to read.
MANY = 5000
_TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def browser(user) -> Client:
    """A signed-in browser inside this process."""
    client = Client(headers={"host": HOST, "x-csrftoken": CSRF_SECRET})
    client.force_login(user)
    client.cookies["csrftoken"] = CSRF_SECRET
    return client


def of_page(client: Client, page: Page) -> list[str]:
    """The SQL of one request for a page that was asked for before."""
    client.get(page.path)
    return _captured(lambda: client.get(page.path))


def of_timer(client: Client, user, task) -> dict[str, int]:
    """How many queries a start and a stop of the timer take."""
    headers = {"hx-request": "true"}
    form = {"task": task.pk, "note": "bench"}
    start = _captured(lambda: client.post(reverse("workbench:timer_start"), form, headers=headers))
    began_earlier(user)
    stop = _captured(lambda: client.post(reverse("workbench:timer_stop"), headers=headers))
    take_out(user)
    return {"timer start": len(start), "timer stop": len(stop)}


def _captured(ask) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    if answer.status_code >= 300:
        raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    return [query["sql"] for query in queries if not query["sql"].startswith(_TRANSACTION)]


def plans(sqls: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each reading query with its plan and with what is wrong about that: big tables that are read whole."""
    for sql in sqls:
        if not sql.lstrip("(").upper().startswith("SELECT"):
            continue
        plan = _sqlite_plan(sql) if connection.vendor == "sqlite" else _mysql_plan(sql)
        names = {alias: table for table, alias in re.findall(r'["`](\w+)["`] (U\d+|T\d+|V\d+)\b', sql)}
        steps = [step for step, _table in plan]
        whole = [] if _stops_early(sql, steps) else [step for step, table in plan if names.get(table, table) in BIG]
        yield sql, steps, whole


def _stops_early(sql: str, steps: list[str]) -> bool:
    """Whether rows come in the order that is asked for and only the first few are read."""
    return bool(re.search(r"LIMIT \d+$", sql)) and not any(
        "TEMP B-TREE" in step or "filesort" in step for step in steps
    )


def _sqlite_plan(sql: str) -> list[tuple[str, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"), [])
        steps = [row[3] for row in cursor.fetchall()]
    return [(step, _table_read_whole(step)) for step in steps]


def _table_read_whole(step: str) -> str | None:
    """The table of a step that scans, or that searches by nothing finer than the workspace or the person."""
    if match := re.match(r"SCAN (\w+)", step):
        return match[1]
    if match := re.match(r"SEARCH (\w+) .*\(([^()]+)\)", step):
        return match[1] if set(re.findall(r"(\w+)[=<>]", match[2])) <= COARSE else None
    return None


def _mysql_plan(sql: str) -> list[tuple[str, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}".replace("%", "%%"), [])
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        (
            f"{row['table']}: {row['type']}, key {row['key']}, {row['rows']} rows, {row['Extra'] or ''}",
            row["table"] if row["type"] in ("ALL", "index") or int(row["rows"] or 0) > MANY else None,
        )
        for row in rows
    ]
