"""How a client's time is rounded when it is billed. What was recorded never changes; a rule says what is paid for."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

LONGEST_STEP = 60
USUAL_STEP = 15
# What the rule does is shown by two entries of so many minutes: apart and together, usual steps do different things.
EXAMPLE = (7, 20)


class Mode(TextChoices):
    """In which direction."""

    NONE = "none", gettext_lazy("Not at all")
    NEAREST = "nearest", gettext_lazy("To the nearest")
    UP = "up", gettext_lazy("Always up")


class Scope(TextChoices):
    """What is rounded: each part by itself, or a sum once."""

    ENTRY = "entry", gettext_lazy("Each entry")
    DAY_TASK = "day_task", gettext_lazy("Each day and task")


@dataclass(frozen=True)
class Rounding:
    """A rule: direction, step in whole minutes (1 to 60), and what it is applied to."""

    mode: str = Mode.NONE
    minutes: int = USUAL_STEP
    scope: str = Scope.ENTRY

    @property
    def is_on(self) -> bool:
        """Whether it changes anything at all."""
        return self.mode != Mode.NONE

    def round(self, seconds: int) -> int:
        """What so many seconds (not below zero) are billed as; half a step goes up, nothing stays nothing."""
        step = self.minutes * 60
        if self.mode == Mode.UP:
            return -(-seconds // step) * step
        if self.mode == Mode.NEAREST:
            return (seconds + step // 2) // step * step
        return seconds

    @property
    def sentence(self) -> str:
        """The rule in words."""
        if not self.is_on:
            return _("Time is billed as it was recorded.")
        words = {
            (Mode.UP, Scope.ENTRY): _("Each entry is rounded up to the next %(step)s."),
            (Mode.UP, Scope.DAY_TASK): _("The time of each day and task is rounded up to the next %(step)s."),
            (Mode.NEAREST, Scope.ENTRY): _("Each entry is rounded to the nearest %(step)s."),
            (Mode.NEAREST, Scope.DAY_TASK): _("The time of each day and task is rounded to the nearest %(step)s."),
        }
        step = ngettext("minute", "%(count)d minutes", self.minutes) % {"count": self.minutes}
        return words[self.mode, self.scope] % {"step": step}

    @property
    def example(self) -> str:
        """What the rule does to two short entries, worked out."""
        one, two = EXAMPLE
        if not self.is_on:
            return _("%(one)d min stay %(one)d min.") % {"one": one}
        if self.scope == Scope.DAY_TASK:
            told = _("%(one)d and %(two)d min on one day and task are %(sum)d min together, and become %(all)d min.")
            return told % {"one": one, "two": two, "sum": one + two, "all": self._minutes(one + two)}
        told = _("%(one)d min become %(first)d min, and %(two)d min become %(second)d min.")
        return told % {"one": one, "two": two, "first": self._minutes(one), "second": self._minutes(two)}

    def _minutes(self, minutes: int) -> int:
        return self.round(minutes * 60) // 60
