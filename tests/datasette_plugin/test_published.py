"""A copy on the public web: what was left out of it is not to be had by any route.

Not for: what is in the file (``tests/workflows/test_publish.py``).
"""

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest

from archive.core.access import Private
from archive.store.layout import Layout
from archive.workflows.access import say_access
from archive.workflows.capture import CaptureRun
from archive.workflows.publish import publish_index
from archive.workflows.settings import RequisiteSettings
from tests.datasette_plugin.costly import Question, ask
from tests.datasette_plugin.server import start_server
from tests.support.archives import capture_all, make_archive, make_world, write_to
from tests.support.raw_server import serve_raw
from tests.workflows.test_publish import ANSWERS, HIDDEN, select

RUN = CaptureRun(batch=None, read=True, wait=True, requisites=RequisiteSettings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A served copy; ``open`` and ``closed`` are ids and addresses by the tables they are from."""

    address: str
    open: dict[str, str]
    closed: dict[str, str]

    def ask(self, path: str) -> tuple[int, str]:
        cost = ask(self.address, Question(what=path, path=path, status=200))
        return cost.status, cost.body.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with an open and a private statement, and ``out.db`` beside its WARC files."""
    root = tmp_path_factory.mktemp("published") / "archive"
    with serve_raw(lambda request: ANSWERS.get(request.split(b" ")[1].decode())) as server:
        archive = make_archive(root)
        addresses = [server.url("/ferry"), server.url("/undisclosed-slug")]
        capture_all(archive, addresses, run=RUN)
        with write_to(archive) as writing:
            say_access(writing, addresses[1], Private(), reason="It is not for all.")
    publish_index(archive, make_world(), root / "out.db")
    return root


def find_named(root: Path, end: str) -> dict[str, str]:
    query = "SELECT id, statement_id, url, text_id, record_id FROM captures"
    rows = select(Layout(root=root).database, query)
    row = next(row for row in rows if str(row[2]).endswith(end))
    return dict(zip(("capture", "statement", "url", "text", "record"), map(str, row), strict=True))


@pytest.fixture(scope="module")
def copy(root: Path) -> Iterator[Copy]:
    with start_server(root / "out.db", public=True) as address:
        yield Copy(
            address=address,
            open=find_named(root, "/ferry"),
            closed=find_named(root, "/undisclosed-slug"),
        )


PATHS = (
    *("/capture/{capture}", "/capture/{capture}/payload", "/capture/{capture}/record.warc.gz"),
    *("/capture/{capture}/citation/bibtex", "/replay/{capture}", "/replay/{capture}/frame"),
    *("/statement/{statement}", "/statement/{statement}/history.json"),
    "/statement/{statement}/edits.atom",
    *("/timegate/{url}", "/timemap/link/{url}", "/timemap/json/{url}", "/timemap/cdxj/{url}"),
    *("/memento/20240301000000/{url}", "/out/captures/{capture}.json"),
    *("/out/statements/{statement}.json", "/out/texts/{text}.json"),
)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_closed_is_not_found_where_what_is_open_is(copy: Copy, path: str) -> None:
    status, _ = copy.ask(path.format(**copy.open))
    assert status in (200, 302)
    status, body = copy.ask(path.format(**copy.closed))
    assert status == 404, body[:300]
    assert not [word for word in HIDDEN[:3] if word in body.lower()]


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=lighthousekeeper",
        "/search?q=zanzibarian",
        "/out/search.json?q=lighthousekeeper",
        "/out/captures.json?_search=lighthousekeeper&_shape=array",
        "/out/captures-of-address.json?address={quoted}",
        "/out/captures.json?url={quoted}&_shape=array",
        "/out/captures.json?statement_id={statement}&_shape=array",
        "/out/claims.json?capture_id={capture}&_shape=array",
        "/cdx?url={quoted}",
        "/cdx?url=127.0.0.1*",
        "/edits",
        "/edits.atom",
        "/publisher/127.0.0.1",
        "/publisher/Bureau%20of%20Quiet",
        "/out/annotations.json",
        "/out/statements.csv?_size=max",
        "/out/captures.csv?_size=max",
        "/out/statements.json?_facet=publisher&_facet=host",
        "/out/events.json",
        "/replay/{open}/res/{capture}",
        "/compare/{statement}",
    ],
)
def test_no_list_or_search_tells_of_it(copy: Copy, path: str) -> None:
    quoted = quote(copy.closed["url"], safe="")
    words = {**copy.closed, "quoted": quoted, "open": copy.open["capture"]}
    status, body = copy.ask(path.format(**words))
    assert status in (200, 404)
    shown = re.sub(re.escape(html.escape(path.rpartition("=")[2].format(**words))), "", body)
    for word in (*HIDDEN[:3], "hush-picture", copy.closed["record"], "bureau of quiet"):
        if word not in path.lower():
            assert word not in shown.lower(), word


def test_no_link_leads_to_it(copy: Copy) -> None:
    waiting, seen = ["/", "/out", "/edits"], set[str]()
    while waiting and len(seen) < 150:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        status, body = copy.ask(path)
        assert status < 500, path
        for word in (*HIDDEN, copy.closed["capture"], copy.closed["statement"]):
            assert word not in body.lower(), (path, word)
        found = re.findall(r'(?:href|src)="([^"]+)"', body)
        links = [urljoin(path, html.unescape(link)) for link in found]
        waiting += [link.partition("#")[0] for link in links if link.startswith("/")]
    assert len(seen) > 20


def test_the_open_one_is_replayed_with_its_picture(copy: Copy) -> None:
    _, body = copy.ask(f"/replay/{copy.open['capture']}/frame")
    picture = re.search(r'src="(/replay/[^"]+)"', body)
    assert "ferry leaves" in body
    assert picture
    assert copy.ask(picture[1])[0] == 200


def test_the_record_of_a_repeat_named_the_closed_capture_that_it_repeats(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    page = ANSWERS["/undisclosed-slug"]
    with serve_raw(lambda _: page) as server:
        archive = make_archive(root)
        first, second = server.url("/undisclosed-slug"), server.url("/ferry")
        capture_all(archive, [first], world=make_world(seed="first"), run=RUN)
        capture_all(archive, [second], world=make_world(seed="second"), run=RUN)
        with write_to(archive) as writing:
            say_access(writing, first, Private(), reason="It is not for all.")
    publish_index(archive, make_world(), root / "out.db")
    capture = find_named(root, "/ferry")["capture"]
    with start_server(root / "out.db", public=True) as address:
        for path in ("", "/record.warc.gz"):
            question = Question(what="", path=f"/capture/{capture}{path}", status=200)
            cost = ask(address, question)
            assert cost.status == (404 if path else 200)
            assert b"undisclosed-slug" not in cost.body
            assert b"/record.warc.gz" not in cost.body


def test_a_copy_without_its_files_says_where_they_are(root: Path, tmp_path: Path) -> None:
    for name in ("out.db", "out.db.manifest.json"):
        shutil.copy(root / name, tmp_path / name)
    capture = find_named(root, "/ferry")["capture"]
    with start_server(tmp_path / "out.db", public=True) as address:
        for path, status in (("", 200), ("/payload", 404), ("/record.warc.gz", 404)):
            question = Question(what="", path=f"/capture/{capture}{path}", status=status)
            cost = ask(address, question)
            assert cost.status == status
        question = Question(what="", path=f"/replay/{capture}", status=404)
        cost = ask(address, question)
        assert (cost.status, b"WARC files are elsewhere" in cost.body) == (404, True)
