"""The forms of django-allauth in WorkHub's words."""

from allauth.account import forms as account_forms
from django.utils.translation import gettext_lazy as _


class PlainFields:
    """Our labels, none of them a second time inside the field, and one sentence about what a password needs."""

    labels = {
        "login": _("E-mail"),
        "email": _("E-mail"),
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password once more"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _("At least 8 characters, and hard to guess.")


class LoginForm(PlainFields, account_forms.LoginForm):
    """Sign in."""


class ReauthenticateForm(PlainFields, account_forms.ReauthenticateForm):
    """The password once more, before something that matters."""


class AddEmailForm(PlainFields, account_forms.AddEmailForm):
    """Another address to sign in with."""


class ChangePasswordForm(PlainFields, account_forms.ChangePasswordForm):
    """A new password for the one in use."""


class SetPasswordForm(PlainFields, account_forms.SetPasswordForm):
    """A password for somebody who has none."""


class ResetPasswordForm(PlainFields, account_forms.ResetPasswordForm):
    """Ask for a link to choose a password."""


class ResetPasswordKeyForm(PlainFields, account_forms.ResetPasswordKeyForm):
    """Choose a password by such a link."""
