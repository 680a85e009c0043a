"""Figures about invoices: a period beside the one before, and how old what is open is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.htmx import render
from apps.invoicing.stats import Statistics
from apps.invoicing.stats_forms import PeriodForm


@access.member
@require_safe
def invoice_stats(request: HttpRequest) -> HttpResponse:
    """The figures of a period, for each currency; a period that makes no sense is told at its field."""
    form = PeriodForm(request.GET, workspace=request.workspace)
    statistics = None
    if form.is_valid():
        period, before = form.periods
        statistics = Statistics(request.workspace, period, before, on=form.cleaned_data["on"])
    context = {"form": form, "statistics": statistics}
    return render(request, "invoicing/stats.html", context, partial="stats", status=200 if statistics else 422)
