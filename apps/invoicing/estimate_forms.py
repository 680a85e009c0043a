"""What clients say to estimates."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """Yes or no, and who says so."""

    answer = forms.ChoiceField(
        choices=[("accepted", ""), ("declined", "")],
        error_messages={
            "required": _("Say whether you accept or decline."),
            "invalid_choice": _("Say whether you accept or decline."),
        },
    )
    name = forms.CharField(
        max_length=120, error_messages={"required": _("Write your name, so that it is known who answered.")}
    )
    note = forms.CharField(max_length=500, required=False)

    @property
    def answer_given(self) -> dict:
        """As `Invoice.give_answer` takes it."""
        data = self.cleaned_data
        return {"is_accepted": data["answer"] == "accepted", "name": data["name"], "note": data["note"]}
