"""The list of entries, as a page and as a file."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.export import ANSWERS
from apps.core.htmx import render
from apps.workbench.listing import Listing
from apps.workbench.listing_export import export_of
from apps.workbench.views.lookup import live_entry


@access.member
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The person's entries of a period, searched and filtered, 25 a page."""
    listing = Listing(request.workspace, request.user, request.GET, live_entry(request))
    address = f"{request.path}?{listing.query}" if listing.query else request.path
    context = {"listing": listing, "refresh_url": address}
    answer = render(request, "workbench/entries.html", context, partial="list")
    if request.htmx and request.htmx.trigger == "filters":
        answer.headers["HX-Push-Url"] = address
    return answer


@access.member
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All that the list shows for the same address, on all its pages, as `csv` or `xlsx`."""
    listing = Listing(request.workspace, request.user, request.GET, live_entry(request))
    return ANSWERS[kind](export_of(listing))
