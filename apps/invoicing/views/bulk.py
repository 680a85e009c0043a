"""Many invoices at once: marked as paid, and their PDFs in one file."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core import access
from apps.core.htmx import done, notify
from apps.core.money import format_money
from apps.core.selection import Selection
from apps.invoicing.listing import Listing
from apps.invoicing.querysets import InvoiceQuerySet
from apps.invoicing.together import Outcome, mark_paid, take_back, zip_of_pdfs
from apps.invoicing.views.payments import CHANGED, posted_token

LONGEST_ID = 18
# Each payment's key is this and the number of its invoice.
LONGEST_TOKEN = 32


class InvoiceSelection(Selection):
    """The invoices that the posted form names."""

    named = "invoices"
    most = 200

    def own(self) -> InvoiceQuerySet:
        return self.request.workspace.invoices.all()

    def can_be_id(self, text: str) -> bool:
        return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID

    def listed(self, query: QueryDict) -> InvoiceQuerySet:
        return Listing(self.request.workspace, query).invoices

    @property
    def refusal(self) -> str:
        """Why nothing can be done with them; empty where something can."""
        if not self.count:
            return _("Tick the invoices first that you mean.")
        if self.count > self.most:
            return _("That is more than %(most)d invoices at once. Filter for fewer.") % {"most": self.most}
        return ""


@access.member
@require_POST
def bulk_mark_paid(request: HttpRequest) -> HttpResponse:
    """Book all that is open of what is ticked, today; the same form sent twice books once."""
    selection = InvoiceSelection(request)
    if selection.refusal:
        return refuse_selection(request, selection.refusal)
    token = posted_token(request)[:LONGEST_TOKEN]
    outcome = mark_paid(selection.rows, token=token, actor=request.user)
    undo = f"{reverse('invoicing:bulk_take_back')}?{urlencode({'of': token})}" if outcome.payments else None
    notify(request, " ".join([*_booked(outcome), *_left_out(outcome)]), undo=undo)
    return done(request, reverse("invoicing:list"), events=["selection-done", CHANGED])


@access.member
@require_POST
def bulk_take_back(request: HttpRequest) -> HttpResponse:
    """Take back what one press booked (`?of=…`)."""
    token = request.GET.get("of", "")[:LONGEST_TOKEN].replace("\x00", "")
    try:
        count = take_back(request.workspace, token=token, actor=request.user)
    except ValidationError as error:
        return refuse_selection(request, error.messages[0])
    told = ngettext(
        "%(count)d payment is taken back; the invoice is open again.",
        "%(count)d payments are taken back; the invoices are open again.",
        count,
    )
    notify(request, told % {"count": count} if count else _("This cannot be taken back any more."))
    return done(request, reverse("invoicing:list"), events=[CHANGED])


@access.member
@require_POST
def bulk_pdf(request: HttpRequest) -> HttpResponseBase:
    """The PDFs of what is ticked as one ZIP file; drafts have none, which the next page says."""
    selection = InvoiceSelection(request)
    if selection.refusal:
        return refuse_selection(request, selection.refusal)
    issued = list(selection.rows.numbered().select_related("workspace").order_by("issue_date", "pk"))
    drafts = selection.count - len(issued)
    if not issued:
        return refuse_selection(request, _("Drafts have no PDF to keep yet. Issue them first."))
    if drafts:
        notify(request, _without_drafts(drafts))
    answer = StreamingHttpResponse(zip_of_pdfs(issued), content_type="application/zip")
    answer.headers["Content-Disposition"] = content_disposition_header(True, "invoices.zip")
    return answer


def refuse_selection(request: HttpRequest, told: str) -> HttpResponse:
    """Say why nothing can be done with what is ticked, and leave it ticked."""
    notify(request, told)
    return done(request, reverse("invoicing:list"), events=["selection-refused"])


def _booked(outcome: Outcome) -> list[str]:
    if not outcome.payments:
        return [_("Nothing was booked.")]
    count = len(outcome.payments)
    sentence = ngettext(
        "%(count)d invoice is marked as paid: %(amounts)s.",
        "%(count)d invoices are marked as paid: %(amounts)s.",
        count,
    )
    amounts = ", ".join(str(format_money(minor, currency)) for currency, minor in outcome.amounts)
    return [sentence % {"count": count, "amounts": amounts}]


def _left_out(outcome: Outcome) -> list[str]:
    sentences = {
        "paid": ngettext("%(count)d was paid already.", "%(count)d were paid already.", outcome.paid),
        "drafts": ngettext(
            "%(count)d is a draft: issue it first.", "%(count)d are drafts: issue them first.", outcome.drafts
        ),
        "credit_notes": ngettext(
            "%(count)d is a credit note, which nobody pays.",
            "%(count)d are credit notes, which nobody pays.",
            outcome.credit_notes,
        ),
        "estimates": ngettext(
            "%(count)d is an estimate: make an invoice of it first.",
            "%(count)d are estimates: make invoices of them first.",
            outcome.estimates,
        ),
        "cancelled": ngettext("%(count)d is cancelled.", "%(count)d are cancelled.", outcome.cancelled),
    }
    counts = {reason: getattr(outcome, reason) for reason in sentences}
    return [sentence % {"count": counts[reason]} for reason, sentence in sentences.items() if counts[reason]]


def _without_drafts(drafts: int) -> str:
    told = ngettext(
        "The file is without %(count)d draft: it has no PDF to keep yet.",
        "The file is without %(count)d drafts: they have no PDF to keep yet.",
        drafts,
    )
    return told % {"count": drafts}
