"""The page of the week: saved cell by cell, or whole by a plain form; rows that come and go."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.projects.models import Project, Task
from apps.workbench.models import TimeEntry
from apps.workbench.week.work import SESSION_KEY

HX = {"HX-Request": "true"}
WEEK = {"week": "2026-05-04"}
MOST_QUERIES = 10


def page(client, **query) -> str:
    answer = client.get(reverse("workbench:week"), query or WEEK)
    assert answer.status_code == 200
    return answer.content.decode()


def save_cell(client, world, text: str, *, was: str = "", day: str = "2026-05-04", row: str | None = None):
    form = {"row": row or f"p{world.project.pk}", "day": day, "duration": text, "was": was}
    return client.post(reverse("workbench:week_cell"), form, headers=HX)


def post(client, name: str, htmx: bool = False, **form):
    return client.post(reverse(f"workbench:{name}"), WEEK | form, headers=HX if htmx else {})


def toasts(answer) -> list[dict]:
    return json.loads(answer.headers.get("HX-Trigger", "{}")).get("toast", [])


def seconds(world) -> int:
    return world.workspace.time_slices.total_seconds()


def test_a_saved_cell_brings_itself_and_the_sums(as_alice, alice, clock, log):
    log(alice, "2026-05-05 08:00", "09:00")
    answer = save_cell(as_alice, alice, "90m")
    text = answer.content.decode()
    assert answer.status_code == 200
    name = f"p{alice.project.pk}-2026-05-04"
    assert f'<input type="hidden" name="was-{name}" value="5400">' in text
    assert f'name="cell-{name}" value="1:30"' in text
    for place, sum_of_it in [(f"sum-p{alice.project.pk}", "2:30"), ("sum-2026-05-04", "1:30"), ("sum-week", "2:30")]:
        assert f'<span id="{place}" hx-swap-oob="true">{sum_of_it}</span>' in text
    assert "2 h 30 m" in text
    assert "time-changed" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize("text", ["soon", "25:00", "-1"])
def test_a_refused_cell_keeps_what_was_typed_and_says_why(as_alice, alice, clock, text):
    answer = save_cell(as_alice, alice, text)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert f'value="{text}"' in body
    assert 'role="alert"' in body
    assert 'aria-invalid="true"' in body
    assert seconds(alice) == 0


def test_a_stale_tab_is_shown_the_truth(as_alice, alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    answer = save_cell(as_alice, alice, "4:00", was="0")
    body = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1:00"' in body
    assert "Nothing was overwritten" in body
    assert 'value="3600"' in body
    assert seconds(alice) == 3600


def test_an_emptied_cell_keeps_its_row_in_sight_and_undo_brings_the_time_back(as_alice, alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    log(alice, "2026-05-04 10:00", "11:00")
    answer = save_cell(as_alice, alice, "", was="7200")
    assert answer.status_code == 200
    assert seconds(alice) == 0
    assert f'id="row-p{alice.project.pk}"' in page(as_alice)
    toast = toasts(answer)[0]
    assert toast["text"] == "Deleted: 2 entries."
    assert as_alice.post(toast["undo"], headers=HX).status_code == 204
    assert seconds(alice) == 7200


def test_the_whole_grid_is_saved_by_a_plain_form(as_alice, alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    mine, task = f"p{alice.project.pk}", f"t{alice.task.pk}"
    form = {
        f"cell-{mine}-2026-05-04": "1:00", f"was-{mine}-2026-05-04": "3600",
        f"cell-{mine}-2026-05-05": "2:00", f"cell-{task}-2026-05-05": "1:15", f"cell-{task}-2026-05-06": "",
    }  # fmt: skip
    answer = post(as_alice, "week_save", **form)
    assert (answer.status_code, answer.url) == (302, "/workbench/week/?week=2026-05-04")
    assert seconds(alice) == 3600 + 7200 + 4500
    assert alice.workspace.time_entries.count() == 3


def test_a_form_with_one_wrong_cell_saves_none_and_keeps_all_that_was_typed(as_alice, alice, clock, log):
    log(alice, "2026-05-06 08:00", "09:00")
    row = f"p{alice.project.pk}"
    form = {f"cell-{row}-2026-05-04": "1:00", f"cell-{row}-2026-05-05": "soon", f"cell-{row}-2026-05-06": "5:00"}
    answer = post(as_alice, "week_save", **form)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert body.lower().startswith("<!doctype html")
    assert f'name="cell-{row}-2026-05-04" value="1:00"' in body
    assert f'name="cell-{row}-2026-05-05" value="soon"' in body
    assert f'name="cell-{row}-2026-05-06" value="1:00"' in body, "the stale one shows the truth"
    assert body.count('class="wk-error"') == 2
    assert seconds(alice) == 3600


def test_fields_that_were_not_touched_save_nothing(as_alice, alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)
    clock.shift(3605)
    entry.stop()
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)
    clock.shift(605)
    body = page(as_alice)
    fields = dict(re.findall(r'name="((?:cell|was)-[^"]+)" value="([^"]*)"', body))
    assert set(fields.values()) == {"1:10", "3605+605"}
    clock.shift(600)
    assert post(as_alice, "week_save", **fields).status_code == 302
    assert alice.workspace.time_entries.count() == 2


def test_a_row_is_added_and_an_empty_one_goes_at_once(as_alice, alice, clock):
    answer = post(as_alice, "week_row_add", htmx=True, project=alice.project.pk, task=alice.task.pk)
    body = answer.content.decode()
    assert body.strip().startswith('<div id="week"')
    assert body.count("autofocus") == 1
    assert f'id="row-t{alice.task.pk}"' in page(as_alice)
    assert "autofocus" not in page(as_alice)
    answer = post(as_alice, "week_row_remove", htmx=True, row=f"t{alice.task.pk}")
    assert answer.status_code == 204
    assert "This week is still blank" in page(as_alice)


def test_a_row_is_added_from_a_plain_list(as_alice, alice, clock):
    body = as_alice.get(reverse("workbench:week_row_add"), WEEK).content.decode()
    assert f'<option value="t{alice.task.pk}">' in body
    assert post(as_alice, "week_row_add", work=f"t{alice.task.pk}").status_code == 302
    assert f'id="row-t{alice.task.pk}"' in page(as_alice)


def test_an_archived_project_is_not_added(as_alice, alice, clock):
    alice.project.archive()
    answer = post(as_alice, "week_row_add", htmx=True, project=alice.project.pk)
    assert "archived" in toasts(answer)[0]["text"]
    assert f'id="row-p{alice.project.pk}"' not in answer.content.decode()


def test_a_row_with_time_is_asked_about_first(as_alice, alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    row = f"p{alice.project.pk}"
    for htmx in (True, False):
        asked = post(as_alice, "week_row_remove", htmx=htmx, row=row)
        assert asked.status_code == 200
        assert "1 h in this week" in asked.content.decode()
    assert seconds(alice) == 3600
    answer = post(as_alice, "week_row_remove", htmx=True, row=row, sure="1")
    assert answer.status_code == 204
    assert seconds(alice) == 0
    as_alice.post(toasts(answer)[0]["undo"], headers=HX)
    assert seconds(alice) == 3600


def test_a_row_with_billed_time_is_not_removed_and_says_so(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 08:00", "09:00")
    alice.workspace.time_entries.filter(pk=entry.pk).bill()
    answer = post(as_alice, "week_row_remove", htmx=True, row=f"p{alice.project.pk}", sure="1")
    assert answer.status_code == 422
    assert "on an invoice" in answer.content.decode()
    assert seconds(alice) == 3600


def test_last_week_is_copied_with_and_without_time(as_alice, alice, clock, log):
    log(alice, "2026-04-28 08:00", "09:00")
    body = post(as_alice, "week_copy", htmx=True).content.decode()
    assert f'id="row-p{alice.project.pk}"' in body
    assert seconds(alice) == 3600
    for _press in range(2):
        answer = post(as_alice, "week_copy", htmx=True, time="1")
        assert answer.status_code == 200
        assert seconds(alice) == 7200
    assert "stays as it is" in toasts(answer)[0]["text"]


def test_an_empty_week_says_what_to_do(as_alice, clock):
    body = page(as_alice)
    assert "This week is still blank" in body
    assert "Copy rows and time" in body
    assert "Nothing was worked in this week" in page(as_alice, week="2026-01-05")


def test_billed_time_is_marked(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 08:00", "09:00")
    alice.workspace.time_entries.filter(pk=entry.pk).bill()
    assert "1 h on an invoice" in page(as_alice)


@pytest.mark.parametrize("week", ["", "soon", "2026-02-30", "1999-12-31", "2101-01-01", "9" * 400, "2026-05-04\x00"])
def test_nonsense_in_the_address_shows_this_week(as_alice, clock, week):
    assert "4 – 10 May" in page(as_alice, week=week)


@pytest.mark.parametrize("week", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_week_are_shown_and_can_be_posted(as_alice, alice, week):
    body = page(as_alice, week=week)
    first = re.search(r'name="week" value="([^"]+)"', body)[1]
    assert post(as_alice, "week_row_add", week=first, project=alice.project.pk).status_code == 302
    outside = date(1999, 12, 28) if week < "2050" else date(2101, 1, 2)
    assert save_cell(as_alice, alice, "1:00", day=outside.isoformat()).status_code == 422


@pytest.mark.parametrize(
    "form", [{"row": "x"}, {"row": "p"}, {"row": "p٣"}, {"row": "t" + "9" * 30}, {"day": "soon"}, {"day": "1900-01-01"}]
)
def test_nonsense_in_a_cell_is_not_found(as_alice, alice, clock, form):
    given = {"row": f"p{alice.project.pk}", "day": "2026-05-04", "duration": "1:00", "was": ""} | form
    assert as_alice.post(reverse("workbench:week_cell"), given, headers=HX).status_code == 404


@pytest.mark.parametrize("name", ["cell", "save", "row_add", "row_remove", "copy", "restore"])
def test_an_empty_form_changes_nothing(as_alice, alice, clock, log, name):
    log(alice, "2026-05-04 08:00", "09:00")
    for headers in ({}, HX):
        assert as_alice.post(reverse(f"workbench:week_{name}"), headers=headers).status_code in (200, 204, 302)
    assert seconds(alice) == 3600


def test_rows_of_strangers_and_undo_of_others_are_not_found(as_alice, client, alice, bob, charlie, clock, log):
    theirs = log(charlie, "2026-05-04 08:00", "09:00")
    theirs.trash()
    for row in (f"p{charlie.project.pk}", f"t{charlie.task.pk}"):
        assert save_cell(as_alice, alice, "1:00", row=row).status_code == 404
        assert post(as_alice, "week_row_remove", row=row, sure="1").status_code == 404
        assert post(as_alice, "week_row_add", work=row).status_code == 404
        assert post(as_alice, "week_save", **{f"cell-{row}-2026-05-04": "1:00"}).status_code == 404
    undo = reverse("workbench:week_restore")
    assert as_alice.post(f"{undo}?entry={theirs.pk}").status_code == 404
    mine = log(alice, "2026-05-04 08:00", "09:00", note="canary")
    client.force_login(bob)
    assert client.post(f"{undo}?entry={mine.pk}").status_code == 404
    assert "This week is still blank" in page(client)


def test_the_session_holds_no_more_rows_and_weeks_than_it_should(as_alice, alice, clock):
    for number in range(1, 29):
        as_alice.post(reverse("workbench:week_row_add"), {"week": f"2026-{1 + number % 12:02d}-05", "work": "none"})
    assert len(as_alice.session[SESSION_KEY]) == 12


def test_more_rows_need_no_more_queries(as_alice, alice, clock, log):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    grow(alice, log, 0, 2)
    post(as_alice, "week_row_add", project=alice.project.pk)
    with CaptureQueriesContext(connection) as few:
        page(as_alice)
    grow(alice, log, 2, 16)
    with CaptureQueriesContext(connection) as many:
        page(as_alice)
    assert len(many) == len(few) <= MOST_QUERIES


def grow(world, log, first: int, count: int) -> None:
    for number in range(first, first + count):
        project = Project.objects.create(workspace=world.workspace, client=world.client, name=f"project {number}")
        task = Task.objects.create(workspace=world.workspace, project=project, title=f"task {number}")
        hour, half = divmod(number, 2)
        log(world, f"2026-05-05 {hour:02d}:{30 * half:02d}", f"{hour}:{30 * half + 25}", project=None, task=task)


def test_the_week_stands_in_the_views_and_in_the_palette(as_alice, clock):
    for name in ("day", "entries", "week"):
        assert 'href="/workbench/week/' in as_alice.get(reverse(f"workbench:{name}")).content.decode()
    assert "/workbench/week/" in as_alice.get(reverse("palette"), {"q": "wee"}).content.decode()
