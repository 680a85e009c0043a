"""manage.py flush: Django's own, which empties the whole database, with the guards of what is final set aside."""

from django.core.management.commands import flush

from apps.core import triggers


class Command(flush.Command):
    def handle(self, **options):
        triggers.drop(using=options["database"])
        try:
            return super().handle(**options)
        finally:
            triggers.install(using=options["database"])
