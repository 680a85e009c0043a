"""What people type about their tokens."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.sync.models import ApiToken
from apps.workspaces.forms import WorkspaceModelForm

# More than that nobody can look after.
MOST_TOKENS = 50


class TokenForm(WorkspaceModelForm):
    """A new token, by its name."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("For example “Backup script”. Only you see it."),
        error_messages={"required": _("Give it a name, so that you know later what it is for.")},
    )

    class Meta:
        model = ApiToken
        fields = ["name"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.user = user

    def clean(self):
        if self.workspace.api_tokens.of(self.instance.user).in_use().count() >= MOST_TOKENS:
            raise ValidationError(_("You have very many tokens. Revoke one that is not needed any more."))
        return super().clean()
