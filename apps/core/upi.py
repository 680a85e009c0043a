"""India's UPI: the address that money is sent to."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

validate_upi_id = RegexValidator(
    r"^[A-Za-z0-9._-]{2,64}@[A-Za-z][A-Za-z0-9.-]{1,31}\Z",
    _("A UPI ID looks like studio@bank."),
    code="upi_id",
)
