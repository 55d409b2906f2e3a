"""A page whose words and metadata are markup, on every route that shows what was read from it.

Titles, authors, publishers, passages, links: in Chromium none becomes a script, a picture or a
request, on our pages, on Datasette's own, and in what is there for programs.  Not for: the page as
it looked (``test_hostile_page.py``).
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest

from archive.workflows.extract import extract_pending
from tests.datasette_plugin.held import HTML, keep_archive
from tests.datasette_plugin.hostile import MARK, make_hostile, make_hostile_words
from tests.datasette_plugin.server import start_server
from tests.support.archives import make_world
from tests.support.browser import Browser, start_browser
from tests.support.clock import START
from tests.support.raw_server import RawServer, answer_page, serve_raw

pytestmark = [
    *(pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(60)),
    pytest.mark.xdist_group("hostile words"),
]

WORDS = ("nine", "ten", "ten")
SHOWN = {
    "home": "/",
    "search": "/search?q=ferry",
    "search for markup": "/search?q=onerror",
    "statement": "/statement/{statement}",
    "statement of the whole page": "/statement/{whole}",
    "side by side": "/compare/{statement}",
    "unified": "/compare/{statement}?view=unified",
    "changes only": "/compare/{statement}?view=changes",
    "edits": "/edits",
    "publisher": "{publisher}",
    "capture": "/capture/{capture}",
    "citation of a passage": "/capture/{capture}?quote=The+ferry+leaves+the+pier+at",
    "replay": "/replay/{capture}",
    "table of statements": "/archive/statements",
    "table of captures": "/archive/captures",
    "table of texts": "/archive/texts",
    "table of claims": "/archive/claims",
    "table of assertions": "/archive/assertions",
    "facets": "/archive/statements?_facet=publisher&_facet=name",
    "row of a statement": "/archive/statements/{statement}",
    "row of a capture": "/archive/captures/{capture}",
    "stored query": "/archive/changed-statements",
    "history": "/statement/{statement}/history.json",
    "JSON of a table": "/archive/claims.json?_shape=objects",
}
PROGRAMS = (
    *("/statement/{statement}/edits.atom", "/edits.atom", "/statement/{statement}/history.json"),
    *("/archive/claims.json?_shape=objects", "/archive/claims.csv", "/archive/texts.csv"),
    *("/search.json?q=ferry", "/search.csv?q=onerror", "/edits.json", "/edits.csv"),
    *("{publisher}/edits.atom", "/compare/{statement}/difference.json"),
    *(f"/capture/{{capture}}/citation/{form}" for form in ("chicago", "bibtex", "ris", "csl-json")),
)
PLAIN = ("json", "atom+xml", "text/plain", "text/csv")  # what no browser takes for a page
MARKUP = "document.querySelectorAll('img[onerror], img[src*=\"words.png\"]').length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The served archive of hostile words, its pages' names, and who may not be called."""

    address: str
    browser: Browser
    sink: RawServer
    names: dict[str, str]

    def path(self, name: str) -> str:
        """The path of a page."""
        return SHOWN[name].format(**self.names)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("words")
    with serve_raw({}) as sink, keep_archive(folder / "kept", {}) as kept:
        _, whole = make_hostile(sink.origin)["/hostile"]
        kept.answers["/hostile"] = answer_page(whole, fields=HTML)
        ids: dict[str, str] = {}
        for day, word in enumerate(WORDS):
            kept.answers["/words"] = answer_page(make_hostile_words(sink.origin, word), fields=HTML)
            ids = kept.capture("/words", "/hostile", at=START + timedelta(days=day))
        extract_pending(kept.archive, make_world(seed="reading"))
        with kept.serve() as site:
            rows = site.visit("/archive/statements.json?_shape=objects&_col=url").json()["rows"]
            statements = {urlsplit(row["url"]).path: row["id"] for row in rows}
            named = site.visit("/archive/statements.json?_shape=objects&_col=publisher").json()[
                "rows"
            ]
        (publisher,) = {row["publisher"] for row in named} - {None}
        assert MARK in publisher
        names = {
            "statement": statements["/words"],
            "whole": statements["/hostile"],
            "capture": ids["/words"],
            "publisher": "/publisher/" + quote(publisher, safe=""),
        }
        with (
            start_server(kept.archive.layout.root) as address,
            start_browser(folder / "profile") as browser,
        ):
            yield Stage(address=address, browser=browser, sink=sink, names=names)


@pytest.mark.parametrize("name", SHOWN)
def test_words_of_a_page_stay_words(stage: Stage, name: str) -> None:
    browser = stage.browser
    browser.said.clear()
    browser.open(stage.address + stage.path(name))
    browser.ask("new Promise(done => setTimeout(done, 100))")
    ran = [said for said in browser.said if MARK in json.dumps(json.loads(said).get("args", []))]
    assert ran == []
    assert stage.sink.requests == []
    assert browser.ask(MARKUP) == 0
    shown = browser.ask("document.documentElement.textContent")
    assert re.search(r"[Ff]erry|console|R\(1\)|As it looked", shown), shown[:1500]
    assert browser.ask("document.title") != "stolen"


def test_what_is_there_for_programs_is_no_page(stage: Stage) -> None:
    host, port = urlsplit(stage.address).netloc.split(":")
    for path in (one.format(**stage.names) for one in PROGRAMS):
        connection = HTTPConnection(host, int(port), timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == 200, path
        assert body, path
        kind = answer.getheader("content-type") or ""
        is_download = (answer.getheader("content-disposition") or "").startswith("attachment")
        assert is_download or any(plain in kind for plain in PLAIN), (path, kind)
        assert answer.getheader("x-content-type-options") == "nosniff", path


def test_the_same_words_as_their_site_sends_them_are_heard(stage: Stage) -> None:
    """What would be seen here if words became markup is seen where they are."""
    with serve_raw({}) as sink:
        bad = html.unescape(make_hostile_words(sink.origin, "nine").decode())
        answer = answer_page(bad.encode(), fields=HTML)
        with serve_raw({"/words": answer}) as site:
            stage.browser.said.clear()
            stage.browser.open(site.url("/words"))
            stage.browser.ask("new Promise(done => setTimeout(done, 300))")
            stage.browser.open("about:blank")
        assert "/ran" in sink.targets
    assert any(MARK in said for said in stage.browser.said)
    assert stage.sink.requests == []
