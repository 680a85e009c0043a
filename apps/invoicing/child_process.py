"""Work that is done outside this process: where it may crash, or take more time or memory than it should.

Starting such a process takes a second, most of it for loading libraries, so it is kept for the next question and ends
by itself when none comes (see `serving.py`).
"""

import atexit
import subprocess
import sys
import threading

from django.conf import settings

from apps.invoicing.serving import DONE, exactly, receive, send

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
        self._answers = 0
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def ask(self, question: bytes) -> bytes:
        """Its answer; raises ChildError where there is none within the limits."""
        with self._lock:
            child = self._running()
            timer = threading.Timer(TIME_LIMIT_SECONDS, child.kill)
            timer.start()
            try:
                return self._answer(child, question)
            except BaseException:
                # What is half said would be taken for the answer to the next question.
                self.stop()
                raise
            finally:
                timer.cancel()

    def _answer(self, child: subprocess.Popen, question: bytes) -> bytes:
        try:
            send(child.stdin, question)
        except BrokenPipeError:
            raise ChildError(f"{self.module} does not listen") from None
        mark = exactly(child.stdout, 1)
        answer = receive(child.stdout)
        if mark is None or answer is None:
            raise ChildError(f"{self.module} gave no answer within {TIME_LIMIT_SECONDS} seconds, or broke")
        if mark != DONE:
            raise ChildError(f"{self.module}: {answer.decode(errors='replace')}")
        self._answers += 1
        return answer

    def _running(self) -> subprocess.Popen:
        if self._child and (self._child.poll() is not None or self._answers >= ANSWERS_OF_ONE):
            self.stop()
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=settings.BASE_DIR,
            )
            self._answers = 0
        return self._child

    def stop(self) -> None:
        """End the process, if there is one."""
        child, self._child = self._child, None
        if child:
            child.kill()
            child.stdin.close()
            child.stdout.close()
            child.wait()
