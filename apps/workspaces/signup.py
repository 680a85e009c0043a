"""Signing up makes the person and their first workspace together."""

from allauth.account.forms import SignupForm as AccountForm
from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from apps.accounts.sign_in_forms import PlainFields
from apps.workspaces.forms import BusinessForm


class SignupForm(PlainFields, BusinessForm, AccountForm):
    """E-mail and password as django-allauth asks for them, the person's name, and the business."""

    labels = {"email": _("E-mail"), "password1": _("Password")}
    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    field_order = ["name", "email", "password1", "workspace_name", "currency", "timezone"]

    def save(self, request: HttpRequest):
        """The person with their workspace, or neither of them."""
        with transaction.atomic():
            user = super().save(request)
            self.open_workspace(user)
        return user

    def try_save(self, request: HttpRequest):
        """Where somebody took the address between the check and the writing, there is an account to sign in to."""
        try:
            return super().try_save(request)
        except IntegrityError:
            messages.error(request, _("There is an account with this address already. Sign in instead."))
            return None, redirect("account_login")
