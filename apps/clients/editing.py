"""The steps that the pages of clients, projects and tasks share: a form, an archive, a deletion."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from apps.clients.removal import refusal, remove
from apps.core.htmx import done, live_part, notify, render
from apps.workspaces.tenancy import Archivable, WorkspaceOwned


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the posted fields, be they ever so few, or None."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest,
    form: forms.ModelForm,
    *,
    title: str,
    submit: str,
    saved: str,
    event: str,
    back: str,
    leads_to: str = "",
) -> HttpResponse:
    """A form in the dialog or on a page of its own.

    Saved, it says so (`saved` holds `%(name)s`), raises `event`, and a plain page goes on to `leads_to`, else to the
    row's own page. `back` is where Cancel leads. A form may have parts of its own that follow what is typed.
    """
    if part := live_part(request, form):
        return part
    if form.is_bound and form.is_valid():
        row = form.save_by(request.user)
        notify(request, " ".join(filter(None, [saved % {"name": row}, form.told])))
        return done(request, leads_to or row.get_absolute_url(), events=[event])
    context = {"form": form, "title": title, "submit": submit, "back": back}
    return render(request, "clients/form.html", context, partial="form", status=422 if form.is_bound else 200)


def delete_page(
    request: HttpRequest,
    row: WorkspaceOwned,
    *,
    text: str,
    event: str,
    leads_to: str,
    own_page: str = "",
    archive: str = "",
) -> HttpResponse:
    """Asks before `row` is gone; refuses with the reason, and offers `archive` (a URL) instead.

    Afterwards a plain page goes on to `leads_to`, and so does whoever looks at the row's `own_page`.
    """
    reason = refusal(row)
    if request.method == "POST":
        name = str(row)
        try:
            remove(row)
        except ValidationError as error:
            reason = error.messages[0]
        else:
            notify(request, _("%(name)s is deleted.") % {"name": name})
            if own_page and request.htmx and (request.htmx.current_url_abs_path or "").startswith(own_page):
                return HttpResponseClientRedirect(leads_to)
            return done(request, leads_to, events=[event])
    context = {"row": row, "text": text, "refused": reason, "back": own_page or leads_to, "archive": archive}
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/confirm.html", context, partial="form", status=status)


def archive(request: HttpRequest, row: Archivable, *, undo: str, event: str) -> HttpResponse:
    """Put `row` away, with an Undo."""
    row.archive()
    notify(request, _("%(name)s is archived.") % {"name": row}, undo=undo)
    return done(request, row.get_absolute_url(), events=[event])


def unarchive(request: HttpRequest, row: Archivable, *, event: str) -> HttpResponse:
    """Take `row` back."""
    row.unarchive()
    notify(request, _("%(name)s is back in use.") % {"name": row})
    return done(request, row.get_absolute_url(), events=[event])
