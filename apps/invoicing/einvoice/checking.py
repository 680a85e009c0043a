"""Whether an electronic invoice is one by the rules of EN 16931, and what is missing, in words."""

import hashlib
import json
import re
from dataclasses import dataclass
from importlib.metadata import version

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from apps.invoicing.child_process import ChildProcess

JUDGE = ChildProcess("apps.invoicing.einvoice.judge")

_A_DAY = 24 * 60 * 60

# Where something is mended.
BUSINESS, CLIENT, INVOICE, NOWHERE = "business", "client", "invoice", ""

_SELLER_ID = (BUSINESS, _("Your VAT id or tax number is missing."))
_BUYER_ID = (CLIENT, _("The client's VAT id is missing, or yours: a sale without tax names both."))
_SAID = {
    "BR-02": (INVOICE, _("The invoice has no number.")),
    "BR-06": (BUSINESS, _("The name of your business is missing.")),
    "BR-07": (CLIENT, _("The client's name is missing.")),
    "BR-08": (BUSINESS, _("Your address and country are missing.")),
    "BR-09": (BUSINESS, _("The country of your business is missing.")),
    "BR-10": (CLIENT, _("The client's address and country are missing.")),
    "BR-11": (CLIENT, _("The client's country is missing.")),
    "BR-25": (INVOICE, _("A line has no description.")),
    "BR-27": (INVOICE, _("A price lies below zero.")),
    "BR-CO-09": (NOWHERE, _("A VAT id has to begin with the two letters of its country.")),
    "BR-CO-26": _SELLER_ID,
    "BR-S-02": _SELLER_ID,
    "BR-Z-02": _SELLER_ID,
    "BR-E-02": _SELLER_ID,
    "BR-G-02": (BUSINESS, _("Your VAT id is missing, which an export without tax has to name.")),
    "BR-AE-02": _BUYER_ID,
    "BR-IC-02": _BUYER_ID,
    "BR-IC-12": (CLIENT, _("The client's country is missing.")),
    "BR-O-11": (INVOICE, _("What is not subject to tax has to be billed by itself, without lines of another tax.")),
}
_SHAPES = [
    (r"BR-DEC-", NOWHERE, _("An electronic invoice has amounts of two decimals at most, and this currency has more.")),
    (r"BR-O-1[2-4]", *_SAID["BR-O-11"]),
    (r"BR-[A-Z]+-(03|04)", *_SELLER_ID),
]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a sentence, and where it is mended (`business`, `client`, `invoice` or nothing)."""

    place: str
    text: str


def findings(xml: bytes, kind: str) -> list[Finding]:
    """What keeps it from being an electronic invoice, each once; empty where nothing does.

    Takes a second or two, in a process of its own; what was found is remembered for the same content. Raises
    `ChildError` where it cannot be found out.
    """
    rules = version("factur-x")
    key = f"e-invoice:{rules}:{kind}:{hashlib.sha256(xml).hexdigest()}"
    found = cache.get(key)
    if found is None:
        found = json.loads(JUDGE.ask(json.dumps({"kind": kind, "xml": xml.decode()}).encode()))
        cache.set(key, found, _A_DAY)
    # Factur-X says by rules of its own once more what those of EN 16931 say better.
    by_norm = [each for each in found if each["rule"].startswith("BR-")]
    return list(dict.fromkeys(_in_words(each["rule"], each["text"]) for each in by_norm or found))


def _in_words(rule: str, text: str) -> Finding:
    if rule in _SAID:
        return Finding(_SAID[rule][0], str(_SAID[rule][1]))
    for shape, place, sentence in _SHAPES:
        if re.match(shape, rule):
            return Finding(place, str(sentence))
    return Finding(NOWHERE, re.sub(r"^\[[^]]*\]\s*-?\s*", "", text))
