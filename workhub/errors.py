"""What is answered where no view did: a page to people, JSON to programs."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from apps.core.api import is_for_programs, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request itself cannot be read."""
    if is_for_programs(request):
        return problem("bad_request", _("This request cannot be read."), status=400)
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The role is too small."""
    if is_for_programs(request):
        return problem("forbidden", _("You may not do that."))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such address, or no such row here."""
    if is_for_programs(request):
        return problem("not_found", _("There is nothing here."))
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """An error of ours."""
    if is_for_programs(request):
        return problem("broken", _("Something went wrong here. It has been noted."), status=500)
    return defaults.server_error(request)
