"""Time written in bulk is what recording it by hand would have made."""

from datetime import timedelta

from apps.core import days
from apps.demo.bulk import Session, Stretch, work, write_sessions
from apps.projects.models import Task
from apps.workbench.models import ProjectTotal, Segment, TimeEntry


def test_cutting_the_slices_anew_changes_nothing(alice):
    """Over midnight, with a break; every change by hand cuts the slices anew."""
    midnight = days.day_start(days.FIRST_DAY.replace(year=2026), alice.owner.zone)
    before, after = work(midnight - timedelta(minutes=100), 80), work(midnight - timedelta(minutes=5), 47)
    pause = Stretch(before.ended_at, after.started_at, Segment.Kind.BREAK)
    task = Task.objects.select_related("project__client", "project__workspace").get(pk=alice.task.pk)
    write_sessions(alice.owner, alice.workspace, [Session([before, pause, after], task.project, task, "Late")])
    entry = TimeEntry.objects.get()
    slices = list(entry.slices.order_by("day").values_list("day", "seconds", "amount_minor", "currency", "billable"))
    totals = list(ProjectTotal.objects.values())
    assert [row[1] for row in slices] == [85 * 60, 42 * 60]
    entry.cut_slices()
    assert slices == list(
        entry.slices.order_by("day").values_list("day", "seconds", "amount_minor", "currency", "billable")
    )
    assert totals == list(ProjectTotal.objects.values())
