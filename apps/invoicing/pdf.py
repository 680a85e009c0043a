"""The invoice on paper: PDF bytes from a snapshot, always the same ones from the same snapshot."""

import base64
import hashlib
import json

from django.template.loader import render_to_string

from apps.invoicing.child_process import ChildProcess
from apps.invoicing.paper import Paper

PRESS = ChildProcess("apps.invoicing.press")


def job(paper: Paper, *, xml: bytes = b"", logo: bytes = b"") -> dict:
    """What the press needs. Dates come from the snapshot and the identifier from the content, so that the same snapshot
    gives the same bytes; `xml` is the e-invoice that is attached."""
    html = render_to_string(f"invoicing/print/{paper.theme}.html", {"paper": paper, "has_logo": bool(logo)})
    content = json.dumps(paper.facts, sort_keys=True).encode() + xml + logo
    return {
        "html": html,
        "styles": ["invoice-base", f"invoice-{paper.theme}"],
        "identifier": hashlib.sha256(content).hexdigest()[:32],
        "logo": base64.b64encode(logo).decode(),
        "xml": xml.decode(),
        "at": paper.facts["issued_at"],
    }


def render(paper: Paper, *, xml: bytes = b"", logo: bytes = b"") -> bytes:
    """The PDF of a document, made by a process of its own; raises `ChildError` where that fails."""
    return PRESS.ask(json.dumps(job(paper, xml=xml, logo=logo)).encode())
