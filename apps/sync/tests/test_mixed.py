"""Acts on pages and operations of devices that were offline, mixed: no minute is lost, doubled or trapped."""

import os
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from apps.core import days
from apps.core.money import amount_for_time
from apps.sync.facts import rows_of, said_of
from apps.sync.models import Operation
from apps.sync.operations import read_batch
from apps.sync.second_look import look_again
from apps.sync.sender import Sender
from apps.sync.tests.sending import Device, Said, state_of, uuid_from
from apps.sync.timeline import Press, timeline
from apps.sync.timeline import Said as SaidOfTimes
from apps.workbench.models import ProjectTotal, TimeEntry, TimeSlice
from apps.workbench.models.presses import TimerPress, stamp
from apps.workbench.models.slices import part_of_total
from apps.workbench.together import Together
from apps.workbench.trash import delete_for_good
from apps.workbench.week.saving import CellTime

MORNING = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
# A long hunt is asked for: MIXED_EXAMPLES=300.
EXAMPLES = int(os.environ.get("MIXED_EXAMPLES", "20"))
STEPS = int(os.environ.get("MIXED_STEPS", "25"))
PRESSES = ("pause", "resume", "take_break", "end_break", "stop", "discard")
KINDS = {
    "pause": "timer.pause",
    "resume": "timer.resume",
    "take_break": "timer.break",
    "end_break": "timer.break_stop",
    "stop": "timer.stop",
}
TIMES_SAID = ("started_at", "ended_at")

minutes = st.sampled_from([0, 1, 5, 10, 20, 45])
some = st.integers(0, 11)


