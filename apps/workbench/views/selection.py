"""Which entries a form means that can mean many: those that are ticked, or all that a list finds."""

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.htmx import notify
from apps.core.selection import Selection as RowSelection
from apps.workbench.listing import Listing
from apps.workbench.querysets import TimeEntryQuerySet
from apps.workbench.together import Outcome
from apps.workbench.views.lookup import is_entry_id, mine


class Selection(RowSelection):
    """The person's entries that the posted form names."""

    named = "entries"

    def __init__(self, request: HttpRequest, *, with_trash: bool = False):
        super().__init__(request)
        self.with_trash = with_trash

    def own(self) -> TimeEntryQuerySet:
        return mine(self.request, with_trash=self.with_trash)

    def can_be_id(self, text: str) -> bool:
        return is_entry_id(text)

    def listed(self, query: QueryDict) -> TimeEntryQuerySet:
        return Listing(self.request.workspace, self.request.user, query, None).entries

    @property
    def entries(self) -> TimeEntryQuerySet:
        """The rows, by their name."""
        return self.rows

    @property
    def refusal(self) -> str:
        """Why nothing can be done with them; empty where something can."""
        if not self.count:
            return _("Tick the entries first that you mean.")
        if self.count > self.most:
            return _("That is more than %(most)d entries at once. Choose a shorter period.") % {"most": self.most}
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
