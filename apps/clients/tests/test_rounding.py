"""A client's rule for billed time: what it does, how it is chosen, where it is told."""

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from apps.clients.models import Client
from apps.clients.rounding import Mode, Rounding, Scope

SECONDS = st.integers(0, 100 * 3600)
STEPS = st.integers(1, 60)


def change(as_alice, alice, **fields):
    kept = {"name": "alice client", "currency": "EUR"}
    return as_alice.post(f"/clients/{alice.client.pk}/edit/", kept | fields)


@pytest.mark.parametrize(
    ("mode", "minutes", "seconds", "billed"),
    [
        (Mode.UP, 15, 7 * 60, 15 * 60),
        (Mode.UP, 15, 1, 15 * 60),
        (Mode.UP, 15, 15 * 60, 15 * 60),
        (Mode.UP, 60, 3601, 7200),
        (Mode.NEAREST, 15, 7 * 60 + 29, 0),
        (Mode.NEAREST, 15, 7 * 60 + 30, 15 * 60),
        (Mode.NEAREST, 6, 7 * 3600 + 52 * 60, 7 * 3600 + 54 * 60),
        (Mode.NONE, 15, 421, 421),
    ],
)
def test_time_goes_to_the_step_that_the_rule_names(mode, minutes, seconds, billed):
    assert Rounding(mode, minutes).round(seconds) == billed


@given(SECONDS, STEPS)
def test_rounding_up_is_never_less_than_recorded_nor_a_whole_step_more(seconds, minutes):
    billed = Rounding(Mode.UP, minutes).round(seconds)
    assert seconds <= billed < seconds + minutes * 60
    assert billed % (minutes * 60) == 0


@given(SECONDS, STEPS)
def test_the_nearest_step_is_at_most_half_a_step_away(seconds, minutes):
    billed = Rounding(Mode.NEAREST, minutes).round(seconds)
    assert abs(billed - seconds) <= minutes * 30
    assert billed % (minutes * 60) == 0


@given(st.sampled_from(Mode.values), STEPS)
def test_nothing_stays_nothing(mode, minutes):
    assert Rounding(mode, minutes).round(0) == 0


@pytest.mark.parametrize(
    ("rule", "sentence", "example"),
    [
        (Rounding(), "Time is billed as it was recorded.", "7 min stay 7 min."),
        (
            Rounding(Mode.UP, 15),
            "Each entry is rounded up to the next 15 minutes.",
            "7 min become 15 min, and 20 min become 30 min.",
        ),
        (
            Rounding(Mode.UP, 15, Scope.DAY_TASK),
            "The time of each day and task is rounded up to the next 15 minutes.",
            "7 and 20 min on one day and task are 27 min together, and become 30 min.",
        ),
        (
            Rounding(Mode.NEAREST, 1),
            "Each entry is rounded to the nearest minute.",
            "7 min become 7 min, and 20 min become 20 min.",
        ),
        (
            Rounding(Mode.NEAREST, 60, Scope.DAY_TASK),
            "The time of each day and task is rounded to the nearest 60 minutes.",
            "7 and 20 min on one day and task are 27 min together, and become 0 min.",
        ),
    ],
)
def test_a_rule_is_told_in_words_with_a_worked_example(rule, sentence, example):
    assert (rule.sentence, rule.example) == (sentence, example)


def test_a_rule_is_chosen_in_the_form_and_stands_on_the_page(as_alice, alice):
    answer = change(as_alice, alice, rounding="up", rounding_minutes="6", rounding_scope="day_task")
    assert answer.status_code == 302
    alice.client.refresh_from_db()
    assert alice.client.rounding_rule == Rounding(Mode.UP, 6, Scope.DAY_TASK)
    page = as_alice.get(alice.client.get_absolute_url()).content.decode()
    assert "The time of each day and task is rounded up to the next 6 minutes." in page


def test_a_form_that_says_nothing_about_rounding_leaves_it_alone(as_alice, alice):
    Client.objects.filter(pk=alice.client.pk).update(rounding="up", rounding_minutes=6, rounding_scope="day_task")
    assert change(as_alice, alice, rounding="", rounding_minutes="").status_code == 302
    alice.client.refresh_from_db()
    assert alice.client.rounding_rule == Rounding(Mode.UP, 6, Scope.DAY_TASK)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("rounding", "down", "Select a valid choice."),
        ("rounding_minutes", "0", "greater than or equal to 1"),
        ("rounding_minutes", "61", "less than or equal to 60"),
        ("rounding_minutes", "1.5", "Enter a whole number."),
        ("rounding_scope", "week", "Select a valid choice."),
    ],
)
def test_a_bad_rule_is_told_at_its_field(as_alice, alice, field, value, message):
    answer = change(as_alice, alice, **{"rounding": "up", field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert message in answer.content.decode()


@pytest.mark.parametrize("wrong", [{"rounding": "down"}, {"rounding_minutes": 0}, {"rounding_minutes": 61},
                                   {"rounding_scope": "week"}])  # fmt: skip
def test_the_database_takes_no_other_rule(alice, wrong):
    with pytest.raises(IntegrityError):
        Client.objects.update(**wrong)


def test_the_example_follows_the_choice_and_nothing_is_saved(as_alice, alice):
    answer = as_alice.post(
        f"/clients/{alice.client.pk}/edit/",
        {"part": "rounding", "name": "", "rounding": "up", "rounding_minutes": "30"},
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "7 min become 30 min, and 20 min become 30 min." in text
    assert "<form" not in text
    alice.client.refresh_from_db()
    assert alice.client.rounding == Mode.NONE


def test_a_new_client_has_the_example_too_and_a_step_that_is_none_has_none(as_alice):
    typed = {"part": "rounding", "rounding": "up", "rounding_minutes": "900"}
    answer = as_alice.post("/clients/new/", typed, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode().strip()) == (200, "")
    assert "Time is billed as it was recorded." in as_alice.get("/clients/new/").content.decode()
