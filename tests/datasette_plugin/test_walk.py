"""A reader's way through the site in a real browser, by keyboard alone; the console is silent.

Keys are pressed over DevTools' pipe.  Not for: what single pages say (``test_statements.py``).
"""

from pathlib import Path

import pytest

from tests.datasette_plugin.browser import start_browser
from tests.datasette_plugin.edited import QUOTED, keep_edited
from tests.datasette_plugin.held import keep_archive
from tests.datasette_plugin.server import start_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.timeout(120)
def test_a_reader_walks_from_search_to_citation_by_keyboard(tmp_path: Path) -> None:
    with keep_archive(tmp_path / "kept", {}) as kept:
        keep_edited(kept)
        with (
            start_server(kept.archive.layout.root) as address,
            start_browser(tmp_path / "profile") as browser,
        ):
            browser.open(f"{address}/")
            browser.reach("q")
            browser.call("Input.insertText", text="ferry")
            browser.press("Enter", leads=True)
            browser.follow("Summer timetable")
            assert browser.ask("location.pathname").startswith("/statement/")
            browser.follow("Compare versions")
            assert browser.ask("document.querySelectorAll('ins').length") > 1
            browser.reach("Unified")
            browser.press("Enter", leads=True)
            browser.reach("page")  # of the earlier version; the capture stands before it
            browser.press("Enter", leads=True)
            assert browser.ask("location.pathname").startswith("/replay/")
            browser.follow("Capture " + browser.ask("location.pathname")[len("/replay/") :])
            assert browser.ask("location.pathname").startswith("/capture/")
            browser.reach("quote")
            browser.call("Input.insertText", text=QUOTED)
            browser.follow("Cite this passage")
            assert QUOTED in browser.ask("document.querySelector('#passage').textContent")
            cited = browser.ask("document.querySelector('.forms').textContent")
            assert f"Quotation: “{QUOTED}”" in cited
            assert browser.said == []
