"""Work that is done outside this process: where it may crash, or take more time or memory than it should.

Starting such a process takes a second, most of it for loading libraries, so it is kept for the next question and ends
by itself when none comes (see `serving.py`).
"""

import atexit
import subprocess
import sys
import threading
import time
from contextlib import suppress

from django.conf import settings

from apps.invoicing.serving import DONE, IDLE_SECONDS, exactly, receive, send

TIME_LIMIT_SECONDS = 30
# Afterwards a fresh one is started: what a library piles up does not stay.
ANSWERS_OF_ONE = 100


class ChildError(RuntimeError):
    """The work was not done: the process took too long, too much memory, or broke."""


class ChildProcess:
    """A module of ours that runs by itself (`python -m`) and answers questions."""

    def __init__(self, module: str):
        self.module = module
        self._child: subprocess.Popen | None = None
        self._answers, self._last_used = 0, 0.0
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def ask(self, question: bytes) -> bytes:
        """Its answer; raises ChildError where there is none within the limits."""
        with self._lock:
            child = self._running()
            too_late = threading.Event()
            timer = threading.Timer(TIME_LIMIT_SECONDS, self._give_up, [child, too_late])
            timer.start()
            try:
                return self._answer(child, question)
            except BaseException as error:
                # What is half said would be taken for the answer to the next question.
                self.stop()
                if too_late.is_set():
                    raise ChildError(f"{self.module} took more than {TIME_LIMIT_SECONDS} seconds") from error
                raise
            finally:
                timer.cancel()

    @staticmethod
    def _give_up(child: subprocess.Popen, too_late: threading.Event) -> None:
        too_late.set()
        child.kill()

    def _answer(self, child: subprocess.Popen, question: bytes) -> bytes:
        # One that ends while it is being asked may have said why.
        with suppress(BrokenPipeError):
            send(child.stdin, question)
        mark = exactly(child.stdout, 1)
        answer = receive(child.stdout)
        if mark is None or answer is None:
            raise ChildError(f"{self.module} broke without an answer")
        if mark != DONE:
            raise ChildError(f"{self.module}: {answer.decode(errors='replace')}")
        self._answers += 1
        self._last_used = time.monotonic()
        return answer

    def _running(self) -> subprocess.Popen:
        if self._child and not self._is_fit(self._child):
            self.stop()
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=settings.BASE_DIR,
            )
            self._answers, self._last_used = 0, time.monotonic()
        return self._child

    def _is_fit(self, child: subprocess.Popen) -> bool:
        # Not one that may end by itself while it is being asked.
        is_fresh = time.monotonic() - self._last_used < IDLE_SECONDS / 2
        return child.poll() is None and is_fresh and self._answers < ANSWERS_OF_ONE

    def stop(self) -> None:
        """End the process, if there is one."""
        child, self._child = self._child, None
        if child:
            child.kill()
            with suppress(BrokenPipeError):
                child.stdin.close()
            child.stdout.close()
            child.wait()
