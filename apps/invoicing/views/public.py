"""What a client sees who was sent an address: the invoice, its PDF, how to pay. Nobody has to sign in.

A token that is unknown and one that was revoked answer the same. No page writes anything: a visit is counted when the
page's own script says that somebody looked at it, which mail scanners do not do.
"""

import re
from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from apps.core import access
from apps.core.limits import take_place
from apps.invoicing.child_process import ChildError
from apps.invoicing.documents import stored_pdf
from apps.invoicing.estimate_forms import AnswerForm
from apps.invoicing.models import PublicLink

REQUESTS_A_MINUTE = 60
# By what they call themselves; Cubot makes telephones.
_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scan|preview|headless|monitor|fetch|archiver|curl|wget|python|java/|go-http|okhttp|"
    r"libwww|http-?client|barracuda|proofpoint|mimecast|safelinks|urldefense|facebookexternalhit|whatsapp|telegram",
    re.IGNORECASE,
)


def by_token(view: Callable) -> Callable:
    """Hand the view the link of the token in its address; nobody may keep, follow or pass on the answer."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            take_place("public-invoice", get_adapter().get_client_ip(request), REQUESTS_A_MINUTE)
        except ValidationError as refusal:
            answer = render(request, "invoicing/public_busy.html", {"told": refusal.messages[0]}, status=429)
            answer.headers["Retry-After"] = str(refusal.params["retry_after"])
        else:
            if (link := PublicLink.found(token)) is None:
                raise Http404
            answer = view(request, link)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return guarded


@access.public
@by_token
@require_safe
def public_invoice(request: HttpRequest, link: PublicLink) -> HttpResponse:
    """The document as it was issued, what is open of it, and how to pay."""
    invoice = link.invoice
    return render(request, "invoicing/public.html", {"link": link, "invoice": invoice, "paper": invoice.paper})


@access.public
@by_token
@require_safe
def public_pdf(request: HttpRequest, link: PublicLink) -> HttpResponse:
    """Its PDF, to keep."""
    try:
        document = stored_pdf(link.invoice)
    except ChildError:
        told = _("The PDF cannot be made just now. Try it again in a few minutes.")
        return render(request, "invoicing/public_busy.html", {"told": told}, status=503)
    answer = HttpResponse(bytes(document.content), content_type="application/pdf")
    name = f"{slugify(link.invoice.number) or 'invoice'}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header("download" in request.GET, name)
    return answer


@access.public
@csrf_exempt
@by_token
@require_POST
def public_seen(request: HttpRequest, link: PublicLink) -> HttpResponse:
    """Somebody looked at the page. It needs no proof but the token: whoever has that may look."""
    if not _is_ours(request, link) and not _is_robot(request):
        link.note_visit()
    return HttpResponse(status=204)


@access.public
@csrf_exempt
@by_token
@require_POST
def public_answer(request: HttpRequest, link: PublicLink) -> HttpResponse:
    """The client accepts or declines an estimate, with their name; the business that looks at its own page cannot.

    The token is all that is asked for, so a forged form gains nothing, and without a referrer none could be told.
    """
    form = AnswerForm(request.POST)
    problem = ""
    if _is_ours(request, link):
        problem = _("This is your own estimate: note the answer on its page in WorkHub.")
    elif form.is_valid():
        try:
            link.invoice.give_answer(**form.answer_given)
        except ValidationError as refusal:
            problem = refusal.messages[0]
    else:
        problem = next(iter(form.errors.values()))[0]
    if not problem:
        return redirect("public:invoice", link.token)
    context = {"link": link, "invoice": link.invoice, "paper": link.invoice.paper, "problem": problem}
    return render(request, "invoicing/public.html", context, status=422)


def _is_ours(request: HttpRequest, link: PublicLink) -> bool:
    """Whether the business itself is looking, whichever of its workspaces the person is in."""
    user = request.user
    return user.is_authenticated and user.memberships.filter(workspace=link.workspace_id).exists()


def _is_robot(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_ROBOT.search(agent))
