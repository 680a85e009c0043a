"""Several processes at once on a database of their own: what a race needs to be a race.

The database is made for the test on the engine that the run uses: a SQLite file, or a MariaDB database beside the
test run's. Each child is a new interpreter; all of them import, connect and report ready before any is let go.

    with own_database(tmp_path) as env:
        results = together(env, "apps.invoicing.tests.race_children:issue", [{"ids": [1, 2]}, {"ids": [3]}])
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
        yield env
        return
    name = f"race_{os.getpid()}"
    _on_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        _migrate(env | {"DB_NAME": name})
        yield env | {"DB_NAME": name}
    finally:
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
    """Run one child and return what its function returned."""
    return together(env, target, [job])[0]


def together(env: dict[str, str], target: str, jobs: list[dict]) -> list:
    """Run `module:function(**job)` for each job in a process of its own, all let go at once; returns their results."""
    command = [sys.executable, "-m", "workhub.tests.processes", target]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, env=env, cwd=ROOT, **pipes) for _job in jobs]
    try:
        for child, job in zip(children, jobs, strict=True):
            _send(child, json.dumps(job))
        for child in children:
            _expect_ready(child)
        for child in children:
            _send(child, "go")
        return [json.loads(child.communicate(timeout=LONGEST)[0]) for child in children]
    finally:
        for child in children:
            child.kill()
            child.wait()


def _send(child: subprocess.Popen, line: str) -> None:
    child.stdin.write(line + "\n")
    child.stdin.flush()


def _expect_ready(child: subprocess.Popen) -> None:
    line = child.stdout.readline()
    if line != "ready\n":
        raise RuntimeError(f"A child did not come up: {line!r}")


def _child(target: str) -> None:
    import django

    django.setup()
    from django.db import connection

    module, _colon, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    job = json.loads(sys.stdin.readline())
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(function(**job)), flush=True)


if __name__ == "__main__":
    _child(sys.argv[1])
