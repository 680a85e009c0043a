"""The one door to background jobs, so that the library behind it can change in one place (Django 6 ships this API).

A job that fails is not tried again by itself: one that should be puts itself back in the queue, as `come_back` does for
jobs that run by the clock.
"""

from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

__all__ = ["come_back", "later", "once_a_day", "task"]


def later(job: Task, after: timedelta) -> Task:
    """The same job, to be put in the queue for a later moment."""
    return job.using(run_after=timezone.now() + after)


def come_back(job: Task, after: timedelta) -> None:
    """See to it that `job` waits in the queue for its next run: once, however often this is asked for.

    A job that calls this for itself, before anything else, comes back for ever.
    """
    waiting = DBTaskResult.objects.filter(task_path=job.module_path, status=TaskResultStatus.READY)
    if not waiting.exists():
        later(job, after).enqueue()


def once_a_day(job: Task) -> None:
    """`come_back` at the same time tomorrow."""
    come_back(job, timedelta(days=1))
