"""`manage.py make_recurring_invoices`: makes the recurring invoices that are due."""

from datetime import timedelta

from django.core.management.base import BaseCommand

from apps.core.jobs import come_back
from apps.invoicing.repeating import make_all_due
from apps.invoicing.tasks import make_recurring_each_hour


class Command(BaseCommand):
    """Now, and from now on every hour in the background worker."""

    help = "Makes the recurring invoices that are due, and has the worker do so every hour."

    def handle(self, *args, **options) -> None:
        made = make_all_due()
        come_back(make_recurring_each_hour, timedelta(hours=1))
        if options["verbosity"]:
            self.stdout.write(f"{made} recurring invoices made")
