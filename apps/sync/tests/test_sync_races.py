"""Four senders at once by real processes, and a server that is killed in the middle: nothing doubled, nothing lost."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from apps.sync.tests.sending import new_id
from workhub.tests.processes import ROOT, alone, own_database, together

CHILDREN = "apps.sync.tests.race_children"
SEED, SENDERS = 7, 4
# The long version is asked for: SYNC_KILL_WRITES=1000.
WRITES = int(os.environ.get("SYNC_KILL_WRITES", "120"))
KILLS = 3
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("sync_races")) as env:
        env |= {"DEBUG": "1"}  # static files by their plain names, without collecting them first
        subprocess.run([sys.executable, "manage.py", "createcachetable"], env=env, cwd=ROOT, check=True, timeout=60)
        yield env


def test_four_senders_at_once_in_four_orders_come_to_what_one_alone_comes_to(env):
    world = alone(env, f"{CHILDREN}:prepare", name="four")
    job = {key: world[key] for key in ("session", "user", "task")} | {"seed": SEED}
    alone(env, f"{CHILDREN}:tell", **job, order=0)
    by_one = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    alone(env, f"{CHILDREN}:wipe", workspace=world["workspace"])
    counts = together(env, f"{CHILDREN}:tell", [job | {"order": 10 + number} for number in range(SENDERS)])
    by_four = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert by_four == by_one
    assert (by_four["operations"], by_four["entries"]) == (200, 80)
    assert by_four["live"] <= 1
    assert by_four["seconds"] == by_four["kept_seconds"]
    assert sum(count.get("duplicate", 0) for count in counts) == (SENDERS - 1) * 200


class Server:
    """gunicorn that can be killed and started again."""

    def __init__(self, env):
        self.env = env
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "workhub.wsgi:application",
            "--workers",
            "2",
            "--no-control-socket",
        ]
        command += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "critical"]
        # A group of its own: the workers are killed with it, as a power cut would.
        self.process = subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                self.ask("/api/v1/health")
                return
            time.sleep(0.1)
        raise RuntimeError("gunicorn did not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, path: str, body: dict | None = None, token: str = "") -> dict:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        return json.loads(urllib.request.urlopen(request, timeout=30).read())


def test_a_server_that_is_killed_loses_no_write_that_it_acknowledged(env):
    world = alone(env, f"{CHILDREN}:prepare", name="killed")
    server = Server(env)
    server.start()
    sign_in = {"email": "killed@example.com", "password": "correct horse"}
    token = server.ask("/api/v1/token/", sign_in)["access"]
    waiting, acknowledged, made = _writes(world["task"]), [], []
    kill_after = [WRITES * part // (KILLS + 1) for part in range(1, KILLS + 1)]
    killer = None
    try:
        while waiting:
            if kill_after and len(acknowledged) >= kill_after[0]:
                kill_after.pop(0)
                # In the middle of a request that is under way: another process does it while this one waits.
                killer = subprocess.Popen(["sh", "-c", f"sleep 0.03; kill -9 -{server.process.pid}"])
            batch = waiting[:10]
            try:
                answer = server.ask("/api/v1/sync/batch", _body(world["user"], batch), token)
            except (OSError, urllib.error.URLError):
                if killer:
                    killer.wait()
                server.kill()
                server.start()
                continue
            results = {result["op"]: result["status"] for result in answer["results"]}
            assert set(results.values()) <= {"applied", "duplicate"}, results
            acknowledged += results
            made += [op["entity"] for op in batch]
            waiting = waiting[10:]
    finally:
        server.kill()
    assert not kill_after
    assert len(acknowledged) == WRITES
    missing = alone(env, f"{CHILDREN}:missing", workspace=world["workspace"], ops=acknowledged, entries=made)
    assert missing == []
    facts = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert (facts["entries"], facts["operations"]) == (WRITES, WRITES)
    assert facts["seconds"] == facts["kept_seconds"] == WRITES * 600


def _writes(task: int) -> list[dict]:
    begin = datetime(2026, 5, 4, tzinfo=UTC)
    return [
        {
            "op": new_id(), "kind": "entry.create", "entity": new_id(), "at": begin.isoformat(), "offset_ms": 0,
            "data": {
                "task": task, "started_at": (begin + timedelta(minutes=15 * number)).isoformat(),
                "ended_at": (begin + timedelta(minutes=15 * number + 10)).isoformat(),
            },
        }
        for number in range(WRITES)
    ]  # fmt: skip


def _body(user: int, ops: list[dict]) -> dict:
    return {"schema": 1, "user": user, "device": "killed", "cursor": None, "ops": ops}
