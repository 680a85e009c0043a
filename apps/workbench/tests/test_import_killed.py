"""A worker that is killed in the middle of an import: nothing is lost, nothing is there twice."""

import signal
import subprocess
import sys
import time

import pytest

from workhub.tests.processes import ROOT, alone, own_database

pytestmark = pytest.mark.races

ROWS, PATIENCE_SECONDS = 6000, 90
CHILD = "apps.workbench.tests.import_children"


def worker(env: dict[str, str]) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "db_worker", "--no-reload", "--no-startup-delay", "--interval", "0.2"]
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(env: dict[str, str], run: int, enough) -> dict:
    """Look until there is enough."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if enough(found := alone(env, f"{CHILD}:look", run=run)):
            return found
    raise AssertionError(f"not within {PATIENCE_SECONDS} s: {found}")


def test_a_killed_worker_has_lost_nothing_and_the_next_one_doubles_nothing(tmp_path):
    with own_database(tmp_path) as env:
        run = alone(env, f"{CHILD}:begin", rows=ROWS)
        process = worker(env)
        wait_for(env, run, lambda found: found["said"])
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed = alone(env, f"{CHILD}:go_on", run=run)
        assert killed["state"] == "importing", "it was done before it could be killed: take more rows"
        assert 0 < killed["said"] == killed["entries"] < ROWS

        process = worker(env)
        try:
            done = wait_for(env, run, lambda found: found["state"] == "done")
        finally:
            process.terminate()
            process.wait(30)
        assert done == {
            "state": "done",
            "said": ROWS,
            "entries": ROWS,
            "different": ROWS,
            "slices": ROWS * 3600,
            "totals": ROWS * 3600,
        }
