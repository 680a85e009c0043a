"""How documents look and which language they speak, as somebody chooses it."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.invoicing.logos import MOST_BYTES, as_logo
from apps.invoicing.models import Logo
from apps.workspaces.models import Workspace


class LookForm(forms.ModelForm):
    """Theme, language and logo of a business's documents; those that are issued stay as they are."""

    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, at most 512 kB. It is printed up to 34 by 20 mm."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label=_("Print no logo"), required=False)

    class Meta:
        model = Workspace
        fields = ["invoice_theme", "language"]
        widgets = {"invoice_theme": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["without_logo"]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_picture(self) -> bytes | None:
        upload = self.cleaned_data["picture"]
        return as_logo(upload.read(MOST_BYTES + 1)) if upload else None

    def clean(self):
        data = super().clean()
        if data.get("picture") and data.get("without_logo"):
            raise ValidationError(_("Choose either a new picture or none."), code="both")
        return data

    @transaction.atomic
    def save(self, commit=True) -> Workspace:
        if self.cleaned_data.get("picture"):
            self.instance.logo = Logo.keep(self.instance, self.cleaned_data["picture"]).sha256
        elif self.cleaned_data.get("without_logo"):
            self.instance.logo = ""
        return super().save(commit)