class Mixed(RuleBasedStateMachine):
    """A day of one person: pages, and two devices that are offline now and then and whose clocks are off."""

    def __init__(self, world):
        super().__init__()
        self.world = world
        self.chance = random.Random(1)
        self.savepoint = transaction.savepoint()
        self.clock = time_machine.travel(MORNING, tick=False)
        self.traveller = self.clock.start()
        self.devices = [Device(None, world.owner.pk, timedelta(minutes=fast)) for fast in (-10, 10)]
        self.queue: list[Said] = []
        self.sent: list[Said] = []
        # Entries as they were set by hand; those whose times anybody touched but by presses; those in pairs that were
        # cut from each other.
        self.by_hand: dict[UUID, tuple] = {}
        self.touched: set[UUID] = set()
        self.pairs: set[tuple[UUID, UUID]] = set()
        self.billed: dict[UUID, tuple] = {}
        self.in_trash: dict[UUID, tuple[str, bool]] = {}
        self.known: dict[UUID, tuple] = {}
        self.purged: set[UUID] = set()

    def teardown(self):
        self.clock.stop()
        transaction.savepoint_rollback(self.savepoint)

    # ── What pages do ─────────────────────────────────────────────────────────────────────────────────────────────────

    def later(self, wait: int) -> None:
        self.traveller.shift(timedelta(minutes=wait, milliseconds=1))

    @property
    def live(self) -> TimeEntry | None:
        return TimeEntry.objects.filter(running_for=self.world.owner).first()

    def entry(self, number: int, **narrow) -> TimeEntry | None:
        entries = list(self.world.workspace.time_entries(manager="with_trash").filter(**narrow).order_by("pk"))
        return entries[number % len(entries)] if entries else None

    def page(self, verb, *args, **kwargs):
        """What a page does, unless it refuses."""
        try:
            return verb(*args, **kwargs)
        except ValidationError:
            return None

    def start_on_page(self, verb, **facts) -> None:
        facts = {"user": self.world.owner, "workspace": self.world.workspace, "note": "page"} | facts
        self.page(verb, **facts)

    def set_by_hand(self, *entries: TimeEntry) -> None:
        """These stand from now on as they are."""
        for entry in entries:
            self.touched.add(entry.pk)
            self.by_hand.pop(entry.pk, None)
            self.pairs = {pair for pair in self.pairs if entry.pk not in pair}
            fresh = TimeEntry.with_trash.get(pk=entry.pk)
            if not fresh.is_live:
                self.by_hand[entry.pk] = (timezone.now(), times_of(fresh))

    @rule(wait=minutes, with_task=st.booleans())
    def start(self, wait, with_task):
        self.later(wait)
        self.start_on_page(TimeEntry.start, task=self.world.task if with_task else None)

    @rule(wait=minutes, ago=minutes)
    def start_earlier(self, wait, ago):
        self.later(wait)
        self.start_on_page(TimeEntry.start_earlier, at=days.now() - timedelta(minutes=ago))

    @precondition(lambda self: self.live)
    @rule(wait=minutes, verb=st.sampled_from(PRESSES))
    def press(self, wait, verb):
        self.later(wait)
        entry = self.live
        self.page(getattr(entry, verb))
        if verb == "discard":
            self.in_trash[entry.pk] = (stamp(timezone.now()), True)

    @rule(wait=minutes, slow=minutes)
    def start_without_an_answer(self, wait, slow):
        """The press reaches the server, late or not, and the device tells of it once more."""
        self.later(wait)
        pk = UUID(uuid_from(self.chance))
        self.does("timer.start", pk, note="page", task=self.world.task.pk)
        self.later(slow)
        self.start_on_page(TimeEntry.start, task=self.world.task, pk=pk)

    @precondition(lambda self: self.live)
    @rule(wait=minutes, slow=minutes, verb=st.sampled_from(sorted(KINDS)))
    def press_without_an_answer(self, wait, slow, verb):
        self.later(wait)
        entry = self.live
        self.does(KINDS[verb], entry.pk)
        self.later(slow)
        self.page(getattr(entry, verb))

    @precondition(lambda self: self.live)
    @rule(wait=minutes, ago=minutes)
    def stop_at(self, wait, ago):
        self.later(wait)
        self.live.stop(at=days.now() - timedelta(minutes=ago))

    @precondition(lambda self: self.live)
    @rule(wait=minutes, worked=minutes)
    def type_the_time_so_far(self, wait, worked):
        self.later(wait)
        entry = self.live
        self.page(entry.work_so_far, 60 * worked)
        self.set_by_hand(entry)

    @precondition(lambda self: self.live)
    @rule(wait=minutes, since=minutes, until=minutes, aside=st.booleans())
    def leave_out(self, wait, since, until, aside):
        self.later(wait)
        entry, now = self.live, days.now()
        verb = entry.set_aside if aside else entry.leave_out
        found = self.page(verb, now - timedelta(minutes=since), now - timedelta(minutes=until))
        if found and aside:
            self.set_by_hand(found)
            self.pairs.add((entry.pk, found.pk))

    @rule(wait=minutes, number=some)
    def reopen(self, wait, number):
        self.later(wait)
        entry = self.entry(number, deleted_at=None)
        if entry and self.page(entry.reopen):
            self.by_hand.pop(entry.pk, None)

    @rule(wait=minutes, number=some, by=st.tuples(minutes, minutes), note=st.booleans())
    def edit(self, wait, number, by, note):
        self.later(wait)
        entry = self.entry(number, deleted_at=None)
        if entry is None:
            return
        before = times_of(entry)
        changes = {"started_at": entry.started_at + timedelta(minutes=by[0] - 10)}
        if entry.ended_at:
            changes["ended_at"] = entry.ended_at + timedelta(minutes=by[1] - 10)
        self.page(entry.revise, **changes, **({"note": "edited", "task": self.world.task} if note else {}))
        if times_of(TimeEntry.objects.get(pk=entry.pk)) != before:
            self.set_by_hand(entry)

    @rule(wait=minutes, number=some, after=minutes)
    def split(self, wait, number, after):
        self.later(wait)
        entry = self.entry(number, deleted_at=None)
        moment = entry and entry.started_at + timedelta(minutes=after)
        if entry and moment < (entry.ended_at or days.now()) and (new := self.page(entry.split, moment)):
            self.set_by_hand(entry, new)
            self.pairs.add((entry.pk, new.pk))

    @precondition(lambda self: self.pairs)
    @rule(wait=minutes, number=some)
    def rejoin(self, wait, number):
        self.later(wait)
        pairs = sorted(self.pairs)
        entry, half = (TimeEntry.with_trash.get(pk=pk) for pk in pairs[number % len(pairs)])
        self.page(entry.rejoin, half)
        if TimeEntry.with_trash.get(pk=half.pk).segments.exists():
            return
        self.set_by_hand(entry, half)
        # It may be again what was pressed, as if no hand had been laid on it.
        del self.by_hand[half.pk]
        self.by_hand.pop(entry.pk, None)
        self.in_trash[half.pk] = (stamp(timezone.now()), True)

    @rule(wait=minutes, number=some, verb=st.sampled_from(["duplicate", "again"]))
    def copy(self, wait, number, verb):
        self.later(wait)
        entry = self.entry(number)
        if entry and verb == "again":
            entry.again()
        elif entry and (copy := self.page(entry.duplicate, started_at=days.now(), zone=self.world.owner.zone)):
            self.set_by_hand(copy)

    @rule(wait=minutes, number=some, many=st.booleans())
    def trash(self, wait, number, many):
        self.later(wait)
        entry = self.entry(number, billed=False, **({"ended_at__isnull": False} if many else {}))
        if entry:
            Together(self.only(entry)).trash() if many else entry.trash()
            self.in_trash[entry.pk] = (stamp(timezone.now()), True)

    @rule(wait=minutes, number=some, many=st.booleans())
    def restore(self, wait, number, many):
        self.later(wait)
        entry = self.entry(number, deleted_at__isnull=False)
        if entry:
            Together(self.only(entry)).restore() if many else entry.restore()
            self.in_trash[entry.pk] = (stamp(timezone.now()), False)

    @rule(wait=minutes, number=some)
    def delete_for_good(self, wait, number):
        self.later(wait)
        entry = self.entry(number, deleted_at__isnull=False)
        if entry:
            delete_for_good(self.only(entry))
            self.purged.add(entry.pk)
            self.forget(entry.pk)

    @rule(wait=minutes, hours=st.integers(0, 3))
    def set_cell_of_week(self, wait, hours):
        self.later(wait)
        before = {entry.pk: times_of(entry) for entry in self.world.workspace.time_entries.all()}
        self.page(self._set_cell, hours * 3600)
        for entry in self.world.workspace.time_entries(manager="with_trash").all():
            if times_of(entry) != before.get(entry.pk, ()) and not entry.deleted_at:
                self.set_by_hand(entry)
            elif entry.pk in before and entry.deleted_at:
                self.in_trash[entry.pk] = (stamp(timezone.now()), True)

    def _set_cell(self, seconds: int) -> None:
        world, today = self.world, days.local_day(days.now(), self.world.owner.zone)
        with transaction.atomic():
            CellTime.load(world.workspace, world.owner, (world.project, world.task), today).set(seconds)

    @rule(wait=minutes, number=some, billable=st.booleans())
    def change_together(self, wait, number, billable):
        self.later(wait)
        entry = self.entry(number, deleted_at=None)
        if entry:
            Together(self.only(entry)).revise(work=(self.world.project, None), billable=billable)

    @rule(wait=minutes, number=some, billed=st.booleans())
    def bill(self, wait, number, billed):
        self.later(wait)
        entry = self.entry(number, deleted_at=None, ended_at__isnull=False, billed=not billed)
        if entry and billed:
            self.only(entry).bill()
            self.billed[entry.pk] = times_of(entry)
        elif entry:
            self.only(entry).release()
            del self.billed[entry.pk]
            # What was pressed meanwhile was kept out.
            self.touched.add(entry.pk)

    def only(self, entry: TimeEntry):
        return self.world.workspace.time_entries(manager="with_trash").filter(pk=entry.pk)

    def forget(self, pk: UUID) -> None:
        for known in (self.by_hand, self.in_trash, self.known, self.billed):
            known.pop(pk, None)
        self.pairs = {pair for pair in self.pairs if pk not in pair}

    # ── What devices do, and tell later ───────────────────────────────────────────────────────────────────────────────

    def does(self, kind: str, entity: UUID, **data) -> None:
        self.queue.append(Said(kind, str(entity), timezone.now(), data, uuid_from(self.chance)))

    @rule(wait=minutes, ago=st.sampled_from([0, 0, 0, 10]))
    def device_starts(self, wait, ago):
        self.later(wait)
        started_at = {"started_at": (timezone.now() - timedelta(minutes=ago)).isoformat()} if ago else {}
        self.does("timer.start", UUID(uuid_from(self.chance)), **started_at)

    @rule(
        wait=minutes,
        number=some,
        kind=st.sampled_from(
            ["timer.pause", "timer.resume", "timer.break", "timer.break_stop", "timer.stop", "timer.stop",
             "timer.discard", "timer.start", "entry.delete", "entry.restore", "entry.update"]
        ),
    )  # fmt: skip
    def device_presses(self, wait, number, kind):
        self.later(wait)
        if entity := self.entity(number):
            self.does(kind, entity, **({"project": self.world.project.pk} if kind == "entry.update" else {}))

    @rule(wait=minutes, number=some, ago=minutes, length=minutes, with_end=st.booleans())
    def device_edits(self, wait, number, ago, length, with_end):
        self.later(wait)
        if entity := self.entity(number):
            start = days.now() - timedelta(minutes=ago)
            end = {"ended_at": (start + timedelta(minutes=length + 1)).isoformat()} if with_end else {}
            self.does("entry.update", entity, started_at=start.isoformat(), **end)

    @rule(wait=minutes, length=minutes)
    def device_records(self, wait, length):
        self.later(wait)
        now = days.now()
        start = (now - timedelta(minutes=length + 1)).isoformat()
        self.does("entry.create", UUID(uuid_from(self.chance)), started_at=start, ended_at=now.isoformat())

    def entity(self, number: int) -> UUID | None:
        """One that a device may know: of a page, or told by a device some day, or gone for good."""
        made = {UUID(one.entity) for one in [*self.queue, *self.sent]}
        ids = sorted({*TimeEntry.with_trash.values_list("pk", flat=True), *made, *self.purged})
        return ids[number % len(ids)] if ids else None

    @precondition(lambda self: self.queue)
    @rule(wait=minutes, seed=st.integers(0, 99), most=st.integers(1, 9), in_order=st.booleans())
    def device_sends(self, wait, seed, most, in_order):
        self.later(wait)
        chance = random.Random(seed)
        if not in_order:
            chance.shuffle(self.queue)
        told, self.queue = self.queue[:most], self.queue[most:]
        self.send(chance.choice(self.devices), told)
        self.sent += told

    @precondition(lambda self: self.sent)
    @rule(wait=minutes, seed=st.integers(0, 99), most=st.integers(1, 9))
    def device_sends_again(self, wait, seed, most):
        self.later(wait)
        chance = random.Random(seed)
        before = everything(self.world.workspace)
        self.send(chance.choice(self.devices), chance.sample(self.sent, min(most, len(self.sent))))
        assert everything(self.world.workspace) == before

    def send(self, device: Device, told: list[Said]) -> None:
        batch = read_batch(device.body(*told), timezone.now())
        sender = Sender(self.world.owner, self.world.workspace, batch)
        results = sender.take_all()
        look_again(self.world.owner, sender.changed)
        assert not {"internal", "bad_id"} & {outcome.code for _item, outcome in results}, results
        for one in told:
            self.hear(one)

    def hear(self, one: Said) -> None:
        """What a device says later than a hand did counts; nothing that it said earlier."""
        pk, said_at = UUID(one.entity), stamp(one.at)
        if set(TIMES_SAID) & set(one.data) and one.kind == "entry.update":
            self.touched.add(pk)
            if pk in self.by_hand and self.by_hand[pk][0] < one.at:
                del self.by_hand[pk]
            self.pairs = {pair for pair in self.pairs if pk not in pair}
        is_of_trash = one.kind in ("entry.delete", "timer.discard", "entry.restore")
        if is_of_trash and pk in self.in_trash and self.in_trash[pk][0] < said_at:
            del self.in_trash[pk]

    # ── What holds after each step ────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def all_is_well(self):
        entries = read_entries(self.world.workspace)
        assert sum(entry.is_live for entry in entries) <= 1
        slices = defaultdict(list)
        for part in TimeSlice.objects.filter(workspace=self.world.workspace):
            slices[part.entry_id].append(part)
        for entry in entries:
            assert_sound(entry)
            assert_cut_well(entry, slices[entry.pk])
        assert_totals(self.world.workspace, [part for parts in slices.values() for part in parts])
        by_id = {entry.pk: entry for entry in entries}
        self.assert_kept(by_id)
        self.assert_told(by_id)
        self.assert_heard_of(entries)

    def assert_kept(self, entries: dict[UUID, TimeEntry]) -> None:
        """What hands did is still done, and nothing is in two halves at once."""
        for pk, (_at, times) in self.by_hand.items():
            assert times_of(entries[pk]) == times, "what was set by hand was overwritten"
        for pk, times in self.billed.items():
            assert times_of(entries[pk]) == times, "a billed entry has changed"
        for pk, (_at, is_in_trash) in self.in_trash.items():
            assert (entries[pk].deleted_at is not None) == is_in_trash, "thrown away or taken back against a hand"
        for one, other in self.pairs:
            for part in entries[one].parts:
                assert not any(part.meets(twin) for twin in entries[other].parts), "time is in both halves"
        assert not self.purged & set(entries), "it was deleted for good, and is there again"

    def assert_told(self, entries: dict[UUID, TimeEntry]) -> None:
        """What runs, and where nobody touched the times, is what the presses say."""
        sessions = defaultdict(list)
        presses = TimerPress.objects.filter(workspace=self.world.workspace)
        for pk, place, kind, at in presses.values_list("entry_id", "place", "kind", "at"):
            sessions[pk].append(Press(place, kind, at))
        started = {
            pk: (presses, said_of(entries[pk]) if pk in entries else SaidOfTimes())
            for pk, presses in sessions.items()
            if any(press.kind == "start" for press in presses)
        }
        for pk, course in timeline(started).items():
            is_of_presses = pk in entries and pk not in self.billed
            if is_of_presses and (pk not in self.touched or entries[pk].is_live):
                assert rows_of(entries[pk]) == course, "the times are not what was pressed"

    def assert_heard_of(self, entries: list[TimeEntry]) -> None:
        """Whatever changed was dated, so that devices hear of it."""
        for entry in entries:
            said = (entry.note, entry.project_id, entry.billed, entry.billable, entry.deleted_at, *times_of(entry))
            changed_at, before = self.known.get(entry.pk, (None, said))
            assert said == before or entry.changed_at > changed_at, "nobody will hear of the change"
            self.known[entry.pk] = (entry.changed_at, said)


