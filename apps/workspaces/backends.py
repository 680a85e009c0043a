"""Who is signed in, and where they work."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db import models

from apps.accounts.models import User
from apps.core.prepared import Prepared
from apps.workspaces.models import Membership

_MEMBERSHIPS = Prepared(lambda user: Membership.objects.of(user).select_related("user"), models.BigIntegerField())


class MemberBackend(AuthenticationBackend):
    """Signs in as allauth does; a request learns of the person and of their workspaces in one query."""

    def get_user(self, user_id: int) -> User | None:
        """The person with `known_memberships`, oldest first; None where there is none or they are shut out."""
        memberships = _MEMBERSHIPS(user_id)
        if not memberships:
            return super().get_user(user_id)
        user = memberships[0].user
        user.known_memberships = memberships
        return user if self.user_can_authenticate(user) else None
