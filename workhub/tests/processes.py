"""Several processes at once on a database of their own: what a race needs to be a race.

The database is made for the test on the engine that the run uses: a SQLite file, or a MariaDB database beside the
test run's. All children are forked and connected before any is let go.

    with own_database(tmp_path) as env:
        results = together(env, "apps.invoicing.tests.race_children:issue", [{"ids": [1, 2]}, {"ids": [3]}])
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 120


@contextmanager
def own_database(folder: Path) -> Iterator[dict[str, str]]:
    """A migrated database for the children, gone afterwards; yields the environment that leads to it."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "workhub.settings", "DEBUG": ""}
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        env |= {"SQLITE_PATH": str(folder / "race.sqlite3"), "DB_HOST": ""}
        _migrate(env)
        try:
            yield env
        finally:
            _close_nurseries()
        return
    name = f"race_{os.getpid()}"
    _on_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        _migrate(env | {"DB_NAME": name})
        yield env | {"DB_NAME": name}
    finally:
        _close_nurseries()
        _on_server(f"DROP DATABASE {name}")


def _migrate(env: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(command, env=env, check=True, timeout=LONGEST)


def _on_server(*statements: str) -> None:
    import MySQLdb

    database = settings.DATABASES["default"]
    connection = MySQLdb.connect(
        host=database["HOST"], port=int(database["PORT"]), user=database["USER"], password=database["PASSWORD"]
    )
    try:
        for statement in statements:
            connection.cursor().execute(statement)
    finally:
        connection.close()


def alone(env: dict[str, str], target: str, **job) -> object:
    """Run one process and return what its function returned."""
    return together(env, target, [job])[0]


def together(env: dict[str, str], target: str, jobs: list[dict]) -> list:
    """Run `module:function(**job)` for each job in a process of its own, all let go at once; returns their results."""
    key = tuple(sorted(env.items()))
    if key not in _nurseries:
        _nurseries[key] = Nursery(env)
    return _nurseries[key].run(target, jobs)


class Nursery:
    """An interpreter that has imported everything, has no connection, and is forked for each job: to start one anew
    takes longer than most races."""

    def __init__(self, env: dict[str, str]):
        command = [sys.executable, "-m", "workhub.tests.processes"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=env, cwd=ROOT, **pipes)

    def run(self, target: str, jobs: list[dict]) -> list:
        """The results of the jobs, in their order; RuntimeError where one failed (its words are on stderr)."""
        self.process.stdin.write(json.dumps([target, jobs]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or "null")
        if answer is None:
            raise RuntimeError(f"{target} failed in one of {len(jobs)} processes")
        return answer

    def close(self) -> None:
        """End it."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(LONGEST)


_nurseries: dict[tuple, Nursery] = {}


def _close_nurseries() -> None:
    while _nurseries:
        _nurseries.popitem()[1].close()


def _serve() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        target, jobs = json.loads(line)
        module, _colon, name = target.partition(":")
        answer = _fork(getattr(importlib.import_module(module), name), jobs)
        print(json.dumps(answer), flush=True)


def _fork(function: Callable, jobs: list[dict]) -> list | None:
    """Run the jobs at once; None where one of them failed."""
    context = get_context("fork")
    barrier = context.Barrier(len(jobs))
    pipes = [context.Pipe(duplex=False) for _job in jobs]
    children = [
        context.Process(target=_child, args=(function, job, barrier, told))
        for job, (_heard, told) in zip(jobs, pipes, strict=True)
    ]
    for child in children:
        child.start()
    for _heard, told in pipes:
        told.close()
    try:
        return [heard.recv() for heard, _told in pipes]
    except EOFError:
        return None
    finally:
        for child in children:
            child.join(LONGEST)


def _child(function: Callable, job: dict, barrier, told) -> None:
    from django.db import connection

    connection.ensure_connection()
    barrier.wait(LONGEST)
    told.send(function(**job))


if __name__ == "__main__":
    _serve()
