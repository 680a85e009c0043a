"""Work that is done outside this process: where it may crash, or take more time or memory than it should."""

import logging
import subprocess
import sys

from django.conf import settings

logger = logging.getLogger(__name__)

TIME_LIMIT_SECONDS = 30


class ChildError(RuntimeError):
    """The work was not done: the process took too long, too much memory, or broke."""


def run(module: str, *arguments: str, given: bytes) -> bytes:
    """Run a module of ours with `given` as its input and return its output; raises ChildError where it fails."""
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=TIME_LIMIT_SECONDS, cwd=settings.BASE_DIR, check=True
        )
    except subprocess.TimeoutExpired:
        raise ChildError(f"{module} took more than {TIME_LIMIT_SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ChildError(f"{module} ended with {error.returncode}: {reason}") from None
    if done.stderr:
        logger.warning("%s: %s", module, done.stderr.decode(errors="replace").strip())
    return done.stdout
