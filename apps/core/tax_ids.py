"""Check digits of numbers that tax offices and banks give. What no rule is known for is taken as it is."""

import re
from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.eu import vat
from stdnum.in_ import gstin

from apps.core.india import GSTIN_LENGTH

# Greece writes EL in front of its VAT ids, Northern Ireland XI.
_PREFIXES = {"GR": "EL"}
_EUROPEAN = {"EL", "XI", *(country.upper() for country in vat.MEMBER_STATES)} - {"GR"}


def compact(number: str) -> str:
    """Without spaces, dots, dashes and slashes, in capitals."""
    return re.sub(r"[\s./-]", "", number).upper()


def vat_id(number: str, country: str) -> str:
    """The VAT id of the European Union that this number is, or nothing where it is another kind of number.

    With `country` (ISO 3166 code) an id that was typed without its two letters is found too.
    """
    plain = compact(number)
    if plain[:2] in _EUROPEAN and any(sign.isdigit() for sign in plain):
        return plain
    completed = _PREFIXES.get(country, country) + plain
    return completed if country and vat.is_valid(completed) else ""


def check_tax_id(number: str, country: str) -> None:
    """Raise ValidationError for a VAT id of the European Union or a GSTIN whose check digit is wrong."""
    plain = compact(number)
    if country == "IN" and len(plain) == GSTIN_LENGTH:
        if not gstin.is_valid(plain):
            raise ValidationError(_("This GSTIN is not right: one of its signs must be a typing error."), code="gstin")
    elif (found := vat_id(number, country)) and not vat.is_valid(found):
        raise ValidationError(_("This VAT id is not right: one of its signs must be a typing error."), code="vat_id")


def is_iban(account: str) -> bool:
    """Whether this is an IBAN with the right check digits."""
    return iban.is_valid(compact(account))


def check_account(account: str) -> None:
    """Raise ValidationError for an IBAN whose check digits are wrong; other account numbers pass."""
    plain = compact(account)
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", plain) and not is_iban(plain):
        raise ValidationError(_("This IBAN is not right: one of its signs must be a typing error."), code="iban")


def add_check(form: forms.BaseForm, name: str, check: Callable, *more) -> None:
    """Let `check` judge what was typed into a field that is there and filled; its refusal becomes the field's error."""
    typed = form.cleaned_data.get(name)
    if not typed or name in form.errors:
        return
    try:
        check(typed, *more)
    except ValidationError as refusal:
        form.add_error(name, refusal)
