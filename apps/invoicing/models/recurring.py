"""Invoices that come again and again: one for each period, never two, whatever happens to the worker."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.days import LAST_DAY, validate_day
from apps.core.transactions import atomic
from apps.invoicing.models.invoice import Invoice
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

MOST_STEPS = 60
# As many as are made up for at once: a year of months. A worker that was away longer goes on at its next turn.
MOST_AT_ONCE = 12
# What a new invoice takes over from the one that it is like; dates, number and reference count are its own.
_HEAD = ["client", "currency", "reference", "notes", "prices_include_tax", "discount_percent", "discount_minor"]


def add_months(day: date, months: int) -> date:
    """So many months later, on the same day of the month or on its last where that is shorter: 31 Jan → 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class RecurringQuerySet(OwnedQuerySet):
    """Questions about schedules."""

    def running(self) -> Self:
        """Those that go on: neither paused nor at their end."""
        return self.filter(paused_at=None).filter(Q(ends_on=None) | Q(next_on__lte=F("ends_on")))

    def for_list(self) -> Self:
        """With all that a row of the list shows, the next one first."""
        related = self.select_related("workspace", "model_invoice__client").defer("model_invoice__snapshot")
        return related.annotate(made_count=models.Count("runs")).order_by("paused_at", "next_on", "pk")


