"""What an @ in the quick-entry line may mean: projects, their clients and tasks, found by the letters that follow it.

Names as plain tuples, no database. The longest whole name wins; else the first word may be the beginning of a name, or
of one of its words, and further words join in while they still fit. A slash goes on inside what was found.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

PROJECT, CLIENT, TASK = range(3)
LONGEST_NAME = 200
_WORD_ENDS = re.compile(r"(?=[\s/,;]|$)")
_QUOTES = {'"': '"', "“": "”", "„": "“"}


@dataclass(frozen=True)
class Target:
    """Work that can be recorded: a project, or one of its tasks."""

    label: str
    project: int
    task: int | None = None


@dataclass(frozen=True)
class KnownProject:
    """An open project; `client` is its client's name, or empty."""

    pk: int
    name: str
    code: str = ""
    client: str = ""


@dataclass(frozen=True)
class KnownTask:
    """An open task of the project `project`."""

    pk: int
    title: str
    project: int


@dataclass(frozen=True)
class Mention:
    """What was found for `text`: nothing, one target, or several to choose from. It reached to `end` in the line."""

    text: str
    end: int
    targets: tuple[Target, ...] = ()

    @property
    def key(self) -> str:
        """The text as names are compared."""
        return _key(self.text)


@dataclass(frozen=True)
class Known:
    """All that the line may name."""

    projects: tuple[KnownProject, ...] = ()
    tasks: tuple[KnownTask, ...] = ()
    tags: tuple[str, ...] = ()

    @cached_property
    def _names(self) -> "_Names":
        names = _Names()
        for project in self.projects:
            names.add_project(project, PROJECT, (project.name, project.code))
            names.add_project(project, CLIENT, (project.client,))
        for task in self.tasks:
            names.add(task.title, TASK, Target(task.title, task.project, task.pk))
        return names

    def _inside(self, targets: Iterable[Target], *, by_client: bool = False) -> "_Names":
        """The names that a slash leads to: the tasks of a project, behind a client's name its projects as well."""
        names, wanted = _Names(), {target.project for target in targets}
        for project in self.projects if by_client else ():
            if project.pk in wanted:
                names.add_project(project, PROJECT, (project.name, project.code))
        for task in () if len(wanted) > 1 else self.tasks:
            if task.project in wanted:
                names.add(task.title, TASK, Target(task.title, task.project, task.pk))
        return names

    def read(self, text: str, start: int, inside: Target | None = None) -> Mention:
        """The mention whose name begins at `start`, with all its slashes; `inside` narrows it to one project."""
        mention = (self._inside([inside]) if inside else self._names).read(text, start)
        while mention.targets and text[mention.end : mention.end + 1] == "/":
            by_client = len(mention.targets) > 1 or mention.key not in _key(mention.targets[0].label)
            deeper = self._inside(mention.targets, by_client=by_client).read(text, mention.end + 1)
            mention = Mention(text[start : deeper.end], deeper.end, deeper.targets)
        if len(mention.targets) == 1 and mention.targets[0].task is None:
            return self._with_task_behind(text, mention)
        return mention

    def _with_task_behind(self, text: str, mention: Mention) -> Mention:
        """The whole title of a task of the project, written behind it, is that task."""
        behind = re.compile(r"[\s,;]+").match(text, mention.end)
        if behind is None:
            return mention
        found = self._inside(mention.targets).exact(text, behind.end(), only=TASK)
        return found or mention


class _Names:
    """Casefolded names with what they mean, by kind."""

    def __init__(self):
        self.meanings: dict[str, dict[int, dict[Target, None]]] = {}

    def add(self, name: str, kind: int, target: Target) -> None:
        if key := _key(name):
            self.meanings.setdefault(key, {}).setdefault(kind, {})[target] = None

    def add_project(self, project: KnownProject, kind: int, names: Iterable[str]) -> None:
        for name in names:
            self.add(name, kind, Target(project.name, project.pk))

    def read(self, text: str, start: int) -> Mention:
        closing = _QUOTES.get(text[start : start + 1])
        if closing and (end := text.find(closing, start + 1)) > 0:
            phrase = text[start + 1 : end]
            return self._whole(phrase, end + 1) or Mention(phrase, end + 1, self._beginning_with(_key(phrase)))
        return self.exact(text, start) or self._by_beginning(text, start)

    def exact(self, text: str, start: int, only: int | None = None) -> Mention | None:
        """The longest stretch of whole words that is a name."""
        for end in reversed(_word_ends(text, start)):
            if found := self._whole(text[start:end], end, only):
                return found
        return None

    def _whole(self, phrase: str, end: int, only: int | None = None) -> Mention | None:
        kinds = self.meanings.get(_key(phrase), {})
        for kind in sorted(kinds):
            if only in (None, kind):
                return Mention(phrase, end, tuple(kinds[kind]))
        return None

    def _by_beginning(self, text: str, start: int) -> Mention:
        ends = _word_ends(text, start)
        first = ends[0] if ends else start
        targets = self._beginning_with(_key(text[start:first]))
        reached = first
        for end in ends[1:] if len(targets) > 1 or self._goes_on(text[start:first]) else []:
            longer = self._beginning_with(_key(text[start:end]))
            if not longer:
                break
            targets, reached = longer, end
        return Mention(text[start:reached], reached, targets)

    def _goes_on(self, phrase: str) -> bool:
        """Whether the phrase is a whole first word of a name that has more."""
        return any(name.startswith(f"{_key(phrase)} ") for name in self.meanings)

    def _beginning_with(self, letters: str) -> tuple[Target, ...]:
        """Of names that begin so, or else have a word that does: projects and clients before tasks."""
        if not letters:
            return ()
        begins = [kinds for name, kinds in self.meanings.items() if name.startswith(letters)]
        begins = begins or [kinds for name, kinds in self.meanings.items() if f" {letters}" in name]
        for allowed in ((PROJECT, CLIENT), (TASK,)):
            found = dict.fromkeys(target for kinds in begins for kind in allowed for target in kinds.get(kind, ()))
            if found:
                return tuple(found)
        return ()


def _word_ends(text: str, start: int) -> list[int]:
    """Where words end from `start` on, as far as a name may reach."""
    limit = min(len(text), start + LONGEST_NAME)
    return [match.start() for match in _WORD_ENDS.finditer(text, start, limit) if match.start() > start]


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
