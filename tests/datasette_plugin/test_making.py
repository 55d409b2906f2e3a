"""Pages that take too long are given up, and said to be.  Not for: what pages say."""

from collections.abc import Iterator

import pytest
from datasette.database import QueryInterrupted

from archive.datasette_plugin.making import ask_aside, ask_in_time
from archive.index.database import Index
from tests.datasette_plugin.site import Site
from tests.datasette_plugin.test_memento import make_long_list

ENDLESS = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A site whose queries may take 21 ms, and an address with 12,000 captures."""
    path = tmp_path_factory.mktemp("making") / "archive.db"
    address = make_long_list(path, 12_000)
    with Site(path, settings={"sql_time_limit_ms": 21}) as site:
        yield site, address


def count_endlessly(index: Index) -> object:
    return index.execute(ENDLESS).fetchone()


def test_what_takes_too_long_is_answered_with_503(slow: tuple[Site, str]) -> None:
    site, address = slow
    answer = site.visit(f"/timemap/link/2/{address}")
    assert answer.status_code == 503
    assert answer.text == "This takes too long. Ask more narrowly."
    assert "content-security-policy" in answer.headers
    assert site.visit(f"/timegate/{address}").status_code == 302


def test_a_page_was_made_for_as_long_as_the_index_took(slow: tuple[Site, str]) -> None:
    site, _ = slow
    database = site.datasette.get_database("archive")
    with pytest.raises(QueryInterrupted, match="interrupted"):
        site.run(ask_aside(database, count_endlessly, limit_ms=50))
    with pytest.raises(QueryInterrupted, match="interrupted"):
        site.run(ask_in_time(site.datasette, database, count_endlessly))
    assert site.run(ask_aside(database, lambda index: index.execute("SELECT 1").fetchone())) == (1,)


def test_what_nobody_waits_for_any_more_is_not_begun(slow: tuple[Site, str]) -> None:
    site, _ = slow
    begun: list[Index] = []
    with pytest.raises(QueryInterrupted, match="at once"):
        site.run(ask_aside(site.datasette.get_database("archive"), begun.append, patience=-1.0))
    assert not begun
