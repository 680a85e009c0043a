"""What `bin/run` promises of its processes: they come up, outlive a crash, end when told and leave nothing behind."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from e2e.server import HOST, ROOT, free_port

PATIENCE_SECONDS = 120


def eventually(what: Callable[[], object]):
    """What the function answers, as soon as that is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := what()):
        assert time.monotonic() < deadline, f"waited for {what} in vain"
        time.sleep(0.1)
    return answer


class Run:
    """One run of bin/_serve.py, which `bin/run` becomes once everything is installed, in a folder of its own."""

    def __init__(self, folder: Path, *, demo: bool = False, port: int | None = None):
        self.folder, self.port = folder, port or free_port()
        self._log = folder / f"run-{self.port}.log"
        environment = {
            "DJANGO_SETTINGS_MODULE": "e2e.settings",
            "E2E_DIR": str(folder),
            "PORT": str(self.port),
            "DEMO": str(int(demo)),
            "LOG_LEVEL": "WARNING",
        }
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "bin/_serve.py"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def said(self, words: str) -> bool:
        return words in self._log.read_text()

    def wait_until_it_says(self, words: str) -> None:
        eventually(lambda: self.said(words) or self._has_ended_without(words))

    def answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"http://{HOST}:{self.port}/accounts/login/", timeout=20).status == 200
        except OSError:
            return False

    def child(self, words: str) -> int | None:
        """The process id of the child whose command has these words."""
        return next(
            (pid for pid, parent, command in _processes() if parent == self.process.pid and words in command), None
        )

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def rows(self, sql: str) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "workhub.sqlite3")) as database:
            return database.execute(sql).fetchall()

    def _has_ended_without(self, words: str) -> None:
        assert self.process.poll() is None, f"it ended before it said {words!r}:\n{self._log.read_text()}"


def _processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(
        ["ps", "-ww", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    return [
        (int(pid), int(parent), command) for pid, parent, command in (row.split(None, 2) for row in listed.splitlines())
    ]


def is_there(pid: int) -> bool:
    return any(each == pid for each, _parent, _command in _processes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture
def run(folder):
    """A run that answers; an empty house, in which only the first start has tables to make."""
    running = Run(folder)
    try:
        running.wait_until_it_says("Ctrl-C stops it.")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def test_an_empty_house_is_open_and_knows_its_tables(run):
    assert run.answers()
    assert run.said(f"WorkHub answers at http://{HOST}:{run.port}")
    assert not run.said("Sign in as")
    assert run.rows("SELECT COUNT(*) FROM accounts_user") == [(0,)]
    counted = dict(run.rows("SELECT idx, stat FROM sqlite_stat1"))
    assert counted
    # What is unique finds one row at most, whatever a plain count would conclude (see `analyse_database`).
    assert all(told.endswith(" 1") for index, told in counted.items() if str(index).startswith("sqlite_autoindex_"))


def test_a_taken_port_is_said_and_left_alone(run, tmp_path):
    second = Run(tmp_path, port=run.port)
    assert second.process.wait(PATIENCE_SECONDS) == 1
    assert second.said(f"Port {run.port} is taken")
    assert run.answers()


def test_a_killed_worker_is_replaced(run):
    first = run.child("db_worker")
    os.kill(first, signal.SIGKILL)
    second = eventually(lambda: (found := run.child("db_worker")) != first and found)
    assert is_there(second)
    assert run.said("starting another")
    assert run.answers()


def test_a_killed_web_process_is_replaced(run):
    server = run.child("gunicorn")
    one_of_two = next(pid for pid, parent, _command in _processes() if parent == server)
    os.kill(one_of_two, signal.SIGKILL)
    eventually(
        lambda: len([pid for pid, parent, _command in _processes() if parent == server and pid != one_of_two]) == 2
    )
    assert run.answers()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_ends_with_all_its_processes_when_told(run, name):
    children = [run.child("gunicorn"), run.child("db_worker")]
    assert all(children)
    assert run.end(signal.Signals[name]) == 0
    assert run.said("Stopped.")
    assert not any(is_there(pid) for pid in children)
    assert not run.answers()


def test_it_ends_when_the_web_server_is_killed(run):
    worker = run.child("db_worker")
    os.kill(run.child("gunicorn"), signal.SIGKILL)
    assert run.process.wait(PATIENCE_SECONDS) == 1
    assert run.said("The web server ended by itself")
    assert not is_there(worker)


def test_a_demo_world_that_was_interrupted_leaves_an_empty_house(tmp_path):
    run = Run(tmp_path, demo=True)
    run.wait_until_it_says("projects")
    assert run.end(signal.SIGINT) == 1
    assert run.said("Stopped before it was ready")
    assert run.rows("SELECT COUNT(*) FROM accounts_user") == [(0,)]
