"""Recurring invoices: what comes again, and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.activity.models import record
from apps.clients import editing
from apps.core import access, days
from apps.core.htmx import done, notify, render
from apps.invoicing.models import RecurringInvoice
from apps.invoicing.models.recurring import add_months
from apps.invoicing.recurring_forms import RecurringForm

CHANGED = "recurring-changed"


@access.member
@require_safe
def recurring_list(request: HttpRequest) -> HttpResponse:
    """All schedules, the next one first."""
    schedules = list(request.workspace.recurring_invoices.for_list())
    return render(request, "invoicing/recurring.html", {"schedules": schedules}, partial="schedules")


@access.member
@require_http_methods(["GET", "POST"])
def recurring_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an invoice come again: usually in a month."""
    model = get_object_or_404(request.workspace.invoices.invoices().select_related("client"), pk=pk)
    today = days.local_day(days.now(), request.workspace.zone)
    schedule = RecurringInvoice(
        workspace=request.workspace, model_invoice=model, anchor_on=max(add_months(model.issue_date, 1), today)
    )
    return _form_page(request, schedule, title=_("Bill this again and again"), submit=_("Start"))


@access.member
@require_http_methods(["GET", "POST"])
def recurring_edit(request: HttpRequest, schedule_pk: int) -> HttpResponse:
    """Change how often, until when, and what is billed."""
    return _form_page(request, _find(request, schedule_pk), title=_("Recurring invoice"), submit=_("Save"))


def _form_page(request: HttpRequest, schedule: RecurringInvoice, *, title: str, submit: str) -> HttpResponse:
    back = reverse("invoicing:recurring")
    return editing.form_page(
        request,
        RecurringForm(editing.posted(request), instance=schedule, workspace=request.workspace),
        title=title,
        submit=submit,
        saved=_("It comes again: %(name)s."),
        event=CHANGED,
        back=back,
        leads_to=back,
    )


@access.member
@require_POST
def recurring_pause(request: HttpRequest, schedule_pk: int) -> HttpResponse:
    """Make no more for now."""
    _find(request, schedule_pk).pause(actor=request.user)
    return done(request, "invoicing:recurring", events=[CHANGED])


@access.member
@require_POST
def recurring_resume(request: HttpRequest, schedule_pk: int) -> HttpResponse:
    """Go on from today."""
    today = days.local_day(days.now(), request.workspace.zone)
    _find(request, schedule_pk).resume(today=today, actor=request.user)
    return done(request, "invoicing:recurring", events=[CHANGED])


@access.member
@require_POST
def recurring_end(request: HttpRequest, schedule_pk: int) -> HttpResponse:
    """End it for good; what was made stays."""
    schedule = _find(request, schedule_pk)
    record("deleted", schedule, actor=request.user, every=str(schedule.every))
    schedule.delete()
    notify(request, _("It comes no more. The invoices that were made stay."))
    return done(request, "invoicing:recurring", events=[CHANGED])


def _find(request: HttpRequest, pk: int) -> RecurringInvoice:
    found = request.workspace.recurring_invoices.select_related("workspace", "model_invoice__client")
    return get_object_or_404(found, pk=pk)
