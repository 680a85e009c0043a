"""The quick way to markup gives what Django's own gives, above all where a value must be escaped."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from apps.core.markup import markup, markup_join

VALUES = st.one_of(
    st.text(),
    st.sampled_from(["<b>", "&amp;", '"', "'", "{0}", "</td>"]),
    st.integers(),
    st.none(),
    st.text().map(mark_safe),
    st.just(gettext_lazy("Edit")),
)


@given(VALUES, VALUES)
def test_values_are_escaped_as_django_does(first, second):
    assert markup('<a title="{}">{}</a>', first, second) == format_html('<a title="{}">{}</a>', first, second)
    assert markup("<b>{one}{two}{one}</b>", one=first, two=second) == format_html(
        "<b>{one}{two}{one}</b>", one=first, two=second
    )


@given(st.lists(st.tuples(VALUES, VALUES)))
def test_rows_are_joined_as_django_does(rows):
    assert markup_join("<i>{}{}</i>", rows) == format_html_join("", "<i>{}{}</i>", rows)


def test_the_result_is_not_escaped_again():
    assert markup("{}", markup("<b>{}</b>", "<")) == "<b>&lt;</b>"
