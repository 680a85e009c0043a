"""Addresses of projects."""

from django.urls import path

from apps.projects import views

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("new/", views.project_new, name="new"),
    path("<int:pk>/", views.project_detail, name="detail"),
    path("<int:pk>/edit/", views.project_edit, name="edit"),
    path("<int:pk>/archive/", views.project_archive, name="archive"),
    path("<int:pk>/unarchive/", views.project_unarchive, name="unarchive"),
    path("<int:pk>/delete/", views.project_delete, name="delete"),
    path("<int:pk>/tasks/", views.project_tasks, name="tasks"),
    path("<int:pk>/tasks/quick/", views.project_tasks_quick, name="tasks_quick"),
]
