"""Every pair of colours that the design puts together can be read, in both themes (WCAG 2.2: text 4.5, marks 3)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR, "static/css/tokens.css").read_text(encoding="utf-8")
ON_LIVE = "#241600"

SURFACES = ["page", "paper", "raised", "well", "hover", "selected", "live-tint"]
TEXT = [
    *[(ink, surface) for ink in ("ink", "ink-2", "ink-3") for surface in SURFACES],
    *[("accent-ink", surface) for surface in ("page", "paper", "raised", "hover", "selected", "accent-tint")],
    *[("live-ink", surface) for surface in ("page", "raised", "live-tint")],
    *[("danger-ink", surface) for surface in ("page", "paper", "raised", "hover", "danger-tint")],
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("on-inverse", "inverse"),
    ("on-inverse-2", "inverse"),
]
MARKS = [
    *[("field", surface) for surface in ("page", "paper", "raised")],
    *[(f"s{number}", "page") for number in range(1, 7)],
    ("accent", "page"),
    ("accent", "well"),
    ("danger", "page"),
]


def tokens(selector: str) -> dict[str, str]:
    block = TOKENS.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--wh-([\w-]+):\s*(#[0-9a-fA-F]{6})", block))


THEMES = {
    "light": tokens('[data-bs-theme="light"] {'),
    "dark": tokens('[data-bs-theme="dark"] {'),
}


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "surface"), TEXT)
def test_text_can_be_read(theme, ink, surface):
    assert contrast(THEMES[theme][ink], THEMES[theme][surface]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "surface"), MARKS)
def test_marks_can_be_seen(theme, mark, surface):
    assert contrast(THEMES[theme][mark], THEMES[theme][surface]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_the_running_timer_can_be_read(theme):
    assert contrast(ON_LIVE, THEMES[theme]["live"]) >= 4.5


def test_black_on_white_is_twenty_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
