"""Questions about invoices; and the refusal to change issued ones in bulk."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core import days
from apps.core.money import MinorField
from apps.workspaces.tenancy import OwnedQuerySet

# What is open of an invoice, for querysets that have the sums of `with_balance`.
REST = F("total_minor") - F("paid_sum") - F("credited_sum") - F("written_off_sum")


# What no list of invoices shows: every column more is felt for every row.
_ONLY_ON_PAPER = (
    "snapshot", "notes", "prices_include_tax", "discount_percent", "discount_minor", "releases_time", "issued_at",
    "version", "created_at", "updated_at",
)  # fmt: skip


@cache
def _not_in_list() -> list[str]:
    of_client = [field.name for field in Client._meta.concrete_fields if field.name not in ("id", "workspace", "name")]
    return [*_ONLY_ON_PAPER, *(f"client__{name}" for name in of_client)]


def refuse_issued() -> None:
    """The one message for every path that would change an issued invoice."""
    raise ValidationError(
        _("This invoice is issued and cannot be changed any more. Its number, lines and parties are final."),
        code="issued",
    )


class FrozenQuerySet(OwnedQuerySet):
    """A queryset whose rows are final once their invoice is issued; `invoice_path` leads there."""

    invoice_path = "invoice__"

    def update(self, **kwargs):
        self._refuse_issued()
        return super().update(**kwargs)

    def delete(self):
        self._refuse_issued()
        return super().delete()

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        self._refuse_into_issued(objs)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs = list(objs)
        self.model._base_manager.filter(pk__in=[row.pk for row in objs])._refuse_issued()
        return super().bulk_update(objs, fields, *args, **kwargs)

    def _refuse_issued(self) -> None:
        if self.order_by().exclude(**{f"{self.invoice_path}status": "draft"}).exists():
            refuse_issued()

    def _refuse_into_issued(self, objs: list) -> None:
        from apps.invoicing.models import Invoice

        Invoice.objects.filter(pk__in={row.invoice_id for row in objs})._refuse_issued()


class BilledTimeQuerySet(FrozenQuerySet):
    """Which time is on which invoice."""

    def give_up(self) -> None:
        """Forget it, also of an issued invoice: a credit note gives its time back."""
        models.QuerySet.delete(self)


class LineQuerySet(FrozenQuerySet):
    """Questions about lines."""

    def copy_to(self, invoice) -> None:
        """The same lines on another draft, without their time."""
        copies = list(self.all())
        for line in copies:
            line.pk, line.invoice, line._state.adding = None, invoice, True
        self.model.objects.bulk_create(copies)

    def with_time_count(self) -> Self:
        """In their order, with `time_count`: on how many time entries each rests.

        The order is named, since one of the model's own does not hold for rows that are grouped.
        """
        related = self.select_related("source")
        return related.annotate(time_count=Count("billed_times")).order_by("position", "pk")


class InvoiceQuerySet(FrozenQuerySet):
    """Questions about many invoices. What is paid, open or late follows from the payments."""

    invoice_path = ""

    def _refuse_into_issued(self, objs: list) -> None:
        if any(row.status != "draft" for row in objs):
            refuse_issued()

    def today(self) -> date:
        """The business's own day, when asked through it (`workspace.invoices`), else that of the present zone."""
        owner = self._hints.get("instance")
        workspace = getattr(owner, "workspace", owner)
        zone = getattr(workspace, "zone", None)
        return days.local_day(days.now(), zone) if zone else timezone.localdate()

    def drafts(self) -> Self:
        """Those without a number, that can still be changed."""
        return self.filter(status="draft")

    def issued(self) -> Self:
        """Those with a number that stand, credit notes too."""
        return self.filter(status="issued")

    def invoices(self) -> Self:
        """Those that ask for money: no credit notes, no estimates."""
        return self.filter(kind="invoice")

    def without_estimates(self) -> Self:
        """Those that go into the books: invoices and credit notes."""
        return self.filter(kind__in=["invoice", "credit_note"])

    def estimates(self) -> Self:
        """Those that only say what work would cost, with the client's answer and the invoice made of each."""
        return self.filter(kind="estimate").select_related("answer", "billed_by").defer("billed_by__snapshot")

    def credit_notes(self) -> Self:
        """Those that take another one back."""
        return self.filter(kind="credit_note")

    def total_minor(self) -> int:
        """The sum of their totals, in minor units; the caller sees to it that they are in one currency."""
        return self.aggregate(total=Coalesce(Sum("total_minor"), 0))["total"]

    def cancel(self) -> None:
        """Mark as cancelled those that are credited as a whole: the only change that an issued invoice sees."""
        models.QuerySet.update(self.filter(status="issued"), status="cancelled")

    def open(self) -> Self:
        """Issued and not fully paid."""
        return self._receivable()

    def overdue(self, on: date | None = None) -> Self:
        """Open on the day after their due date or later; `on` is today unless given."""
        return self._receivable(receivable__due_date__lt=on or self.today())

    def due_between(self, first: date | None, last: date | None) -> Self:
        """Open, and due on these days or between them; None leaves an end open."""
        bounds = {"gte": first, "lte": last}
        return self._receivable(
            **{f"receivable__due_date__{end}": day for end, day in bounds.items() if day is not None}
        )

    def numbered(self) -> Self:
        """Those with a number: they stand, or are cancelled meanwhile."""
        return self.filter(status__in=["issued", "cancelled"])

    def cancelled(self) -> Self:
        """Those that are credited as a whole."""
        return self.filter(status="cancelled")

    def paid(self) -> Self:
        """Issued with nothing left to pay."""
        return self.issued().invoices().filter(receivable=None, loss=None)

    def written_off(self) -> Self:
        """Those whose open rest was given up."""
        return self.issued().filter(loss__isnull=False, receivable=None)

    def _receivable(self, **conditions) -> Self:
        # The workspace is named on both sides of the join, so that the few open ones are read and not the many old.
        owner = self._hints.get("instance")
        if owner is not None:
            conditions["receivable__workspace"] = getattr(owner, "workspace_id", owner.pk)
        return self.filter(receivable__isnull=False, **conditions)

    def with_balance(self) -> Self:
        """Adds `paid_sum`, `credited_sum`, `written_off_sum` (minor units): of each one's payments, credit notes and
        what was given up."""
        from apps.invoicing.models import Allocation, WriteOff

        allocations = Allocation.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
        paid = allocations.annotate(total=Sum("amount_minor")).values("total")
        notes = self.model.objects.filter(corrects=OuterRef("pk"), status="issued").order_by().values("corrects")
        credited = notes.annotate(total=Sum("total_minor")).values("total")
        lost = WriteOff.objects.filter(invoice=OuterRef("pk")).values("amount_minor")
        return self.annotate(
            paid_sum=Coalesce(Subquery(paid), 0),
            credited_sum=Coalesce(Subquery(credited), 0),
            written_off_sum=Coalesce(Subquery(lost), 0),
        )

    def with_deliveries(self) -> Self:
        """Adds `is_sent` and `is_viewed`: whether each went out, and whether its client has opened its page."""
        from apps.invoicing.models import Delivery, PublicLink

        gone = Delivery.objects.gone().filter(invoice=OuterRef("pk"))
        viewed = PublicLink.objects.filter(invoice=OuterRef("pk"), first_viewed_at__isnull=False)
        return self.annotate(is_sent=Exists(gone), is_viewed=Exists(viewed))

    def open_on(self, day: date) -> Self:
        """Those dated up to a day and open at its end; the sums of `with_balance` are of what had come by then."""
        from apps.invoicing.models import Allocation, WriteOff

        allocations = Allocation.objects.filter(invoice=OuterRef("pk"), day__lte=day).order_by().values("invoice")
        paid = allocations.annotate(total=Sum("amount_minor")).values("total")
        # Their conditions stand in the sum: as a filter, SQLite would look for notes by date, for each invoice anew.
        notes = self.model.objects.filter(corrects=OuterRef("pk")).order_by().values("corrects")
        then = Q(status="issued", issue_date__lte=day)
        credited = notes.annotate(total=Sum("total_minor", filter=then)).values("total")
        dated = self.invoices().numbered().filter(issue_date__lte=day)
        lost = WriteOff.objects.filter(invoice=OuterRef("pk"), written_off_on__lte=day).values("amount_minor")
        sums = dated.annotate(
            paid_sum=Coalesce(Subquery(paid), 0),
            credited_sum=Coalesce(Subquery(credited), 0),
            written_off_sum=Coalesce(Subquery(lost), 0),
        )
        return sums.filter(total_minor__gt=F("paid_sum") + F("credited_sum") + F("written_off_sum"))

    def open_by_age(self, earliest: Sequence[date]) -> Self:
        """`invoices` and `open_minor` for each `currency` and `age_number`; needs the sums of `with_balance`.

        An age is from its place in `earliest` due dates, the latest first, up to the one before; the last has no end.
        Days are compared, not counted: the engines count them differently.
        """
        cases = (When(due_date__gte=day, then=Value(number)) for number, day in enumerate(earliest))
        age_number = Case(*cases, default=Value(len(earliest)), output_field=models.IntegerField())
        groups = self.order_by().annotate(age_number=age_number).values("currency", "age_number")
        return groups.annotate(invoices=Count("pk"), open_minor=Sum(REST))

    def with_signed_total(self) -> Self:
        """Adds `signed_minor`: the total, of a credit note below zero."""
        taken_back = When(kind="credit_note", then=-F("total_minor"))
        return self.annotate(signed_minor=Case(taken_back, default=F("total_minor"), output_field=MinorField()))

    def sums_by_currency(self) -> list[dict]:
        """What they come to, for each currency: `currency`, `rows`, `sum_minor`, `open_minor`.

        Credit notes are below zero. Only the open ones are asked for their payments.
        """
        still_open = Case(When(receivable__isnull=False, then=REST), default=0, output_field=MinorField())
        return list(
            self.with_balance()
            .with_signed_total()
            .order_by()
            .values("currency")
            .annotate(rows=Count("pk"), sum_minor=Sum("signed_minor"), open_minor=Sum(still_open))
            .order_by("currency")
        )

    def for_list(self) -> Self:
        """With what a row of a list shows but how it stands; newest first. Snapshots stay behind: they are long."""
        return self.select_related("client").defer(*_not_in_list()).order_by("-issue_date", "-pk")

    def with_standing(self) -> Self:
        """With all that the state and the balance of each follow from."""
        return self.with_balance().with_deliveries()

    def for_detail(self) -> Self:
        """With all that the page of one invoice shows."""
        rows = self.select_related(
            "client", "workspace", "corrects", "answer", "billed_by", "from_estimate", "loss", "public_link"
        )
        return rows.with_standing()

    def search(self, text: str) -> Self:
        """Those with `text` in number, reference or client."""
        if not text:
            return self
        return self.filter(Q(number__icontains=text) | Q(reference__icontains=text) | Q(client__name__icontains=text))

    def open_amounts(self) -> list[dict]:
        """What is open, for each currency: `currency`, `invoices`, `open_minor`, `late`, `late_minor`."""
        late = Q(due_date__lt=self.today())
        return list(
            self.open()
            .with_balance()
            .order_by()
            .values("currency")
            .annotate(
                invoices=Count("pk"),
                open_minor=Sum(REST),
                late=Count("pk", filter=late),
                late_minor=Coalesce(Sum(REST, filter=late), 0),
            )
            .order_by("-open_minor")
        )


class VersionQuerySet(OwnedQuerySet):
    """Versions are kept, not changed."""

    def for_list(self) -> Self:
        """Newest first, without what they say: that is long."""
        return self.select_related("actor").defer("facts").order_by("-number")

    def update(self, **kwargs):
        raise ValidationError(_("A version is not changed: restore it, and it becomes a new one."), code="final")
