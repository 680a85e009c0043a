"""The demo world's time: eighteen months of working days, and a timer that runs.

Every day is drawn by a random generator that its own date seeds, so the same day always looks the same. Running this
again on the same day changes nothing; on a later day it adds the days that are missing.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.core import days
from apps.core.transactions import atomic
from apps.demo.bulk import Session, Stretch, work, write_sessions
from apps.demo.management_data import demo_user, periods
from apps.demo.world import read
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import Segment, TimeEntry
from apps.workspaces.models import Workspace

HISTORY = timedelta(days=547)
EARLIEST_HOUR = 6
FORGOTTEN_AFTER = timedelta(hours=2)
OWN_PROJECT = "ADMIN"


@dataclass(frozen=True)
class Work:
    """Something that can be worked on from `first` to `last`."""

    project: Project
    task: Task
    tags: list[Tag]
    notes: list[str]
    share: int
    first: date
    last: date


@atomic
def seed_workbench(workspace: Workspace) -> int:
    """Add the days that are missing and start the timer where none runs; returns the number of new entries."""
    user = demo_user()
    desk = _desk(workspace)
    today = days.local_day(days.now(), user.zone)
    entries = workspace.time_entries.of(user)
    _stop_forgotten(entries.live().first(), today)
    latest = entries.order_by("-started_at").first()
    # A timer that still runs after midnight belongs to the day that has just ended, and to this one.
    if latest and (latest.day >= today or latest.is_live):
        return 0
    sessions = list(_history(desk, user.zone, latest.day + timedelta(days=1) if latest else today - HISTORY, today))
    mistakes = [] if latest else sessions[-1:]
    sessions += [] if latest else _overlap(sessions, desk)
    timer = _timer(desk)
    if timer:
        sessions += _today(desk, user.zone, days.now() - timer[1])
    written = write_sessions(user, workspace, sorted(sessions, key=lambda session: session.started_at))
    if timer:
        TimeEntry.start(user=user, workspace=workspace, task=timer[0], at=days.now() - timer[1])
        written += 1
    return written + _noted_twice(user, workspace, mistakes)


def _desk(workspace: Workspace) -> list[Work]:
    """All work there is, of all times, in the order of the content file."""
    projects = {project.code: project for project in workspace.projects.select_related("client", "workspace")}
    tasks = {
        (task.project.code, task.title): task
        for task in workspace.tasks.select_related("project__client", "project__workspace").prefetch_related("tags")
    }
    desk = []
    for content in read("projects")["projects"]:
        if content["code"] not in projects:
            continue
        project = projects[content["code"]]
        for task, period in zip(content["tasks"], periods(project, content), strict=True):
            row = tasks.get((project.code, task["title"]))
            if row and period:
                desk.append(Work(row.project, row, list(row.tags.all()), task["notes"], content["share"], *period))
    return desk


def _stop_forgotten(live: TimeEntry | None, today: date) -> None:
    """A timer of an earlier day would lie over all the days to come."""
    if live and live.day < today and days.now() - live.started_at > FORGOTTEN_AFTER:
        live.stop(at=live.started_at + FORGOTTEN_AFTER)


# ── The days before today ─────────────────────────────────────────────────────────────────────────────────────────────


def _history(desk: list[Work], zone, first: date, today: date) -> Iterator[Session]:
    for offset in range((today - first).days):
        day = first + timedelta(days=offset)
        rng = random.Random(f"working day {day}")
        if _is_worked(day, rng):
            yield from _working_day(desk, zone, day, rng)


def _is_worked(day: date, rng: random.Random) -> bool:
    content = read("days")
    of_year = f"{day:%m-%d}"
    if of_year in content["holidays"] or any(first <= of_year <= last for first, last in content["away"]):
        return False
    likely = {5: 0.10, 6: 0.02}.get(day.weekday(), 0.97)
    return rng.random() < likely


def _working_day(desk: list[Work], zone, day: date, rng: random.Random) -> Iterator[Session]:
    """A morning and an afternoon on two or three projects, a little admin, and now and then a late evening."""
    paid = [work for work in desk if work.first <= day <= work.last and work.share]
    own = [work for work in desk if work.first <= day <= work.last and work.project.code == OWN_PROJECT]
    focus = rng.choices(paid, [work.share for work in paid], k=3) if paid else []
    clock = datetime.combine(day, time(8, 30), zone) + timedelta(minutes=rng.randrange(0, 75))
    end = datetime.combine(day, time(16, 20), zone) + timedelta(minutes=rng.randrange(0, 110))
    if own and rng.random() < 0.6:
        session = _session(rng, own[day.weekday() in (0, 4) and len(own) > 1], clock, rng.randrange(18, 45))
        yield session
        clock = session.ended_at + timedelta(minutes=rng.choice([0, 5, 9]))
    had_lunch = False
    while focus and clock < end:
        session = _session(rng, rng.choice(focus), clock, rng.choice([25, 40, 50, 65, 80, 95, 110, 135, 150]))
        yield session
        clock = session.ended_at + timedelta(minutes=rng.choice([0, 0, 4, 7, 12]))
        if not had_lunch and clock.astimezone(zone).time() > time(12, 15):
            had_lunch = True
            clock += timedelta(minutes=rng.randrange(35, 65))
    if focus and rng.random() < 0.05:
        late = datetime.combine(day, time(21, 45), zone) + timedelta(minutes=rng.randrange(0, 60))
        yield _session(rng, focus[0], late, rng.randrange(70, 190))


def _session(rng: random.Random, chosen: Work, clock: datetime, minutes: int) -> Session:
    """So many minutes of work; the longer ones sometimes with a break or a pause in the middle."""
    clock = clock.astimezone(UTC)
    stretches = [work(clock, minutes)]
    if minutes >= 80 and rng.random() < 0.3:
        stretches = _with_rest(clock, minutes, rng.randrange(8, 20), is_break=rng.random() < 0.7)
    return Session(
        stretches,
        chosen.project,
        chosen.task,
        rng.choice(chosen.notes),
        tags=chosen.tags if rng.random() < 0.3 else [],
    )


def _with_rest(clock: datetime, minutes: int, rest: int, *, is_break: bool) -> list[Stretch]:
    before = work(clock, minutes // 2)
    after = work(before.ended_at + timedelta(minutes=rest), minutes - minutes // 2)
    pause = [Stretch(before.ended_at, after.started_at, Segment.Kind.BREAK)] if is_break else []
    return [before, *pause, after]


def _overlap(sessions: list[Session], desk: list[Work]) -> list[Session]:
    """A call noted down over another session some days ago: something to review."""
    if not sessions or not desk:
        return []
    latest = sessions[-1].started_at
    earlier = [session for session in sessions if session.started_at < latest - timedelta(days=2)]
    if not earlier:
        return []
    started_at = earlier[-1].stretches[-1].ended_at - timedelta(minutes=15)
    call = next((item for item in desk if item.project.code == "HARB"), desk[0])
    return [
        Session(
            [work(started_at, 40)],
            call.project,
            call.task,
            "Call about the test bookings",
            needs_review=TimeEntry.Review.OVERLAP,
        )
    ]


def _noted_twice(user, workspace: Workspace, sessions: list[Session]) -> int:
    """These were noted down once more by hand, and that is in the trash."""
    for session in sessions:
        TimeEntry.log(
            user=user, workspace=workspace, project=session.project, task=session.task, note=session.note,
            started_at=session.started_at, ended_at=session.started_at + timedelta(hours=1),
        ).trash()  # fmt: skip
    return len(sessions)


# ── Today ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find(desk: list[Work], content: dict) -> Work | None:
    for item in desk:
        if (item.project.code, item.task.title) == (content["project"], content["task"]):
            return item
    return None


def _timer(desk: list[Work]) -> tuple[Task, timedelta] | None:
    """What the timer runs on, and for how long."""
    content = read("days")["timer"]
    found = _find(desk, content)
    return (found.task, timedelta(minutes=content["minutes"])) if found else None


def _today(desk: list[Work], zone, until: datetime) -> list[Session]:
    """Today's sessions, the last one ending before `until`; what would begin too early in the morning is left out."""
    earliest = datetime.combine(days.local_day(days.now(), zone), time(EARLIEST_HOUR), zone)
    sessions = []
    for content in reversed(read("days")["today"]):
        found = _find(desk, content)
        stretches = _laid_back(until, content)
        until = stretches[0].started_at
        if until < earliest:
            break
        if found:
            sessions.append(Session(stretches, found.project, found.task, content["note"]))
    return sessions


def _laid_back(until: datetime, content: dict) -> list[Stretch]:
    rest_ends = until - timedelta(minutes=content.get("gap", 0))
    ended_at = rest_ends - timedelta(minutes=content.get("rest", 0))
    stretches = [work(ended_at - timedelta(minutes=content["minutes"]), content["minutes"])]
    if ended_at < rest_ends:
        stretches.append(Stretch(ended_at, rest_ends, Segment.Kind.BREAK))
    return stretches
