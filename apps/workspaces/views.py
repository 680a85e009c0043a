"""The business: its details and defaults, and the first one of somebody who has none."""

from copy import copy

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import access
from apps.core.htmx import done, live_part, notify, render
from apps.workspaces.forms import BusinessForm, WorkspaceSettingsForm


@access.admin
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Business details and defaults, for those who run the business."""
    # The form writes into what it is given even when it is refused, and the frame around it shows the workspace.
    form = WorkspaceSettingsForm(request.POST or None, instance=copy(request.workspace))
    if part := live_part(request, form):
        return part
    if form.is_valid():
        form.save_by(request.user)
        notify(request, " ".join(filter(None, [_("The settings are saved."), form.told])))
        return done(request, "workspaces:settings")
    status = 422 if form.is_bound else 200
    return render(request, "workspaces/settings.html", {"form": form}, partial="form", status=status)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first workspace of a person without any; others go on to the workbench."""
    if request.membership:
        return redirect("workbench:day")
    form = BusinessForm(request.POST or None, initial={"timezone": request.user.timezone})
    if form.is_valid():
        form.open_workspace(request.user)
        notify(request, _("Your workspace is ready."))
        return done(request, "workbench:day")
    status = 422 if form.is_bound else 200
    return render(request, "workspaces/new.html", {"form": form}, partial="form", status=status)
