"""Whole imports: checked, written like logged time, safe to run again, taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from apps.clients.models import Client
from apps.core.transactions import atomic
from apps.projects.models import Project, Tag, Task
from apps.workbench.importing import jobs, survey, undo
from apps.workbench.importing.columns import Mapping
from apps.workbench.models import ImportedRow, ImportRun, ProjectTotal, Segment, TimeEntry, TimeSlice
from apps.workbench.models.imports import KEPT_FOR, PIECE

SAMPLES = Path(__file__).parent / "samples"
HEADER = "Date,Start time,End time,Client,Project,Task,Description,Tags,Billable\n"

pytestmark = pytest.mark.django_db


def bring(world, data: bytes | str, *, user=None, **changes) -> ImportRun:
    """A run of this file, its columns named as suggested, with `changes` to the mapping."""
    data = data if isinstance(data, bytes) else data.encode()
    user = user or world.owner
    found = survey.look_over(lambda: [data])
    mapping = found.suggestion(zone=user.timezone, email=user.email, name=user.name)
    return ImportRun.keep(
        workspace=world.workspace,
        user=user,
        file_name="time.csv",
        file_size=len(data),
        survey=found,
        mapping=Mapping(**mapping.as_json() | changes),
        pieces=[data],
    )


def work(run: ImportRun) -> ImportRun:
    """What the worker would do now."""
    jobs.work_on_import.func(run.workspace_id, run.pk, run.turn)
    return ImportRun.objects.get(pk=run.pk)


def checked(world, data, **changes) -> ImportRun:
    run = bring(world, data, **changes)
    run.check_with(run.chosen_mapping)
    return work(run)


def imported(world, data, **changes) -> ImportRun:
    run = checked(world, data, **changes)
    run.begin_import()
    return work(run)


def taken_back(run: ImportRun) -> ImportRun:
    run.begin_undo()
    return work(run)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def facts(rows, *columns) -> list[tuple]:
    return sorted(rows.values_list(*columns), key=str)


def totals_are_the_sums_of_slices(workspace) -> bool:
    """Whether the kept totals say what the slices say."""
    slices, kept = {}, {}
    for part in TimeSlice.objects.filter(workspace=workspace, project__isnull=False):
        key = (part.project_id, part.currency)
        seconds, minor = slices.get(key, (0, 0))
        slices[key] = (seconds + part.seconds, minor + part.amount_minor)
    for total in ProjectTotal.objects.filter(workspace=workspace).exclude(seconds=0):
        kept[total.project_id, total.currency] = (total.seconds, total.value_minor)
    return slices == kept


# ── The check ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_check_counts_and_writes_no_time(alice):
    run = checked(alice, sample("toggl.csv"))
    assert (run.state, run.to_add, run.present, run.skipped, run.failed) == ("checked", 3, 0, 0, 1)
    assert run.new_names == [
        ("Clients", 1, ["Harbour Books"], 0),
        ("Projects", 1, ["Autumn catalogue"], 0),
        ("Tasks", 1, ["Draw the cover"], 0),
        ("Tags", 2, ["design", "print"], 0),
    ]
    (problem,) = run.rows.all()
    assert (problem.number, problem.is_error, problem.message) == (5, True, "The end lies before the start.")
    assert problem.cells[5] == "Backwards"
    assert not alice.workspace.time_entries.exists()
    assert not alice.workspace.clients.filter(name="Harbour Books").exists()


def test_a_check_finds_what_is_called_the_same_in_other_capitals(alice):
    client = Client.objects.create(workspace=alice.workspace, name="HARBOUR books", currency="EUR")
    project = Project.objects.create(workspace=alice.workspace, client=client, name="autumn Catalogue")
    Task.objects.create(workspace=alice.workspace, project=project, title="Draw the COVER")
    Tag.objects.create(workspace=alice.workspace, name="Print")
    assert checked(alice, sample("toggl.csv")).new_names == [("Tags", 1, ["design"], 0)]


def test_checking_again_forgets_the_errors_of_the_first_time(alice):
    run = checked(alice, sample("toggl.csv"))
    run.check_with(run.chosen_mapping)
    run = work(run)
    assert (run.to_add, run.failed, run.rows.count()) == (3, 1, 1)


# ── The import ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_imported_time_is_as_if_each_row_had_been_logged(alice, charlie):
    """Over midnight, a clock change, an overlap, an archived project and the future, in two workspaces."""
    rows = [
        ("2026-03-28", "22:00", "04:00"),
        ("2026-10-25", "00:00", "23:00"),
        ("2026-03-02", "09:00", "10:20"),
        ("2026-03-02", "10:00", "11:00"),
        ("2026-03-02", "11:00", "11:10"),
        ("2098-03-02", "09:00", "10:00"),
    ]
    charlie.owner.timezone = "Europe/Berlin"
    charlie.owner.save()
    for world in (alice, charlie):
        world.workspace.currency, world.workspace.hourly_rate_minor = "EUR", 8333
        world.workspace.save()
        world.client.currency = "EUR"
        world.client.save()
        world.project.archive()
    text = HEADER + "".join(
        f"{day},{start},{end},alice client,alice project,alice task,note {number},,\n"
        for number, (day, start, end) in enumerate(rows)
    )
    run = imported(alice, text)
    assert (run.added, run.failed) == (len(rows), 0)
    charlie.task.refresh_from_db()
    for number, row in enumerate(alice.workspace.time_entries.order_by("note")):
        TimeEntry.log(
            user=charlie.owner,
            workspace=charlie.workspace,
            task=Task.objects.select_related("project__client", "project__workspace").get(pk=charlie.task.pk),
            started_at=row.started_at,
            ended_at=row.ended_at,
            note=f"note {number}",
        )
    entry = ("note", "timezone", "started_at", "ended_at", "billable", "billed", "rate_minor", "currency")
    entry += ("needs_review", "running_for", "deleted_at")
    part = ("entry__note", "day", "seconds", "billable", "billed", "amount_minor", "currency")
    kept = ("currency", "seconds", "billable_seconds", "unbilled_seconds", "unbilled_minor", "value_minor")
    ours, theirs = alice.workspace, charlie.workspace
    assert facts(ours.time_entries, *entry) == facts(theirs.time_entries, *entry)
    assert facts(ours.time_slices, *part) == facts(theirs.time_slices, *part)
    assert facts(ours.project_totals, *kept) == facts(theirs.project_totals, *kept)
    segment = ("entry__note", "kind", "started_at", "ended_at")
    assert facts(ours.segments, *segment) == facts(theirs.segments, *segment)
    assert {review for row in ours.time_entries.all() for review in row.needs_review.split(",")} >= {
        "overlap", "long", "archived", "future"
    }  # fmt: skip
    assert totals_are_the_sums_of_slices(ours)


def test_a_rate_of_the_file_replaces_that_of_the_house_where_the_currency_fits(alice):
    run = imported(alice, sample("clockify.csv"), order="mdy")
    assert run.added == 3
    new = alice.workspace.clients.get(name="Pine Dental")
    assert new.currency == "USD"
    header = alice.workspace.time_entries.get(note="Header and menu")
    assert (header.rate_minor, header.currency) == (9500, "USD")
    assert header.slices.get().amount_minor == 27708
    talk = alice.workspace.time_entries.get(note="Lunch talk")
    assert (talk.billable, talk.rate_minor) == (False, 0)


def test_a_rate_in_another_currency_is_left_out_with_a_remark(alice):
    Client.objects.create(workspace=alice.workspace, name="Pine Dental", currency="EUR", hourly_rate_minor=7000)
    run = imported(alice, sample("clockify.csv"))
    assert alice.workspace.time_entries.get(note="Header and menu").rate_minor == 7000
    assert "rate in USD is left out" in run.rows.filter(is_error=False).exclude(message="").first().message


def test_a_fixed_price_stays_a_fixed_price(alice):
    Project.objects.create(workspace=alice.workspace, name="Website", billing="fixed", fixed_price_minor=100000)
    text = "Date,Hours,Project,Hourly rate\n2026-03-02,1,Website,95\n"
    imported(alice, text)
    assert alice.workspace.time_entries.get().rate_minor == 0


def test_time_without_a_clock_is_laid_into_the_free_hours_of_its_day(alice, log):
    log(alice, "2026-03-02 10:00", "11:00")
    run = imported(alice, sample("harvest.csv"))
    assert (run.added, run.failed) == (3, 1)
    entries = alice.workspace.time_entries.filter(imported_row__run=run).order_by("started_at")
    shown = [f"{entry.started_at.astimezone(entry.zone):%H:%M}" for entry in entries]
    assert shown == ["09:00", "11:00", "13:30"]
    assert {entry.needs_review for entry in entries} == {""}
    assert {part.day.isoformat() for part in alice.workspace.time_slices.all()} == {"2026-03-02"}


def test_the_chosen_time_zone_decides_instants_and_local_days(alice):
    text = HEADER + "2026-03-02,23:00,23:30,,,,late,,\n"
    imported(alice, text, zone="Asia/Kolkata")
    entry = alice.workspace.time_entries.get()
    assert entry.started_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert entry.timezone == "Asia/Kolkata"
    assert entry.slices.get().day.isoformat() == "2026-03-02"


def test_a_client_without_a_project_goes_to_a_general_one_and_a_lone_name_is_found_anywhere(alice):
    text = HEADER + (
        "2026-03-02,09:00,10:00,New client,,,a,,\n"
        "2026-03-02,10:00,11:00,,alice project,Brand new,b,,\n"
        "2026-03-02,11:00,12:00,,,,c,,\n"
    )
    imported(alice, text)
    found = {entry.note: entry for entry in alice.workspace.time_entries.select_related("project__client", "task")}
    assert (found["a"].project.name, found["a"].project.client.name) == ("General", "New client")
    assert (found["b"].project, found["b"].task.title) == (alice.project, "Brand new")
    assert found["c"].project is None
    assert not found["c"].billable


def test_yes_no_and_nothing_about_billable_are_kept_apart(alice):
    alice.project.billing = "non_billable"
    alice.project.save()
    rows = "".join(f"2026-03-02,{hour}:00,{hour}:30,,alice project,,{said},,{said}\n" for hour, said in
                   enumerate(["yes", "no", ""], start=9))  # fmt: skip
    imported(alice, HEADER + rows)
    billable = dict(alice.workspace.time_entries.values_list("note", "billable"))
    assert billable == {"yes": True, "no": False, "": False}


# ── Again and again ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["toggl.csv", "clockify.csv", "harvest.csv", "kimai.csv", "kimai_german.csv"])
def test_the_same_file_twice_adds_nothing(alice, name):
    first = imported(alice, sample(name))
    assert first.added
    before = facts(alice.workspace.time_entries, "pk", "started_at", "ended_at")
    again = checked(alice, sample(name))
    assert (again.to_add, again.present, again.new_names) == (0, first.added, [])
    again.begin_import()
    again = work(again)
    assert (again.added, again.present) == (0, first.added)
    assert facts(alice.workspace.time_entries, "pk", "started_at", "ended_at") == before
    assert not again.can_be_undone


def test_equal_rows_of_one_file_are_separate_work_and_of_two_files_the_same(alice):
    row = "2026-03-02,,,,,,Spreads,,\n"
    header = HEADER.replace("Start time", "Duration").replace("End time", "Nothing")
    twice = header + row.replace(",,", ",1:00,", 1) * 2
    assert imported(alice, twice).added == 2
    run = imported(alice, twice + row.replace(",,", ",1:00,", 1))
    assert (run.added, run.present) == (1, 2)


def test_another_person_may_import_the_same_file(alice, bob):
    imported(alice, sample("toggl.csv"))
    run = imported(alice, sample("toggl.csv"), user=bob)
    assert run.added == 3
    assert alice.workspace.time_entries.of(bob).count() == 3


def test_the_database_itself_refuses_a_row_twice(alice):
    run = bring(alice, sample("toggl.csv"))
    own = {"workspace": alice.workspace, "user": alice.owner, "run": run, "number": 2, "fingerprint": "f" * 32}
    ImportedRow.objects.create(**own)
    with pytest.raises(IntegrityError):
        ImportedRow.objects.create(**own)


def many_rows(count: int) -> str:
    start = datetime(2024, 1, 1, 9)
    moments = (start + timedelta(hours=number) for number in range(count))
    return HEADER + "".join(
        f"{at:%Y-%m-%d},{at:%H:%M},{at:%H}:45,Client {number % 3},Project {number % 5},,row {number},,yes\n"
        for number, at in enumerate(moments)
    )


def test_a_killed_import_goes_on_where_it_stopped(alice, monkeypatch):
    monkeypatch.setattr(jobs, "ROWS_WRITTEN", 20)
    run = checked(alice, many_rows(70))
    run.begin_import()
    write, batches = jobs._write_batch, []

    def killed_in_the_third(*arguments):
        if len(batches) == 2:
            raise SystemExit
        batches.append(1)
        return write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_write_batch", killed_in_the_third)
        with pytest.raises(SystemExit):
            work(run)
    run.refresh_from_db()
    assert (run.state, run.added, run.rows_done) == ("importing", 40, 40)
    assert alice.workspace.time_entries.count() == 40

    run.go_on()
    run = work(run)
    assert (run.state, run.added, run.present, run.rows_done) == ("done", 70, 0, 70)
    assert sorted(alice.workspace.time_entries.values_list("note", flat=True)) == sorted(f"row {n}" for n in range(70))
    assert totals_are_the_sums_of_slices(alice.workspace)


def test_a_failing_job_leaves_a_sentence_and_goes_on_later(alice, monkeypatch):
    run = checked(alice, many_rows(5))
    run.begin_import()

    def broken(*arguments):
        raise RuntimeError("no disk")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "write_finished", broken)
        with pytest.raises(RuntimeError):
            work(run)
    run.refresh_from_db()
    assert "The server stumbled" in run.problem
    assert not run.is_busy
    assert not alice.workspace.time_entries.exists()
    run.go_on()
    assert work(run).added == 5


def test_an_older_job_that_still_runs_gives_way_to_the_newer_one(alice, monkeypatch):
    monkeypatch.setattr(jobs, "ROWS_WRITTEN", 20)
    run = checked(alice, many_rows(50))
    run.begin_import()
    write, taken_over = jobs._write_batch, []

    def overtaken(*arguments):
        if not taken_over:
            newer = ImportRun.objects.get(pk=run.pk)
            newer.go_on()
            taken_over.append(newer)
        return write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_write_batch", overtaken)
        work(run)
    assert not alice.workspace.time_entries.exists()
    assert work(taken_over[0]).added == 50


def test_two_imports_of_the_same_rows_at_once_bring_them_once(alice, monkeypatch):
    second = checked(alice, many_rows(5))
    imported(alice, many_rows(5))
    second.begin_import()
    known, asked = jobs.already_there, []

    def asked_a_moment_too_early(run, rows):
        asked.append(run)
        return known(run, rows) if len(asked) > 1 else set()

    monkeypatch.setattr(jobs, "already_there", asked_a_moment_too_early)
    second = work(second)
    assert (second.state, second.added, second.present) == ("done", 0, 5)
    assert alice.workspace.time_entries.count() == 5


def test_a_big_file_is_kept_in_small_pieces(alice):
    data = many_rows(9500).encode()
    assert len(data) > 2 * PIECE
    run = bring(alice, data)
    assert run.pieces.count() == -(-len(data) // PIECE)
    assert b"".join(run.contents()) == data


def test_files_are_thrown_away_after_their_time(alice):
    old, young = bring(alice, sample("toggl.csv")), bring(alice, sample("kimai.csv"))
    ImportRun.objects.filter(pk=old.pk).update(created_at=old.created_at - KEPT_FOR - timedelta(days=1))
    ImportRun.objects.filter(workspace=alice.workspace).forget_old_files()
    old, young = ImportRun.objects.get(pk=old.pk), ImportRun.objects.get(pk=young.pk)
    assert (old.has_file, young.has_file) == (False, True)
    assert not old.can_be_mapped


# ── Taken back ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_undone_import_leaves_nothing_but_what_was_there(alice, log):
    log(alice, "2026-03-01 10:00", "11:00")
    world = alice.workspace
    before = [facts(getattr(world, kind), "pk") for kind in ("clients", "projects", "tasks", "tags", "time_entries")]
    totals = facts(world.project_totals.exclude(seconds=0), "project", "seconds", "value_minor")
    run = taken_back(imported(alice, sample("toggl.csv")))
    assert (run.state, run.kept, run.can_be_undone, run.has_file) == ("undone", 0, False, False)
    after = [facts(getattr(world, kind), "pk") for kind in ("clients", "projects", "tasks", "tags", "time_entries")]
    assert after == before
    assert facts(world.project_totals.exclude(seconds=0), "project", "seconds", "value_minor") == totals
    assert TimeEntry.with_trash.filter(workspace=world, deleted_at__isnull=False).count() == 3
    assert imported(alice, sample("toggl.csv")).added == 3


def test_what_is_billed_or_used_stays_and_the_rest_goes(alice, log):
    run = imported(alice, sample("toggl.csv"))
    alice.workspace.time_entries.filter(note__startswith="Cover").bill()
    run = taken_back(run)
    assert (run.state, run.kept) == ("undone", 1)
    assert alice.workspace.time_entries.get().note == "Cover, second draft"
    assert alice.workspace.tasks.filter(title="Draw the cover").exists()
    assert alice.workspace.clients.filter(name="Harbour Books").exists()
    assert alice.workspace.tags.count() == 2
    assert totals_are_the_sums_of_slices(alice.workspace)
    alice.workspace.time_entries.release()
    assert run.can_be_undone
    run = taken_back(run)
    assert run.kept == 0
    assert not alice.workspace.clients.filter(name="Harbour Books").exists()


def test_a_client_that_got_other_work_since_stays(alice, log):
    run = imported(alice, sample("toggl.csv"))
    project = alice.workspace.projects.select_related("client", "workspace").get(name="Autumn catalogue")
    log(alice, "2026-04-01 10:00", "11:00", project=project)
    taken_back(run)
    assert alice.workspace.projects.filter(name="Autumn catalogue").exists()
    assert alice.workspace.clients.filter(name="Harbour Books").exists()
    assert not alice.workspace.tasks.filter(title="Draw the cover").exists()


def test_a_killed_undo_goes_on_where_it_stopped(alice, monkeypatch):
    monkeypatch.setattr(undo, "ENTRIES_AT_ONCE", 20)
    run = imported(alice, many_rows(50))
    run.begin_undo()
    undo._take_some(run, run.turn)
    assert alice.workspace.time_entries.count() == 30
    run.go_on()
    run = work(run)
    assert (run.state, alice.workspace.time_entries.count()) == ("undone", 0)
    assert not Segment.objects.filter(workspace=alice.workspace, entry__deleted_at=None).exists()


def test_nothing_else_can_be_begun_while_a_job_is_at_work(alice):
    run = checked(alice, sample("toggl.csv"))
    run.begin_import()
    turn = run.turn
    run.begin_undo()
    run.check_with(run.chosen_mapping)
    run.refresh_from_db()
    assert (run.state, run.turn) == ("importing", turn)


def test_a_failed_row_cannot_have_an_entry(alice, log):
    run = bring(alice, sample("toggl.csv"))
    row = ImportedRow(workspace=alice.workspace, user=alice.owner, run=run, number=2, is_error=True)
    row.entry = log(alice, "2026-03-01 10:00", "11:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_run_points_to_no_other_workspace(alice, charlie):
    run = bring(alice, sample("toggl.csv"))
    with pytest.raises(ValidationError):
        ImportedRow.objects.create(workspace=charlie.workspace, user=charlie.owner, run=run, number=2)


def test_a_new_turn_is_in_the_queue_exactly_when_the_run_is(alice):
    run = bring(alice, sample("toggl.csv"))

    @atomic
    def abandoned():
        run.check_with(run.chosen_mapping)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        abandoned()
    assert not DBTaskResult.objects.exists()
    run = ImportRun.objects.get(pk=run.pk)
    run.check_with(run.chosen_mapping)
    assert DBTaskResult.objects.filter(task_path__endswith="work_on_import").count() == 1
