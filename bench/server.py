"""Both servers, started with the same gunicorn configuration, and one request to either."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.environment import OUT

HOST = "127.0.0.1"
WORKERS = 2
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer, and how long it took from connecting to its last byte."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    master: int

    def ask(self, path: str, **request) -> Answer:
        """One request to it; see `ask`."""
        return ask(self.port, path, **request)

    def cpu_seconds(self) -> float:
        """Processor time that its workers have used so far, from the kernel's scheduler (0 where there is none)."""
        try:
            workers = Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()
            return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in workers) / 1e9
        except OSError:
            return 0.0


@contextmanager
def serving(application: str, port: int) -> Iterator[Server]:
    """gunicorn with two sync workers on `port`, until the block is left."""
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--worker-class", "sync"]
    command += ["--timeout", "300", "--no-control-socket", "--bind", f"{HOST}:{port}", application]
    with open(OUT / f"gunicorn-{port}.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _wait(process: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"gunicorn did not start on port {port}; see {OUT}/gunicorn-{port}.log")


def ask(
    port: int, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """One request over a connection of its own: gunicorn's sync workers close it after each answer.

    A bare socket, because an HTTP library takes as long as the bare view itself.
    """
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close"]
    headers = dict(headers or {})
    if method == "POST":
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))} | headers
    lines += [f"{name}: {value}" for name, value in headers.items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    parts = []
    began = time.perf_counter()
    with socket.create_connection((HOST, port), timeout=300) as connection:
        connection.sendall(request)
        while part := connection.recv(262_144):
            parts.append(part)
    seconds = time.perf_counter() - began
    return _read(b"".join(parts), seconds)


def _read(raw: bytes, seconds: float) -> Answer:
    head, _empty, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in rest)}
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunk(body)
    return Answer(int(first.split()[1]), headers, body, seconds)


def _unchunk(body: bytes) -> bytes:
    parts = []
    while body:
        size, _line_end, body = body.partition(b"\r\n")
        length = int(size, 16)
        parts.append(body[:length])
        body = body[length + 2 :]
    return b"".join(parts)
