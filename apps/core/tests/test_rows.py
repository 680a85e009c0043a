"""Rows that are written without the ORM's detour are the rows that the ORM writes."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import model_to_dict

from apps.core import days
from apps.core.identifiers import uuid7
from apps.core.rows import add_to_row
from apps.sync.models import Operation
from apps.workbench.models import ProjectTotal, Segment, TimeEntry

pytestmark = pytest.mark.django_db


def entry(world, **more) -> TimeEntry:
    facts = {"note": "Ünï %s 'quoted'", "stamps": {"note": "ä"}, "currency": "EUR", "timezone": "UTC"}
    return TimeEntry(
        workspace=world.workspace, user=world.owner, started_at=days.now(), ended_at=days.now(), **facts | more
    )


def values(row) -> dict:
    kept = type(row)._base_manager.get(pk=row.pk)
    return {field.attname: getattr(kept, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def test_an_inserted_row_is_the_saved_row(alice):
    quick, slow = entry(alice), entry(alice)
    slow.save(force_insert=True)
    quick.changed_at = slow.changed_at
    quick.insert()
    assert values(quick) == values(slow)
    assert not quick._state.adding
    quick.note = "changed"
    quick.save()
    assert TimeEntry.objects.get(pk=quick.pk).note == "changed"


def test_a_key_that_the_database_makes_is_known_afterwards(alice):
    row = Operation(workspace=alice.workspace, user=alice.owner, op=uuid7(), kind="x", entity="y", at=days.now())
    row.insert()
    assert Operation.objects.get(pk=row.pk).op == row.op
    assert model_to_dict(Operation.objects.get()) == model_to_dict(row)


def test_only_the_named_fields_are_rewritten(alice):
    row = entry(alice)
    row.insert()
    row.note, row.timezone = "new", "Asia/Kolkata"
    row.rewrite("note")
    kept = TimeEntry.objects.get(pk=row.pk)
    assert (kept.note, kept.timezone) == ("new", "UTC")


def test_a_row_that_points_into_another_workspace_is_refused(alice, charlie):
    row = entry(alice, project=charlie.project)
    with pytest.raises(ValidationError):
        row.insert()
    row.project = None
    row.insert()
    row.project = charlie.project
    with pytest.raises(ValidationError):
        row.rewrite("project")
    abroad = Segment(workspace=charlie.workspace, user=alice.owner, entry=row, started_at=days.now(), open_for=row)
    with pytest.raises(ValidationError):
        abroad.insert()


def test_a_sum_is_added_to_where_there_is_one(alice):
    key = {"project_id": alice.project.pk, "currency": "EUR"}
    assert not add_to_row(ProjectTotal, key, {"seconds": 5})
    ProjectTotal.objects.create(workspace=alice.workspace, project=alice.project, currency="EUR", seconds=10)
    assert add_to_row(ProjectTotal, key, {"seconds": 5, "value_minor": -3})
    total = ProjectTotal.objects.get()
    assert (total.seconds, total.value_minor, total.billable_seconds) == (15, -3, 0)
