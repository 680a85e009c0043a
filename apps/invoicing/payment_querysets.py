"""Questions about money that came in, what it paid, and what went back."""

from typing import NoReturn, Self

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.workspaces.tenancy import OwnedQuerySet


def refuse_change() -> NoReturn:
    """The one message for every path that would change what is booked."""
    raise ValidationError(_("A payment is not changed: take it back and book it anew."), code="final")


class BookedQuerySet(OwnedQuerySet):
    """Rows that come and go one by one, so that each leaves a trace."""

    def total_minor(self) -> int:
        """Their sum, in minor units; the caller sees to it that they are in one currency."""
        return self.aggregate(total=Coalesce(Sum("amount_minor"), 0))["total"]

    def update(self, **kwargs):
        refuse_change()

    def delete(self):
        raise ValidationError(_("Payments are taken back one by one."), code="final")

    def bulk_create(self, objs, *args, **kwargs):
        raise ValidationError(_("Payments are booked one by one."), code="final")


class PaymentQuerySet(BookedQuerySet):
    """Questions about payments."""

    def with_rest(self) -> Self:
        """Adds `rest_sum` (minor units), what of each is on no invoice."""
        allocations = self.model._meta.get_field("allocations").related_model.objects
        of_payment = allocations.filter(payment=OuterRef("pk")).order_by().values("payment")
        used = of_payment.annotate(total=Sum("amount_minor")).values("total")
        return self.annotate(rest_sum=F("amount_minor") - Coalesce(Subquery(used), 0))

    def rest_minor(self) -> int:
        """What of all of them is on no invoice; the caller sees to it that they are in one currency."""
        return self.with_rest().aggregate(total=Coalesce(Sum("rest_sum"), 0))["total"]

    def rests_by_currency(self) -> dict[str, int]:
        """The same for each currency."""
        return dict(self.with_rest().order_by().values_list("currency").annotate(total=Sum("rest_sum")))


class AllocationQuerySet(BookedQuerySet):
    """Questions about what went where."""

    def by_invoice(self) -> dict[int, int]:
        """Minor units for each invoice's id; none that come to nothing."""
        sums = self.order_by().values_list("invoice").annotate(total=Sum("amount_minor"))
        return {pk: total for pk, total in sums.order_by("invoice") if total}

    def by_payment(self) -> dict[int, int]:
        """Minor units for each payment's id."""
        return dict(self.order_by().values_list("payment").annotate(total=Sum("amount_minor")))
