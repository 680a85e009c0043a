"""`python -m bench.sync`: how long a batch of 500 operations of an offline device takes, in a big workspace.

The batch is what somebody does in about three weeks without a network: timers with pauses, work recorded by hand,
changes, tasks ticked off. Each batch is new; it is told by an own connection to gunicorn, as a browser would.
"""

import argparse
import json
import random
import sys
from datetime import UTC, datetime, timedelta

from bench import environment

GOAL_SECONDS = 1.5
OPERATIONS = 500
BATCH = "/api/v1/sync/batch"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.sync", description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000, help="time entries in the workspace (default 20000)")
    parser.add_argument("--batches", type=int, default=20, help="batches to measure (default 20)")
    parser.add_argument("--port", type=int, default=8116)
    parser.add_argument("--keep", action="store_true", help="use the data of the run before instead of seeding anew")
    parser.add_argument("--shuffled", action="store_true", help="tell each batch in any order, not as it happened")
    parser.add_argument(
        "--profile", action="store_true", help="take one batch in this process and print where time goes"
    )
    return parser.parse_args(arguments)


def told(at: datetime) -> str:
    """An instant as JSON carries it."""
    return at.isoformat().replace("+00:00", "Z")


def operations(chance: random.Random, tasks: list[int], begin: datetime) -> list[dict]:
    """500 operations that begin at `begin` and go on for three weeks."""
    from apps.core.identifiers import uuid7

    found: list[dict] = []
    at, made = begin, []

    def say(kind: str, entity, **data) -> None:
        nonlocal at
        at += timedelta(minutes=chance.randint(5, 50), seconds=chance.randint(0, 59))
        found.append({"op": str(uuid7()), "kind": kind, "entity": entity, "data": data, "offset_ms": 0,
                      "at": told(at), "seq": len(found), "base": None})  # fmt: skip

    while len(found) < OPERATIONS:
        timer, task = str(uuid7()), chance.choice(tasks)
        say("timer.start", timer, task=task, note="Layout, second round")
        if chance.random() < 0.5:
            say("timer.pause", timer)
            say("timer.resume", timer)
        if chance.random() < 0.7:
            say("timer.stop", timer)
        recorded, ended = str(uuid7()), at - timedelta(hours=2)
        span = {"started_at": told(ended - timedelta(minutes=20)), "ended_at": told(ended)}
        say("entry.create", recorded, task=chance.choice(tasks), note="Call with the team", **span)
        made += [timer, recorded]
        if chance.random() < 0.5:
            say("entry.update", chance.choice(made), note="Corrections", task=chance.choice(tasks))
        if chance.random() < 0.1:
            say("entry.delete", chance.choice(made))
        if chance.random() < 0.2:
            say("task.complete", chance.choice(tasks))
    return found[:OPERATIONS]


def body(user, ops: list[dict]) -> bytes:
    """A batch of these."""
    return json.dumps({"schema": 1, "user": user.pk, "device": "bench", "cursor": None, "ops": ops}).encode()


def measure(options: argparse.Namespace, workspace, user) -> list[tuple[float, float]]:
    """Of each batch the seconds from connecting to the last byte of the answer, and those of the server's processor."""
    from apps.sync.models import ApiToken
    from apps.sync.tokens import pair
    from bench.server import serving

    token = ApiToken.objects.create(workspace=workspace, user=user, name="bench")
    headers = {"Authorization": f"Bearer {pair(token).access}", "Content-Type": "application/json"}
    tasks = list(workspace.tasks.active().values_list("pk", flat=True))
    chance, seconds = random.Random(1), []
    begin = datetime.now(UTC) - timedelta(days=30 * (options.batches + 2))
    with serving("workhub.wsgi:application", options.port) as server:
        for number in range(options.batches + 2):
            ops = operations(chance, tasks, begin + timedelta(days=30 * number))
            if options.shuffled:
                chance.shuffle(ops)
            used = server.cpu_seconds()
            answer = server.ask(BATCH, method="POST", headers=headers, body=body(user, ops))
            if answer.status != 200:
                raise SystemExit(f"answered {answer.status}: {answer.body[:300]!r}")
            seconds.append((answer.seconds, server.cpu_seconds() - used))
    return seconds[2:]


def profile(workspace, user, *, shuffled: bool) -> None:
    """One batch in this process, by its functions and its queries."""
    import cProfile
    import pstats
    import time

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from apps.sync.operations import read_batch
    from apps.sync.sender import Sender

    tasks = list(workspace.tasks.active().values_list("pk", flat=True))
    chance, now = random.Random(2), datetime.now(UTC)

    def sender(days_ago: int) -> Sender:
        ops = operations(chance, tasks, now - timedelta(days=days_ago))
        if shuffled:
            chance.shuffle(ops)
        return Sender(user, workspace, read_batch(json.loads(body(user, ops)), now))

    sender(200).take_all()
    measured = sender(160)
    began, used = time.perf_counter(), time.process_time()
    measured.take_all()
    print(f"{time.perf_counter() - began:.2f} s, {time.process_time() - used:.2f} s of CPU")
    with CaptureQueriesContext(connection) as captured:
        sender(120).take_all()
    print(f"{len(captured) / OPERATIONS:.1f} statements for an operation")
    profiler = cProfile.Profile()
    profiler.runcall(sender(80).take_all)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


def main() -> int:
    """Run it; 0 when the 95th percentile keeps the goal."""
    options = parse()
    environment.choose(options.entries)
    import django

    django.setup()
    from bench.run import data

    workspace = data(options)
    user = workspace.memberships.get().user
    if options.profile:
        profile(workspace, user, shuffled=options.shuffled)
        return 0
    measured = measure(options, workspace, user)
    seconds, used = sorted(wall for wall, _cpu in measured), sorted(cpu for _wall, cpu in measured)
    p50, p95 = seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, round(0.95 * len(seconds)))]
    print(f"{OPERATIONS} operations, {options.entries:,} entries, {environment.database()}, {len(seconds)} batches")
    print(f"p50 {p50:.3f} s, p95 {p95:.3f} s (goal {GOAL_SECONDS} s), slowest {seconds[-1]:.3f} s")
    print(f"the server's processor: p50 {used[len(used) // 2]:.3f} s")
    return 0 if p95 < GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
