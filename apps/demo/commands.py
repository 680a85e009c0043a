"""What both seeding commands share: their options, the refusal on a real installation, and progress in words."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo.management_data import demo_user, open_studio
from apps.workspaces.models import Workspace

ALL = "all"


class SeedCommand(BaseCommand):
    """Runs one module or all of them, in the order of `modules`."""

    modules: dict[str, Callable[[Workspace], int]]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--module", choices=[ALL, *self.modules], default=ALL, help="which part to seed")
        parser.add_argument(
            "--allow-demo-user",
            action="store_true",
            help="make the demo user, whose password everybody knows, although DEBUG is off",
        )

    def handle(self, *, module: str, allow_demo_user: bool, **options) -> None:
        if not (settings.DEBUG or allow_demo_user):
            raise CommandError(
                "This would make a user whose password everybody knows. "
                "On an installation that is meant for that, add --allow-demo-user."
            )
        is_new = demo_user() is None
        workspace = open_studio()
        self.stdout.write(f"{workspace}: {demo_user().email} {'can sign in now' if is_new else 'is there already'}")
        for name, seed in self.modules.items():
            if module in (ALL, name):
                self._seed(name, seed, workspace)

    def _seed(self, name: str, seed: Callable[[Workspace], int], workspace: Workspace) -> None:
        self.stdout.write(f"  {name} … ", ending="")
        self.stdout.flush()
        began = time.perf_counter()
        made = seed(workspace)
        self.stdout.write(f"{made} new, {time.perf_counter() - began:.1f} s" if made else "nothing new")
