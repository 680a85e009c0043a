"""What is given up as lost: the open rest of an issued invoice that nobody will pay."""

from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.days import validate_day
from apps.core.money import MinorField
from apps.core.transactions import atomic
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class WrittenOff:
    """How the open rest of an `Invoice` is given up, and taken up again."""

    @property
    def written_off_minor(self) -> int:
        """How much of it was given up; querysets bring it along as `written_off_sum`."""
        if hasattr(self, "written_off_sum"):
            return self.written_off_sum
        return WriteOff.objects.filter(invoice=self).aggregate(total=models.Sum("amount_minor"))["total"] or 0

    @property
    def is_written_off(self) -> bool:
        """Whether a rest of it was given up."""
        return self.written_off_minor > 0

    def refuse_written_off(self) -> None:
        """Raise ValidationError where a rest was given up: what comes after that needs it to be open again."""
        if self.is_written_off:
            raise ValidationError(
                _("The rest of this invoice is written off. Take that back first."), code="written_off"
            )

    @atomic
    def write_off(
        self, *, on: date | None = None, reason: str = "", actor=None, at: datetime | None = None
    ) -> "WriteOff":
        """Give up all that is open. Asked again, it is the same one. Raises ValidationError where nothing is open.

        `at` is as `start` has it.
        """
        self._lock()
        if earlier := WriteOff.objects.filter(invoice=self).first():
            return earlier
        if self.open_minor <= 0:
            raise ValidationError(_("Nothing is open on this invoice."), code="nothing_open")
        on = on or days.local_day(days.now(), self.workspace.zone)
        if on < self.issue_date:
            raise ValidationError({"written_off_on": _("That is before the invoice's date.")}, code="early")
        lost = WriteOff(
            workspace=self.workspace, invoice=self, amount_minor=self.open_minor, written_off_on=on, reason=reason,
            actor=actor, created_at=at or days.now(),
        )  # fmt: skip
        lost.full_clean(exclude=["invoice", "actor"])
        lost.save(force_insert=True)
        self.settle()
        record("written_off", self, actor=actor, at=at, amount_minor=lost.amount_minor, day=str(on), reason=reason)
        return lost

    @atomic
    def take_up_again(self, *, actor=None) -> bool:
        """Take the write-off back: the rest is open again. False where there is none."""
        self._lock()
        lost = WriteOff.objects.filter(invoice=self).first()
        if lost is None:
            return False
        lost.delete()
        self.settle()
        record("write_off_undone", self, actor=actor, amount_minor=lost.amount_minor)
        return True


class WriteOff(WorkspaceOwned):
    """What was given up of one invoice; never changed, only taken back."""

    workspace = WorkspaceKey("write_offs")
    invoice = models.OneToOneField("invoicing.Invoice", models.PROTECT, related_name="loss")
    amount_minor = MinorField(_("amount"), validators=[MinValueValidator(1)])
    written_off_on = models.DateField(_("written off on"), validators=[validate_day])
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=days.now, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="write_off_is_money")]
        indexes = [models.Index(fields=["workspace", "written_off_on"], name="write_offs_by_day")]

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.written_off_on}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(_("A write-off is not changed: take it back and write off anew."), code="final")
        super().save(*args, **kwargs)
