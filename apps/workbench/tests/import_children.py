"""What the child processes of the killed import do, each in an interpreter of its own."""

from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.workbench.importing.survey import look_over
from apps.workbench.models import ImportRun
from apps.workspaces.models import Workspace


def begin(rows: int) -> int:
    """A file of so many rows, checked and waiting for the worker to import it; returns the run's id."""
    user = User.objects.create_user("ada@example.com", "correct horse", name="Ada", timezone="Europe/Berlin")
    workspace = Workspace.open_for(user, name="Winter Studio", timezone="Europe/Berlin")
    start = datetime(2024, 1, 1)
    lines = (f"{start + timedelta(hours=number)},1:00,Project {number % 5},row {number}\n" for number in range(rows))
    data = "".join(["Start,Duration,Project,Description\n", *lines]).encode()
    survey = look_over(lambda: [data])
    mapping = survey.suggestion(zone=user.timezone, email=user.email, name=user.name)
    facts = {"file_name": "time.csv", "file_size": len(data), "survey": survey, "mapping": mapping}
    run = ImportRun.keep(workspace=workspace, user=user, pieces=[data], **facts)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.CHECKED)
    run.refresh_from_db()
    run.begin_import()
    return run.pk


def go_on(run: int) -> dict:
    """Press the button; tells what there was before."""
    found = look(run)
    ImportRun.objects.get(pk=run).go_on()
    return found


def look(run: int) -> dict:
    """How far the run says it is, and what is truly there."""
    found = ImportRun.objects.select_related("workspace").get(pk=run)
    entries = found.workspace.time_entries
    return {
        "state": found.state,
        "said": found.rows_done,
        "entries": entries.count(),
        "different": entries.values("note").distinct().count(),
        "slices": found.workspace.time_slices.total_seconds(),
        "totals": sum(found.workspace.project_totals.values_list("seconds", flat=True)),
    }
