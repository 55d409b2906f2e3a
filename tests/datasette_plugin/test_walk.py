"""A reader's way through the site in a real browser, by keyboard alone, and what it meets.

With scripts and without; every page of ours is judged by axe-core (WCAG 2.0 to 2.2, A and AA), in
light and dark, wide and narrow, with all that is folded opened; and the console is silent.  Not
for: what single pages say (``test_statements.py``).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.datasette_plugin.edited import QUOTED, keep_edited
from tests.datasette_plugin.held import keep_archive
from tests.datasette_plugin.server import start_server
from tests.support.browser import Browser, start_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("walk")]

PUBLISHER = "Harbour%20Office%20of%20Norrvik"
# Where `{statement}` is the ferry's, `{hostile}` its neighbour's, and others are captures by name.
PAGES = {
    "home": "/",
    "search": "/search?q=ferry",
    "search for nothing": "/search",
    "search without result": "/search?q=zebra",
    "statement": "/statement/{statement}",
    "statement with hostile words": "/statement/{hostile}",
    "compare": "/compare/{statement}",
    "compare, unified": "/compare/{statement}?view=unified",
    "compare, changes only": "/compare/{statement}?view=changes",
    "edits": "/edits",
    "edits of a kind": "/edits?kind=quotation",
    "publisher": "/publisher/" + PUBLISHER,
    "capture": "/capture/{ten}",
    "capture of what was gone": "/capture/{gone}",
    "replay": "/replay/{ten}",
    "replay of what was gone": "/replay/{gone}",
    "citation of a passage": "/capture/{nine}?quote=" + quote_plus(QUOTED),
    "nothing there": "/capture/nosuchcapture",
}
# The window, the colours, and how narrow it may become: 320 is what 400 % zoom leaves of 1280.
WINDOWS = {"wide and light": (1280, 900, "light"), "narrow and dark": (320, 640, "dark")}
JUDGE = """axe.run({exclude: [['iframe.captured']]}, {iframes: false, preload: false, runOnly:
{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}}).then(
found => JSON.stringify(found.violations.map(
rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 200))])))"""
UNFOLD = (
    "for (const one of document.querySelectorAll('details')) { one.name = ''; one.open = true }"
)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STANDS = "document.querySelectorAll('main').length + ':' + document.querySelectorAll('h1').length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A served archive, a browser, and the ids that pages are called by."""

    address: str
    browser: Browser
    ids: dict[str, str]

    def open(self, page: str) -> None:
        """Go to a page."""
        self.browser.open(self.address + PAGES[page].format(**self.ids))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("room")
    with keep_archive(folder / "kept", {}) as kept:
        ids = keep_edited(kept)
        with kept.serve() as site:
            found = site.visit("/archive/statements.json?_shape=objects&_col=url").json()["rows"]
        ids["statement"], ids["hostile"] = (
            next(row["id"] for row in found if row["url"].endswith(end))
            for end in ("/ferry", "/hostile")
        )
        with (
            start_server(kept.archive.layout.root) as address,
            start_browser(folder / "profile") as browser,
        ):
            yield Room(address=address, browser=browser, ids=ids)


@pytest.fixture
def browser(room: Room) -> Iterator[Browser]:
    """The browser as it is by itself, before and after."""
    room.browser.allow_scripts(are_allowed=True)
    room.browser.shape(1280, 900)
    room.browser.open("about:blank")
    room.browser.said.clear()
    yield room.browser
    room.browser.allow_scripts(are_allowed=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.timeout(120)
def test_a_reader_walks_from_home_to_citation_by_keyboard(
    room: Room,
    browser: Browser,
    scripts: bool,  # noqa: FBT001  # a table's column
) -> None:
    browser.allow_scripts(are_allowed=scripts)
    room.open("home")
    browser.reach("q")
    browser.type("ferry")
    browser.press("Enter", leads=True)
    assert browser.ask("location.pathname") == "/search"
    browser.follow("Summer timetable")
    assert browser.ask("location.pathname").startswith("/statement/")
    browser.follow("Compare versions")
    assert browser.ask("document.querySelectorAll('ins').length") > 1
    browser.reach("Unified")
    browser.press("Enter", leads=True)
    browser.follow(room.ids["again"])  # the last capture of the earlier version
    assert browser.ask("location.pathname") == f"/capture/{room.ids['again']}"
    browser.follow("See the page")
    assert browser.ask("location.pathname").startswith("/replay/")
    browser.follow("Capture " + room.ids["again"])
    browser.reach("quote")
    browser.type(QUOTED)
    browser.follow("Cite this passage")
    assert QUOTED in browser.ask("document.querySelector('#passage').textContent")
    cited = browser.ask("document.querySelector('.forms').textContent")
    assert f"Quotation: “{QUOTED}”" in cited
    browser.reach("Plain")
    browser.press("Enter")  # unfolds it, in place of the form that was open
    assert browser.ask("document.activeElement.parentElement.open") is True
    assert browser.said == []


def test_whoever_presses_tab_first_may_skip_to_the_content(room: Room, browser: Browser) -> None:
    for page in PAGES:
        room.open(page)
        browser.press("Tab")
        assert browser.ask("document.activeElement.className") == "skip", page
        browser.press("Enter")
        target = browser.ask("document.querySelector(location.hash)?.localName")
        assert target == "main", page


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.timeout(200)
def test_axe_finds_no_violation_and_nothing_is_cut_off(
    room: Room, browser: Browser, window: str
) -> None:
    width, height, scheme = WINDOWS[window]
    browser.shape(width, height, scheme=scheme)
    judge = (files("axe_core_python") / "axe.min.js").read_text("utf-8")
    wrong: list[object] = []
    for page in PAGES:
        room.open(page)
        browser.ask(UNFOLD)
        wider = browser.ask(WIDER)
        wrong += [(page, "wider by", wider)] if wider else []
        assert browser.ask(STANDS) == "1:1", page
        browser.ask(judge + ";0")
        wrong += [(page, rule) for rule in json.loads(browser.ask(JUDGE))]
    assert wrong == []
    # The browser itself notes that an answer was 404, which is what was asked for.
    assert [said for said in browser.said if "nosuchcapture" not in said] == []


def test_axe_would_find_what_is_wrong(browser: Browser) -> None:
    browser.open("data:text/html,<p style='color:%23ccc;background:white'>pale<img src=x>")
    browser.ask((files("axe_core_python") / "axe.min.js").read_text("utf-8") + ";0")
    found = {rule for rule, _ in json.loads(browser.ask(JUDGE))}
    assert {"color-contrast", "image-alt", "html-has-lang"} <= found


def test_in_print_nothing_is_cut_off_and_no_control_is_left(
    room: Room, browser: Browser, tmp_path: Path
) -> None:
    browser.shape(700, 900, media="print")
    for page in PAGES:
        room.open(page)
        assert browser.ask(WIDER) == 0, page
        left = browser.ask(
            "[...document.querySelectorAll('nav,button,input,select,textarea')]"
            ".filter(one => one.offsetParent && one.type !== 'hidden').map(one => one.outerHTML)"
        )
        assert left == [], page
