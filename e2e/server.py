"""A whole WorkHub of its own for a browser run: database, static files, web server and worker in one folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
ANSWER_WITHIN_SECONDS = 30
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """The path of an installed Chromium or Chrome; FileNotFoundError when there is none."""
    for name in ("chromium", "google-chrome", "chromium-browser"):
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("No chromium, google-chrome or chromium-browser on the PATH")


def set_up_django(folder: Path) -> None:
    """Point this process at the database in `folder`, so that tests can lay out worlds and look at rows."""
    import django

    os.environ.update(
        E2E_DIR=str(folder), DJANGO_SETTINGS_MODULE="e2e.settings", DJANGO_ALLOW_ASYNC_UNSAFE="true", LOG_LEVEL="ERROR"
    )
    django.setup()


class Server:
    """Web server and worker over the database in `folder`; a context manager that starts and ends both.

    `set_up_django` has to be called first: its environment is handed on.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.address = f"http://{HOST}:{free_port()}"
        self._children: list[subprocess.Popen] = []
        self._log = (folder / "server.log").open("w")

    def __enter__(self) -> "Server":
        self.manage("migrate")
        self.manage("createcachetable")
        self.manage("collectstatic", "--noinput")
        self._start("manage.py", "db_worker", "--no-reload", "--no-startup-delay", "--interval", "0.2")
        self.start_web()
        return self

    def __exit__(self, *_exception) -> None:
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait(30)
        self._log.close()

    def start_web(self) -> None:
        """Start the web server, and wait until it answers."""
        address = self.address.removeprefix("http://")
        self._web = self._start(
            "-m", "gunicorn", "workhub.wsgi:application", "--bind", address, "--workers", "2", "--no-control-socket",
            "--log-level", "warning",
        )  # fmt: skip
        self._wait_for_answer()

    def kill_web(self) -> None:
        """End the web server at once, in the middle of whatever it does; `start_web` brings it back."""
        os.killpg(self._web.pid, signal.SIGKILL)
        self._web.wait(30)
        self._children.remove(self._web)

    def seed(self) -> None:
        """Lay out the demo world."""
        self.manage("seed_management_data", "--module", "all", "--allow-demo-user")
        self.manage("seed_dashboard", "--module", "all", "--allow-demo-user")

    def manage(self, *arguments: str) -> None:
        """Run one of Django's commands on the run's database; RuntimeError with its words when it fails."""
        command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if answer.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{answer.stdout}{answer.stderr}")

    def log(self) -> str:
        """What web server and worker wrote."""
        return (self.folder / "server.log").read_text()

    def _start(self, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, *arguments]
        # A group of its own, so that a web server can be killed with its workers.
        child = subprocess.Popen(command, cwd=ROOT, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True)
        self._children.append(child)
        return child

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.address, timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"No answer at {self.address}:\n{self.log()}")


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
