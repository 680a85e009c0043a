"""Addresses of tasks."""

from django.urls import path

from apps.projects import task_views as views

app_name = "tasks"

urlpatterns = [
    path("", views.task_list, name="list"),
    path("new/", views.task_new, name="new"),
    path("<int:pk>/", views.task_detail, name="detail"),
    path("<int:pk>/edit/", views.task_edit, name="edit"),
    path("<int:pk>/complete/", views.task_complete, name="complete"),
    path("<int:pk>/reopen/", views.task_reopen, name="reopen"),
    path("<int:pk>/archive/", views.task_archive, name="archive"),
    path("<int:pk>/unarchive/", views.task_unarchive, name="unarchive"),
    path("<int:pk>/delete/", views.task_delete, name="delete"),
]
