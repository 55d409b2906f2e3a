"""Real pages captured with what they show, replayed beside what their site sends: the same words.

Chromium shows both without scripts.  The pages cannot be shipped; where they lie beside the
repository a sample of them is compared, and sixty with ``make torture`` (ARCHIVE_TESTS_TORTURE).
Not for: that nothing leads out of a page (``tests/replay/test_real_pages.py``).
"""

import gzip
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from rapidfuzz.distance import Indel

from archive.workflows.capture import CaptureRun
from archive.workflows.settings import RequisiteSettings
from tests.datasette_plugin.server import start_server
from tests.support.archives import capture_all, make_archive, make_world
from tests.support.browser import Browser, start_browser
from tests.support.clock import START, make_clock
from tests.support.real_sites import serve_sites

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = 60 if "ARCHIVE_TESTS_TORTURE" in os.environ else 8
ALIKE = 0.98
WORDS = "document.body ? document.body.innerText : ''"


@pytest.fixture
def pages(shared_data: Path) -> list[tuple[str, bytes]]:
    """Address and source of each page."""
    folder = shared_data / "pages"
    lines = (folder / "pages.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines[:NUMBER]]
    return [
        (one["url"].strip(), gzip.decompress((folder / one["file"]).read_bytes())) for one in found
    ]


def read_words(browser: Browser, address: str) -> list[str]:
    """Return the words that a reader sees, in their order."""
    browser.open(address)
    return str(browser.ask(WORDS)).split()


@pytest.mark.timeout(1200)
def test_real_pages_show_the_words_that_their_sites_show(
    pages: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    archive = make_archive(tmp_path / "archive")
    with serve_sites(pages) as (sites, server):
        addresses = [server.url(path) for path in sites.paths]
        run = CaptureRun(batch=None, requisites=RequisiteSettings())
        world = make_world(clock=make_clock(START, step=timedelta(milliseconds=1)))
        results = capture_all(archive, addresses, run=run, world=world)
        ids = {result.address: result.last.id for result in results}
        with (
            start_server(archive.layout.root) as reading_room,
            start_browser(tmp_path / "profile") as browser,
        ):
            browser.allow_scripts(are_allowed=False)
            browser.shape(1280, 900)
            originals = [read_words(browser, address) for address in addresses]
            browser.open(f"{reading_room}/")
            asked = len(server.requests)
            replayed = [
                read_words(browser, f"{reading_room}/replay/{ids[address]}/frame")
                for address in addresses
            ]
        assert len(server.requests) == asked  # nothing comes from where the pages were
    alike = map(Indel.normalized_similarity, originals, replayed)
    assert [
        (address, share) for address, share in zip(addresses, alike, strict=True) if share < ALIKE
    ] == []
    assert sum(len(words) > 100 for words in originals) >= 0.8 * len(pages)
