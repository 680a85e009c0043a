"""A share in percent, as a column."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class PercentField(models.DecimalField):
    """From 0 to 100 with three decimals; 0 unless given."""

    def __init__(self, *args, **kwargs):
        kwargs |= {"max_digits": 6, "decimal_places": 3}
        kwargs.setdefault("default", Decimal(0))
        kwargs.setdefault("validators", [MinValueValidator(0), MaxValueValidator(100)])
        super().__init__(*args, **kwargs)