def times_of(entry: TimeEntry) -> tuple:
    """When it was, part by part."""
    parts = entry.segments.order_by("started_at").values_list("kind", "started_at", "ended_at")
    return (entry.started_at, entry.ended_at, *parts)


def read_entries(workspace) -> list[TimeEntry]:
    entries = list(workspace.time_entries(manager="with_trash").with_segments())
    for entry in entries:
        entry.parts = list(entry.segments.all())
    return entries


def everything(workspace) -> tuple:
    """All that a replay must leave as it is."""
    presses = (
        TimerPress.objects.filter(workspace=workspace).order_by("pk").values_list("entry_id", "kind", "place", "at")
    )
    changed = workspace.time_entries(manager="with_trash").order_by("pk").values_list("pk", "changed_at", "stamps")
    operations = Operation.objects.filter(workspace=workspace).order_by("pk").values_list("op", "status", "code")
    return state_of(workspace), list(presses), list(changed), list(operations)


def assert_sound(entry: TimeEntry) -> None:
    """Its parts lie inside it, one after the other; at most the last is open, and that only while it is live."""
    assert (entry.ended_at is None) == (entry.running_for_id is not None)
    assert not (entry.is_live and entry.deleted_at)
    for part, following in zip(entry.parts, entry.parts[1:], strict=False):
        assert part.ended_at
        assert part.ended_at <= following.started_at, "two parts of an entry overlap"
    if entry.parts:
        assert entry.started_at <= entry.parts[0].started_at
        assert entry.is_live or entry.parts[-1].ended_at == entry.ended_at


