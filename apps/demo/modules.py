"""Which parts the demo world has, in the order in which they build on each other.

A later app adds its part here: a function that takes the workspace and returns how many rows it added.
"""

from collections.abc import Callable

from apps.demo.invoices import seed_invoicing
from apps.demo.management_data import seed_clients, seed_projects, seed_tasks
from apps.demo.tracked_time import seed_workbench
from apps.workspaces.models import Workspace

Seeder = Callable[[Workspace], int]

MANAGEMENT: dict[str, Seeder] = {
    "clients": seed_clients,
    "projects": seed_projects,
    "tasks": seed_tasks,
}
DASHBOARD: dict[str, Seeder] = {
    "workbench": seed_workbench,
    "invoicing": seed_invoicing,
}
