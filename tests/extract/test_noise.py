"""The main text stays the same while furniture rotates.

Not for: which element is furniture (`tests/extract/test_furniture.py`).
"""

import gzip
import os
from pathlib import Path
from random import Random

import pytest

from archive.extract.charset import decode_page
from archive.extract.statement import read_extraction
from tests.support.noise import add_noise, rotate_blocks

PAGES = 167 if "ARCHIVE_TESTS_TORTURE" in os.environ else 60
URL = "https://harbour.example/news/1"
HTML = ("Content-Type", "text/html; charset=utf-8")

_WORDS = (
    "harbour office opens reading room Monday forty seats view over northern mole nobody had before"
    " market stays until end year readers asked bring back what they borrowed there council voted"
    " timetable ferry winter bridge closed repairs eleven weeks local firms ships moor again"
).split()
_FRAMES = (
    (
        "<body><header><a"
        " href=/>Harbour</a></header><main><article><h1>{title}</h1>{text}</article></main>"
    ),
    "<body><div id=page><h1>{title}</h1><div class=entry-content>{text}</div></div>",
    "<body><div class=css-1><div class=css-2><h1 class=css-3>{title}</h1>{text}</div></div>",
    "<body><table><tr><td><h1>{title}</h1>{text}</td></tr></table>",
    "<body><h1>{title}</h1>{text}",
)


def make_statement(seed: int) -> str:
    """A page with a statement of some paragraphs, in one of five ways to lay out a page."""
    chance = Random(seed)
    sentences = [
        " ".join(chance.choices(_WORDS, k=chance.randrange(8, 20))).capitalize() + "."
        for _ in range(chance.randrange(9, 40))
    ]
    paragraphs = [" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)]
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = " ".join(chance.sample(_WORDS, 6)).capitalize()
    frame = _FRAMES[seed % len(_FRAMES)].format(title=title, text=text)
    return f"<!doctype html><html><head><title>{title}</title></head>{frame}</body></html>"


def read_text(page: str) -> str:
    return read_extraction(page.encode("utf-8", "replace"), (HTML,), URL).text


def test_noise_is_the_same_for_the_same_seed_alone() -> None:
    page = make_statement(1)
    assert add_noise(page, 1) == add_noise(page, 1)
    assert add_noise(page, 1) != add_noise(page, 2)
    assert read_text(page).split("\n")[0] in add_noise(page, 1)


def test_made_up_pages_keep_their_text() -> None:
    pages = [make_statement(seed) for seed in range(60)]
    changed = [
        seed
        for seed, page in enumerate(pages)
        if read_text(add_noise(page, seed)) != read_text(page)
    ]
    assert changed == []


@pytest.mark.slow
def test_real_pages_keep_their_text(shared_data: Path) -> None:
    """Each page is asked for three times, and of 100 answers at most one says something new."""
    changed: list[tuple[str, int]] = []
    asked = 0
    for path in sorted((shared_data / "pages").glob("*.html.gz"))[:PAGES]:
        page = decode_page(gzip.decompress(path.read_bytes()), None)
        first = read_text(add_noise(page, 0))
        for seed in (1, 2, 3):
            asked += 1
            if read_text(add_noise(page, seed)) != first:
                changed.append((path.name, seed))
        if read_text(rotate_blocks(page, 1)) != read_text(rotate_blocks(page, 2)):
            changed.append((path.name, -1))
    assert asked == 3 * PAGES
    assert len(changed) <= asked // 100, changed
