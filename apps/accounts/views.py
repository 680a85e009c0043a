"""A person's own page, and the switch between light and dark."""

from copy import copy

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.forms import ProfileForm, ThemeForm
from apps.core import access
from apps.core.htmx import done, notify, render

YEAR = 365 * 24 * 3600


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, time zone, appearance, keyboard."""
    # The form writes into what it is given even when it is refused, and the frame around it shows the person.
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if form.is_valid():
        form.save()
        notify(request, _("Your profile is saved."))
        return _remember_theme(done(request, "accounts:profile"), form.instance.theme)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", {"form": form}, partial="form", status=status)


@access.signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep `theme`: light, dark or system. HTMX gets no content, a plain form the page that it came from."""
    form = ThemeForm(request.POST, instance=copy(request.user))
    if not form.is_valid():
        return HttpResponseBadRequest(_("Choose light, dark or system."), content_type="text/plain")
    form.save()
    answer = HttpResponse(status=204) if request.htmx else redirect(_page_before(request))
    return _remember_theme(answer, form.instance.theme)


def _remember_theme(response: HttpResponse, value: str) -> HttpResponse:
    """A cookie, so that the sign-in page looks the same after signing out."""
    response.set_cookie("theme", value, max_age=YEAR, httponly=True, samesite="Lax")
    return response


def _page_before(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return page
    return resolve_url("accounts:profile")
