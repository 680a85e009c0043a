"""`python -m bench.documents`: an invoice as long as they get: how long its draft takes to be saved, and its PDF.

The draft is sent to the editor's view as a browser sends it. The PDF is made by the worker's job with the e-invoice
that it carries, both checked; once with the processes that do it started for it, and once with them at hand. The
processor's own time, of these processes too, stands beside the clock's, since the machine may be shared.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench import environment

SAVE_SECONDS_AT_MOST, PDF_SECONDS_AT_MOST = 2, 10
NAME = "documents"
SELLER = {
    "address": "Quay 1\n20457 Hamburg",
    "country": "DE",
    "tax_id": "DE136695976",
    "iban": "DE89370400440532013000",
}
BUYER = {"address": "9 Rue Longue\n75001 Paris", "country": "FR", "tax_id": "FR40303265045"}


@dataclass(frozen=True)
class Seconds:
    """How long something takes by the clock, and how much of the processor."""

    clock: float
    processor: float


def timed(act: Callable) -> Seconds:
    """Do it, and say how long that took."""
    began, used = time.perf_counter(), _processor_seconds()
    act()
    return Seconds(time.perf_counter() - began, _processor_seconds() - used)


def _processor_seconds() -> float:
    """Of this process and of those that it has started, so far."""
    own = os.times()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    running = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in children) / 1e9
    return own.user + own.system + own.children_user + own.children_system + running


def business():
    """A person with a business in Germany, and their client in France."""
    from apps.accounts.models import User
    from apps.clients.models import Client
    from apps.workspaces.models import Workspace

    user = User.objects.create_user("bench@example.com", None, name="Bench", timezone="Europe/Berlin")
    workspace = Workspace.open_for(user, name="Bench studio", timezone="Europe/Berlin", email=user.email, **SELLER)
    client = Client.objects.create(
        workspace=workspace, name="Partners", currency="EUR", email="accounts@example.com", **BUYER
    )
    return user, workspace, client


def sheet(invoice, lines: int, *, price: str) -> dict:
    """What the editor sends for a draft of so many lines."""
    from apps.invoicing.tax_choices import usual_tax

    data = {
        "client": invoice.client_id, "currency": invoice.currency, "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(), "reference": "", "notes": "", "version": invoice.version,
        "lines-TOTAL_FORMS": lines, "lines-INITIAL_FORMS": 0,
    }  # fmt: skip
    tax = usual_tax(invoice)
    keys = list(invoice.lines.values_list("pk", flat=True))
    for number in range(lines):
        row = {
            "id": keys[number] if keys else "", "description": f"Page {number + 1}: layout and corrections",
            "quantity": "1.25", "unit": "h", "unit_price": price, "discount": "", "tax": tax, "ORDER": number + 1,
        }  # fmt: skip
        data |= {f"lines-{number}-{name}": value for name, value in row.items()}
    return data


def save(browser, invoice, data: dict) -> Seconds:
    """One press of the editor's button."""
    answers = []
    seconds = timed(lambda: answers.append(browser.post(invoice.edit_url, data, headers={"hx-request": "true"})))
    if answers[0].status_code != 200:
        raise SystemExit(f"the editor answered {answers[0].status_code}")
    return seconds


def measure(lines: int) -> tuple[dict[str, Seconds], dict[str, int]]:
    """How long each step takes, and how many bytes each document of the last invoice has."""
    from apps.invoicing.models import Invoice, InvoiceDocument
    from apps.invoicing.tasks import render_invoice_pdf
    from bench.queries import browser

    user, workspace, client = business()
    signed_in, found = browser(user), {}
    for turn in ("cold", "warm"):
        invoice = Invoice.start(workspace=workspace, client=client, issue_date=date.today() - timedelta(days=1))
        found[f"first save, {turn}"] = save(signed_in, invoice, sheet(invoice, lines, price="80"))
        invoice = workspace.invoices.get(pk=invoice.pk)
        found[f"second save, {turn}"] = save(signed_in, invoice, sheet(invoice, lines, price="95.50"))
        invoice = workspace.invoices.get(pk=invoice.pk)
        assert invoice.lines.count() == lines, f"{invoice.lines.count()} lines were saved"
        found[f"issue, {turn}"] = timed(invoice.issue)
        found[f"PDF, {turn}"] = timed(lambda pk=invoice.pk: render_invoice_pdf.func(workspace.pk, pk))
    documents = InvoiceDocument.objects.filter(invoice=invoice)
    return found, {document.kind: len(document.content) for document in documents}


def main() -> int:
    """Run it; 0 when saving and the PDF kept their bounds."""
    parser = argparse.ArgumentParser(prog="python -m bench.documents", description=__doc__)
    parser.add_argument("--lines", type=int, default=500, help="lines of the invoice (default 500, the most there are)")
    options = parser.parse_args()
    environment.choose(options.lines)
    if not os.environ["DB_HOST"]:
        os.environ["SQLITE_PATH"] = str(environment.OUT / f"{NAME}.sqlite3")
    import django

    django.setup()
    environment.empty_database()
    found, sizes = measure(options.lines)
    print(f"{options.lines} lines, {environment.database()}, load {os.getloadavg()[0]:.1f}")
    for step, took in found.items():
        print(f"  {step:18} {took.clock:7.2f} s, {took.processor:6.2f} s of processor time")
    print("  " + ", ".join(f"{kind} {size:,} bytes" for kind, size in sizes.items()))
    slowest = {kind: max(took.clock for step, took in found.items() if kind in step) for kind in ("save", "PDF")}
    return 0 if slowest["save"] < SAVE_SECONDS_AT_MOST and slowest["PDF"] < PDF_SECONDS_AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
