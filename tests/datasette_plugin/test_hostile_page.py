"""A hostile page in a real browser, on every route that shows what was captured.

A server on loopback counts what would have left; the page is also opened as its site sends it,
so that the counting is known to count.  Not for: how pages look (``test_browser.py``).
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.datasette_plugin.held import Kept, keep_archive
from tests.datasette_plugin.hostile import MARK, make_hostile
from tests.datasette_plugin.server import start_server
from tests.datasette_plugin.test_browser import CONSOLE, FLAGS
from tests.replay.reading import read_page
from tests.support.programs import program
from tests.support.raw_server import Answer, RawServer, answer_page, serve_raw

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = re.compile(r"<title>([^<]*)</title>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The archive of a hostile site, served; the site; and the server that nobody may call."""

    kept: Kept
    sink: RawServer
    ids: dict[str, str]
    address: str


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    program("chromium")
    with serve_raw({}) as sink:
        answers: dict[str, Answer] = {
            target: answer_page(body, fields=(f"Content-Type: {kind}",) if kind else ())
            for target, (kind, body) in make_hostile(sink.origin).items()
        }
        with keep_archive(tmp_path_factory.mktemp("hostile"), answers) as kept:
            ids = kept.capture(*answers)
            with start_server(kept.archive.layout.root) as address:
                yield Stage(kept=kept, sink=sink, ids=ids, address=address)


def browse(url: str, profile: Path) -> tuple[str, str]:
    """Open a page for a while; return what the console said, and the page as it then was."""
    command = [program("chromium"), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stderr, done.stdout


def list_routes(stage: Stage) -> list[str]:
    """Paths that show what was captured: every kind of them, and every kind of page."""
    first, style, picture = (stage.ids[f"/hostile{end}"] for end in ("", ".css", ".svg"))
    routes = [f"/capture/{first}", f"/replay/{first}", f"/replay/{first}/frame"]
    routes += [f"/replay/{first}/res/{part}" for part in (style, picture)]
    routes += [f"/memento/2024/{stage.kept.url(target)}" for target in ("/hostile", "/hostile.svg")]
    others = ("/hostile.xhtml", "/hostile.txt", "/hostile-unsaid", "/hostile-utf16")
    return [
        *routes,
        *(f"/replay/{stage.ids[target]}/frame" for target in others),
        "/search?q=words",
    ]


def test_nothing_of_a_hostile_page_runs_or_leaves(stage: Stage, tmp_path: Path) -> None:
    captured = len(stage.kept.server.requests)
    for number, route in enumerate(list_routes(stage)):
        said, dom = browse(stage.address + route, tmp_path / f"profile-{number}")
        assert MARK not in re.sub(r"source: .*", "", said), route
        assert stage.sink.requests == [], route
        assert "stolen" not in "".join(TITLE.findall(dom)), route
    assert len(stage.kept.server.requests) == captured


def test_the_same_page_as_its_site_sends_it_runs_and_calls(stage: Stage, tmp_path: Path) -> None:
    with serve_raw({}) as sink:
        answers: dict[str, Answer] = {
            target: answer_page(body, fields=(f"Content-Type: {kind}",))
            for target, (kind, body) in make_hostile(sink.origin).items()
        }
        with serve_raw(answers) as site:
            said, _ = browse(site.url("/hostile"), tmp_path / "raw")
            browse(site.url("/hostile.svg"), tmp_path / "svg")
        called = set(sink.targets)
    assert MARK in said
    assert {"/ran", "/background.png", "/import1.css", "/iframe", "/svg.js"} & called
    assert len(called) > 15
    assert stage.sink.requests == []


def test_downloads_run_nowhere_however_they_are_embedded(stage: Stage, tmp_path: Path) -> None:
    """Opened by themselves they are downloads; here another site tries to make use of them."""
    parts = []
    for target in ("/hostile", "/hostile.svg", "/hostile.css"):
        for what in ("payload", "record.warc.gz"):
            url = f"{stage.address}/capture/{stage.ids[target]}/{what}"
            parts.append(
                f"<img src='{url}'><script src='{url}'></script><video src='{url}'></video>"
                f"<link rel=stylesheet href='{url}'>"
            )
    body = "".join(parts).encode()
    with serve_raw({"/": answer_page(body, fields=("Content-Type: text/html",))}) as other:
        said, _ = browse(other.url("/"), tmp_path / "downloads")
    assert MARK not in said
    assert stage.sink.requests == []
    assert "MIME type" in said  # what the browser says of scripts and sheets that are none


def test_the_frame_shows_the_words_and_no_script(stage: Stage, tmp_path: Path) -> None:
    _, dom = browse(f"{stage.address}/replay/{stage.ids['/hostile']}/frame", tmp_path / "frame")
    assert "Words of the page." in dom
    names = {name for _, attributes in read_page(dom).tags for name in attributes}
    assert "script" not in {tag for tag, _ in read_page(dom).tags}
    assert not [name for name in names if name.startswith("on")]


def test_the_console_stays_silent_on_the_pages_around_it(stage: Stage, tmp_path: Path) -> None:
    for number, path in enumerate(("capture/{}", "replay/{}")):
        url = f"{stage.address}/{path.format(stage.ids['/hostile.txt'])}"
        said, dom = browse(url, tmp_path / f"silent-{number}")
        assert CONSOLE.findall(said) == []
        assert dom.count("<main") == 1


def test_a_frame_cannot_be_put_into_somebody_elses_page(stage: Stage, tmp_path: Path) -> None:
    frame = f"{stage.address}/replay/{stage.ids['/hostile']}/frame"
    body = f'<iframe src="{frame}" onload="console.log(`loaded`)"></iframe>'.encode()
    with serve_raw({"/": answer_page(body, fields=("Content-Type: text/html",))}) as other:
        said, _ = browse(other.url("/"), tmp_path / "other")
    assert "frame-ancestors" in said
