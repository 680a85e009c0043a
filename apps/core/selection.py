"""Which rows a form means that can mean many: those that are ticked, or all that a list finds."""

from functools import cached_property

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

LONGEST_QUERY = 2000


class Selection:
    """The rows that the posted form names: by `one`, the row whose button was pressed; by `all` and the list's `query`;
    or by the field `named`, those that are ticked. An id that is a stranger's or gone finds nothing.

    A subclass says which rows there are, which texts can be ids, and what a list finds.
    """

    named = "rows"
    # More at once would keep everybody else from writing for too long.
    most = 5000

    def __init__(self, request: HttpRequest):
        self.request = request
        named = request.POST.getlist("one") or request.POST.getlist(self.named)
        self.ids = list(dict.fromkeys(filter(self.can_be_id, named)))[: self.most + 1]
        self.is_all = bool(request.POST.get("all")) and "one" not in request.POST
        self.query = request.POST.get("query", "")[:LONGEST_QUERY]

    def own(self) -> QuerySet:
        """All rows that may be chosen from."""
        raise NotImplementedError

    def can_be_id(self, text: str) -> bool:
        """Whether a database can be asked for it."""
        raise NotImplementedError

    def listed(self, query: QueryDict) -> QuerySet:
        """The rows of all pages of the list at this address."""
        raise NotImplementedError

    @cached_property
    def rows(self) -> QuerySet:
        """They themselves."""
        return self.listed(QueryDict(self.query)) if self.is_all else self.own().filter(pk__in=self.ids)

    @cached_property
    def count(self) -> int:
        """How many they are."""
        return self.rows.count()
