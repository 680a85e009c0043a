"""Deleting a row for good, unless something depends on it: then the refusal says what, in words."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CASCADE, PROTECT, Manager, Model, ProtectedError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from apps.core.transactions import atomic


def dependents(row: Model) -> str:
    """What keeps `row` from being deleted (`3 projects and 1 invoice`), or an empty text.

    What lies in the trash does not: nobody sees it any more.
    """
    counts = {}
    for relation in row._meta.related_objects:
        if relation.on_delete is PROTECT:
            model = relation.related_model
            count = model._default_manager.filter(**{relation.field.name: row}).count()
            counts[model] = counts.get(model, 0) + count
    found = {model: count for model, count in counts.items() if count}
    return get_text_list([_counted(model, found[model]) for model in found if not _is_part(model, found)], _("and"))


def _is_part(model: type[Model], others) -> bool:
    """Whether rows of `model` go with rows of one of `others`, as lines go with their invoice."""
    return any(
        field.remote_field.on_delete is CASCADE and field.related_model in others
        for field in model._meta.concrete_fields
        if field.is_relation
    )


def _counted(model: type[Model], count: int) -> str:
    noun = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
    return f"{count} {noun}"


def refusal(row: Model) -> str:
    """The sentence that says why `row` cannot be deleted and what to do instead, or an empty text."""
    found = dependents(row)
    return _("%(name)s has %(things)s. Archive it instead.") % {"name": row, "things": found} if found else ""


@atomic
def remove(row: Model) -> None:
    """Delete `row`; raises ValidationError with the refusal when something depends on it."""
    if reason := refusal(row):
        raise ValidationError(reason, code="protected")
    try:
        with transaction.atomic():
            _let_go_of_trash(row)
            row.delete()
    except ProtectedError:
        raise ValidationError(refusal(row) or _("Something depends on it by now."), code="protected") from None


def _let_go_of_trash(row: Model) -> None:
    """Take `row` off what lies in the trash: if that is taken out again, it comes back without it."""
    for relation in row._meta.related_objects:
        model, here = relation.related_model, {relation.field.name: row}
        if relation.on_delete is PROTECT and relation.field.null:
            everything, kept = (manager.filter(**here).order_by() for manager in _managers(model))
            trash = set(everything.values_list("pk", flat=True)) - set(kept.values_list("pk", flat=True))
            if trash:
                everything.filter(pk__in=trash).update(**{relation.field.name: None})


def _managers(model: type[Model]) -> tuple[Manager, Manager]:
    """Of all rows, and of those outside the trash."""
    return model._base_manager, model._default_manager
