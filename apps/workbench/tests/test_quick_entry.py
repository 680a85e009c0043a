"""The line that logs time: what is understood, what is said about the rest, and what is saved."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.core.durations import format_clock, format_duration, format_words
from apps.projects.models import Project, Task
from apps.workbench.fields import format_time_of_day
from apps.workbench.models import TimeEntry
from apps.workbench.quick_entry import LONGEST_LINE, Clock, Understood, read
from apps.workbench.quick_names import Known, KnownProject, KnownTask

HX = {"HX-Request": "true"}
THURSDAY = date(2026, 11, 12)
CLOCK = Clock(datetime(2026, 11, 12, 13, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"), THURSDAY)
KNOWN = Known(
    (
        KnownProject(1, "Acme site", "AS", "Acme"),
        KnownProject(2, "Harbour portal", "", "Bright Harbour"),
        KnownProject(3, "Harbour books", "", "Bright Harbour"),
        KnownProject(4, "Autumn catalogue", "", "Nord"),
    ),
    (KnownTask(10, "Draw the cover", 4), KnownTask(11, "Design review", 1)),
    ("Design",),
)


def understood(text: str, clock: Clock = CLOCK) -> Understood:
    return read(text, clock, KNOWN)


def test_the_whole_line_is_taken_apart():
    found = understood("1h30 @acme #design yesterday 14:00 review the draft")
    assert (found.day, found.start, found.end, found.seconds) == (date(2026, 11, 11), 840, None, 5400)
    assert (found.work.project, found.work.task, found.tags, found.note) == (1, None, ("Design",), "review the draft")
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h30", 5400), ("1:30", 5400), ("90m", 5400), ("90 min", 5400), ("1.5", 5400), ("1,5", 5400), ("90", 5400),
        ("1 h 30 m", 5400), ("2 hours", 7200), ("8.20", 29520), ("0:05", 300), ("1.5h", 5400), ("930", 55800),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_everywhere_in_the_house(text, seconds):
    for line in (text, f"{text} review", f"@acme {text} review"):
        found = understood(line)
        assert (found.seconds, found.start, found.end) == (seconds, None, None), line


@pytest.mark.parametrize(
    ("text", "start", "end", "seconds"),
    [
        ("9-10:30 x", 540, 630, None), ("from 9 to 10:30 x", 540, 630, None), ("9:00 – 10:30", 540, 630, None),
        ("9-5pm", 540, 1020, None), ("2-5pm", 840, 1020, None), ("10:30-12pm", 630, 720, None),
        ("22:00-2 party", 1320, 120, None), ("9am-1pm", 540, 780, None), ("09:00 10:30 x", 540, 630, None),
        ("1h 14:00 x", 840, None, 3600), ("1:30 14:00 x", 840, None, 5400), ("9:00 1:30 x", 540, None, 5400),
        ("45 930 x", 570, None, 2700), ("1h @acme 930 x", 570, None, 3600), ("9pm 1h", 1260, None, 3600),
        ("2h at 9.30 x", 570, None, 7200), ("14:00 x", 840, None, None), ("1h30 9-10:30 x", 540, 630, None),
    ],
)  # fmt: skip
def test_times_and_ranges_are_read(text, start, end, seconds):
    found = understood(text)
    assert (found.start, found.end, found.seconds, found.problems) == (start, end, seconds, ())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("1.5 fix #12", "fix #12"), ("1h fix version 2.1", "fix version 2.1"),
        ("1h read pages 9-12", "read pages 9-12"),
        ('1h read "14:00, a novel"', 'read "14:00, a novel"'), ("bob@example.com 90m", "bob@example.com"),
        ("1h 3 chapters", "3 chapters"), ("2h30 sat with them", "sat with them"),
        ("1h monday's slides", "monday's slides"),
        ("2h day 12:99", "day 12:99"), ("1h write a 5m pitch", "write a 5m pitch"),
    ],
)  # fmt: skip
def test_what_only_looks_like_something_stays_in_the_note(text, note):
    assert understood(text).note == note
    assert understood(text).problems == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-12"), ("yesterday", "2026-11-11"), ("Monday", "2026-11-09"), ("thursday", "2026-11-12"),
        ("fri", "2026-11-06"), ("2026-11-01", "2026-11-01"), ("1.11.", "2026-11-01"), ("24.12.", "2025-12-24"),
        ("1.11.25", "2025-11-01"), ("29.2.", "2024-02-29"), ("11/10", "2026-10-11"), ("10/13", "2026-10-13"),
    ],
)  # fmt: skip
def test_a_day_is_read_and_without_a_year_it_is_the_last_that_has_come(text, day):
    assert understood(f"{text} 1h review").day == date.fromisoformat(day)


def test_where_the_month_comes_first_so_it_does_here():
    american = Clock(CLOCK.now, CLOCK.zone, CLOCK.day, month_first=True)
    assert understood("1h 11/10", american).day == date(2026, 11, 10)
    assert understood("1h 25/10", american).day == date(2026, 10, 25)


def test_the_day_of_the_page_is_meant_unless_another_is_named():
    page = Clock(CLOCK.now, CLOCK.zone, date(2026, 11, 2))
    assert understood("1h review", page).day == date(2026, 11, 2)
    assert understood("1h today", page).day == THURSDAY


@pytest.mark.parametrize("text", ["30.2. 1h", "2026-13-01 1h", "1h 31/31", "1h 1999-12-31"])
def test_a_day_that_is_not_there_is_named(text):
    assert "There is no day" in understood(text).problems[0]


@pytest.mark.parametrize(
    ("text", "project", "task"),
    [
        ("@acme", 1, None), ("@AS", 1, None), ("@harbour portal", 2, None), ("@harbour p", 2, None),
        ('@"Harbour Books"', 3, None), ("@catalogue", 4, None), ("@aut/draw", 4, 10),
        ("@autumn catalogue/draw the cover", 4, 10),
        ("@nord/autumn/dra", 4, 10), ("@draw the cover", 4, 10), ("@acme Design review", 1, 11),
        ("@bright harbour/books", 3, None),
        ("@acme @design", 1, 11), ("@harbour portal, then", 2, None),
    ],
)  # fmt: skip
def test_names_are_found_by_their_beginning_the_longest_first(text, project, task):
    found = understood(f"1h {text}")
    assert found.problems == ()
    assert (found.work.project, found.work.task) == (project, task)


def test_several_candidates_are_named_and_none_is_guessed():
    found = understood("1h @harbour review")
    assert found.work is None
    assert "Harbour portal, Harbour books" in found.problems[0]
    assert "“nobody”" in understood("1h @nobody").problems[0]


def test_a_range_and_another_duration_contradict_each_other():
    assert "apart" in understood("9:00-10:00 2h x").problems[0]


minutes_of_day = st.integers(0, 24 * 60 - 1)


@given(
    st.integers(1, 25 * 60),
    st.sampled_from([format_words, format_duration, format_clock]),
    st.text("abc xyz", max_size=9),
)
def test_a_duration_comes_back_as_it_was_written(minutes, write, note):
    # Behind a time, what is written like 14:00 is the end; a rendered duration of many hours needs its unit.
    if minutes >= 600 and write is not format_words or write is format_clock:
        write = format_words
    assert understood(f"{write(minutes * 60)} {note}").seconds == minutes * 60


@given(minutes_of_day, minutes_of_day)
def test_from_and_to_come_back_as_they_were_written(start, end):
    found = understood(f"{format_time_of_day(start)}-{format_time_of_day(end)} review")
    assert (found.start, found.end, found.note) == (start, end, "review")


@given(minutes_of_day, st.integers(1, 24 * 60))
def test_a_start_with_a_duration_comes_back(start, length):
    found = understood(f"{format_words(length * 60)} review {format_time_of_day(start)}")
    assert (found.start, found.seconds, found.note) == (start, length * 60, "review")


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_date_comes_back(day):
    assert understood(f"1h {day.isoformat()} review").day == day
    assert understood(f"1h {day.day}.{day.month}.{day.year} review").day == day


@given(st.one_of(st.text(max_size=400), st.text('0123456789:.-/,@#"hmap x\x00', max_size=60)))
def test_no_text_breaks_it_and_what_is_left_is_short_enough(text):
    found = understood(text)
    assert len(found.note) <= LONGEST_LINE
    assert all(found.problems)


@given(
    st.lists(st.sampled_from(["1h30", "9-10", "@acme", "#x", "today", "14:00", "word", "90", "1.5", '"q"']), max_size=8)
)
def test_each_word_is_either_understood_or_note_or_a_problem(words):
    found = understood(" ".join(words))
    assert found.note.count("word") == words.count("word")


# ── The form, over HTTP ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def say(as_alice):
    """Send the line, as HTMX does unless told otherwise."""

    def post(text: str, *, htmx: bool = True, **fields):
        return as_alice.post(reverse("workbench:quick"), {"text": text, **fields}, headers=HX if htmx else {})

    return post


@pytest.fixture
def preview(as_alice):
    """What stands beneath the line."""

    def ask(text: str, **fields) -> str:
        return as_alice.get(reverse("workbench:quick"), {"text": text, **fields}, headers=HX).content.decode()

    return ask


def local(instant) -> str:
    return f"{instant.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}"


def test_the_line_is_saved_as_it_was_understood(say, alice, clock):
    assert say("1h30 @alice project/alice task #Draft yesterday 14:00 review it").status_code == 204
    entry = TimeEntry.objects.get()
    assert (entry.task, entry.project, entry.note, entry.rate_minor) == (alice.task, alice.project, "review it", 8000)
    assert (local(entry.started_at), local(entry.ended_at)) == ("2026-05-03 14:00", "2026-05-03 15:30")
    assert [tag.name for tag in entry.tags.all()] == ["Draft"]


def test_a_bare_duration_ended_just_now(say, clock):
    say("45 letters")
    entry = TimeEntry.objects.get()
    assert (local(entry.started_at), local(entry.ended_at)) == ("2026-05-04 10:15", "2026-05-04 11:00")


def test_on_another_day_a_bare_duration_follows_what_was_done_last(say, alice, clock, log):
    say("1h first", day="2026-05-01")
    log(alice, "2026-05-01 13:00", "14:20")
    say("1h second", day="2026-05-01")
    found = TimeEntry.objects.exclude(note="").order_by("started_at")
    assert [local(entry.started_at) for entry in found] == ["2026-05-01 09:00", "2026-05-01 14:20"]
    assert not any(entry.needs_review for entry in found)


def test_an_end_before_the_start_is_on_the_next_day(say, preview, clock):
    assert "02:00 +1" in preview("22:00-2 yesterday party")
    say("22:00-2 yesterday party")
    assert local(TimeEntry.objects.get().ended_at) == "2026-05-04 02:00"


def test_fields_win_over_the_text(say, alice, clock):
    assert say("2h 14:00 note", start="8:00", end="8:30", task=alice.task.pk).status_code == 204
    entry = TimeEntry.objects.get()
    assert (local(entry.started_at), local(entry.ended_at)) == ("2026-05-04 08:00", "2026-05-04 08:30")
    assert (entry.task, entry.note) == (alice.task, "note")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("review", "Say how long it took"), ("", "Say how long it took"), ("14:00 review", "Say when it ended"),
        ("30h review", "more than 25 hours"), ("0m review", "The end must come after the start"),
        ("@zzz 1h", "is called “zzz”"), ("29.3. 2:30 1h", None), ("2026-03-29 02:30-04:00", "the clocks went forward"),
        ("x" * 301, "300"), ("1h \x00", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("htmx", [True, False])
def test_what_cannot_be_saved_is_said_in_words_and_nothing_is_written(say, clock, text, told, htmx):
    answer = say(text, htmx=htmx)
    if told is None:
        assert answer.status_code < 500
        return
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not TimeEntry.objects.exists()


def test_without_scripts_the_page_shows_the_same_and_keeps_what_was_typed(as_alice, clock):
    page = as_alice.post(reverse("workbench:quick"), {"text": "review @zzz", "start": "9"})
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="review @zzz"' in text
    assert 'name="start" value="9"' in text
    saved = as_alice.post(reverse("workbench:quick"), {"text": "1h review"})
    assert saved.url == "/workbench/?day=2026-05-04"


def test_the_preview_says_in_words_what_will_be_saved_and_saves_nothing(preview, clock):
    text = preview("1h30 @alice project #new yesterday 14:00 review")
    for words in ("Sun 3 May", "14:00 – 15:30", "1 h 30 m", "alice project", "#new", "“review”", "billable"):
        assert words in text
    assert not TimeEntry.objects.exists()
    assert preview("").strip() == ""


def test_the_preview_escapes_what_is_typed(preview, clock):
    assert "<script>" not in preview('1h @"<script>" <script>')


def test_nothing_of_a_stranger_is_found(preview, alice, charlie, clock):
    assert "is called “charlie”" in preview("1h @charlie")
    assert preview("1h", project=charlie.project.pk).count("charlie") == 0


def test_what_is_archived_or_done_is_not_found(preview, alice, clock):
    alice.task.complete()
    assert "is called" in preview("1h @alice project/alice task")
    alice.project.archive()
    assert "is called" in preview("1h @alice project")


def test_more_names_need_no_more_queries(as_alice, alice, clock, django_assert_max_num_queries):
    for number in range(30):
        project = Project.objects.create(workspace=alice.workspace, client=alice.client, name=f"project {number}")
        Task.objects.create(workspace=alice.workspace, project=project, title=f"task {number}")
    with django_assert_max_num_queries(10):
        as_alice.get(reverse("workbench:quick"), {"text": "1h @alice project/alice task #x yesterday"}, headers=HX)
