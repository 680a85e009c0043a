"""The pictures that a business has put on its documents. Each stays, since documents of the past name it."""

import hashlib
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Logo(WorkspaceOwned):
    """A PNG that we made ourselves of what was uploaded; the workspace names the present one by its digest."""

    workspace = WorkspaceKey("logos")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("logo")
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="one_logo_of_a_digest")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @classmethod
    def keep(cls, workspace, content: bytes) -> Self:
        """Store it, unless the same picture is there already."""
        digest = hashlib.sha256(content).hexdigest()
        logo, _made = cls.objects.get_or_create(workspace=workspace, sha256=digest, defaults={"content": content})
        return logo
