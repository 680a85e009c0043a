"""The words of mails: fixed names in braces, looked up and never evaluated."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.invoicing.mail_texts import MailKind, MailText, usual_text
from apps.invoicing.models import MailTemplate
from apps.invoicing.placeholders import (
    LONGEST_SUBJECT,
    PLACEHOLDERS,
    fill,
    fill_mail,
    late_interest,
    validate_placeholders,
)
from apps.invoicing.tests.building import issued


def url(kind="invoice", name="mail_template") -> str:
    return reverse(f"invoicing:{name}", args=[kind])


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{number}", "7"), ("{number}{number} {client}", "77 {number}"), ("{ number }", "{ number }"),
        ("{{ number }}", "{{ number }}"), ("{{number}}", "{7}"), ("{unknown}", "{unknown}"), ("{}", "{}"),
        ("{number.__class__}", "{number.__class__}"), ("{number!r}", "{number!r}"),
        ("%(number)s {0}", "%(number)s {0}"),
    ],
)  # fmt: skip
def test_names_are_filled_in_once_and_nothing_else_is_touched(text, filled):
    assert fill(text, {"number": "7", "client": "{number}"}) == filled


@given(st.text(), st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()))
def test_no_text_and_no_value_breaks_it(text, values):
    subject = fill_mail(MailText(text, text), values).subject
    assert len(subject.splitlines()) < 2
    assert len(subject) <= LONGEST_SUBJECT


@pytest.mark.parametrize("text", ["{numbr}", "Hello {client} {settings}", "{number.__class__}", "{0}", "{{nothing}}"])
def test_a_name_that_stands_for_nothing_is_refused(text):
    with pytest.raises(ValidationError, match="stands for nothing"):
        validate_placeholders(text)


@pytest.mark.parametrize("kind", MailKind)
def test_the_usual_words_name_only_what_there_is(kind):
    text = usual_text(kind)
    for part in text:
        validate_placeholders(part)
    assert "{link}" in text.body
    MailTemplate(kind=kind, **text._asdict()).clean_fields(exclude=["workspace"])


@pytest.mark.parametrize(
    ("open_minor", "percent", "late", "interest"),
    [(100000, "9.12", 365, 9120), (100000, "9.12", 3, 75), (100000, "0", 90, 0), (100000, "5", 0, 0), (1, "100", 1, 0)],
)
def test_interest_is_simple_and_rounded_once(open_minor, percent, late, interest):
    assert late_interest(open_minor, Decimal(percent), late) == interest


def test_a_template_is_saved_and_goes_back_to_the_usual_words(as_alice, alice):
    assert as_alice.post(url(), {"subject": "No. {number}", "body": "Hello {client}"}).status_code == 302
    assert MailTemplate.of(alice.workspace, MailKind.INVOICE).text == ("No. {number}", "Hello {client}")
    as_alice.post(url(name="mail_template_reset"))
    assert MailTemplate.of(alice.workspace, MailKind.INVOICE).is_usual


@pytest.mark.parametrize(
    ("field", "value"),
    [("subject", "{numbr}"), ("body", "{{nothing}}"), ("subject", ""), ("body", ""), ("body", "x" * 5001),
     ("subject", "a\nb"), ("subject", "x" * 201)],
)  # fmt: skip
def test_what_cannot_be_a_template_is_told_at_its_field(as_alice, alice, field, value):
    answer = as_alice.post(url(), {"subject": "Hello", "body": "Hello"} | {field: value})
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert MailTemplate.objects.count() == 0


def test_the_preview_follows_what_is_typed_and_saves_nothing(as_alice, alice):
    invoice = issued(alice)
    sent = {"part": "body", "subject": "For {number}", "body": "<b>{client}</b>"}
    answer = as_alice.post(url(), sent, headers={"HX-Request": "true"})
    assert f"For {invoice.number}" in answer.text
    assert "&lt;b&gt;alice client&lt;/b&gt;" in answer.text
    assert MailTemplate.objects.count() == 0
    wrong = as_alice.post(url(), sent | {"body": "{numbr}"}, headers={"HX-Request": "true"})
    assert "stands for nothing" in wrong.text


def test_an_unknown_kind_is_not_found(as_alice):
    assert as_alice.get(url("nothing")).status_code == 404
    assert as_alice.post(url("nothing", "mail_template_reset")).status_code == 404
