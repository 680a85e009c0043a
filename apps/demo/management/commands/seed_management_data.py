"""manage.py seed_management_data: the demo user, their business, clients, projects and tasks."""

from apps.demo.commands import SeedCommand
from apps.demo.modules import MANAGEMENT


class Command(SeedCommand):
    help = "Adds the demo user with clients, projects and tasks. What exists is left as it is."
    modules = MANAGEMENT
