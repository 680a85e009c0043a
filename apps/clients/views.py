"""The pages of clients and of the people there."""

from datetime import timedelta

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.clients import editing
from apps.clients.forms import ClientForm, ContactForm
from apps.clients.models import Client
from apps.clients.tables import ClientFilter, ClientTable
from apps.clients.totals import Totals, attach_totals
from apps.core import access, days
from apps.core.htmx import render
from apps.core.tables import list_page

CHANGED = "clients-changed"
LATEST = 6
LATEST_WITHIN = timedelta(days=90)


@access.member
@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    """All clients with their hours and what they have not been billed."""
    unbilled = request.workspace.clients.unbilled_by_currency()
    return list_page(
        request,
        table_class=ClientTable,
        filterset_class=ClientFilter,
        queryset=request.workspace.clients.with_project_count().defer("notes", "address"),
        template="clients/list.html",
        context={"unbilled": [(code, minor) for code, minor in unbilled if minor], "is_empty": not unbilled},
        filter_options={"currencies": [code for code, _minor in unbilled]},
    )


@access.member
@require_http_methods(["GET", "POST"])
def client_new(request: HttpRequest) -> HttpResponse:
    """Add a client."""
    return editing.form_page(
        request,
        ClientForm(editing.posted(request), workspace=request.workspace),
        title=_("New client"),
        submit=_("Add client"),
        saved=_("%(name)s is added."),
        event=CHANGED,
        back=reverse("clients:list"),
    )


@access.member
@require_http_methods(["GET", "POST"])
def client_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a client."""
    client = get_object_or_404(request.workspace.clients, pk=pk)
    return editing.form_page(
        request,
        ClientForm(editing.posted(request), instance=client, workspace=request.workspace),
        title=_("Edit client"),
        submit=_("Save client"),
        saved=_("%(name)s is saved."),
        event=CHANGED,
        back=client.get_absolute_url(),
    )


@access.member
@require_safe
def client_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A client at a glance: figures, projects, people, the latest work, billing details."""
    client = get_object_or_404(request.workspace.clients, pk=pk)
    projects = list(client.projects.for_overview())
    attach_totals(projects, "totals")
    client.sums = sum((project.sums for project in projects), Totals())
    first_of_month = timezone.localdate().replace(day=1)
    month = request.workspace.time_slices.filter(project__client=client, day__gte=first_of_month)
    lately = request.workspace.time_entries.filter(project__client=client, started_at__gte=days.now() - LATEST_WITHIN)
    context = {
        "client": client,
        "projects": projects,
        "contacts": client.contacts.all(),
        "month_seconds": month.aggregate(total=Sum("seconds"))["total"] or 0,
        "latest": lately.stopped().for_timer().with_seconds().latest_first()[:LATEST],
    }
    return render(request, "clients/detail.html", context, partial="overview")


@access.member
@require_POST
def client_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a client away; its projects leave the pickers with it."""
    client = get_object_or_404(request.workspace.clients, pk=pk)
    return editing.archive(request, client, undo=reverse("clients:unarchive", args=[pk]), event=CHANGED)


@access.member
@require_POST
def client_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a client back."""
    return editing.unarchive(request, get_object_or_404(request.workspace.clients, pk=pk), event=CHANGED)


@access.member
@require_http_methods(["GET", "POST"])
def client_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a client for good, with its contacts."""
    client = get_object_or_404(request.workspace.clients, pk=pk)
    return editing.delete_page(
        request,
        client,
        text=_("The client and its contacts will be gone for good."),
        event=CHANGED,
        own_page=client.get_absolute_url(),
        leads_to=reverse("clients:list"),
        archive="" if client.is_archived else reverse("clients:archive", args=[pk]),
    )


# ── People there ──────────────────────────────────────────────────────────────────────────────────────────────────────


@access.member
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person to a client."""
    client: Client = get_object_or_404(request.workspace.clients, pk=pk)
    form = ContactForm(editing.posted(request), workspace=request.workspace)
    form.instance.client = client
    return editing.form_page(
        request,
        form,
        title=_("New contact at %(client)s") % {"client": client},
        submit=_("Add contact"),
        saved=_("%(name)s is added."),
        event=CHANGED,
        back=client.get_absolute_url(),
        leads_to=client.get_absolute_url(),
    )


@access.member
@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Change a person's details."""
    contact = _contact(request, pk, contact_pk)
    back = contact.client.get_absolute_url()
    return editing.form_page(
        request,
        ContactForm(editing.posted(request), instance=contact, workspace=request.workspace),
        title=_("Edit contact"),
        submit=_("Save contact"),
        saved=_("%(name)s is saved."),
        event=CHANGED,
        back=back,
        leads_to=back,
    )


@access.member
@require_http_methods(["GET", "POST"])
def contact_delete(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Delete a person's details."""
    contact = _contact(request, pk, contact_pk)
    back = contact.client.get_absolute_url()
    return editing.delete_page(
        request, contact, text=_("Their details will be gone for good."), event=CHANGED, leads_to=back
    )


def _contact(request: HttpRequest, pk: int, contact_pk: int):
    contacts = request.workspace.contacts.select_related("client")
    return get_object_or_404(contacts, client=pk, pk=contact_pk)
