"""What is worked on: projects, their tasks, and tags."""

from fractions import Fraction
from functools import cached_property

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, validate_not_blank
from apps.clients.totals import Totals, attach_totals
from apps.core.addresses import row_address
from apps.core.days import validate_day
from apps.core.money import MinorField
from apps.projects.querysets import ProjectQuerySet, TagQuerySet, TaskQuerySet
from apps.workspaces.tenancy import Archivable, WorkspaceKey, WorkspaceOwned

# A hundred years of seconds: beyond that a budget or an estimate is a slip of the keyboard.
MAX_PLANNED_SECONDS = 100 * 366 * 24 * 3600

RATE_VALIDATORS = [MinValueValidator(0)]
PLAN_VALIDATORS = [MinValueValidator(1), MaxValueValidator(MAX_PLANNED_SECONDS)]


class Project(Archivable):
    """A piece of work for a client, or without one for the business itself."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ACTIVE = "active", _("Active")
        ON_HOLD = "on_hold", _("On hold")
        COMPLETED = "completed", _("Completed")

    class Billing(models.TextChoices):
        HOURLY = "hourly", _("By the hour")
        FIXED = "fixed", _("Fixed price")
        RETAINER = "retainer", _("Retainer")
        NON_BILLABLE = "non_billable", _("Not billable")

    workspace = WorkspaceKey("projects")
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("client")
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_not_blank])
    code = models.CharField(_("short code"), max_length=12, blank=True)
    colour = models.PositiveSmallIntegerField(
        _("colour"), default=1, validators=[MinValueValidator(1), MaxValueValidator(6)]
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.ACTIVE)
    billing = models.CharField(_("billing"), max_length=12, choices=Billing, default=Billing.HOURLY)
    hourly_rate_minor = MinorField(_("hourly rate"), null=True, blank=True, validators=RATE_VALIDATORS)
    fixed_price_minor = MinorField(_("price"), null=True, blank=True, validators=RATE_VALIDATORS)
    budget_seconds = models.BigIntegerField(_("budget in hours"), null=True, blank=True, validators=PLAN_VALIDATORS)
    budget_minor = MinorField(_("budget in money"), null=True, blank=True, validators=RATE_VALIDATORS)
    starts_on = models.DateField(_("starts on"), null=True, blank=True, validators=[validate_day])
    due_on = models.DateField(_("deadline"), null=True, blank=True, validators=[validate_day])
    notes = models.TextField(_("notes"), max_length=10_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["workspace", "archived_at", "name"], name="projects_for_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                name="project_ends_after_start",
                violation_error_message=_("The deadline lies before the start."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return row_address("projects:detail", self.pk)

    def clean(self):
        if self.budget_minor is not None and self.billing in (self.Billing.FIXED, self.Billing.NON_BILLABLE):
            message = _("Its time is worth nothing by the hour: give the budget in hours.")
            raise ValidationError({"budget_minor": message})
        if self.pk and self.sums.seconds:
            kept = type(self)._base_manager.select_related("client", "workspace").get(pk=self.pk)
            if kept.currency != self.currency:
                message = _("Time is recorded in %(currency)s already: choose a client who pays in it.")
                raise ValidationError({"client": ValidationError(message, params={"currency": kept.currency})})

    @property
    def currency(self) -> str:
        """What its amounts are counted in: the client's currency, else the workspace's."""
        return self.client.currency if self.client else self.workspace.currency

    @property
    def is_billable(self) -> bool:
        """Whether its time is billable unless said otherwise."""
        return self.billing != self.Billing.NON_BILLABLE

    @property
    def rate_minor(self) -> int:
        """The hourly rate that applies to it: its own, else the client's, else the workspace's.

        Time on a fixed price is worth nothing by the hour: the price is billed, not the hours.
        """
        if self.is_fixed_price:
            return 0
        if self.hourly_rate_minor is not None:
            return self.hourly_rate_minor
        if self.client and self.client.hourly_rate_minor is not None:
            return self.client.hourly_rate_minor
        return self.workspace.hourly_rate_minor if self.currency == self.workspace.currency else 0

    @property
    def is_fixed_price(self) -> bool:
        """Whether a price is billed, not the hours: once in all, or for each month of a retainer that has one."""
        has_retainer = self.billing == self.Billing.RETAINER and self.fixed_price_minor is not None
        return self.billing == self.Billing.FIXED or has_retainer

    @property
    def hour_brings_minor(self) -> int | None:
        """What an hour on a fixed price brings so far; None before there is a price and a whole hour of work."""
        if not self.fixed_price_minor or self.sums.billable_seconds < 3600:
            return None
        return round(Fraction(self.fixed_price_minor * 3600, self.sums.billable_seconds))

    @cached_property
    def sums(self) -> Totals:
        """Its time and money. Lists attach it to many at once."""
        attach_totals([self], "totals")
        return self.sums

    @property
    def unbilled_amounts(self) -> list[tuple[str, int]]:
        """(currency, minor units) of what is not billed yet, its own currency first."""
        return self.sums.unbilled_amounts(self.currency)

    @property
    def value_minor(self) -> int:
        """What its billable time is worth, billed or not, in its own currency."""
        return self.sums.value[self.currency]

    @property
    def budget_percent(self) -> int | None:
        """How much of the budget is used, in whole percent that may pass 100; None without a budget.

        With a budget in both hours and money, the one that is used up further counts.
        """
        uses = []
        if self.budget_seconds:
            uses.append(100 * self.sums.seconds // self.budget_seconds)
        if self.budget_minor:
            uses.append(100 * self.value_minor // self.budget_minor)
        return max(uses, default=None)

    @property
    def is_late(self) -> bool:
        """Whether its deadline has passed and it is not completed."""
        return bool(self.due_on and self.due_on < timezone.localdate() and self.status != self.Status.COMPLETED)


class Tag(WorkspaceOwned):
    """A word to group tasks and entries by."""

    workspace = WorkspaceKey("tags")
    name = models.CharField(_("name"), max_length=40, validators=[validate_not_blank])

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="one_tag_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Task(Archivable):
    """A thing to do in a project."""

    class Status(models.TextChoices):
        TODO = "todo", _("To do")
        DOING = "doing", _("Doing")
        DONE = "done", _("Done")

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    workspace = WorkspaceKey("tasks")
    project = models.ForeignKey(Project, models.PROTECT, related_name="tasks", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=200, validators=[validate_not_blank])
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    status = models.CharField(_("status"), max_length=5, choices=Status, default=Status.TODO)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    estimate_seconds = models.BigIntegerField(_("estimate"), null=True, blank=True, validators=PLAN_VALIDATORS)
    due_on = models.DateField(_("due"), null=True, blank=True, validators=[validate_day])
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)
    billable = models.BooleanField(_("billable"), default=True)
    hourly_rate_minor = MinorField(_("hourly rate"), null=True, blank=True, validators=RATE_VALIDATORS)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("assigned to"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="tasks", verbose_name=_("tags"))
    position = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["workspace", "archived_at", "completed_at", "due_on"], name="tasks_for_list"),
            models.Index(fields=["project", "position"], name="tasks_of_project"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", completed_at__isnull=False) | (~Q(status="done") & Q(completed_at=None)),
                name="task_is_done_when_completed",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs):
        if (self.status == self.Status.DONE) != (self.completed_at is not None):
            self.completed_at = timezone.now() if self.status == self.Status.DONE else None
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return row_address("tasks:detail", self.pk)

    def clean(self):
        if self.pk and self.project_id and self.time_entries.exclude(project=self.project_id).exists():
            raise ValidationError({"project": _("It has recorded time, which stays with its project.")})

    @property
    def rate_minor(self) -> int:
        """The hourly rate that applies to it: its own, else the project's."""
        return self.project.rate_minor if self.hourly_rate_minor is None else self.hourly_rate_minor

    @property
    def is_billable(self) -> bool:
        """Whether its time is billable unless said otherwise."""
        return self.billable and self.project.is_billable

    @property
    def is_done(self) -> bool:
        """Whether it is completed."""
        return self.status == self.Status.DONE

    @property
    def is_late(self) -> bool:
        """Whether its due day has passed and it is not done."""
        return bool(self.due_on and self.due_on < timezone.localdate() and not self.is_done)

    @cached_property
    def tracked_seconds(self) -> int:
        """All time that was recorded for it. Lists attach it to many at once."""
        return self.time_slices.total_seconds()

    @property
    def estimate_percent(self) -> int | None:
        """How much of the estimate is used, in whole percent that may pass 100; None without an estimate."""
        return 100 * self.tracked_seconds // self.estimate_seconds if self.estimate_seconds else None

    def complete(self) -> None:
        """Done, now."""
        self.status = self.Status.DONE
        self.save(update_fields=["status", "completed_at"])

    def reopen(self) -> None:
        """Not done after all."""
        self.status = self.Status.TODO
        self.save(update_fields=["status", "completed_at"])
