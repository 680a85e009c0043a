"""Estimates: what work would cost, said before it is done, and what the client said to it."""

from datetime import date, datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.transactions import atomic
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned

# How long an estimate stands unless it says otherwise.
USUAL_VALIDITY = timedelta(days=30)
# What an invoice takes over from its estimate; dates and number are its own.
_HEAD = ["currency", "reference", "notes", "prices_include_tax", "discount_percent", "discount_minor"]


class Estimated:
    """What an `Invoice` has to do with estimates: being one, or coming from one."""

    @property
    def is_estimate(self) -> bool:
        """Whether it says what work would cost, and asks for nothing yet."""
        return self.kind == self.Kind.ESTIMATE

    @property
    def is_expired(self) -> bool:
        """Whether nobody answered in time. It can still be accepted: it is the business's word that has run out."""
        today = days.local_day(days.now(), self.workspace.zone)
        return self.is_estimate and self.given_answer is None and self.bill is None and self.due_date < today

    @property
    def given_answer(self) -> "EstimateAnswer | None":
        """What the client said, if anything."""
        return getattr(self, "answer", None)

    @property
    def bill(self) -> Self | None:
        """The invoice that was made of it, if any."""
        return getattr(self, "billed_by", None)

    @property
    def estimate_state(self) -> tuple[str, str]:
        """Of an issued estimate: the state whose look it has, and how it stands in words."""
        if self.bill:
            return self.State.PAID, _("Billed")
        if self.given_answer:
            is_accepted = self.given_answer.is_accepted
            return (self.State.PAID, _("Accepted")) if is_accepted else (self.State.VOID, _("Declined"))
        return (self.State.OVERDUE, _("Expired")) if self.is_expired else (self.State.SENT, _("Open"))

    @atomic
    def give_answer(
        self, *, is_accepted: bool, name: str = "", note: str = "", actor=None, at: datetime | None = None
    ) -> "EstimateAnswer":
        """Write down what the client said; `name` is who said it, `actor` the member who noted it. `at`: see `start`.

        The same answer again changes nothing, another one takes its place. Raises ValidationError for what is no
        issued estimate, and for one that is billed.
        """
        self._lock()
        self._refuse_unless_open_estimate()
        if self.bill:
            raise ValidationError(_("This estimate is billed already: its answer stays."), code="billed")
        if self.given_answer and self.given_answer.is_accepted == is_accepted:
            return self.given_answer
        EstimateAnswer.objects.filter(estimate=self).delete()
        answer = EstimateAnswer(
            workspace_id=self.workspace_id, estimate=self, is_accepted=is_accepted, name=name, note=note,
            created_at=at or days.now(),
        )  # fmt: skip
        answer.full_clean(exclude=["workspace", "estimate"])
        answer.save(force_insert=True)
        self.answer = answer
        record("accepted" if is_accepted else "declined", self, actor=actor, at=at, name=name, note=note)
        return answer

    @atomic
    def to_invoice(self, *, actor=None, issue_date: date | None = None, at: datetime | None = None) -> Self:
        """A draft with all its lines; asked again, it is the same invoice. `issue_date` and `at`: see `start`.

        Raises ValidationError for what is no issued estimate, and for one that was declined.
        """
        self._lock()
        self._refuse_unless_open_estimate()
        if self.bill:
            return self.bill
        if self.given_answer and not self.given_answer.is_accepted:
            raise ValidationError(
                _("The client declined this estimate. Note that it is accepted first."), code="declined"
            )
        head = {name: getattr(self, name) for name in _HEAD}
        invoice = type(self).start(
            workspace=self.workspace, client=self.client, issue_date=issue_date, actor=actor, at=at,
            from_estimate=self, **head,
        )  # fmt: skip
        self.lines.copy_to(invoice)
        invoice.write_totals(actor=actor)
        record("billed", self, actor=actor, at=at)
        return invoice

    def _refuse_unless_open_estimate(self) -> None:
        if not self.is_estimate or self.status != self.Status.ISSUED:
            raise ValidationError(_("Issue the estimate first."), code="not_an_estimate")


class EstimateAnswer(WorkspaceOwned):
    """Yes or no to an estimate. Another answer takes its place; the log keeps them all."""

    workspace = WorkspaceKey("estimate_answers")
    estimate = models.OneToOneField("invoicing.Invoice", models.CASCADE, related_name="answer")
    is_accepted = models.BooleanField()
    name = models.CharField(_("name"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=days.now, editable=False)

    def __str__(self) -> str:
        return f"{self.estimate_id}: {'yes' if self.is_accepted else 'no'}"
