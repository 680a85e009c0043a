"""Addresses of entries, under /workbench/entries/."""

from django.urls import path

from apps.workbench.views import bulk, copies, entries, entry_list, trash

urlpatterns = [
    path("", entry_list.entries, name="entries"),
    path("export.csv", entry_list.export, {"kind": "csv"}, name="entries_csv"),
    path("export.xlsx", entry_list.export, {"kind": "xlsx"}, name="entries_xlsx"),
    path("new/", entries.new, name="entry_new"),
    path("change/", bulk.change, name="entries_change"),
    path("delete/", bulk.delete, name="entries_delete"),
    path("undo/", bulk.undo, name="entries_undo"),
    path("trash/", trash.trash, name="entries_trash"),
    path("trash/restore/", trash.restore, name="entries_restore"),
    path("trash/purge/", trash.purge, name="entries_purge"),
    path("<entry_id:pk>/", entries.detail, name="entry"),
    path("<entry_id:pk>/edit/", entries.edit, name="entry_edit"),
    path("<entry_id:pk>/duplicate/", copies.duplicate, name="entry_duplicate"),
    path("<entry_id:pk>/split/", copies.split, name="entry_split"),
    path("<entry_id:pk>/rejoin/<entry_id:half_pk>/", copies.rejoin, name="entry_rejoin"),
    path("<entry_id:pk>/delete/", entries.delete, name="entry_delete"),
    path("<entry_id:pk>/restore/", entries.restore, name="entry_restore"),
    path("<entry_id:pk>/continue/", entries.go_on, name="entry_continue"),
]
