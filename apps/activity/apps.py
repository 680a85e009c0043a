from django.apps import AppConfig

from apps.activity.triggers import GUARDS
from apps.core import triggers


class ActivityConfig(AppConfig):
    name = "apps.activity"

    def ready(self) -> None:
        triggers.guard(self, GUARDS)
