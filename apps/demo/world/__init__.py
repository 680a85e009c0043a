"""The content of the demo world: who, for whom and what. Plain text that anybody may edit."""

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def read(name: str) -> dict:
    """The content of one of the files, for example `read("clients")["clients"]`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
