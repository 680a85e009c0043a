"""Identifiers that sort by the time at which they were made."""

import uuid

import time_machine

from apps.core.identifiers import uuid7


def test_an_identifier_is_a_uuid_of_version_7():
    made = uuid7()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_identifiers_sort_by_the_millisecond_in_which_they_were_made():
    with time_machine.travel(1_790_000_000, tick=False) as clock:
        made = []
        for _turn in range(50):
            made.append(uuid7())
            clock.shift(0.001)
    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)
    assert made[0].int >> 80 == 1_790_000_000_000


def test_identifiers_of_one_millisecond_differ():
    with time_machine.travel(1_790_000_000, tick=False):
        assert len({uuid7() for _turn in range(1000)}) == 1000
