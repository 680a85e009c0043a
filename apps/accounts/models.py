"""People. The e-mail address is the login; there is no user name."""

from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.days import validate_zone


class UserManager(BaseUserManager):
    """Makes users; addresses are kept in lower case, so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A new person; without a password they can only come in by a reset link."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str, **fields) -> "User":
        """An administrator of the installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they own hangs on their workspaces, not here."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    theme = models.CharField(_("appearance"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    single_key_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone: what "today" means to them."""
        return ZoneInfo(self.timezone)

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = str(self).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def get_full_name(self) -> str:
        return str(self)

    get_short_name = get_full_name
