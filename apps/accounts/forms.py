"""What people change about themselves."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.fields import ZoneChoiceField


class ProfileForm(forms.ModelForm):
    """Name, time zone, appearance, keyboard; e-mail and password have pages of their own."""

    timezone = ZoneChoiceField(
        label=_("Time zone"),
        help_text=_("What “today” means to you. Time that is recorded already keeps its clock times."),
    )

    class Meta:
        model = User
        fields = ["name", "timezone", "theme", "single_key_shortcuts"]
        labels = {"name": _("Your name"), "single_key_shortcuts": _("Shortcuts of a single key")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "theme": forms.RadioSelect,
            "single_key_shortcuts": forms.CheckboxInput(attrs={"class": "form-check-input", "role": "switch"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False


class ThemeForm(forms.ModelForm):
    """The switch between light and dark."""

    class Meta:
        model = User
        fields = ["theme"]
