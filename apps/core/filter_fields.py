"""The fields of a filter row, drawn in one go: Django's own widgets render templates, which every list would feel."""

from collections.abc import Iterable
from html import escape

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core.fields import DayField
from apps.core.markup import markup


class FilterSelect(forms.Select):
    """A select in one go: Django's own renders a template for each option, which hundreds of projects would feel."""

    # Plain, in the place of Django's property that looks through all choices for groups.
    choices: Iterable[tuple[object, str]] = ()

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = "".join(_option(str(key), str(text), is_chosen=str(key) == chosen) for key, text in self.choices)
        return markup(
            '<select class="form-select form-select-sm" name="{}" id="{}">{}</select>',
            name,
            (attrs or {}).get("id", f"id_{name}"),
            SafeString(options),
        )


def _option(key: str, text: str, *, is_chosen: bool) -> str:
    return f'<option value="{escape(key)}"{" selected" if is_chosen else ""}>{escape(text)}</option>'


class FilterDay(forms.DateInput):
    """A day in a filter row, without the templates that Django draws an input with."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        shown = self.format_value(value)
        return markup(
            '<input type="date" name="{}"{} id="{}">',
            name,
            markup(' value="{}"', shown) if shown else "",
            (attrs or {}).get("id", f"id_{name}"),
        )


class FilterChoiceField(forms.ChoiceField):
    """A choice in a filter row, out of hundreds and without groups; `empty_label` says what its absence means."""

    widget = FilterSelect

    def __init__(self, *, empty_label: str | None = None, **kwargs):
        self.empty_label = empty_label or _("any")
        super().__init__(**kwargs)

    def __deepcopy__(self, memo) -> "FilterChoiceField":
        copied = forms.Field.__deepcopy__(self, memo)
        copied._choices = self._choices
        return copied

    @property
    def choices(self) -> list[tuple[object, str]]:
        return self._choices

    @choices.setter
    def choices(self, offered: Iterable[tuple[object, str]]) -> None:
        self._choices = self.widget.choices = [("", self.empty_label), *offered]


class FilterDayField(DayField):
    """A day in a filter row."""

    def __init__(self, **kwargs):
        super().__init__(widget=FilterDay(format="%Y-%m-%d"), **kwargs)
