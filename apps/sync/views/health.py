"""Whether WorkHub is well: for monitoring, so it says nothing about anybody."""

from django.db import DatabaseError, connection
from django.db.models import Case, Count, Max, Min, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from apps.core import access
from apps.core.api import BUSY_SECONDS, problem
from apps.core.version import version

# A job that nobody takes up for so long says that no worker runs.
WORKER_MAY_TAKE_SECONDS = 300


@access.public_program
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, with how the jobs are doing; 503 where it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        jobs = _jobs()
    except DatabaseError:
        return problem("busy", _("The database does not answer."), retry_after=BUSY_SECONDS)
    return JsonResponse(
        {
            "status": "ok" if jobs["status"] == "ok" else "degraded",
            "version": version(),
            "server_time": timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
            "database": {"status": "ok", "engine": connection.vendor},
            "jobs": jobs,
        }
    )


def _jobs() -> dict:
    """The queue, and when the worker was last heard of: a job that waits too long says that there is none."""
    now = timezone.now()
    ready = DBTaskResult.objects.order_by().ready()
    # Without a wish when to run, `run_after` lies in the year 9999.
    since = Case(When(run_after__lte=now, then="run_after"), default="enqueued_at")
    queue = ready.aggregate(oldest=Min(since), waiting=Count("pk"))
    heard = DBTaskResult.objects.order_by().aggregate(started=Max("started_at"), finished=Max("finished_at"))
    heard = max((at for at in heard.values() if at), default=None)
    waits = int((now - queue["oldest"]).total_seconds()) if queue["oldest"] else 0
    return {
        "status": "ok" if waits <= WORKER_MAY_TAKE_SECONDS else "stuck",
        "waiting": queue["waiting"],
        "oldest_waits_seconds": waits,
        "worker_heard_seconds_ago": int((now - heard).total_seconds()) if heard else None,
    }
