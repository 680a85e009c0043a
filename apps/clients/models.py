"""Whom the work is for."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.clients.querysets import ClientQuerySet
from apps.clients.rounding import LONGEST_STEP, USUAL_STEP, Mode, Rounding, Scope
from apps.clients.totals import Totals, attach_totals
from apps.core.addresses import row_address
from apps.core.india import STATE_CHOICES
from apps.core.money import CurrencyField, MinorField
from apps.workspaces.countries import country_choices
from apps.workspaces.documents import Language, Theme
from apps.workspaces.tenancy import Archivable, WorkspaceKey, WorkspaceOwned

validate_not_blank = RegexValidator(r"\S", _("Write at least one letter."), code="blank")


class Client(Archivable):
    """A business or person who is billed; an empty rate or term means the workspace's."""

    workspace = WorkspaceKey("clients")
    name = models.CharField(_("name"), max_length=120, validators=[validate_not_blank])
    code = models.CharField(_("short code"), max_length=12, blank=True)
    currency = CurrencyField(_("currency"))
    email = models.EmailField(_("e-mail for invoices"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.TextField(_("address"), max_length=500, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=country_choices, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    gst_state = models.CharField(_("state in India"), max_length=2, choices=STATE_CHOICES, blank=True)
    language = models.CharField(_("language of documents"), max_length=2, choices=Language, blank=True)
    invoice_theme = models.CharField(_("look of documents"), max_length=10, choices=Theme, blank=True)
    hourly_rate_minor = MinorField(_("hourly rate"), null=True, blank=True, validators=[MinValueValidator(0)])
    payment_terms_days = models.PositiveSmallIntegerField(
        _("days to pay"), null=True, blank=True, validators=[MaxValueValidator(365)]
    )
    reminders_off = models.BooleanField(_("never remind by itself"), default=False)
    rounding = models.CharField(_("billed time is rounded"), max_length=7, choices=Mode, default=Mode.NONE)
    rounding_minutes = models.PositiveSmallIntegerField(
        _("step in minutes"), default=USUAL_STEP, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_STEP)]
    )
    rounding_scope = models.CharField(_("what is rounded"), max_length=8, choices=Scope, default=Scope.ENTRY)
    notes = models.TextField(_("notes"), max_length=10_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["workspace", "archived_at", "name"], name="clients_for_list")]
        constraints = [
            models.CheckConstraint(condition=Q(rounding__in=Mode.values), name="client_rounding_is_known"),
            models.CheckConstraint(
                condition=Q(rounding_minutes__gte=1, rounding_minutes__lte=LONGEST_STEP),
                name="client_rounding_step_within_hour",
            ),
            models.CheckConstraint(condition=Q(rounding_scope__in=Scope.values), name="client_rounding_scope_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return row_address("clients:detail", self.pk)

    def clean(self):
        if self.pk and self.counts_in_its_currency():
            kept = type(self)._base_manager.values_list("currency", flat=True).get(pk=self.pk)
            if kept != self.currency:
                message = _("Rates and time of its projects are counted in %(currency)s already.")
                raise ValidationError({"currency": ValidationError(message, params={"currency": kept})})

    def counts_in_its_currency(self) -> bool:
        """Whether amounts exist that another currency would turn into something else."""
        return self.projects.filter(
            Q(totals__seconds__gt=0)
            | Q(hourly_rate_minor__isnull=False)
            | Q(fixed_price_minor__isnull=False)
            | Q(budget_minor__isnull=False)
            | Q(tasks__hourly_rate_minor__isnull=False)
        ).exists()

    @property
    def rate_minor(self) -> int:
        """The hourly rate of its projects without one of their own: the client's, else the workspace's."""
        if self.hourly_rate_minor is not None:
            return self.hourly_rate_minor
        return self.workspace.hourly_rate_minor if self.currency == self.workspace.currency else 0

    @property
    def rounding_rule(self) -> Rounding:
        """How its time is rounded when it is billed."""
        return Rounding(self.rounding, self.rounding_minutes, self.rounding_scope)

    @cached_property
    def sums(self) -> Totals:
        """Time and money of all its projects. Lists attach it to many at once."""
        attach_totals([self], "projects__totals")
        return self.sums

    @property
    def unbilled_amounts(self) -> list[tuple[str, int]]:
        """(currency, minor units) of what is not billed yet, its own currency first."""
        return self.sums.unbilled_amounts(self.currency)


class Contact(WorkspaceOwned):
    """A person at a client."""

    workspace = WorkspaceKey("contacts")
    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120, validators=[validate_not_blank])
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=80, blank=True)
    is_billing = models.BooleanField(_("gets the invoices"), default=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
