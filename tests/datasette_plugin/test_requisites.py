"""A page captured with what it shows, replayed: styled, with its pictures, from here alone.

The site is closed before a reader comes.  Not for: hostile pages (``test_hostile_page.py``).
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.workflows.capture import CaptureRun
from archive.workflows.settings import RequisiteSettings
from tests.datasette_plugin.held import HTML, PNG, Kept, keep_archive
from tests.datasette_plugin.pictures import count_colours
from tests.datasette_plugin.server import start_server
from tests.datasette_plugin.test_browser import CONSOLE, FLAGS, photograph
from tests.support.archives import capture_all, make_world
from tests.support.programs import program
from tests.support.raw_server import Answer, answer_page, answer_redirect

CSS = ("Content-Type: text/css",)
IMAGE = ("Content-Type: image/png",)
# A red square of 40 by 40: an SVG, so that its colour can be read here.
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">
<rect width="40" height="40" fill="#c00"/></svg>"""
PAGE = b"""<!doctype html><html lang=en><title>Ferry times</title>
<link rel=icon href=/icon.png><link rel=stylesheet href=/look.css>
<h1>The ferry leaves at nine</h1><p id=drawn>Drawn by a sheet that a sheet imports.</p>
<img src=/boat.svg alt=boat><img src=/small.png srcset="/small.png 320w, /large.svg 1300w" alt=set>
<picture><source media="(max-width: 600px)" srcset=/phone.png><source srcset=/wide.svg>
<img src=/old.png alt=picture></picture><img src=/moved.png alt=moved>
<img src=/lost.png alt=lost>"""
ANSWERS: dict[str, Answer] = {
    "/ferry": answer_page(PAGE, fields=HTML),
    "/look.css": answer_page(
        b"@import 'deep/more.css'; body { background: rgb(0, 90, 0) } h1 { color: yellow }",
        fields=CSS,
    ),
    "/deep/more.css": answer_page(
        b"#drawn { background: url(../back.svg); height: 200px }", fields=CSS
    ),
    **{
        f"/{name}.svg": answer_page(SVG, fields=("Content-Type: image/svg+xml",))
        for name in ("boat", "large", "wide", "back")
    },
    **{
        f"/{name}.png": answer_page(PNG, fields=IMAGE) for name in ("small", "phone", "old", "icon")
    },
    "/moved.png": answer_redirect("/boat.svg"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The archive, the page's capture, and where readers find them."""

    kept: Kept
    page: str
    bare: str
    address: str


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with keep_archive(tmp_path_factory.mktemp("requisites"), dict(ANSWERS)) as kept:
        kept.answers["/bare"] = answer_page(
            PAGE.replace(b'="/', b'="/x/').replace(b"=/", b"=/x/"), fields=HTML
        )
        bare = kept.capture("/bare")["/bare"]
        run = CaptureRun(batch=None, requisites=RequisiteSettings())
        (result,) = capture_all(
            kept.archive, [kept.url("/ferry")], run=run, world=make_world(seed="requisites")
        )
        asked = len(kept.server.requests)
        with start_server(kept.archive.layout.root) as address:
            yield Shown(kept=kept, page=result.last.id, bare=bare, address=address)
        assert len(kept.server.requests) == asked  # nothing that a reader did went to the site


def test_what_is_shown_is_held_and_what_is_not_is_listed(shown: Shown) -> None:
    with shown.kept.serve() as site:
        page = site.visit(f"/replay/{shown.page}").text
        frame = site.visit(f"/replay/{shown.page}/frame").text
        parts = set(re.findall(rf"/replay/{shown.page}/res/(\w+)", frame))
        kinds = [
            site.visit(f"/replay/{shown.page}/res/{part}").headers["content-type"] for part in parts
        ]
    listed = page[page.index('id="missing"') :]
    assert re.findall(r"<li>(?:<[^>]*>)*http://[^/<]*(/[^<]*)<", listed) == ["/lost.png"]
    assert sorted(kinds) == [
        "image/png",
        "image/svg+xml",
        "image/svg+xml",
        "image/svg+xml",
        "text/css; charset=utf-8",
    ]
    assert '<link rel="icon" href="/replay/' in frame
    asked = {target for target in shown.kept.server.targets if "png" in target}
    assert asked == {"/icon.png", "/moved.png", "/lost.png"}


@pytest.mark.browser
@pytest.mark.slow
def test_a_browser_shows_the_styled_page_with_its_pictures(shown: Shown, tmp_path: Path) -> None:
    pictures = {}
    for name, capture in (("page", shown.page), ("bare", shown.bare)):
        pictures[name] = tmp_path / f"{name}.png"
        said = photograph(f"{shown.address}/replay/{capture}/frame", pictures[name], (900, 600))
        assert said == []
    command = [program("chromium"), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    done = subprocess.run(
        [*command, f"{shown.address}/replay/{shown.page}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert CONSOLE.findall(done.stderr) == []
    colours = {name: count_colours(path) for name, path in pictures.items()}
    assert colours["bare"].get((0, 90, 0), 0) == 0
    assert colours["page"][0, 90, 0] > 100_000  # the sheet's background
    # Four pictures of 1,600 red points, and the background that an imported sheet names.
    assert colours["page"][204, 0, 0] > 4 * 1600 + 50_000
