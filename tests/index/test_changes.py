"""Changes in the index: the latest of a publisher.  Not for: what a change is (``test_edits``)."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest
import sqlite_utils

from archive.index.changes import ChangeFilter, select_changes
from archive.index.database import open_readonly
from archive.index.publishing import Publisher, count_publisher, select_published
from archive.index.search import read_leisurely
from tests.datasette_plugin.sample import PAGES, Page, write_sample

_HOSTS = ("ministry.example", "council.example")
_DAYS = 28


def draw_pages(chance: random.Random) -> Iterator[Page]:
    """Statements of two publishers, which change, go and come back on any day of a month."""
    for number in range(24):
        host = chance.choice(_HOSTS)
        for day in range(1, _DAYS):
            kind = chance.random()
            page = replace(
                PAGES[0],
                url=f"https://{host}/{number}",
                publisher=host.title(),
                text=f"School meals cost {int(kind * 40)} pounds, the council said.",
                captured_at=f"2026-03-{day:02}T{chance.randrange(3):02}:00:00.000000Z",
            )
            if kind > 0.9:
                yield replace(page, title="", text="", status=404)
            elif kind > 0.5 or day == 1:
                yield page


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite_utils.Database]:
    pages = tuple(draw_pages(random.Random(11)))
    path = write_sample(tmp_path_factory.mktemp("changes") / "archive.db", pages)
    with closing(open_readonly(path)) as connection:
        yield read_leisurely(connection)


@pytest.mark.parametrize("host", _HOSTS)
@pytest.mark.parametrize("field", ["host", "publisher"])
@pytest.mark.parametrize("limit", [1, 5, 40])
def test_the_latest_changes_of_a_publisher_are_the_latest_of_all_of_its_statements(
    reader: sqlite_utils.Database, host: str, field: str, limit: int
) -> None:
    ours = [
        one
        for one in select_changes(reader, ChangeFilter(), limit=10_000)
        if host in (one.url or "")
    ]
    assert len(ours) > 2 * limit
    by_host = field == "host"
    wanted = ChangeFilter(host=host) if by_host else ChangeFilter(publisher=host.title())
    for offset in (0, 3, limit):
        found = list(select_changes(reader, wanted, limit=limit, offset=offset))
        assert found == ours[offset : offset + limit]
    both = ChangeFilter(host=host, publisher=host.title())
    assert list(select_changes(reader, both, limit=limit)) == ours[:limit]


def test_a_publishers_statements_were_read_row_by_row_to_be_counted(
    reader: sqlite_utils.Database,
) -> None:
    host = Publisher(role="host", value=_HOSTS[0], name=_HOSTS[0])
    listed = select_published(reader, host, limit=99, offset=0)
    assert len(listed) == count_publisher(reader, host)["statements"] > 2
    assert all(one["last_captured"] >= other["last_captured"] for one, other in pairwise(listed))
    plan = reader.execute(
        "EXPLAIN QUERY PLAN SELECT count(*), count(last_edit), sum(state = 'gone'),"
        " min(first_captured), max(last_captured) FROM statements WHERE host = ?",
        [_HOSTS[0]],
    ).fetchall()
    assert "COVERING INDEX statements_host" in plan[0][3]
