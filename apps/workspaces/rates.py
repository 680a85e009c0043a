"""What a changed hourly rate means for time that is recorded already: forms ask, and say what came of it."""

from crispy_forms.layout import Field
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy, ngettext

from apps.core.durations import format_duration
from apps.core.money import format_money
from apps.core.transactions import atomic

# Where the question stands in the layout of a form.
RATE_QUESTION = Field("reach", template="components/rate_question.html")


class Reach(models.TextChoices):
    """How far back a changed rate goes."""

    NOW = "now", gettext_lazy("From now on")
    UNBILLED = "unbilled", gettext_lazy("Also for unbilled time")


class RateFormMixin:
    """For the form of a row that gives time its rate (`rate_minor`): asks whether unbilled time takes a changed one.

    It asks only when the rate changes and there is such time; where the answer is not posted with the rate, saving is
    refused once, with the question. `rate_fields` are those that decide the rate: typing there redraws the question.
    """

    live_parts = {"reach": "components/rate_question.html#question"}
    rate_fields = ("hourly_rate_minor",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        label = gettext_lazy("The new rate applies")
        self.fields["reach"] = forms.ChoiceField(label=label, choices=Reach, required=False, widget=forms.RadioSelect)
        self.rate_before = self.instance.rate_minor if self.instance.pk else None
        self.repricing = None
        self.told = ""

    @property
    def rate_triggers(self) -> str:
        """What makes the browser ask for the question anew, in HTMX's words."""
        ids = [self[name].auto_id for name in self.rate_fields]
        return ", ".join(f"{event} delay:300ms from:#{each}" for each in ids for event in ("input", "change"))

    @property
    def question(self):
        """The figures of the time that would follow the typed rate, or None where there is nothing to ask."""
        return self.repricing.figures if self.repricing and self.repricing.figures.entries else None

    def _post_clean(self):
        super()._post_clean()
        if not self.instance.pk or any(name in self.errors for name in self.rate_fields):
            return
        if self.instance.rate_minor != self.rate_before:
            self.repricing = self.workspace.time_entries.repricing(self.instance)
        if self.question and not self.cleaned_data.get("reach"):
            message = gettext_lazy("Some time at the old rate is not billed yet. Choose whether it takes the new rate.")
            self.add_error("reach", forms.ValidationError(message, code="ask"))

    @atomic
    def save_by(self, actor) -> models.Model:
        """Save the row and, where that was chosen, reprice unbilled time with it; `told` says what happened to that.

        The figures are counted again here: time may have come or gone since the form was shown. Time comes first, since
        whoever records some locks it before its project.
        """
        if self.repricing:
            follow = self.cleaned_data["reach"] == Reach.UNBILLED
            figures = self.repricing.settle(follow=follow, was_minor=self.rate_before, actor=actor)
            self.told = _told(figures, follow, self.repricing.currency)
        return self.save()


def _told(figures, follow: bool, currency: str) -> str:
    """What happened to unbilled time, in a sentence; nothing where there was none."""
    if not figures.entries:
        return ""
    if not follow:
        kept = ngettext(
            "%(count)d unbilled entry keeps its old rate.",
            "%(count)d unbilled entries keep their old rate.",
            figures.entries,
        )
        return kept % {"count": figures.entries}
    followed = ngettext(
        "%(count)d unbilled entry (%(hours)s h) follows: %(before)s became %(after)s.",
        "%(count)d unbilled entries (%(hours)s h) follow: %(before)s became %(after)s.",
        figures.entries,
    )
    return followed % {
        "count": figures.entries,
        "hours": format_duration(figures.seconds),
        "before": format_money(figures.before_minor, currency),
        "after": format_money(figures.after_minor, currency),
    }
