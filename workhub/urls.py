"""Where every page lives."""

from django.urls import include, path

from apps.sync.views import health
from workhub import pwa, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("offline/", pwa.offline, name="offline"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("service-worker.js", pwa.service_worker, name="service_worker"),
    path("palette/", views.palette, name="palette"),
    path("day-line/", views.day_line, name="day_line"),
    path("accounts/", include("allauth.urls")),
    path("profile/", include("apps.accounts.urls")),
    path("settings/tokens/", include("apps.sync.token_urls")),
    path("settings/", include("apps.workspaces.urls")),
    path("clients/", include("apps.clients.urls")),
    path("projects/", include("apps.projects.urls")),
    path("tasks/", include("apps.projects.task_urls")),
    path("workbench/", include("apps.workbench.urls")),
    path("invoices/", include("apps.invoicing.urls")),
    path("i/", include("apps.invoicing.public_urls")),
    path("api/v1/", include("apps.sync.urls")),
    path("health/", health.health, name="health"),
]

handler400 = "workhub.errors.bad_request"
handler403 = "workhub.errors.forbidden"
handler404 = "workhub.errors.not_found"
handler500 = "workhub.errors.broken"
