"""Addresses for programs."""

from django.urls import path

from apps.sync.views import docs, exports, health, sync, tokens

app_name = "sync"

urlpatterns = [
    path("health", health.health, name="health"),
    path("openapi.json", docs.openapi, name="openapi"),
    path("docs", docs.docs, name="docs"),
    path("token/", tokens.token, name="token"),
    path("token/refresh/", tokens.refresh, name="token_refresh"),
    path("sync/session", sync.session, name="session"),
    path("sync/batch", sync.batch, name="batch"),
    path("exports/<slug:dataset>.<slug:kind>", exports.export, name="export"),
]