def assert_cut_well(entry: TimeEntry, slices: list[TimeSlice]) -> None:
    """Its slices are its finished work, to the second and to the cent; none while it is in the trash."""
    work = [] if entry.deleted_at else [part for part in entry.work if part.ended_at]
    seconds = Counter()
    for part in work:
        seconds.update(dict(days.split_by_day(part.started_at, part.ended_at, entry.zone)))
    assert {part.day: part.seconds for part in slices} == seconds, "slices are not what was worked"
    total = amount_for_time(sum(seconds.values()), entry.rate_minor) if entry.billable else 0
    assert sum(part.amount_minor for part in slices) == total
    for part in slices:
        of_slice = (part.project_id, part.task_id, part.billable, part.billed, part.currency)
        assert of_slice == (entry.project_id, entry.task_id, entry.billable, entry.billed, entry.currency)


def assert_totals(workspace, slices: list[TimeSlice]) -> None:
    """The totals of projects are the sums of their slices."""
    sums: dict[tuple, Counter] = defaultdict(Counter)
    for part in slices:
        if part.project_id:
            sums[part.project_id, part.currency].update(part_of_total(part))
    for total in ProjectTotal.objects.filter(workspace=workspace):
        wanted = sums.pop((total.project_id, total.currency), Counter())
        names = ("seconds", "billable_seconds", "unbilled_seconds", "unbilled_minor", "value_minor")
        assert {name: getattr(total, name) for name in names} == {name: wanted[name] for name in names}
    assert not sums


def test_pages_and_devices_mixed_lose_double_and_trap_nothing(alice):
    rules = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        phases=[Phase.generate] if "MIXED_SHRINK" not in os.environ else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=False,
    )
    run_state_machine_as_test(lambda: Mixed(alice), settings=rules)
