"""What programs are told: entries, tasks and people as JSON."""

from datetime import UTC, datetime

from apps.projects.models import Project, Task
from apps.workbench.models import TimeEntry


def moment(instant: datetime | None) -> str | None:
    """`2026-05-04T09:00:00Z`; with microseconds where there are any."""
    return instant and instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def entry_json(entry: TimeEntry) -> dict:
    """A time entry with its stretches, read with `with_all`."""
    entry.parts = list(entry.segments.all())
    return {
        "id": str(entry.pk),
        "version": moment(entry.changed_at),
        "project": entry.project_id,
        "task": entry.task_id,
        "note": entry.note,
        "tags": [tag.name for tag in entry.tags.all()],
        "billable": entry.billable,
        "billed": entry.billed,
        "timezone": entry.timezone,
        "state": entry.state,
        "started_at": moment(entry.started_at),
        "ended_at": moment(entry.ended_at),
        "work_seconds": sum(part.seconds for part in entry.work if part.ended_at),
        "segments": [
            {"kind": part.kind, "started_at": moment(part.started_at), "ended_at": moment(part.ended_at)}
            for part in entry.parts
        ],
        "needs_review": [code for code in entry.needs_review.split(",") if code],
        "deleted": entry.deleted_at is not None,
    }


def with_all(entries):
    """A question about entries, with all that `entry_json` reads."""
    return entries.with_segments().prefetch_related("tags")


def project_json(project: Project) -> dict:
    """A project as a picker shows it."""
    return {
        "id": project.pk,
        "name": project.name,
        "client": project.client.name if project.client else None,
        "colour": project.colour,
        "billable": project.is_billable,
    }


def task_json(task: Task) -> dict:
    """A task as a picker shows it."""
    return {
        "id": task.pk,
        "project": task.project_id,
        "title": task.title,
        "done": task.is_done,
        "billable": task.billable,
    }


def person_json(user) -> dict:
    """Who is signed in."""
    return {"id": user.pk, "name": str(user), "email": user.email, "timezone": user.timezone}


def workspace_json(workspace) -> dict:
    """Where they work."""
    return {
        "id": workspace.pk,
        "name": workspace.name,
        "timezone": workspace.timezone,
        "currency": workspace.currency,
        "week_start": workspace.week_start,
        "timer_limit_minutes": workspace.timer_limit_minutes,
    }
