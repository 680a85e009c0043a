"""Which entries a form means that can mean many: those that are ticked, or all that a list finds."""

from functools import cached_property

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.htmx import notify
from apps.workbench.listing import Listing
from apps.workbench.querysets import TimeEntryQuerySet
from apps.workbench.together import Outcome
from apps.workbench.views.lookup import is_entry_id, mine

# More at once would keep everybody else from writing for too long.
MOST = 5000
LONGEST_QUERY = 2000


class Selection:
    """The person's entries that the posted form names: by `one`, the row whose button was pressed; by `all` and the
    list's `query`; or by `entries`, those that are ticked."""

    def __init__(self, request: HttpRequest, *, with_trash: bool = False):
        self.request = request
        self.own = mine(request, with_trash=with_trash)
        named = request.POST.getlist("one") or request.POST.getlist("entries")
        self.ids = list(dict.fromkeys(filter(is_entry_id, named)))[:MOST]
        self.is_all = bool(request.POST.get("all")) and "one" not in request.POST
        self.query = request.POST.get("query", "")[:LONGEST_QUERY]

    @cached_property
    def entries(self) -> TimeEntryQuerySet:
        """They themselves; an id that is a stranger's or gone finds nothing."""
        if not self.is_all:
            return self.own.filter(pk__in=self.ids)
        return Listing(self.request.workspace, self.request.user, QueryDict(self.query), None).entries

    @cached_property
    def count(self) -> int:
        return self.entries.count()

    @property
    def refusal(self) -> str:
        """Why nothing can be done with them; empty where something can."""
        if not self.count:
            return _("Tick the entries first that you mean.")
        if self.count > MOST:
            return _("That is more than %(most)d entries at once. Choose a shorter period.") % {"most": MOST}
        return ""


def tell(request: HttpRequest, done: str, outcome: Outcome, *, undo: str | None = None) -> None:
    """Leave a toast: what was done, and in words how many stay as they are."""
    sentences = [done] if outcome.changed else []
    if outcome.billed:
        sentences.append(
            ngettext(
                "%(count)d is on an invoice and stays as it is.",
                "%(count)d are on an invoice and stay as they are.",
                outcome.billed,
            )
            % {"count": outcome.billed}
        )
    if outcome.live:
        sentences.append(_("The running timer stays as it is."))
    notify(request, " ".join(sentences), undo=undo if outcome.changed else None)
