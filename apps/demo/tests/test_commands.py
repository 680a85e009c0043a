"""What the seeding commands refuse, and that each part works by itself."""

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.demo.management_data import demo_user
from apps.workbench.models import TimeEntry


@pytest.mark.parametrize("command", ["seed_management_data", "seed_dashboard"])
def test_no_demo_user_without_the_flag(command, db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--allow-demo-user"):
        call_command(command)
    assert not User.objects.exists()


def test_one_module_can_be_seeded_alone(db):
    call_command("seed_management_data", "--module", "clients", "--allow-demo-user")
    workspace = demo_user().memberships.get().workspace
    assert workspace.clients.exists()
    assert not workspace.projects.exists()


def test_the_dashboard_alone_does_not_fail_on_an_empty_workspace(db):
    call_command("seed_dashboard", "--allow-demo-user")
    assert not TimeEntry.objects.exists()
