"""The child's half of `child_process`: a loop that answers questions until nobody asks any more. Needs no Django.

A message is its length (8 bytes, big endian) and then its bytes; before an answer stands whether it is one.
"""

import os
import select
import sys
from collections.abc import Callable
from typing import BinaryIO

LENGTH = 8
DONE, FAILED = b"+", b"-"
# Then it ends by itself, and gives its memory back.
IDLE_SECONDS = 60


def serve(answer: Callable[[bytes], bytes]) -> None:
    """Answer what comes in, one question after the other; after a failure the process ends, whatever state it is in."""
    questions, answers = sys.stdin.buffer.raw, os.fdopen(os.dup(1), "wb")
    # Whatever else writes to the standard output must not stand among the answers.
    os.dup2(2, 1)
    while select.select([questions], [], [], IDLE_SECONDS)[0]:
        try:
            question = receive(questions)
            if question is None:
                return
            found = answer(question)
        except BaseException as error:
            send(answers, f"{type(error).__name__}: {error}".encode()[:500], FAILED)
            raise
        send(answers, found, DONE)


def send(stream: BinaryIO, content: bytes, mark: bytes = b"") -> None:
    """Write a message."""
    stream.write(mark + len(content).to_bytes(LENGTH) + content)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next message; None where the other side has gone."""
    head = exactly(stream, LENGTH)
    return None if head is None else exactly(stream, int.from_bytes(head))


def exactly(stream: BinaryIO, count: int) -> bytes | None:
    """So many bytes, or None where they end before."""
    pieces = bytearray()
    while len(pieces) < count:
        piece = stream.read(count - len(pieces))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)
