"""The editor's own widgets draw what Django's draw."""

import pytest
from django import forms
from django.test.html import parse_html

from apps.invoicing.widgets import QuickHidden, QuickSelect, QuickText, QuickTextarea

TWINS = [(QuickHidden, forms.HiddenInput), (QuickText, forms.TextInput), (QuickTextarea, forms.Textarea)]
ATTRIBUTES = {"class": "a<b", "rows": 1, "required": True, "hidden": False, "aria-invalid": "true"}


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: twins[0].__name__)
@pytest.mark.parametrize("value", [None, "", 0, "a", "<b>\"'&", "</textarea><script>", "\nfirst line is empty\n", 7.5])
def test_fields_are_drawn_as_django_draws_them(twins, value):
    own, django = (widget(attrs=ATTRIBUTES).render("name", value, {"id": "id_name"}) for widget in twins)
    assert parse_html(own) == parse_html(django)
    if value == "\nfirst line is empty\n":
        assert own.count("\n") == django.count("\n")


@pytest.mark.parametrize("value", [None, "", "h", "day", 3, "not offered"])
def test_choices_are_drawn_as_django_draws_them(value):
    choices = [("", "none"), ("h", "<hour>"), ("day", "day"), (3, "three")]
    own, django = (
        widget(choices=choices).render("unit", value, {"id": "id_unit"}) for widget in (QuickSelect, forms.Select)
    )
    assert parse_html(own) == parse_html(django)
