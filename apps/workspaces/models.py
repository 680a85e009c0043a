"""The business that somebody runs here, and who works in it."""

from decimal import Decimal
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.days import validate_zone
from apps.core.money import CurrencyField, MinorField
from apps.core.upi import validate_upi_id
from apps.workspaces.countries import country_choices
from apps.workspaces.documents import Language, Theme

MAX_IDLE_MINUTES = 240


def eight_hours_on_weekdays() -> list[int]:
    """Working minutes from Monday to Sunday."""
    return [480, 480, 480, 480, 480, 0, 0]


class Workspace(models.Model):
    """One business: its identity on invoices, its currency and time zone, its defaults."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    name = models.CharField(_("business name"), max_length=120)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    currency = CurrencyField(_("currency"), default="EUR")
    week_start = models.PositiveSmallIntegerField(_("week starts on"), choices=Weekday, default=Weekday.MONDAY)
    working_minutes = models.JSONField(_("working minutes"), default=eight_hours_on_weekdays, editable=False)
    timer_limit_minutes = models.PositiveSmallIntegerField(
        _("a timer counts as forgotten after (minutes)"),
        default=480,
        validators=[MinValueValidator(30), MaxValueValidator(1440)],
    )
    # 0: never asks.
    idle_limit_minutes = models.PositiveSmallIntegerField(
        _("idle after (minutes)"), default=10, validators=[MaxValueValidator(MAX_IDLE_MINUTES)]
    )
    hourly_rate_minor = MinorField(_("hourly rate"), default=0)

    address = models.TextField(_("address"), max_length=500, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=country_choices, blank=True)
    email = models.EmailField(_("e-mail on invoices"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    bank_name = models.CharField(_("bank"), max_length=80, blank=True)
    iban = models.CharField(_("account number or IBAN"), max_length=42, blank=True)
    bic = models.CharField(_("BIC, IFSC or routing number"), max_length=20, blank=True)
    upi_id = models.CharField(_("UPI ID"), max_length=100, blank=True, validators=[validate_upi_id])

    payment_terms_days = models.PositiveSmallIntegerField(
        _("days to pay"), default=14, validators=[MaxValueValidator(365)]
    )
    # A year, on what is open after the due date; only told in reminders that ask for it.
    late_interest_percent = models.DecimalField(
        _("late interest in % a year"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    invoice_notes = models.TextField(_("note on every invoice"), max_length=2000, blank=True)
    language = models.CharField(_("language of documents"), max_length=2, choices=Language, default=Language.ENGLISH)
    invoice_theme = models.CharField(_("look of documents"), max_length=10, choices=Theme, default=Theme.LEDGER)
    # The digest of the present one; the pictures themselves are kept where documents are made.
    logo = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(idle_limit_minutes__lte=MAX_IDLE_MINUTES), name="idle_limit_within_hours"
            ),
            models.CheckConstraint(
                condition=Q(late_interest_percent__gte=0, late_interest_percent__lte=100), name="late_interest_is_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The business's time zone: the day of an invoice."""
        return ZoneInfo(self.timezone)

    @property
    def workspace_id(self) -> int:
        """It belongs to itself: the record of events asks each row whose it is."""
        return self.pk

    @property
    def rate_minor(self) -> int:
        """The hourly rate of work for clients and projects in its currency that have none of their own."""
        return self.hourly_rate_minor

    def working_seconds(self, weekday: int) -> int:
        """How long the business means to work on a weekday (0 Monday)."""
        return self.working_minutes[weekday] * 60

    @classmethod
    def open_for(cls, user, **fields) -> "Workspace":
        """A new workspace with `user` as its owner."""
        with transaction.atomic():
            workspace = cls.objects.create(**fields)
            Membership.objects.create(workspace=workspace, user=user, role=Membership.Role.OWNER)
        return workspace


class MembershipQuerySet(models.QuerySet):
    """Questions about who belongs where."""

    def of(self, user_id: int) -> Self:
        """A person's, oldest first, with their workspaces."""
        return self.filter(user=user_id).select_related("workspace").order_by("pk")

    def current(self, user, workspace_id: int | None) -> "Membership | None":
        """The membership in the workspace that the session names, else the person's oldest one.

        Asks nothing where the sign-in has brought them along (see `MemberBackend`).
        """
        mine = getattr(user, "known_memberships", None) or list(self.of(user.pk))
        return next((one for one in mine if one.workspace_id == workspace_id), mine[0] if mine else None)


class Membership(models.Model):
    """A person in a workspace, with a role."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Admin")
        MEMBER = "member", _("Member")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=6, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"

    @property
    def is_admin(self) -> bool:
        """Whether the person may change what holds for the whole business."""
        return self.role in (self.Role.OWNER, self.Role.ADMIN)
