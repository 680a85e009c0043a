"""Brings the database and the static files up to date, then keeps the web server and the worker running until told."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workhub.settings")

HOST = "127.0.0.1"
WEB_WORKERS = 2
# A hundred thousand rows as a workbook are written in a minute on a slow machine.
LONGEST_ANSWER_SECONDS = 300
ANSWER_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 30
DEMO_EMAIL = "demo@workhub.com"
DEMO_PASSWORD = "password123"


def main() -> int:
    """Prepare, serve, stop; the exit code says whether the server came up and stopped when asked."""
    sys.stdout.reconfigure(line_buffering=True)
    port = int(os.environ.get("PORT", "8000"))
    if not is_free(port):
        print(
            f"Port {port} is taken: another program answers there. Stop it, or use PORT={port + 1} bin/run",
            file=sys.stderr,
        )
        return 1
    signal.signal(signal.SIGINT, interrupt)
    try:
        has_demo = prepare()
        go_on()
    except KeyboardInterrupt:
        print("\nStopped before it was ready; the next start goes on from here.")
        return 1
    return Processes(port).serve(has_demo)


_interrupted = threading.Event()


def interrupt(*_signal) -> None:
    """Ctrl-C while it prepares. Remembered, since Python drops an exception that meets it while it tidies up."""
    _interrupted.set()
    raise KeyboardInterrupt


def go_on() -> None:
    """Only where nobody has pressed Ctrl-C."""
    if _interrupted.is_set():
        raise KeyboardInterrupt


def is_free(port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def prepare() -> bool:
    """Database and static files as the code expects them; answers whether the demo person exists."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    print("Bringing the database up to date")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    collect_static_files(settings, call_command)
    has_demo = seed(call_command)
    call_command("purge_trash", verbosity=0)
    call_command("make_recurring_invoices", verbosity=0)
    call_command("send_reminders", verbosity=0)
    call_command("analyse_database", verbosity=0)
    return has_demo


def collect_static_files(settings, call_command) -> None:
    """Hash and compress the static files, unless none changed since the last time."""
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(name)).stat()
            seen.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    if stamp.exists() and stamp.read_text() == seen.hexdigest() and Path(settings.STATIC_ROOT).exists():
        return
    print("Compressing the static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(seen.hexdigest())


def seed(call_command) -> bool:
    """The demo world, where nobody lives yet and nobody asked for an empty house.

    It comes whole or not at all: half a world would count as inhabited at the next start, and stay half.
    """
    from django.contrib.auth import get_user_model
    from django.db import transaction

    people = get_user_model().objects
    if os.environ.get("DEMO", "1") != "0" and not people.exists():
        print("Filling the empty database with the demo world")
        with transaction.atomic():
            call_command("seed_management_data", module="all", allow_demo_user=True, verbosity=0)
            call_command("seed_dashboard", module="all", allow_demo_user=True, verbosity=0)
            go_on()
    return people.filter(email=DEMO_EMAIL).exists()


class Processes:
    """The web server and the worker: started together, stopped together."""

    def __init__(self, port: int):
        self.address = f"http://{HOST}:{port}"
        self.web_command = [
            *(sys.executable, "-m", "gunicorn", "workhub.wsgi:application"),
            *("--bind", f"{HOST}:{port}", "--workers", str(WEB_WORKERS), "--worker-class", "sync"),
            *("--no-control-socket", "--log-level", "warning", "--timeout", str(LONGEST_ANSWER_SECONDS)),
        ]
        # Nice, since people wait for pages: the PDFs of a fresh demo world keep one core busy for most of a minute.
        self.worker_command = ["nice", sys.executable, str(ROOT / "manage.py"), "db_worker", "--no-reload"]
        self.web: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None
        self.is_stopping = False

    def serve(self, has_demo: bool) -> int:
        """Run until Ctrl-C, SIGTERM or a closed terminal, or until the web server ends by itself."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        self.web = self.start(self.web_command)
        self.worker = self.start(self.worker_command)
        try:
            if self.waits_for_answer():
                self.greet(has_demo)
            while not self.is_stopping and self.web.poll() is None:
                self.revive_worker()
                time.sleep(0.5)
        finally:
            self.end_all()
        if not self.is_stopping:
            print("The web server ended by itself; its own words are above.", file=sys.stderr)
            return 1
        print("Stopped.")
        return 0

    def start(self, command: list[str]) -> subprocess.Popen:
        """A child in a session of its own: Ctrl-C reaches only us, and we end the children in order."""
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)

    def stop(self, *_signal) -> None:
        """Ask for the end; the loop sees it."""
        self.is_stopping = True

    def waits_for_answer(self) -> bool:
        """Whether the server answers, whatever it answers, before patience ends."""
        deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        while not self.is_stopping and self.web.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.address, timeout=5).close()
            except urllib.error.HTTPError:
                return True
            except OSError:
                time.sleep(0.1)
            else:
                return True
        return False

    def greet(self, has_demo: bool) -> None:
        """Say where it is and how to get in."""
        print(f"\nWorkHub answers at {self.address}")
        if has_demo:
            print(f"Sign in as {DEMO_EMAIL} with the password {DEMO_PASSWORD}")
        print("Ctrl-C stops it.\n", flush=True)

    def revive_worker(self) -> None:
        """Background jobs go on after a worker died."""
        if self.worker.poll() is not None:
            print(f"The worker ended with code {self.worker.returncode}; starting another.", file=sys.stderr)
            time.sleep(1)
            self.worker = self.start(self.worker_command)

    def end_all(self) -> None:
        """Both get time to finish what they do."""
        children = [child for child in (self.web, self.worker) if child and child.poll() is None]
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
