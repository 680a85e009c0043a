"""What people type into mails, their templates and the ladder of reminders."""

import re

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.fields import DayField
from apps.invoicing.mail_texts import MailKind, MailText
from apps.invoicing.models import MailTemplate, ReminderStep
from apps.invoicing.models.delivery import LONGEST_ADDRESSES
from apps.invoicing.models.mail_template import LONGEST_BODY, MOST_DAYS
from apps.invoicing.placeholders import LONGEST_SUBJECT, fill_mail
from apps.workspaces.forms import WorkspaceForm, WorkspaceModelForm
from apps.workspaces.models import Workspace

MOST_ADDRESSES = 20
_BETWEEN = re.compile(r"[,;\s]+")
_LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class AddressesField(forms.CharField):
    """E-mail addresses with commas or spaces between them, cleaned to a list in which each stands once."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", LONGEST_ADDRESSES)
        super().__init__(**kwargs)

    def clean(self, value) -> list[str]:
        typed = super().clean(value)
        found = {address.casefold(): address for address in reversed(_BETWEEN.split(typed)) if address}
        addresses = list(reversed(found.values()))
        if len(addresses) > MOST_ADDRESSES:
            raise ValidationError(_("That is more than %(most)d addresses."), params={"most": MOST_ADDRESSES})
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    _("“%(address)s” is no e-mail address."), code="address", params={"address": address[:80]}
                ) from None
        if self.required and not addresses:
            raise ValidationError(_("Write at least one address."), code="required")
        return addresses

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value


class SubjectField(forms.CharField):
    """One line: a second one could be read as another header of the mail."""

    def __init__(self, **kwargs):
        kwargs |= {"max_length": LONGEST_SUBJECT, "label": _("Subject")}
        super().__init__(**kwargs)

    def clean(self, value):
        subject = super().clean(value)
        if _LINE_BREAK.search(subject):
            raise ValidationError(_("The subject is one line."), code="line_break")
        return subject


class MailForm(WorkspaceForm):
    """A mail about one invoice; the token makes the same form, sent twice, go out once."""

    to = AddressesField(label=_("To"))
    cc = AddressesField(label=_("Copy to"), required=False)
    subject = SubjectField()
    body = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("{link} becomes the address at which your client can read it without an account."),
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def text(self) -> MailText:
        """What was typed."""
        return MailText(self.cleaned_data["subject"], self.cleaned_data["body"])


class MailTemplateForm(WorkspaceModelForm):
    """The words of one kind of mail; `sample` is what placeholders stand for in its preview."""

    subject = SubjectField()

    live_parts = {"body": "invoicing/mail_template.html#preview"}

    class Meta:
        model = MailTemplate
        fields = ["subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args, sample: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.sample = sample
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def preview(self) -> MailText | None:
        """The mail as it would go out; None while it cannot."""
        return None if self.errors else fill_mail(self.instance.text, self.sample)


class StepForm(forms.Form):
    """One step of the ladder."""

    is_on = forms.BooleanField(required=False)
    days = forms.IntegerField(min_value=0, max_value=MOST_DAYS)

    def __init__(self, *args, step: ReminderStep, **kwargs):
        initial = {"is_on": step.is_on, "days": abs(step.days)}
        super().__init__(*args, prefix=step.kind, initial=initial, **kwargs)
        self.step = step
        self.label = MailKind(step.kind).label
        self.is_before = step.kind == MailKind.BEFORE_DUE
        self.fields["is_on"].label = self.label
        self.fields["is_on"].widget.attrs["class"] = "form-check-input"
        self.fields["days"].label = _("Days before it is due") if self.is_before else _("Days after it was due")
        self.fields["days"].widget.attrs["class"] = "form-control"

    @property
    def day_count(self) -> int:
        """As the step keeps it: below zero before the due date."""
        return -self.cleaned_data["days"] if self.is_before else self.cleaned_data["days"]


class LadderForm:
    """All steps and the rate of interest, saved together."""

    def __init__(self, data, workspace):
        self.workspace = workspace
        self.steps = [StepForm(data, step=step) for step in ReminderStep.ladder_of(workspace)]
        self.interest = InterestForm(data, instance=workspace)

    def is_valid(self) -> bool:
        """Whether all of it can be saved; the steps come one after the other."""
        # All of them are asked, so that each shows what is wrong with it.
        are_valid = [form.is_valid() for form in (*self.steps, self.interest)]
        if not all(are_valid):
            return False
        counts = [form.day_count for form in self.steps]
        for form, before in zip(self.steps[1:], counts, strict=False):
            if form.day_count <= before:
                form.add_error("days", _("Choose a later day than that of the step before."))
        return all(form.is_valid() for form in self.steps)

    def save(self) -> None:
        """Write it down; what is switched on counts from today."""
        today = days.local_day(days.now(), self.workspace.zone)
        for form in self.steps:
            form.step.set_to(days=form.day_count, is_on=form.cleaned_data["is_on"], today=today)
        self.interest.save()


class InterestForm(forms.ModelForm):
    """What late payment costs a year."""

    class Meta:
        model = Workspace
        fields = ["late_interest_percent"]
        labels = {"late_interest_percent": _("Late interest in % a year")}
        help_texts = {
            "late_interest_percent": _(
                "Reminders that name {interest} tell what has come together: open amount × rate × days late / 365. "
                "It is not added to the invoice."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["late_interest_percent"].widget.attrs |= {"class": "form-control", "step": "any"}


class WriteOffForm(WorkspaceForm):
    """Why and as of when an open rest is given up."""

    written_off_on = DayField(label=_("As of"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
