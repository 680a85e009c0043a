"""How mails are worded, and which reminders go out by themselves: everybody may look, those who run it change it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import access
from apps.core.htmx import done, live_part, notify, render
from apps.invoicing.mail_forms import LadderForm, MailTemplateForm
from apps.invoicing.mail_texts import REMINDERS, MailKind, usual_text
from apps.invoicing.models import MailTemplate
from apps.invoicing.placeholders import PLACEHOLDERS, values_of

SAMPLE_LINK = "…/i/Zk3…/"


@access.member
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """All mails with their subjects, and the ladder of reminders."""
    return _page(request, LadderForm(None, request.workspace))


@access.admin
@require_POST
def ladder_change(request: HttpRequest) -> HttpResponse:
    """Say which reminders go out by themselves, and when."""
    ladder = LadderForm(request.POST, request.workspace)
    if not ladder.is_valid():
        return _page(request, ladder, status=422)
    ladder.save()
    notify(request, _("Saved. What is switched on goes out when its day comes; nothing is made up for."))
    return done(request, "invoicing:mails")


def _page(request: HttpRequest, ladder: LadderForm, status: int = 200) -> HttpResponse:
    templates = MailTemplate.all_of(request.workspace)
    context = {
        "documents": [template for kind, template in templates.items() if kind not in REMINDERS],
        "steps": [(form, templates[form.step.kind]) for form in ladder.steps],
        "interest": ladder.interest,
        "may_change": access.may(request, "admin"),
    }
    return render(request, "invoicing/mails.html", context, status=status)


@access.admin
@require_http_methods(["GET", "POST"])
def mail_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The words of one kind of mail, with a preview that follows them."""
    if kind not in MailKind:
        raise Http404
    template = MailTemplate.of(request.workspace, MailKind(kind))
    sample = _sample(request.workspace)
    is_post = request.method == "POST"
    form = MailTemplateForm(
        request.POST if is_post else None, instance=template, workspace=request.workspace, sample=sample
    )
    if part := live_part(request, form):
        return part
    if is_post and form.is_valid():
        form.save()
        notify(request, _("Saved. Mails that you send from now on say this."))
        return done(request, "invoicing:mails")
    context = {
        "form": form,
        "template": template,
        "kind": MailKind(kind),
        "placeholders": [(name, words, sample[name]) for name, words in PLACEHOLDERS.items()],
    }
    return render(request, "invoicing/mail_template.html", context, status=422 if is_post else 200)


@access.admin
@require_POST
def mail_template_reset(request: HttpRequest, kind: str) -> HttpResponse:
    """Let one kind of mail say again what it said before anybody changed it."""
    if kind not in MailKind:
        raise Http404
    request.workspace.mail_templates.filter(kind=kind).update(**usual_text(MailKind(kind))._asdict())
    notify(request, _("This mail says again what it said in the beginning."))
    return done(request, "invoicing:mails")


def _sample(workspace) -> dict[str, str]:
    """What placeholders stand for in a preview: those of the latest invoice, else of one that could be."""
    latest = workspace.invoices.issued().invoices().for_detail().order_by("-pk").first()
    made_up = {
        "number": "INV-007",
        "client": _("Harbour Books"),
        "total": "€ 1,240.00",
        "open": "€ 1,240.00",
        "due_date": "18 May 2026",
        "days_late": "7",
        "interest": "€ 2.14",
        "business": workspace.name,
    }
    return (values_of(latest) if latest else made_up) | {"link": SAMPLE_LINK}
