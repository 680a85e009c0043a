from django.apps import AppConfig

from apps.core import triggers
from apps.invoicing.triggers import GUARDS


class InvoicingConfig(AppConfig):
    name = "apps.invoicing"

    def ready(self) -> None:
        triggers.guard(self, GUARDS)
