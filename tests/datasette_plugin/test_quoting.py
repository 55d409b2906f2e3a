"""Quoting in a real browser: select, cite, paste, check; the page is edited, the check tells.

Of the passages of real pages some are tried, 200 with ``make torture`` (ARCHIVE_TESTS_TORTURE).
Not for: the box without its script (``test_citations.py``).
"""

import base64
import gzip
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from archive.cite.quotes import find_quotation
from archive.errors import EXIT_DONE, EXIT_FINDINGS
from archive.index.database import open_readonly
from archive.workflows.capture import CaptureRun
from archive.workflows.extract import extract_pending
from tests.datasette_plugin.edited import FERRY, make_ferry
from tests.datasette_plugin.held import HTML, Kept, keep_archive
from tests.datasette_plugin.pictures import Colour, count_colours
from tests.datasette_plugin.server import start_server
from tests.support.archives import capture_all, make_archive, make_world, run_archive
from tests.support.browser import Browser, start_browser
from tests.support.clock import START
from tests.support.raw_server import answer_page, serve_raw

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSAGES = 200 if "ARCHIVE_TESTS_TORTURE" in os.environ else 24
SELECTED = "leaves the northern pier at nine in the morning"
MARKED: Colour = (233, 210, 253)  # what Chromium marks a text fragment with
_SELECT = """(() => {
    const text = document.getElementById("quotable").firstChild;
    const start = text.data.indexOf(%r);
    getSelection().setBaseAndExtent(text, start, text, start + %d);
})()"""


@contextmanager
def show_ferry(folder: Path) -> Iterator[tuple[Kept, str, Browser, str]]:
    """Capture the ferry, serve it, open its page in a browser; yield all four."""
    with keep_archive(
        folder / "kept", {FERRY: answer_page(make_ferry("nine"), fields=HTML)}
    ) as kept:
        capture = kept.capture(FERRY)[FERRY]
        extract_pending(kept.archive, make_world(seed="reading"))
        with (
            start_server(kept.archive.layout.root, public=True) as address,
            start_browser(folder / "profile") as browser,
        ):
            browser.open(f"{address}/capture/{capture}")
            yield kept, address, browser, capture


def select(browser: Browser, words: str) -> None:
    """Select words of the text, and wait until the page has taken them over."""
    browser.ask(_SELECT % (words, len(words)))
    browser.wait_for("!document.getElementById('picked').hidden")


def copy(browser: Browser) -> str:
    """Press the first copy button; what it copied, as it would be pasted."""
    browser.ask("document.querySelector('button.copy').click()")
    browser.wait_for("document.getElementById('copied').textContent")
    assert str(browser.ask("document.getElementById('copied').textContent")).startswith("Copied as")
    browser.ask(
        "document.getElementById('quote').value = ''; document.getElementById('quote').focus()"
    )
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="v", commands=["paste"])
    return str(browser.ask("document.getElementById('quote').value"))


@pytest.mark.timeout(180)
def test_a_passage_is_selected_cited_pasted_checked_and_found_altered(tmp_path: Path) -> None:
    with show_ferry(tmp_path) as (kept, _, browser, capture):
        select(browser, SELECTED)
        assert browser.ask("document.getElementById('quote').value") == SELECTED
        browser.ask("document.getElementById('form').value = 'markdown'")
        browser.lead("document.querySelector('#picked button').click()")
        assert browser.ask("document.querySelector('#passage').textContent") == SELECTED
        pasted = copy(browser)
        assert capture in pasted
        manuscript = tmp_path / "manuscript.md"
        manuscript.write_text(f"The ferry “{SELECTED}”.[^1]\n\n[^1]: {pasted}\n")
        checked = run_archive(["check-quotes", str(manuscript)], root=kept.archive.layout.root)
        assert checked.returncode == EXIT_DONE, checked.stdout
        assert "stands" in checked.stdout
        kept.answers[FERRY] = answer_page(make_ferry("ten"), fields=HTML)
        kept.capture(FERRY, at=START + timedelta(days=9))
        extract_pending(kept.archive, make_world(seed="again"))
        checked = run_archive(["check-quotes", str(manuscript)], root=kept.archive.layout.root)
        assert checked.returncode == EXIT_FINDINGS
        assert "“nine” is now “ten”" in checked.stdout
        browser.lead("location.reload()")
        assert "“nine” is now “ten”" in browser.ask("document.querySelector('.verdicts').innerText")
        assert browser.said == []


