"""What every row of a workspace has in common: it belongs to it, and so does all that it points to."""

from collections.abc import Iterable
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.rows import insert_row, update_row


class WorkspaceKey(models.ForeignKey):
    """The owner of a row: `workspace = WorkspaceKey("clients")` makes `workspace.clients`."""

    def __init__(self, related_name: str = "+", **kwargs):
        kwargs |= {"to": "workspaces.Workspace", "on_delete": models.CASCADE, "related_name": related_name}
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)


class OwnedQuerySet(models.QuerySet):
    """A queryset that refuses to write a row which points into another workspace."""

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        check_owners(self.model, objs)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs = list(objs)
        check_owners(self.model, objs, fields=fields)
        return super().bulk_update(objs, fields, *args, **kwargs)

    def update(self, **kwargs):
        for key in owned_keys(self.model):
            target = kwargs.get(key.name, kwargs.get(key.attname))
            if target is None or hasattr(target, "resolve_expression"):
                continue
            owner = _workspace_of(key, target)
            if self.exclude(workspace_id=owner).exists():
                raise_foreign(self.model, key.name)
        return super().update(**kwargs)


class WorkspaceOwned(models.Model):
    """Base of every model whose rows belong to a workspace; each declares `workspace = WorkspaceKey(…)`."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        check_owners(type(self), [self], fields=kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def insert(self) -> None:
        """A new row, as `save` writes it but quicker: for many one by one (see `apps.core.rows`)."""
        check_owners(type(self), [self])
        insert_row(self)

    def rewrite(self, *names: str) -> None:
        """These fields, as `save` writes them but quicker."""
        check_owners(type(self), [self], fields=names)
        update_row(self, names)


class Archivable(WorkspaceOwned):
    """A row that can be put away: out of lists and pickers, with nothing lost."""

    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def archive(self) -> None:
        """Put it away, now."""
        self.archived_at = timezone.now()
        self.save(update_fields=["archived_at"])

    def unarchive(self) -> None:
        """Take it back into the lists."""
        self.archived_at = None
        self.save(update_fields=["archived_at"])


@cache
def owned_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    """The foreign keys of `model` that point to rows of a workspace."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, WorkspaceOwned)
    ]


def _workspace_of(key: models.ForeignKey, target) -> int | None:
    """Whose row `target` is, given as the row or as its id; None where there is no such row."""
    if isinstance(target, models.Model):
        return target.workspace_id
    return key.related_model._base_manager.filter(pk=target).values_list("workspace_id", flat=True).first()


def check_owners(model: type[models.Model], objs: Iterable[models.Model], fields: Iterable[str] | None = None) -> None:
    """Raise ValidationError when one of `objs` points to a row of another workspace.

    Rows that are loaded already cost nothing; the others one query for each foreign key.
    """
    names = None if fields is None else set(fields)
    for key in owned_keys(model):
        if names is not None and key.name not in names and key.attname not in names:
            continue
        unloaded: dict[object, int] = {}
        for obj in objs:
            target_id = getattr(obj, key.attname)
            if target_id is None:
                continue
            if key.is_cached(obj):
                if key.get_cached_value(obj).workspace_id != obj.workspace_id:
                    raise_foreign(model, key.name)
            elif unloaded.setdefault(target_id, obj.workspace_id) != obj.workspace_id:
                raise_foreign(model, key.name)
        if unloaded:
            owners = key.related_model._base_manager.filter(pk__in=unloaded).values_list("pk", "workspace_id")
            if any(unloaded[pk] != workspace_id for pk, workspace_id in owners):
                raise_foreign(model, key.name)


def raise_foreign(model: type[models.Model], name: str) -> None:
    """The one message for a row of another workspace; it does not say whether such a row exists."""
    raise ValidationError({name: _("Choose one from the list.")}, code="foreign")
