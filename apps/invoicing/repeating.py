"""The round that makes recurring invoices."""

import logging
from datetime import timedelta

from apps.core import days
from apps.invoicing.models import RecurringInvoice

logger = logging.getLogger(__name__)


def make_all_due() -> int:
    """Make what is due in every workspace, each by its own calendar day; returns how many.

    What one schedule fails with is logged and holds up no other; it is tried again in the next round.
    """
    # Nowhere is the day further on than tomorrow's, so nothing that is due is passed over.
    latest = days.now().date() + timedelta(days=1)
    made = 0
    for schedule in RecurringInvoice.objects.running().filter(next_on__lte=latest).select_related("workspace"):
        today = days.local_day(days.now(), schedule.workspace.zone)
        try:
            made += len(schedule.make_due(today))
        except Exception:
            logger.exception("recurring invoice %s failed", schedule.pk)
    return made