@pytest.mark.timeout(180)
def test_what_is_selected_is_taken_as_it_stands(tmp_path: Path) -> None:
    with show_ferry(tmp_path) as (_, _, browser, _):
        # From the heading above the text into it, as a mouse does that starts too early.
        browser.ask("""(() => {
            const text = document.getElementById("quotable").firstChild;
            getSelection().setBaseAndExtent(document.getElementById("text"), 0, text, 24);
        })()""")
        browser.wait_for("!document.getElementById('picked').hidden")
        taken = browser.ask("document.getElementById('quote').value")
        assert "Main text" not in taken
        assert taken
        assert browser.ask("document.getElementById('near').value") == "0"
        # What is selected elsewhere is not taken, and typing forgets where a passage stood.
        browser.ask("getSelection().selectAllChildren(document.querySelector('h1'))")
        time.sleep(0.6)
        assert browser.ask("document.getElementById('quote').value") == taken
        select(browser, SELECTED)
        browser.wait_for("document.getElementById('near').value !== '0'")
        browser.ask("document.getElementById('quote').focus()")
        browser.call("Input.insertText", text="x")
        assert browser.ask("document.getElementById('near').value") == "0"
        # A telephone: nothing is wider than its screen.
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=360,
            height=640,
            deviceScaleFactor=1,
            mobile=True,
        )
        assert browser.ask("document.documentElement.scrollWidth") <= 360
        # Without a clipboard the words are selected, and copied as older browsers do.
        browser.ask("delete Navigator.prototype.clipboard")
        assert copy(browser).startswith("Lindqvist, Ida.")
        assert browser.said == []


# --- real pages -----------------------------------------------------------------------------------


@pytest.mark.timeout(900)
def test_addresses_lead_to_passages_of_real_pages_as_they_looked(
    shared_data: Path, tmp_path: Path
) -> None:
    """A few stand on the page in another form: cut by an element, or not shown."""
    pages = sorted((shared_data / "pages").glob("*.html.gz"))[: 10 + PASSAGES // 6]
    answers = {
        f"/{path.name}": answer_page(gzip.decompress(path.read_bytes()), fields=HTML)
        for path in pages
    }
    archive = make_archive(tmp_path / "archive")
    with serve_raw(answers) as server:
        run = CaptureRun(batch=None, read=True, wait=True)
        results = capture_all(archive, [server.url(name) for name in answers], run=run)
    ids = [result.last.id for result in results]
    passages = draw_passages(archive.layout.database, ids)[:PASSAGES]
    assert len(passages) == PASSAGES
    seen: Counter[bool] = Counter()
    with (
        start_server(archive.layout.root) as address,
        start_browser(tmp_path / "profile") as browser,
    ):
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=500,
            height=240,
            deviceScaleFactor=1,
            mobile=False,
        )
        for capture, fragment in passages:
            browser.open("about:blank")
            browser.open(f"{address}/replay/{capture}/frame{fragment}")
            seen[is_marked(browser, tmp_path / "shot.png")] += 1
    assert seen[True] >= 0.9 * PASSAGES, seen


def draw_passages(database: Path, ids: list[str]) -> list[tuple[str, str]]:
    """Captures, and for each some addresses of passages of 8 to 20 words."""
    chance = random.Random(7)
    found = []
    with closing(open_readonly(database)) as index:
        for capture in ids:
            (text,) = index.execute(
                "SELECT coalesce(text, '') FROM captures LEFT JOIN texts ON texts.id = text_id"
                " WHERE captures.id = ?",
                (capture,),
            ).fetchone()
            lines = [line for line in text.split("\n") if len(line.split()) >= 24]
            for line in lines[:8]:
                words = line.split()
                start = chance.randrange(len(words) - 20)
                passage = " ".join(words[start : start + chance.randrange(8, 20)])
                quotation = find_quotation(text, passage)
                assert quotation is not None
                found.append((capture, quotation.fragment))
    return found


def is_marked(browser: Browser, picture: Path) -> bool:
    """Tell whether a marked passage comes into view, within a second."""
    for _ in range(5):
        time.sleep(0.2)
        shot = browser.call("Page.captureScreenshot")["data"]
        picture.write_bytes(base64.b64decode(shot))
        if count_colours(picture)[MARKED] > 100:
            return True
    return False
