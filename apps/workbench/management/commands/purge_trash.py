"""`manage.py purge_trash`: deletes for good what has been in the trash for thirty days."""

from django.core.management.base import BaseCommand

from apps.core.jobs import once_a_day
from apps.workbench.trash import purge, purge_each_day


class Command(BaseCommand):
    """Now, and from now on once a day in the background worker."""

    help = "Deletes entries that have been in the trash for 30 days, and has the worker do so every day."

    def handle(self, *args, **options) -> None:
        deleted = purge()
        once_a_day(purge_each_day)
        if options["verbosity"]:
            self.stdout.write(f"{deleted} entries deleted for good")
