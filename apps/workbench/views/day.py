"""The workbench: one day of work."""

from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import access, days
from apps.core.htmx import render
from apps.workbench.daypage import DayPage
from apps.workbench.views.lookup import live_entry


@access.member
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """One day (`?day=2026-05-04`, today unless said); nonsense in the address shows today."""
    page = DayPage(request.workspace, request.user, _day_asked_for(request), live_entry(request))
    return render(request, "workbench/day.html", {"page": page}, partial="day")


def _day_asked_for(request: HttpRequest) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
        days.validate_day(asked)
    except (ValueError, ValidationError):
        return days.local_day(days.now(), request.user.zone)
    return asked
