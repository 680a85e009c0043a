"""`python -m bench.exports`: how long a download of all time takes, and how much memory the server needs for it.

Flat memory shows by the workers of a fresh server: what they hold at most, against what they held after a small one.
"""

import argparse
import sys
from pathlib import Path
from threading import Event, Thread

from bench import environment

KINDS = ("json", "csv", "xlsx")
MEGABYTES_AT_MOST = 20


def parse() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, help="time entries in the workspace (default 100000)")
    parser.add_argument("--port", type=int, default=8126)
    parser.add_argument("--keep", action="store_true", help="use the data of the run before instead of seeding anew")
    return parser.parse_args()


class Memory(Thread):
    """Watches the memory of a server's own workers (without the database file that SQLite maps) until it is told to
    stop; `most` is the most that one of them held, in MB."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.pids = Path(f"/proc/{server.master}/task/{server.master}/children").read_text().split()
        self.most, self._over = 0.0, Event()

    def run(self) -> None:
        while not self._over.wait(0.02):
            self.look()

    def look(self) -> None:
        """Take down what they hold now."""
        self.most = max(self.most, *map(_own_megabytes, self.pids))

    def stop(self) -> None:
        """It is over."""
        self._over.set()
        self.join()


def _own_megabytes(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) / 1024


def download(port: int, headers: dict, kind: str) -> dict:
    """All time as a file of this kind, from a fresh server that has sent a small one before."""
    from bench.server import serving

    with serving("workhub.wsgi:application", port) as server:
        for _worker in range(8):
            server.ask("/api/v1/exports/projects." + kind, headers=headers)
        memory = Memory(server)
        memory.look()
        before = memory.most
        memory.start()
        answer = server.ask("/api/v1/exports/time." + kind, headers=headers)
        memory.stop()
        if answer.status != 200:
            raise SystemExit(f"answered {answer.status}: {answer.body[:300]!r}")
        return {
            "seconds": answer.seconds,
            "megabytes": len(answer.body) / 1e6,
            "before": before,
            "most": memory.most,
        }


def main() -> int:
    """Run it; 0 when memory stays flat."""
    options = parse()
    environment.choose(options.entries)
    import django

    django.setup()
    from django.core.cache import cache

    from apps.sync.models import ApiToken
    from apps.sync.tokens import pair
    from bench.run import data

    workspace = data(options)
    user = workspace.memberships.get().user
    token = ApiToken.objects.create(workspace=workspace, user=user, name="bench")
    headers = {"Authorization": f"Bearer {pair(token).access}"}
    flat = True
    print(f"{workspace.time_entries.stopped().count():,} entries, {environment.database()}")
    for kind in KINDS:
        cache.clear()
        found = download(options.port, headers, kind)
        grown = found["most"] - found["before"]
        flat = flat and grown <= MEGABYTES_AT_MOST
        print(
            f"{kind:5} {found['seconds']:6.1f} s  {found['megabytes']:6.1f} MB sent  "
            f"worker {found['before']:.0f} MB before, {found['most']:.0f} MB at most"
        )
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
