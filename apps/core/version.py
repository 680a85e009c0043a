"""Which WorkHub this is."""

import tomllib
from functools import cache

from django.conf import settings


@cache
def version() -> str:
    """The version that pyproject.toml names."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
