"""What the processes of the rate races do; each function returns something that JSON can carry."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from apps.clients.models import Client
from apps.projects.models import Project
from apps.workbench.models import ProjectTotal, TimeEntry, TimeSlice
from apps.workspaces.models import Workspace

MONDAY = datetime(2026, 5, 4, 21, 40, tzinfo=UTC)


@transaction.atomic
def prepare(name: str) -> int:
    """A workspace with a project."""
    from conftest import make_world

    return make_world(name).workspace.pk


def work(workspace: int, first: int, count: int) -> int:
    """Log, change, bill, release and throw away time, at the rate that the project had at the start."""
    project = Project.objects.select_related("client", "workspace").get(workspace=workspace)
    user = project.workspace.memberships.get().user
    for number in range(first, first + count):
        start = MONDAY + timedelta(days=number)
        entry = TimeEntry.log(
            user=user, workspace=project.workspace, project=project, started_at=start,
            ended_at=start + timedelta(minutes=41),
        )  # fmt: skip
        entries = TimeEntry.objects.filter(pk=entry.pk)
        if number % 4 == 0:
            entries.bill()
        if number % 8 == 0:
            entries.release()
        if number % 4 == 1:
            entry.revise(ended_at=start + timedelta(minutes=30))
        if number % 4 == 2:
            entry.trash()
    return count


def reprice(workspace: int, times: int) -> int:
    """Change the client's rate again and again, with all unbilled time."""
    for repricing in _repricings(workspace, times):
        repricing.settle(follow=True, was_minor=0, actor=None)
    return times


def reprice_unprotected(workspace: int, times: int) -> int:
    """The control: the same steps, with neither transaction nor lock."""
    for repricing in _repricings(workspace, times):
        repricing._reprice()
    return times


def _repricings(workspace: int, times: int):
    entries = Workspace.objects.get(pk=workspace).time_entries
    for number in range(times):
        client = Client.objects.select_related("workspace").get(workspace=workspace)
        client.hourly_rate_minor = 9001 + 7 * number
        yield entries.repricing(client)


def differences(workspace: int) -> list[str]:
    """Where an entry's slices are not what cutting them anew would make, or the kept total is not their sum."""
    found = []
    for entry in TimeEntry.objects.filter(workspace=workspace).select_related("project", "task"):
        kept = sum(part.amount_minor for part in entry.slices.all())
        if kept != sum(part.amount_minor for part in entry._slices()):
            found.append(f"entry {entry.pk}: {kept} at {entry.rate_minor}")
    slices = TimeSlice.objects.filter(workspace=workspace)
    sums = (sum(part.amount_minor for part in slices), sum(part.amount_minor for part in slices if not part.billed))
    total = ProjectTotal.objects.get(workspace=workspace)
    if (total.value_minor, total.unbilled_minor) != sums:
        found.append(f"total {total.value_minor}, {total.unbilled_minor} is not {sums}")
    return found


def do(function: str, **job) -> int:
    """Processes of one race that do different things."""
    return {"work": work, "reprice": reprice, "reprice_unprotected": reprice_unprotected}[function](**job)
