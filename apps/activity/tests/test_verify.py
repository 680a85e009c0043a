"""`manage.py verify_audit` finds what was done to the log behind the application's back, and says to which event."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.activity import verification
from apps.activity.models import AuditEvent, record
from apps.activity.verification import verify
from apps.core import triggers

FIVE = ("first", "second", "third", "fourth", "fifth")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(alice):
    """A chain of five, with the guards of the database out of the way; the flush after the test brings them back."""
    for verb in FIVE:
        record(verb, alice.client, actor=alice.owner, amount_minor=100)
    triggers.drop(app_label="activity_")
    return Log(alice.workspace.pk)


class Log:
    """What somebody with the database's password can do to a chain."""

    def __init__(self, workspace: int):
        self.workspace = workspace

    def run(self, statement: str, *values) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def change(self, position: int, /, **values) -> None:
        columns = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in values)
        where = "WHERE workspace_id = %s AND position = %s"
        self.run(f"UPDATE activity_auditevent SET {columns} {where}", *values.values(), self.workspace, position)

    def remove(self, position: int) -> None:
        self.run("DELETE FROM activity_auditevent WHERE position = %s", position)

    def hash_anew(self, position: int) -> None:
        self.change(position, hash=AuditEvent.objects.get(position=position).digest())

    def put_in(self, position: int) -> None:
        """An event that is whole in itself and follows the one before."""
        before = AuditEvent.objects.filter(position__lt=position).last()
        after = before or AuditEvent.objects.order_by("position").first()
        after.pk, after.position, after.verb = None, position, "forged"
        after.previous_hash = before.hash if before else after.previous_hash
        after.hash = after.digest()
        after.insert()


def renumber_after_a_gap(log: Log) -> None:
    log.remove(3)
    log.change(4, position=3)
    log.change(5, position=4)
    log.run("UPDATE activity_audithead SET position = 4")


def make_room_and_put_in(log: Log) -> None:
    for position in (5, 4, 3):
        log.change(position, position=position + 1)
    log.put_in(3)
    log.run("UPDATE activity_audithead SET position = 6")


def change_and_hash_anew(log: Log, position: int) -> None:
    log.change(position, verb="else")
    log.hash_anew(position)


FORGERIES = [
    ("facts", lambda log: log.change(3, facts='{"amount_minor": 101}'), "event 3 was changed"),
    ("who", lambda log: log.change(1, acted_by="9 else@example.com"), "event 1 was changed"),
    ("when", lambda log: log.change(5, at="2026-01-01 00:00:00"), "event 5 was changed"),
    ("row", lambda log: log.change(2, row="999"), "event 2 was changed"),
    ("only the hash", lambda log: log.change(4, hash="f" * 64), "event 4 was changed"),
    ("with a new hash", lambda log: change_and_hash_anew(log, 2), "event 2 was changed"),
    ("the last with a new hash", lambda log: change_and_hash_anew(log, 5), "event 5 was changed"),
    ("the first gone", lambda log: log.remove(1), "event 1 is missing"),
    ("one gone", lambda log: log.remove(3), "event 3 is missing"),
    ("one gone, renumbered", renumber_after_a_gap, "event 3 is missing"),
    ("the last gone", lambda log: log.remove(5), "event 5 is missing: the end of the chain was cut off"),
    ("all gone", lambda log: log.run("DELETE FROM activity_auditevent"), "event 1 is missing: the end of the chain"),
    ("one before the first", lambda log: log.put_in(0), "event 0 was put in"),
    ("one after the last", lambda log: log.put_in(6), "event 6 was put in"),
    ("one in the middle", make_room_and_put_in, "event 3 was put in"),
    ("no head", lambda log: log.run("DELETE FROM activity_audithead"), "event 5 has no head"),
]


@pytest.mark.parametrize(("forge", "said"), [each[1:] for each in FORGERIES], ids=[each[0] for each in FORGERIES])
def test_a_forged_chain_is_found_and_the_first_wrong_event_named(log, forge, said, capsys):
    forge(log)
    with pytest.raises(CommandError, match="1 of 1 chains broken") as refusal:
        call_command("verify_audit")
    assert refusal.value.returncode == 1
    assert said in capsys.readouterr().out


def test_a_whole_chain_is_told_with_its_head(log, capsys):
    call_command("verify_audit")
    last = AuditEvent.objects.get(position=5)
    assert f"Workspace {log.workspace} (alice studio): 5 events, head {last.hash}" in capsys.readouterr().out


def test_one_workspace_can_be_asked_alone(log, charlie, capsys):
    record("noted", charlie.client)
    log.change(3, verb="else")
    call_command("verify_audit", workspace=charlie.workspace.pk)
    assert "alice" not in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no workspace 999999"):
        call_command("verify_audit", workspace=999_999)


def test_a_workspace_without_events_is_whole(charlie):
    assert verify(charlie.workspace.pk) == verification.Finding(0, "0" * 64, None)


def test_a_long_chain_is_read_in_pages(log, monkeypatch):
    """However many events there are, only a page of them is in memory; no fault hides at the seams."""
    monkeypatch.setattr(verification, "PAGE", 2)
    assert verify(log.workspace).fault is None
    for position in (2, 3, 4, 5):
        log.change(position, verb="else")
        assert verify(log.workspace).fault.position == position
        log.change(position, verb=FIVE[position - 1])


def test_an_event_that_comes_in_meanwhile_is_no_fault(log, alice, monkeypatch):
    seen = verification._events

    def slowly(workspace_id, until):
        yield from seen(workspace_id, until)
        record("meanwhile", alice.client)

    monkeypatch.setattr(verification, "_events", slowly)
    assert verify(log.workspace).fault is None
    assert AuditEvent.objects.count() == 6
