"""What every showing of the list of invoices asks, prepared (see `apps.core.prepared`). Each is asked with the id of a
workspace first."""

from django.db.models import BigIntegerField, CharField, Count, Exists, OuterRef, Sum, Value

from apps.clients.models import Client
from apps.core.prepared import Prepared
from apps.core.tables import PAGE_SIZE
from apps.invoicing.models import Invoice
from apps.invoicing.querysets import InvoiceQuerySet

_ID = BigIntegerField()


def _of(workspace) -> InvoiceQuerySet:
    return Invoice.objects.filter(workspace=workspace)


def open_of(workspace) -> InvoiceQuerySet:
    """The open invoices of a workspace, to be part of a prepared question."""
    # The workspace is named on both sides of the join, so that the few open ones are read and not the many old.
    return _of(workspace).open().filter(receivable__workspace=workspace)


def _grouped(mark: str, invoices: InvoiceQuerySet) -> InvoiceQuerySet:
    groups = invoices.order_by().annotate(mark=Value(mark, CharField())).values("mark", "kind", "status", "currency")
    return groups.annotate(rows=Count("*"), sum_minor=Sum("total_minor"))


def _groups(workspace) -> InvoiceQuerySet:
    some = (
        _grouped("open", open_of(workspace)),
        _grouped("lost", _of(workspace).written_off().filter(loss__workspace=workspace)),
    )
    return _grouped("all", _of(workspace)).union(*some, all=True)


def _billed_clients(workspace):
    billed = Exists(_of(workspace).filter(client=OuterRef("pk")))
    return Client.objects.filter(billed, workspace=workspace).order_by("name", "pk").values_list("pk", "name")


# By `mark`, `kind`, `status` and `currency`: how many (`rows`) and the sum of their totals (`sum_minor`).
# The mark says of which: of "all", and once more of those that are "open" and of those written off ("lost").
GROUPS = Prepared(_groups, _ID)

# Pairs of id and name of those who have any invoice.
BILLED_CLIENTS = Prepared(_billed_clients, _ID)

_STANDING = ("pk", "paid_sum", "credited_sum", "written_off_sum", "is_sent", "is_viewed")
_STANDINGS = Prepared(
    lambda workspace, *ids: _of(workspace).filter(pk__in=ids).order_by().with_standing().values_list(*_STANDING),
    *[_ID] * (1 + PAGE_SIZE),
)


def attach_standing(invoices: list[Invoice]) -> None:
    """Give the invoices of one page of a list what `with_standing` would have brought along."""
    if not invoices:
        return
    ids = [invoice.pk for invoice in invoices]
    # No invoice has the id 0: it fills the places that a short page leaves.
    filled = ids + [0] * (PAGE_SIZE - len(ids))
    found = {pk: sums for pk, *sums in _STANDINGS(invoices[0].workspace_id, *filled)}
    for invoice in invoices:
        invoice.__dict__.update(zip(_STANDING[1:], found[invoice.pk], strict=True))
