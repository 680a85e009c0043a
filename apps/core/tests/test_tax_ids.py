"""Numbers with check digits: typing errors are told, everything without a rule passes."""

import pytest
from django.core.exceptions import ValidationError

from apps.core.tax_ids import check_account, check_tax_id, vat_id
from apps.core.upi import validate_upi_id


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("DE136695976", "DE"),
        ("DE 136 695 976", ""),
        ("EL094259216", "GR"),
        ("FR40303265045", "FR"),
        ("12/345/67890", "DE"),
        ("NO918700005MVA", "NO"),
        ("52-5550163", "US"),
        ("GB284556133", "GB"),
        ("27AAPFU0939F1ZV", "IN"),
        ("AAPFU0939F", "IN"),
        ("Detective agency", "DE"),
    ],
)
def test_right_numbers_and_those_without_a_rule_pass(number, country):
    check_tax_id(number, country)


@pytest.mark.parametrize(
    ("number", "country", "said"),
    [
        ("DE136695977", "DE", "VAT id"),
        ("de 136 695 977", "", "VAT id"),
        ("FR40303265046", "FR", "VAT id"),
        ("EL094259217", "GR", "VAT id"),
        ("27AAPFU0939F1ZO", "IN", "GSTIN"),
    ],
)
def test_a_wrong_check_digit_is_told(number, country, said):
    with pytest.raises(ValidationError, match=said):
        check_tax_id(number, country)


@pytest.mark.parametrize("account", ["DE89 3704 0044 0532 0130 00", "0214 0500 0178 3391", "12-34-56 12345678", ""])
def test_right_ibans_and_other_accounts_pass(account):
    check_account(account)


def test_a_wrong_iban_is_told():
    with pytest.raises(ValidationError, match="IBAN"):
        check_account("DE89 3704 0044 0532 0130 01")


@pytest.mark.parametrize(
    ("number", "country", "found"),
    [
        ("DE136695976", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("12/345/67890", "DE", ""),
        ("", "DE", ""),
        ("52-5550163", "US", ""),
    ],
)
def test_a_vat_id_is_told_from_other_numbers(number, country, found):
    assert vat_id(number, country) == found


def test_upi_ids_have_two_halves():
    validate_upi_id("meera@bank")
    validate_upi_id("a.b-c@okbank")
    for wrong in ("meera", "@x", "a b@bank", "meera@bank\n"):
        with pytest.raises(ValidationError, match="studio@bank"):
            validate_upi_id(wrong)