class RecurringInvoice(WorkspaceOwned):
    """A schedule: every so many weeks, months or years a draft like the model, issued at once where that is wanted."""

    class Unit(models.TextChoices):
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")
        YEAR = "year", _("years")

    workspace = WorkspaceKey("recurring_invoices")
    # Whose lines are billed again. An issued one stays as it is, so what comes again is known for good.
    model_invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="schedules", verbose_name=_("like"))
    steps = models.PositiveSmallIntegerField(
        _("every"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_STEPS)]
    )
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.MONTH)
    # All days are counted from here, so that after 31 Jan and 28 Feb comes 31 Mar.
    anchor_on = models.DateField(_("first on"), validators=[validate_day])
    ends_on = models.DateField(_("last on"), null=True, blank=True, validators=[validate_day])
    issues = models.BooleanField(_("issue it at once"), default=False)
    next_on = models.DateField(editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    # Why the last one stayed a draft, in words; nothing where all went well.
    problem = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(default=days.now, editable=False)

    objects = RecurringQuerySet.as_manager()

    class Meta:
        verbose_name = _("recurring invoice")
        base_manager_name = "objects"
        indexes = [models.Index(fields=["paused_at", "next_on"], name="recurring_that_are_due")]
        constraints = [
            models.CheckConstraint(condition=Q(steps__gte=1, steps__lte=MOST_STEPS), name="recurring_has_steps"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("anchor_on")),
                name="recurring_ends_after_first",
                violation_error_message=_("The last one lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(client)s, %(every)s") % {"client": self.model_invoice.client, "every": self.every})

    @property
    def every(self) -> str:
        """`every month`, `every 2 weeks`."""
        one = {"week": _("every week"), "month": _("every month"), "year": _("every year")}
        return one[self.unit] if self.steps == 1 else _("every %(steps)d %(unit)s") % {
            "steps": self.steps, "unit": self.get_unit_display()
        }  # fmt: skip

    @property
    def is_over(self) -> bool:
        """Whether its last one is made."""
        return bool(self.ends_on and self.next_on > self.ends_on)

    def day(self, number: int) -> date:
        """The day of its period `number`, the first being 0."""
        if self.unit == self.Unit.WEEK:
            return self.anchor_on + timedelta(weeks=number * self.steps)
        return add_months(self.anchor_on, number * self.steps * (12 if self.unit == self.Unit.YEAR else 1))

    def days_from(self, first: date) -> Iterator[date]:
        """Its days on or after `first`, in order, as far as the calendar of WorkHub reaches."""
        number = max(0, self._number_near(first) - 1)
        while (day := self.day(number)) <= LAST_DAY:
            if day >= first:
                yield day
            number += 1

    def _number_near(self, day: date) -> int:
        """The period that `day` falls into, or the one before."""
        if self.unit == self.Unit.WEEK:
            return (day - self.anchor_on).days // (7 * self.steps)
        months = (day.year - self.anchor_on.year) * 12 + day.month - self.anchor_on.month
        return months // (self.steps * (12 if self.unit == self.Unit.YEAR else 1)) - 1

    def follow(self, first: date) -> None:
        """Go on with the first of its days on or after `first`."""
        self.next_on = next(self.days_from(first), LAST_DAY)

    # ── Made ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def make_due(self, today: date) -> list[Invoice]:
        """Make all that are due by `today`, at most MOST_AT_ONCE; each period gives one, however often this is asked.

        Each is dated on its own day. One that cannot be issued stays a draft, and `problem` says why.
        """
        made = []
        while len(made) < MOST_AT_ONCE and (invoice := self.make_next(today)):
            made.append(invoice)
        return made

    @atomic
    def make_next(self, today: date) -> Invoice | None:
        """Make the next one if it is due by `today`, in a transaction of its own."""
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        if self.paused_at is not None or self.is_over or self.next_on > today:
            return None
        invoice = self._make(self.next_on)
        self.follow(self.next_on + timedelta(days=1))
        self.save(update_fields=["next_on", "problem"])
        return invoice

    def _make(self, day: date) -> Invoice:
        model = self.model_invoice
        head = {name: getattr(model, name) for name in _HEAD}
        invoice = Invoice.start(workspace=self.workspace, issue_date=day, **head)
        model.lines.copy_to(invoice)
        invoice.write_totals()
        RecurringRun.objects.create(workspace_id=self.workspace_id, recurring=self, period_on=day, invoice=invoice)
        self.problem = ""
        if self.issues:
            try:
                invoice.issue()
            except ValidationError as error:
                self.problem = " ".join(error.messages)[:500]
        return invoice

    # ── Changed ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @atomic
    def keep(self, *, today: date, actor=None, at: datetime | None = None) -> None:
        """Save a new or changed schedule. It never goes back to days that have passed, nor to one that was made.

        `at` is as `Invoice.start` has it.
        """
        is_new = self.pk is None
        last = None if is_new else self.runs.aggregate(last=models.Max("period_on"))["last"]
        self.follow(max(today, last + timedelta(days=1)) if last else max(today, self.anchor_on))
        self.full_clean(exclude=["workspace"])
        self.save()
        facts = {"every": str(self.every), "next_on": str(self.next_on)}
        record("created" if is_new else "changed", self, actor=actor, at=at, **facts)

    @atomic
    def pause(self, *, actor=None) -> None:
        """Make no more until it is resumed."""
        if self.paused_at is None:
            self.paused_at = days.now()
            self.save(update_fields=["paused_at"])
            record("paused", self, actor=actor)

    @atomic
    def resume(self, *, today: date, actor=None) -> None:
        """Go on from today; what would have come meanwhile is left out."""
        if self.paused_at is not None:
            self.paused_at = None
            self.follow(max(today, self.next_on))
            self.save(update_fields=["paused_at", "next_on"])
            record("resumed", self, actor=actor, next_on=str(self.next_on))


class RecurringRun(WorkspaceOwned):
    """One period of a schedule and the invoice that was made for it. The unique key keeps a second one away."""

    workspace = WorkspaceKey("recurring_runs")
    recurring = models.ForeignKey(RecurringInvoice, models.CASCADE, related_name="runs")
    period_on = models.DateField()
    # Nothing once the draft was deleted: its period stays done.
    invoice = models.OneToOneField(Invoice, models.SET_NULL, null=True, related_name="recurring_run")

    class Meta:
        ordering = ["-period_on"]
        constraints = [models.UniqueConstraint(fields=["recurring", "period_on"], name="one_invoice_of_a_period")]

    def __str__(self) -> str:
        return f"{self.recurring_id} on {self.period_on}"
