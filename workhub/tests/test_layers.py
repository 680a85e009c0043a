"""The order of the apps, and where rows of a workspace may be asked for: read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from workhub.tests.worlds import OWNED

# An app imports only from those before it. Those that are not built yet keep their place.
ORDER = [
    "core", "accounts", "workspaces", "activity", "notifications", "files", "clients", "projects", "workbench",
    "invoicing", "kanban", "calendar", "analysis", "productivity", "trust", "reports", "dashboard", "sync", "console",
    "demo",
]  # fmt: skip
APPS = settings.BASE_DIR / "apps"
GUARDS = APPS / "core" / "triggers.py"
# Everything that answers a request starts from `request.workspace`.
ANSWERING = ("views", "forms", "tables", "filters", "api")
TENANT_MODELS = {model.__name__ for model in OWNED}


def _sources(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if not {"migrations", "tests"} & set(path.parts))


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of every module that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports out in full"
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def test_every_app_has_its_place_in_the_order():
    assert {path.name for path in APPS.iterdir() if (path / "__init__.py").exists()} <= set(ORDER)


def test_an_app_imports_only_from_those_before_it():
    wrong = []
    for place, app in enumerate(ORDER):
        allowed = {f"apps.{name}" for name in ORDER[: place + 1]}
        for path in _sources(APPS / app):
            for line, module in _imported(path):
                parts = module.split(".")
                later = parts[0] == "apps" and len(parts) > 1 and ".".join(parts[:2]) not in allowed
                if later or parts[0] == "workhub":
                    wrong.append(f"{path.relative_to(APPS)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def _answers_requests(path: Path) -> bool:
    return any(part.removesuffix(".py") in ANSWERING for part in path.relative_to(APPS).parts[1:])


def test_views_forms_and_tables_start_from_the_workspace():
    wrong = []
    for path in filter(_answers_requests, _sources(APPS)):
        for node in ast.walk(ast.parse(path.read_text())):
            direct = (
                isinstance(node, ast.Attribute)
                and node.attr in ("objects", "with_trash", "_base_manager", "_default_manager")
                and isinstance(node.value, ast.Name)
                and node.value.id in TENANT_MODELS
            )
            shortcut = (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("get_object_or_404", "get_list_or_404")
                and isinstance(node.args[0], ast.Name)
                and node.args[0].id in TENANT_MODELS
            )
            if direct or shortcut:
                wrong.append(f"{path.relative_to(APPS)}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, "\n".join(wrong)


# Whatever migrates, the guards of the database are set up anew after it: nobody else is there to call them.
OF_MIGRATIONS = {f"django.db.models.signals{name}" for name in ("", ".pre_migrate", ".post_migrate")}


def test_nothing_happens_by_signals():
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}:{line} imports {module}"
        for folder in (APPS, settings.BASE_DIR / "workhub")
        for path in _sources(folder)
        for line, module in _imported(path)
        if module.startswith(("django.dispatch", "django.db.models.signals", "allauth.account.signals"))
        and not (path == GUARDS and module in OF_MIGRATIONS)
    ]
    assert not wrong, "\n".join(wrong)
