"""manage.py verify_audit: proves that nobody has changed, removed or put in events behind the application's back."""

from django.core.management.base import BaseCommand, CommandError

from apps.activity.verification import Finding, verify
from apps.workspaces.models import Workspace


class Command(BaseCommand):
    help = (
        "Walks the chain of events of each workspace. Says how many events it has and the hash at its head, or which "
        "event is the first wrong one. Keep the hash elsewhere: who can write to the database could make a new chain."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--workspace", type=int, metavar="ID", help="only this one")

    def handle(self, *, workspace: int | None, **options) -> None:
        workspaces = Workspace.objects.order_by("pk")
        if workspace is not None:
            workspaces = workspaces.filter(pk=workspace)
            if not workspaces.exists():
                raise CommandError(f"There is no workspace {workspace}.")
        broken = sum(self._is_broken(one) for one in workspaces)
        if broken:
            raise CommandError(f"{broken} of {len(workspaces)} chains broken.")

    def _is_broken(self, workspace: Workspace) -> bool:
        finding: Finding = verify(workspace.pk)
        name = f"Workspace {workspace.pk} ({workspace})"
        if finding.fault:
            self.stdout.write(self.style.ERROR(f"{name}: {finding.fault}"))
        else:
            self.stdout.write(f"{name}: {finding.events} events, head {finding.hash}")
        return finding.fault is not None
