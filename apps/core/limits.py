"""How often somebody may ask, counted in the cache that all processes share.

Each request takes a numbered place in its minute. To add a key that is not there is atomic in every shared cache, which
counting up is not, so that no number of processes lets more in.
"""

import math
import time

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WINDOW_SECONDS = 60


def take_place(name: str, who: object, most: int) -> None:
    """Raise ValidationError (`too_often`) where `who` has asked `most` times within this minute."""
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    places = [f"limit:{name}:{who}:{window}:{number}" for number in range(most)]
    taken = cache.get_many(places)
    for place in places:
        if place not in taken and cache.add(place, 1, WINDOW_SECONDS * 2):
            return
    wait = max(1, math.ceil((window + 1) * WINDOW_SECONDS - now))
    raise ValidationError(
        _("That was too often. Please wait %(retry_after)d seconds."), code="too_often", params={"retry_after": wait}
    )
