"""The API described: for programs, and for the people who write them."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.htmx import render
from apps.sync.openapi import description
from apps.sync.reference import addresses, schemas


@access.public_program
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    return JsonResponse(description())


@access.public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same as a page."""
    return render(request, "sync/docs.html", {"addresses": addresses(request.user.pk), "schemas": schemas()})
