"""`manage.py send_reminders`: puts the reminders that are due in the queue."""

from datetime import timedelta

from django.core.management.base import BaseCommand

from apps.core.jobs import come_back
from apps.invoicing.reminding import remind_all
from apps.invoicing.tasks import remind_each_hour


class Command(BaseCommand):
    """Now, and from now on every hour in the background worker."""

    help = "Queues the reminders that are due, and has the worker do so every hour."

    def handle(self, *args, **options) -> None:
        queued = remind_all()
        come_back(remind_each_hour, timedelta(hours=1))
        if options["verbosity"]:
            self.stdout.write(f"{queued} reminders queued")
