"""`python -m bench.imports`: how long an import takes, and how much memory: a file of 20,000 rows, checked and written.

Each pass is a process of its own on an empty database, as a worker is. The figure that counts is the best of them; the
processor's own time stands beside it, since the machine may be shared. Flat memory shows by a second file of a tenth
of the rows: what the larger one takes more.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from bench import environment

ROWS, FEWER = 20_000, 2_000
A_DAY, CLIENTS, PROJECTS, TASKS = 12, 40, 160, 12
FIRST_DAY = date(2019, 1, 1)
HEADER = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,"
    "Amount (EUR)\r\n"
)
SECONDS_AT_MOST = 30
NAME = "imports"


def toggl_file(rows: int) -> bytes:
    """A detailed report of so many entries, a dozen a day, one of them over midnight."""
    return (HEADER + "".join(_row(number) for number in range(rows))).encode()


def _row(number: int) -> str:
    day, place = FIRST_DAY + timedelta(days=number // A_DAY), number % A_DAY
    start = datetime(day.year, day.month, day.day, 3) + timedelta(minutes=110 * place)
    end = start + timedelta(minutes=40 + number * 7 % 69)
    project = number * 31 % PROJECTS
    return (
        f"Ada Winter,ada@example.com,Client {project % CLIENTS},Project {project},Task {number % TASKS},"
        f'"Round {number}, with a comma",{"Yes" if number % 5 else "No"},{start:%Y-%m-%d},{start:%H:%M:%S},'
        f'{end:%Y-%m-%d},{end:%H:%M:%S},{end - start},"design, round {number % 9}",\r\n'
    )


def run_once(rows: int) -> dict:
    """Check, import and undo in this process; seconds of each, and the most memory so far in MB."""
    import django

    django.setup()
    from apps.accounts.models import User
    from apps.workbench.importing import jobs
    from apps.workbench.importing.survey import look_over
    from apps.workbench.models import ImportRun
    from apps.workspaces.models import Workspace

    environment.empty_database()
    user = User.objects.create_user("ada@example.com", None, name="Ada Winter", timezone="Europe/Berlin")
    workspace = Workspace.open_for(user, name="Winter Studio", timezone="Europe/Berlin", hourly_rate_minor=8000)
    path = environment.OUT / f"{NAME}-{rows}.csv"
    path.write_bytes(toggl_file(rows))
    began = time.perf_counter()
    survey = look_over(lambda: _pieces(path))
    mapping = survey.suggestion(zone=user.timezone, email=user.email, name=user.name)
    run = ImportRun.keep(
        workspace=workspace,
        user=user,
        file_name=path.name,
        file_size=path.stat().st_size,
        survey=survey,
        mapping=mapping,
        pieces=_pieces(path),
    )
    figures = {"upload": time.perf_counter() - began, "before_mb": _memory()}
    for name, begin in (
        ("check", lambda: run.check_with(mapping)),
        ("import", lambda: run.begin_import()),
        ("undo", lambda: run.begin_undo()),
    ):
        begin()
        began, cpu_began = time.perf_counter(), time.process_time()
        jobs.work_on_import.func(workspace.pk, run.pk, run.turn)
        figures[name], figures[f"{name}_mb"] = time.perf_counter() - began, _memory()
        figures[f"{name}_cpu"] = time.process_time() - cpu_began
        run.refresh_from_db()
        if name == "import":
            entries = workspace.time_entries.count()
            assert run.added == rows == entries, f"{run.added} of {rows} rows came in, {entries} entries"
    return figures


def _pieces(path: Path):
    with path.open("rb") as file:
        while piece := file.read(65536):
            yield piece


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _passes(rows: int, count: int) -> list[dict]:
    command = [sys.executable, "-m", "bench.imports", "--once", str(rows)]
    return [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _pass in range(count)]


def main() -> int:
    """Run it; 0 when the import kept its bound."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the file (default 20000)")
    parser.add_argument("--passes", type=int, default=2, help="how often; the best counts (default 2)")
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    # Its own database; the number only names the file.
    environment.choose(options.once or options.rows)
    os.environ["SQLITE_PATH"] = str(environment.OUT / f"{NAME}.sqlite3")
    if options.once:
        print(json.dumps(run_once(options.once)))
        return 0
    fewer, passes = _passes(FEWER, 1)[0], _passes(options.rows, options.passes)
    best = {name: min(figures[name] for figures in passes) for name in passes[0]}
    print(f"{options.rows:,} rows, best of {options.passes}, load {os.getloadavg()[0]:.1f}")
    for name in ("upload", "check", "import", "undo"):
        cpu = f", {best[f'{name}_cpu']:.1f} s of processor time" if f"{name}_cpu" in best else ""
        print(f"  {name:8} {best[name]:6.1f} s{cpu}")
    print(f"  peak memory {best['undo_mb']:.0f} MB; with {FEWER:,} rows {fewer['undo_mb']:.0f} MB")
    return 0 if best["import"] <= SECONDS_AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
