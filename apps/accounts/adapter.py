"""What WorkHub wants otherwise than django-allauth does it."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Fills the person's name and time zone from the sign-up form, and knows how long an address may be."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": _("You sign in with this address already."),
        "email_password_mismatch": _("E-mail and password do not belong together."),
        "email_taken": _("There is an account with this address already. Sign in instead."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your current password."),
        "unknown_email": _("Nobody signs in with this address."),
        "rate_limited": _("That was too often in a short time. Wait a minute, then try again."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, or choose a new password by mail."),
    }

    def clean_email(self, email: str) -> str:
        MaxLengthValidator(User._meta.get_field("email").max_length)(email)
        return super().clean_email(email)

    def save_user(self, request: HttpRequest, user: User, form, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        user.timezone = form.cleaned_data["timezone"]
        return super().save_user(request, user, form, commit)
