"""manage.py seed_dashboard: what the demo user did with their clients, projects and tasks."""

from apps.demo.commands import SeedCommand
from apps.demo.modules import DASHBOARD


class Command(SeedCommand):
    help = (
        "Adds eighteen months of the demo user's work. Run seed_management_data before. On the same day a second run "
        "changes nothing; on a later day it adds what has happened since."
    )
    modules = DASHBOARD
