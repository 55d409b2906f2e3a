"""The invented archive of the benchmark is one that the site can show.  Not for: how quickly."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.index.database import open_readonly
from bench.crowd import write_crowd
from bench.goals.site import list_kinds
from tests.datasette_plugin.site import Site

_CAPTURES = 600
_ASKED = 4  # addresses of each kind of page


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crowd") / "archive.db"


@pytest.fixture(scope="module")
def site(path: Path) -> Iterator[tuple[Site, dict[str, tuple[str, ...]]]]:
    crowd = write_crowd(path, _CAPTURES)
    with Site(path) as served:
        yield served, {kind.what: kind.paths for kind in list_kinds(crowd)}


def test_every_kind_of_page_is_there(site: tuple[Site, dict[str, tuple[str, ...]]]) -> None:
    served, kinds = site
    assert {"home", "statement", "compare", "tables of Datasette"} <= kinds.keys()
    for paths in kinds.values():
        for path in paths if paths[0] == "/archive" else paths[:_ASKED]:
            assert served.visit(path).status_code in (200, 302), path


def count(index: sqlite3.Connection) -> tuple[int, ...]:
    """How many captures, texts, versions and edits there are."""
    return tuple(
        index.execute(asked).fetchone()[0]
        for asked in (
            "SELECT count(*) FROM captures",
            "SELECT count(*) FROM texts",
            "SELECT count(*) FROM versions",
            "SELECT count(*) FROM edits",
        )
    )


@pytest.mark.usefixtures("site")
def test_what_was_made_is_not_made_again(path: Path) -> None:
    with closing(open_readonly(path)) as index:
        before = count(index)
    assert before[0] == _CAPTURES
    assert all(before)
    write_crowd(path, _CAPTURES)
    with closing(open_readonly(path)) as index:
        assert count(index) == before
