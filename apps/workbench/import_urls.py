"""Addresses of imports, beneath /workbench/import/."""

from django.urls import path

from apps.workbench.views import imports

urlpatterns = [
    path("", imports.imports, name="imports"),
    path("<int:run_pk>/", imports.show, name="import"),
    path("<int:run_pk>/columns/", imports.columns, name="import_columns"),
    path("<int:run_pk>/start/", imports.start, name="import_start"),
    path("<int:run_pk>/go-on/", imports.go_on, name="import_go_on"),
    path("<int:run_pk>/undo/", imports.undo, name="import_undo"),
    path("<int:run_pk>/delete/", imports.delete, name="import_delete"),
    path("<int:run_pk>/problems/", imports.problems, name="import_problems"),
]
