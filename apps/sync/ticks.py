"""Tasks ticked off and taken up again: of all devices, the latest word counts."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core.transactions import lock_rows
from apps.projects.models import Task
from apps.sync.models import Operation
from apps.sync.operations import Op
from apps.workbench.models.presses import stamp
from apps.workspaces.models import Workspace


def tick(workspace: Workspace, op: Op) -> bool:
    """Complete or reopen; False where somebody did the contrary since. Raises ValidationError where there is none."""
    rows = workspace.tasks.filter(pk=int(op.entity))
    lock_rows(rows)
    task = rows.first()
    if task is None:
        raise ValidationError(_("This task is not there any more."), code="gone")
    if _was_decided_since(workspace, task, op):
        return False
    task.status = Task.Status.DONE if op.kind == "task.complete" else Task.Status.TODO
    task.completed_at = op.second if task.is_done else None
    task.save(update_fields=["status", "completed_at"])
    return True


def _was_decided_since(workspace: Workspace, task: Task, op: Op) -> bool:
    told = Operation.objects.filter(
        workspace=workspace, entity=op.entity, kind__startswith="task.", at__gte=op.at, status=Operation.Status.APPLIED
    ).exclude(op=op.op)
    if any(stamp(at, told_op) > op.stamp for at, told_op in told.values_list("at", "op")):
        return True
    return task.is_done and task.completed_at > op.at
