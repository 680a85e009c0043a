"""A row cannot point into another workspace, whichever way it is written."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import F

from apps.projects.models import Project, Task
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceOwned, owned_keys

OWNED = [model for model in apps.get_models() if issubclass(model, WorkspaceOwned)]


def test_a_row_that_points_abroad_is_not_saved(alice, charlie):
    with pytest.raises(ValidationError) as refused:
        Project.objects.create(workspace=alice.workspace, client=charlie.client, name="taken")
    assert "client" in refused.value.message_dict
    with pytest.raises(ValidationError):
        Project.objects.create(workspace=alice.workspace, client_id=charlie.client.pk, name="taken by id")
    assert not Project.objects.filter(name__startswith="taken").exists()


def test_a_row_is_not_moved_abroad(alice, charlie):
    alice.task.project = charlie.project
    with pytest.raises(ValidationError):
        alice.task.save()
    with pytest.raises(ValidationError):
        alice.task.save(update_fields=["project"])


def test_saving_other_fields_of_a_row_asks_nothing(alice, django_assert_num_queries):
    task = Task.objects.get(pk=alice.task.pk)
    task.title = "another title"
    with django_assert_num_queries(1):
        task.save(update_fields=["title"])


def test_rows_that_point_abroad_are_not_created_in_bulk(alice, charlie):
    good = Task(workspace=alice.workspace, project=alice.project, title="bulk good")
    bad = Task(workspace=alice.workspace, project_id=charlie.project.pk, title="bulk bad")
    with pytest.raises(ValidationError):
        Task.objects.bulk_create([good, bad])
    assert not Task.objects.filter(title__startswith="bulk").exists()


def test_rows_of_two_workspaces_may_be_created_at_once_when_each_stays_at_home(alice, charlie):
    Task.objects.bulk_create(
        Task(workspace=world.workspace, project_id=world.project.pk, title="home") for world in (alice, charlie)
    )
    assert Task.objects.filter(title="home").count() == 2


def test_rows_are_not_changed_in_bulk_to_point_abroad(alice, charlie):
    alice.task.project_id = charlie.project.pk
    with pytest.raises(ValidationError):
        Task.objects.bulk_update([alice.task], ["project"])


@pytest.mark.parametrize("how", ["row", "id of field", "id of column"])
def test_a_queryset_is_not_updated_to_point_abroad(alice, charlie, how):
    change = {
        "row": {"project": charlie.project},
        "id of field": {"project": charlie.project.pk},
        "id of column": {"project_id": charlie.project.pk},
    }[how]
    with pytest.raises(ValidationError):
        alice.workspace.tasks.update(**change)
    alice.task.refresh_from_db()
    assert alice.task.project == alice.project


def test_a_queryset_is_updated_at_home(alice):
    other = Project.objects.create(workspace=alice.workspace, name="other")
    assert alice.workspace.tasks.update(project=other) == 1
    assert alice.workspace.tasks.update(project=F("project"), title="kept") == 1
    assert alice.workspace.projects.update(client=None) == 2


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_every_model_of_a_workspace_writes_through_the_guarded_queryset(model):
    if owned_keys(model):
        assert isinstance(model._default_manager.get_queryset(), OwnedQuerySet)
    assert any(field.name == "workspace" for field in model._meta.concrete_fields)
