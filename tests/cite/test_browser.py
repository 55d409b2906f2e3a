"""A text fragment leads Chromium to the passage.  Not for: how it is spelled."""

import html
import re
import subprocess
from pathlib import Path

import pytest

from archive.cite.fragment import format_fragment
from tests.support.programs import program
from tests.support.raw_server import answer_page, serve_raw

SAME = "The council said so again."
PARAGRAPHS = [
    "The wall stands.", SAME,
    *(f"Line {number} of the minutes, and nothing else." for number in range(150)),
    "Here “nine, or ten – per-haps” departures & a day will be 100 % kept; see #4.",
    "The next one follows it.", f"On Friday, too: {SAME} Nobody asked.",
    "قال الرئيس إن الجدار قائم.",
    "市议会星期一开会讨论城墙。",
    *(f"More of it, {number}." for number in range(150)),
]  # fmt: skip
TEXT = "\n".join(PARAGRAPHS)
SCRIPT = "<script>setTimeout(() => document.body.dataset.y = Math.round(scrollY), 1500)</script>"
PASSAGES = [
    "nine, or ten – per-haps” departures & a day",
    "100 % kept; see #4.",
    "kept; see #4.\nThe next one follows",
    "إن الجدار قائم",
    "市议会星期一开会讨论城墙",
    PARAGRAPHS[152] + "\n" + PARAGRAPHS[153],
]


def find_scroll(address: str, folder: Path) -> int:
    """How far Chromium scrolls when it opens the address."""
    done = subprocess.run(
        [
            program("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
            "--virtual-time-budget=4000", f"--user-data-dir={folder}", "--dump-dom", address,
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r'data-y="(\d+)"', done.stdout)
    assert found is not None
    return int(found[1])


@pytest.mark.browser
def test_chromium_goes_to_the_passage(tmp_path: Path) -> None:
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in PARAGRAPHS)
    page = f"<!doctype html><meta charset=utf-8><body>{body}{SCRIPT}".encode()
    with serve_raw({"/": answer_page(page, fields=("Content-Type: text/html",))}) as server:
        assert find_scroll(server.url("/"), tmp_path) == 0
        assert find_scroll(server.url("/#:~:text=not%20there"), tmp_path) == 0
        for passage in PASSAGES:
            start = TEXT.index(passage)
            fragment = format_fragment(TEXT, start, start + len(passage))
            assert find_scroll(server.url("/") + fragment, tmp_path) > 3000, fragment
        second = TEXT.rindex(SAME)  # it stands twice, the first time at the top
        fragment = format_fragment(TEXT, second, second + len(SAME))
        assert find_scroll(server.url("/") + fragment, tmp_path) > 3000, fragment
