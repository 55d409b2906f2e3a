"""Colours keep the contrast that WCAG 2.1 AA asks of text (1.4.3) and of controls (1.4.11).

Not for: how the pages look (``test_browser.py``).
"""

import re
from importlib.resources import files

import pytest

TEXT, CONTROL = 4.5, 3.0
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "sheet", TEXT),
    ("quiet", "paper", TEXT),
    ("quiet", "sheet", TEXT),
    ("link", "paper", TEXT),
    ("link", "sheet", TEXT),
    ("seen", "paper", TEXT),
    ("mark-ink", "mark", TEXT),
    ("ink", "come", TEXT),
    ("ink", "went", TEXT),
    ("edge", "paper", CONTROL),
]


def read_palettes() -> dict[str, dict[str, str]]:
    text = (files("archive.datasette_plugin") / "static" / "palette.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    light, dark, printed = (dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **printed}}


def measure_light(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("upon", "ground", "least"), PAIRS)
def test_colours_stand_apart(scheme: str, upon: str, ground: str, least: float) -> None:
    palette = read_palettes()[scheme]
    lighter, darker = sorted(
        (measure_light(palette[upon]), measure_light(palette[ground])), reverse=True
    )
    assert (lighter + 0.05) / (darker + 0.05) >= least
