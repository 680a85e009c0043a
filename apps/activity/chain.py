"""The chain of a workspace's events: each carries the hash of the one before it, so that none can be changed unseen.

Form 1 of an event's hash: SHA-256, in small hexadecimal digits, over a JSON object with exactly these names, sorted,
without spaces, with every character beyond ASCII written as \\uXXXX:

    acted_by       who did it, as they were then: "7 ada@example.com", or "" where nobody did
    at             when, in UTC to the microsecond: "2026-05-04T09:30:00.000000+00:00"
    facts          the event's facts: texts, whole numbers, true, false, null, lists and objects of them
    form           1
    kind           the model of the row: "invoicing.invoice"
    position       1, 2, 3… within the workspace
    previous_hash  the hash of the event before it, for the first one 64 zeros
    row            the key of the row, as text
    verb           what happened
    workspace      the id of the workspace

Another form gets another number and its own function: what is stored stays to be checked by the form that it has.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

FORM = 1
GENESIS = "0" * 64
# What every database keeps exactly as a number in JSON.
_GREATEST = 2**63 - 1


def digest(
    *,
    workspace: int,
    position: int,
    acted_by: str,
    verb: str,
    kind: str,
    row: str,
    facts: dict,
    at: datetime,
    previous_hash: str,
) -> str:
    """The hash of an event in form 1."""
    event = {
        "form": FORM,
        "workspace": workspace,
        "position": position,
        "acted_by": acted_by,
        "verb": verb,
        "kind": kind,
        "row": row,
        "facts": facts,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous_hash": previous_hash,
    }
    return hashlib.sha256(json.dumps(event, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def check_facts(value: Any, path: str = "facts") -> None:
    """Raise TypeError for what would not come back from every database as it went in: floats, dates, huge numbers."""
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path} has the key {key!r}, which is not text")
            check_facts(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            check_facts(part, f"{path}[{number}]")
    elif isinstance(value, int):
        if abs(value) > _GREATEST:
            raise TypeError(f"{path} is too large a number: {value}")
    elif not (value is None or isinstance(value, str)):
        raise TypeError(f"{path} is {value!r}; write it as a text or a whole number")
