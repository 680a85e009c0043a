"""Mails at once: two workers with the same job, two that remind, two presses, and a worker that is killed."""

import signal
import subprocess
import sys

import pytest

from apps.invoicing.tests.post_office import open_post_office
from workhub.tests.processes import ROOT, alone, own_database, together

CHILDREN = "apps.invoicing.tests.mail_children"
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("mail_races")) as env:
        yield env


@pytest.fixture(scope="module")
def worlds(env):
    wanted = {"workers": 8, "control": 8, "ladder": 12, "presses": 8, "killed": 1}
    return alone(env, f"{CHILDREN}:prepare", worlds=wanted)


def subjects(office) -> list[str]:
    return sorted(mail["Subject"] for mail in office.mails)


def test_two_workers_with_the_same_jobs_send_each_mail_once(env, worlds):
    world = worlds["workers"]
    with open_post_office() as (office, port):
        job = {"workspace": world["workspace"], "deliveries": world["deliveries"], "port": port}
        together(env, f"{CHILDREN}:send", [job] * 3)
    assert subjects(office) == sorted(f"Invoice {pk}" for pk in world["invoices"])
    assert alone(env, f"{CHILDREN}:states", workspace=world["workspace"])["states"] == ["sent"]


def test_without_the_claim_mails_go_out_twice(env, worlds):
    world = worlds["control"]
    with open_post_office() as (office, port):
        job = {"workspace": world["workspace"], "deliveries": world["deliveries"], "port": port}
        together(env, f"{CHILDREN}:send_without_claim", [job] * 3)
    assert len(office.mails) > len(world["deliveries"])


def test_two_jobs_that_remind_at_once_queue_each_step_once(env, worlds):
    world = worlds["ladder"]
    queued = together(env, f"{CHILDREN}:remind_all_at_once", [{"workspace": world["workspace"]}] * 3)
    assert sum(queued) == 12
    assert alone(env, f"{CHILDREN}:states", workspace=world["workspace"])["steps"] == 12


def test_a_form_that_arrives_several_times_at_once_is_one_mail(env, worlds):
    world = worlds["presses"]
    before = alone(env, f"{CHILDREN}:states", workspace=world["workspace"])["mails"]
    results = together(env, f"{CHILDREN}:press_send", [{"invoices": world["invoices"], "key": "press"}] * 3)
    assert results[0] == results[1] == results[2]
    assert alone(env, f"{CHILDREN}:states", workspace=world["workspace"])["mails"] == before + 8


def test_a_worker_that_is_killed_while_it_sends_is_not_followed_by_another(env, worlds):
    world = worlds["killed"]
    with open_post_office() as (office, port):
        office.takes_its_time = True
        job = {"workspace": world["workspace"], "deliveries": world["deliveries"], "port": port}
        code = f"import django; django.setup(); from {CHILDREN} import send_for_ever; send_for_ever(**{job!r})"
        worker = subprocess.Popen([sys.executable, "-c", code], env=env, cwd=ROOT)
        assert office.has_begun.wait(60)
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)
        office.takes_its_time = False
        assert alone(env, f"{CHILDREN}:send", **job) == ["sending"]
    assert office.mails == []
