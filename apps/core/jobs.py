"""The one door to background jobs, so that the library behind it can change in one place (Django 6 ships this API)."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

__all__ = ["once_a_day", "task"]


def once_a_day(job: Task) -> None:
    """See to it that `job` waits in the queue for the same time tomorrow: once, however often this is asked for.

    A job that calls this for itself, before anything else, comes back every day.
    """
    waiting = DBTaskResult.objects.filter(task_path=job.module_path, status=TaskResultStatus.READY)
    if not waiting.exists():
        job.using(run_after=timezone.now() + timedelta(days=1)).enqueue()
