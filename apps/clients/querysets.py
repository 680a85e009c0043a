"""Questions about clients."""

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from apps.workspaces.tenancy import OwnedQuerySet


class ClientQuerySet(OwnedQuerySet):
    """Questions about many clients."""

    def active(self) -> "ClientQuerySet":
        """Those that are not archived."""
        return self.filter(archived_at=None)

    def search(self, text: str) -> "ClientQuerySet":
        """Those with `text` in their name, code or address of any kind."""
        if not text:
            return self
        return self.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(email__icontains=text))

    def with_project_count(self) -> "ClientQuerySet":
        """Adds `project_count`, archived ones left out."""
        return self.annotate(project_count=Count("projects", filter=Q(projects__archived_at=None), distinct=True))

    def by_hours(self, *, descending: bool) -> "ClientQuerySet":
        """In order of all time that was recorded for them."""
        ordered = self.annotate(all_seconds=Coalesce(Sum("projects__totals__seconds"), 0))
        return ordered.order_by("-all_seconds" if descending else "all_seconds", "name", "pk")

    def by_unbilled(self, *, descending: bool) -> "ClientQuerySet":
        """In order of what is not billed yet in their own currency; clients of one currency stand together."""
        own = Q(projects__totals__currency=F("currency"))
        ordered = self.annotate(own_unbilled=Coalesce(Sum("projects__totals__unbilled_minor", filter=own), 0))
        return ordered.order_by("currency", "-own_unbilled" if descending else "own_unbilled", "name", "pk")

    def unbilled_by_currency(self) -> list[tuple[str, int]]:
        """(currency, minor units) that these clients have not been billed yet; also the currencies without any."""
        rows = self.order_by().values_list("currency", "projects__totals__currency")
        sums: dict[str, int] = {}
        for own, currency, minor in rows.annotate(Sum("projects__totals__unbilled_minor")):
            sums.setdefault(own, 0)
            if currency:
                sums[currency] = sums.get(currency, 0) + minor
        return sorted(sums.items())
