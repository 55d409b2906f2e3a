"""What pages ask of the index, and the bounds of a reader.

Not for: the pages (``tests/datasette_plugin``).
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.index.database import open_database
from archive.index.overview import (
    LATEST_SQL,
    OVERVIEW_SQL,
    limit_reader,
    make_listed,
    make_overview,
    recognise_index,
)
from tests.datasette_plugin.sample import ORIGIN, PAGES, write_sample


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(write_sample(tmp_path / "archive.db"))
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def test_the_overview_counts(reader: sqlite3.Connection) -> None:
    overview = make_overview(reader.execute(OVERVIEW_SQL).fetchone())
    assert overview.origin == ORIGIN
    assert overview.leaves == 2 * len(PAGES)
    assert (overview.statements, overview.changed) == (7, 1)
    assert (overview.captures, overview.without_page) == (8, 2)
    assert (overview.withdrawn, overview.pending) == (0, 0)
    assert overview.last_captured == "2026-03-09T08:00:00.000000Z"


def test_an_empty_index_has_an_overview(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "archive.db")
    connection.row_factory = sqlite3.Row
    overview = make_overview(connection.execute(OVERVIEW_SQL).fetchone())
    connection.close()
    assert (overview.origin, overview.leaves, overview.captures) == (None, 0, 0)
    assert overview.last_captured is None


def test_counting_reads_no_table_row_by_row(reader: sqlite3.Connection) -> None:
    """At a million captures the home page would otherwise take seconds."""
    plan = [row["detail"] for row in reader.execute(f"EXPLAIN QUERY PLAN {OVERVIEW_SQL}")]
    scans = [step for step in plan if step.startswith("SCAN captures")]
    assert all("USING" in step for step in scans), scans
    assert any("captures_without_page" in step for step in plan), plan


def test_the_latest_statements(reader: sqlite3.Connection) -> None:
    listed = make_listed(reader.execute(LATEST_SQL, {"limit": 2}).fetchall())
    assert [item.host for item in listed] == ["ministry.example", "council.example"]
    assert listed[0].texts == 2


def test_only_our_own_index_is_recognised(reader: sqlite3.Connection) -> None:
    assert recognise_index(reader)
    other = sqlite3.connect(":memory:")
    assert not recognise_index(other)
    other.execute("CREATE TABLE about (key, value)")
    assert not recognise_index(other)
    other.execute("INSERT INTO about VALUES ('schema', '0'), ('leaves', '1')")
    assert not recognise_index(other)
    other.close()


def test_a_reader_is_kept_in_bounds(reader: sqlite3.Connection) -> None:
    limit_reader(reader)
    with pytest.raises(sqlite3.DatabaseError, match="too big"):
        reader.execute("SELECT length(zeroblob(1000000000))").fetchone()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM captures")
    with pytest.raises(sqlite3.OperationalError, match="too many attached"):
        reader.execute("ATTACH ':memory:' AS x")
    with pytest.raises(sqlite3.OperationalError, match="too complex"):
        reader.execute("SELECT 'a' LIKE ?", ["%a" * 1000]).fetchone()
    assert reader.execute("SELECT count(*) FROM texts_fts WHERE texts_fts MATCH 'meals'").fetchone()
