"""The pages that belong to no app: the front door, the command palette, the line of the day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.htmx import render
from workhub.palette import Palette


@access.public
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What WorkHub is, for somebody who is not signed in."""
    if request.user.is_authenticated:
        return redirect("workbench:day")
    return render(request, "landing.html")


@access.member
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What the command palette offers for the typed text."""
    found = Palette(request.workspace, request.GET.get("q", ""))
    return render(request, "palette.html", {"groups": found.groups(), "text": found.text})


@access.member
@require_safe
def day_line(request: HttpRequest) -> HttpResponse:
    """The lower edge of the bar, once time was recorded or changed."""
    if not request.htmx:
        return redirect("workbench:day")
    return render(request, "components/day_line.html")
