"""The file of the index is replaced or taken away while the server runs.

Not for: what is written to the file in the meantime (``test_pages.py``).
"""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.core.access import Private
from archive.workflows.access import say_access
from archive.workflows.extract import extract_pending
from archive.workflows.publish import find_manifest, publish_index
from archive.workflows.rebuild import rebuild_index
from tests.datasette_plugin.costly import Question, ask
from tests.datasette_plugin.edited import FERRY, make_ferry
from tests.datasette_plugin.held import HTML, Kept, keep_archive
from tests.datasette_plugin.server import start_server
from tests.datasette_plugin.site import Site
from tests.support.archives import make_world, write_to
from tests.support.clock import START
from tests.support.histories import select
from tests.support.raw_server import answer_page

_GONE = HTTPStatus.SERVICE_UNAVAILABLE


def keep(kept: Kept, hour: str, day: int) -> str:
    """Capture the ferry's page with this hour, and read it; return the capture's id."""
    kept.answers[FERRY] = answer_page(make_ferry(hour), fields=HTML)
    found = kept.capture(FERRY, at=START + timedelta(days=day))[FERRY]
    extract_pending(kept.archive, make_world(seed=f"reading {hour}"))
    return found


def find_pages(kept: Kept, capture: str) -> tuple[str, ...]:
    """The pages of a capture, of its statement, and a search that finds both."""
    ((statement,),) = select(
        kept.archive,
        "SELECT DISTINCT statement_id FROM statements"
        " JOIN captures ON captures.statement_id = statements.id",
    )
    return f"/capture/{capture}", f"/statement/{statement}", "/search?q=ten&language=en"


def test_a_rebuilt_index_was_asked_by_some_queries_and_the_old_one_by_others(
    tmp_path: Path,
) -> None:
    with keep_archive(tmp_path, {}) as kept:
        pages = find_pages(kept, keep(kept, "nine", 1))
        with kept.serve() as site:
            before = [site.visit(path).text for path in pages]
            rebuild_index(kept.archive, make_world(seed="rebuild"))
            late = keep(kept, "ten", 2)
            after = [site.visit(path).text for path in find_pages(kept, late)]
            tables = site.visit("/archive/captures.json?_shape=array&_col=id").json()
    assert "1 version in 1 capture" in before[1]
    assert "No text holds" in before[2]
    assert late in after[0]
    assert "2 versions in 2 captures" in after[1]
    assert f"/capture/{late}" in after[2]
    assert late in [row["id"] for row in tables]


def test_what_was_closed_after_a_rebuild_was_served_to_strangers(tmp_path: Path) -> None:
    with keep_archive(tmp_path, {}) as kept:
        pages = find_pages(kept, keep(kept, "nine", 1))
        with start_server(kept.archive.layout.root, public=True) as address:

            def visit() -> set[int]:
                asked = [Question(what=path, path=path, status=200) for path in pages]
                return {ask(address, question).status for question in asked}

            assert visit() == {HTTPStatus.OK}
            rebuild_index(kept.archive, make_world(seed="rebuild"))
            assert visit() == {HTTPStatus.OK}
            with write_to(kept.archive) as writing:
                say_access(writing, kept.url(FERRY), Private(), reason="It is not for all.")
            assert visit() == {_GONE}


def test_an_index_that_was_taken_away_showed_a_traceback(tmp_path: Path) -> None:
    with keep_archive(tmp_path, {}) as kept:
        pages = ("/", *find_pages(kept, keep(kept, "nine", 1)))
        database = kept.archive.layout.database
        with kept.serve() as site:
            site.visit("/")
            database.rename(database.with_suffix(".away"))
            gone = [site.visit(path) for path in pages]
            database.with_suffix(".away").rename(database)
            again = [site.visit(path) for path in pages]
    assert {page.status_code for page in gone} == {_GONE}
    assert all("archive rebuild" in page.text and "nosniff" in str(page.headers) for page in gone)
    assert {page.status_code for page in again} == {HTTPStatus.OK}


def test_a_file_that_is_no_index_of_ours_is_not_served_in_its_place(tmp_path: Path) -> None:
    with keep_archive(tmp_path, {}) as kept:
        keep(kept, "nine", 1)
        database = kept.archive.layout.database
        with kept.serve() as site:
            site.visit("/")
            database.unlink()
            database.write_bytes(b"no index at all")
            assert site.visit("/").status_code == _GONE
            assert site.visit("/archive/captures").status_code == _GONE


@pytest.mark.parametrize("is_described", [True, False])
def test_a_copy_that_was_published_anew_went_on_being_served_with_what_was_left_out(
    tmp_path: Path, *, is_described: bool
) -> None:
    with keep_archive(tmp_path, {}) as kept:
        page = find_pages(kept, keep(kept, "nine", 1))[0]
        copy = kept.archive.layout.root / "out.db"
        publish_index(kept.archive, make_world(seed="one"), copy)
        with Site.around(Datasette([], immutables=[str(copy)])) as site:
            assert site.visit(page).status_code == HTTPStatus.OK
            with write_to(kept.archive) as writing:
                say_access(writing, kept.url(FERRY), Private(), reason="It is not for all.")
            publish_index(kept.archive, make_world(seed="two"), copy, force=True)
            if not is_described:
                find_manifest(copy).unlink()
            status = site.visit(page).status_code
    assert status == (HTTPStatus.NOT_FOUND if is_described else _GONE)
