"""What the search page is given: the newest texts ranked, facets counted, matches described.

Not for: how a query is put (``test_pairs.py``), or what is quoted (``test_quote.py``).
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from archive.core.version import Quality
from archive.index.database import open_database, write_rows
from archive.index.full_text import format_query
from archive.index.ranking import (
    FACETS_SQL,
    MARK_END,
    MARK_START,
    MOST_TOGETHER,
    Bounds,
    Stretch,
    count_facets,
    describe_matches,
    format_ranking,
    gather_texts,
    merge_ranked,
    split_matches,
)
from archive.index.rows import make_withdrawn_row
from tests.datasette_plugin.sample import write_sample
from tests.index.test_database import make_capture, make_leaf, make_text
from tests.index.test_versions import Counting, read, write
from tests.support.steps import count_steps

TABLE, BRIDGE = "texts_fts", format_query("bridge")
# Ids of the nine texts of `crowded`, as they are ranked.
BEST = [2 * number + 1 for number in range(9)]


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Nine texts that hold one word, the last one least often."""
    index = open_database(tmp_path / "crowded.db")
    for number in range(9):
        capture = make_capture(
            2 * number, key=f"a.example/{number}", url=f"https://a.example/{number}"
        )
        words = "bridge " * (9 - number) + "and the rest of the sentence " * 3
        write_rows(
            index,
            [capture, make_text(capture, 2 * number + 1, f"T{number}", words)],
            leaves=2 * number + 2,
            origin="test",
        )
    index.row_factory = sqlite3.Row
    yield index
    index.close()


def rank(
    index: sqlite3.Connection,
    bounds: Bounds,
    chosen: Mapping[str, str] | None = None,
    *,
    offset: int = 0,
    limit: int = 20,
) -> list[int]:
    """Return the texts that hold the word, as the search page ranks them."""
    sql = format_ranking(TABLE, chosen or {}, is_gathered=bounds.gathered is not None)
    asked = {
        **(chosen or {}),
        "query": BRIDGE,
        "gathered": bounds.gathered,
        "limit": offset + limit,
    }
    parts = [index.execute(sql, {**asked, **asdict(one)}).fetchall() for one in bounds.stretches]
    return merge_ranked(parts, offset=offset, limit=limit)


@pytest.mark.parametrize(
    ("most", "stretches", "cut", "ranked"),
    [
        (3, 2, 3, [13, 15, 17]),  # the best of the newest first
        (8, 2, 8, BEST[1:]),
        (9, 2, 0, BEST),
        (17, 1, 0, BEST),  # one half holds all
        (50_000, 1, 0, BEST),
    ],
)
def test_of_too_many_texts_the_newest_are_ranked(
    crowded: sqlite3.Connection, most: int, stretches: int, cut: int, ranked: list[int]
) -> None:
    bounds = split_matches(crowded, TABLE, BRIDGE, most)
    assert (len(bounds.stretches), bounds.cut) == (stretches, cut)
    assert rank(crowded, bounds) == ranked
    assert rank(crowded, bounds, offset=2, limit=3) == ranked[2:5]


def test_halves_are_ranked_as_the_whole_is(crowded: sqlite3.Connection) -> None:
    """Each half knows how rare a word is in all texts, not only in its own."""
    sql = format_ranking(TABLE, {})
    whole = crowded.execute(sql, {"query": BRIDGE, "limit": 9, **asdict(Stretch())}).fetchall()
    halves = [
        row
        for one in split_matches(crowded, TABLE, BRIDGE, 9).stretches
        for row in crowded.execute(sql, {"query": BRIDGE, "limit": 9, **asdict(one)})
    ]
    assert {tuple(row) for row in halves} == {tuple(row) for row in whole}


def test_equal_matches_of_both_halves_stand_the_newer_first() -> None:
    older, newer = [{"text_id": 1, "score": -2.0}], [{"text_id": 3, "score": -2.0}]
    assert merge_ranked([older, newer], offset=0, limit=9) == [3, 1]


def test_texts_of_few_statements_are_found_behind_the_newest_ones(
    crowded: sqlite3.Connection,
) -> None:
    crowded.execute("UPDATE statements SET language = 'cy' WHERE url LIKE '%/0'")
    welsh = {"language": "cy"}
    gathered = gather_texts(crowded, welsh)
    assert gathered is not None
    assert gathered.gathered == "[1]"
    assert rank(crowded, gathered, welsh) == [1]
    assert rank(crowded, split_matches(crowded, TABLE, BRIDGE, 3), welsh) == []
    assert rank(crowded, split_matches(crowded, TABLE, BRIDGE, 9), welsh) == [1]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"publisher": "A"}, [1]),
        ({"year": "2021"}, [3]),
        ({"language": "cy"}, [1, 3]),
        ({"state": "gone"}, [5]),
        ({"state": "changed"}, [1, 7]),
        ({"language": "cy", "state": "changed"}, [1]),
        ({"publisher": "A", "year": "2021"}, []),
        ({"year": "no year"}, []),
        ({"state": "' OR 1"}, []),
    ],
)
def test_a_search_is_narrowed_alike_whether_texts_are_gathered_or_asked_one_by_one(
    crowded: sqlite3.Connection, chosen: dict[str, str], found: list[int]
) -> None:
    for number, told in enumerate(
        (
            "publisher = 'A', language = 'cy', last_edit = '2026'",
            "published_year = 2021, language = 'cy'",
            "state = 'gone'",
            "last_edit = '2026'",
        )
    ):
        crowded.execute(f"UPDATE statements SET {told} WHERE url LIKE '%/{number}'")  # noqa: S608  # of this table
    gathered = gather_texts(crowded, chosen)
    assert gathered is not None
    assert rank(crowded, gathered, chosen) == found
    assert rank(crowded, split_matches(crowded, TABLE, BRIDGE, 9), chosen) == found


def test_a_text_that_thousands_of_captures_hold_took_the_square_of_their_number(
    crowded: sqlite3.Connection,
) -> None:
    crowded.execute("BEGIN")
    crowded.execute("CREATE TEMP TABLE one AS SELECT * FROM captures WHERE text_id = 1")
    for number in range(4_000):
        crowded.execute("UPDATE one SET id = ?1, record_id = ?1, leaf = ?2", (f"x{number}", number))
        crowded.execute("INSERT INTO captures SELECT * FROM one")
    crowded.execute("COMMIT")
    (match,), steps = count_steps(crowded, lambda: describe_matches(crowded, [1], "bridge", {}))
    assert match.capture_id == "x3999"  # of captures at one moment, the last that was stored
    assert steps < 1_000_000


def test_a_text_that_thousands_of_statements_hold_was_listed_for_each_of_them(
    crowded: sqlite3.Connection,
) -> None:
    crowded.execute("BEGIN")
    crowded.execute("CREATE TEMP TABLE one AS SELECT * FROM captures WHERE text_id = 1")
    crowded.execute(
        "CREATE TEMP TABLE its AS SELECT * FROM statements"
        " WHERE id = (SELECT statement_id FROM one)"
    )
    for number in range(3_000):
        name = f"y{number:04}"
        crowded.execute("UPDATE its SET id = ?1, key = ?1, publisher = ?1", (name,))
        crowded.execute("INSERT INTO statements SELECT * FROM its")
        crowded.execute("UPDATE one SET id = ?1, record_id = ?1, statement_id = ?1", (name,))
        crowded.execute("INSERT INTO captures SELECT * FROM one")
    crowded.execute("COMMIT")
    *others, last = describe_matches(crowded, [1, 3], "bridge", {})
    shared = [match for match in others if match.text_id == 1]
    assert len(shared) == MOST_TOGETHER
    assert [match.is_shared for match in shared] == [False] * (MOST_TOGETHER - 1) + [True]
    assert (last.text_id, last.is_shared) == (3, False)
    (narrowed,) = describe_matches(crowded, [1], "bridge", {"publisher": "y2999"})
    assert (narrowed.statement_id, narrowed.is_shared) == ("y2999", False)


def test_matches_tell_whether_a_later_text_replaced_them(tmp_path: Path) -> None:
    reader = sqlite3.connect(write_sample(tmp_path / "archive.db"))
    texts = [row[0] for row in reader.execute("SELECT id FROM texts WHERE title LIKE '%meals%'")]
    matches = describe_matches(reader, texts, "meals", {})
    reader.close()
    assert {match.captured_at[:10]: match.replaced for match in matches} == {
        "2026-03-02": 1,
        "2026-03-09": 0,
    }
    assert all(f"{MARK_START}meals{MARK_END}" in match.title for match in matches)


def test_facets_count_texts_and_not_captures(crowded: sqlite3.Connection) -> None:
    again = make_capture(30, key="a.example/0", url="https://a.example/0")
    words = crowded.execute("SELECT text FROM texts WHERE id = 1").fetchone()[0]
    write_rows(crowded, [again, make_text(again, 31, "T0", words)], leaves=32, origin="test")
    crowded.execute("UPDATE statements SET language = iif(url LIKE '%/0', 'cy', 'en')")
    rows = crowded.execute(FACETS_SQL.format(table=TABLE), {"query": BRIDGE}).fetchall()
    facets, texts = count_facets(rows, {}, most=12)
    assert facets["language"] == [("en", 8), ("cy", 1)]
    assert texts == 9


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({"language": "cy"}, {"language": [("cy", 2)], "state": [("changed", 1)]}),
        ({"state": "changed"}, {"language": [("cy", 1)], "state": [("changed", 1)]}),
        ({"state": "gone"}, {"year": [("2021", 1)], "state": [("gone", 1)]}),
        ({"year": "2021", "language": "cy"}, {}),
        ({"year": "no year"}, {}),
    ],
)
def test_a_narrowed_search_showed_numbers_of_the_whole_one(
    crowded: sqlite3.Connection, chosen: dict[str, str], left: dict[str, list[tuple[str, int]]]
) -> None:
    for number, told in enumerate(
        ("language = 'cy', last_edit = '2026'", "language = 'cy'", "state = 'gone'")
    ):
        crowded.execute(f"UPDATE statements SET {told} WHERE url LIKE '%/{number}'")  # noqa: S608  # of this table
    crowded.execute("UPDATE statements SET published_year = 2021 WHERE state = 'gone'")
    rows = crowded.execute(FACETS_SQL.format(table=TABLE), {"query": BRIDGE}).fetchall()
    facets, texts = count_facets(rows, chosen, most=12)
    assert facets == left
    assert texts == 9  # so many were looked at


@pytest.mark.parametrize(
    ("changes", "quality", "said"),
    [
        ({}, "soft 404", "soft 404"),
        ({}, "challenge page", "challenge page"),
        ({"status": 404}, "usable", "status 404"),
        ({"outcome": "truncated"}, "usable", "truncated answer"),
    ],
)
def test_a_text_of_no_version_was_called_a_version_and_the_latest_text(
    tmp_path: Path, changes: dict[str, object], quality: Quality, said: str
) -> None:
    captures = [make_capture(1), make_capture(2, **changes), make_capture(3)]
    with closing(open_database(tmp_path / "archive.db")) as index:
        write(
            index,
            Counting(),
            *captures,
            read(captures[0], 11, "the ferry sails"),
            read(captures[1], 12, "no ferry here", quality=quality),
            read(captures[2], 13, "the ferry sails"),
            last := make_capture(4, **changes),
            read(last, 14, "no ferry there", quality=quality),
        )
        matches = describe_matches(index, [11, 12, 14], "ferry", {})
    told = [(match.version, match.passing, match.replaced) for match in matches]
    assert told[0] == (1, None, 0)
    assert [one[:2] for one in told[1:]] == [(None, said)] * 2


def test_of_two_versions_in_one_moment_the_first_was_called_by_the_number_of_the_second(
    tmp_path: Path,
) -> None:
    one, other = (
        make_capture(number, captured_at=make_capture(1).captured_at) for number in (1, 2)
    )
    with closing(open_database(tmp_path / "archive.db")) as index:
        texts = (read(one, 11, "the ferry sails"), read(other, 12, "a ferry sails"))
        write(index, Counting(), one, other, *texts)
        matches = describe_matches(index, [11, 12], "ferry", {})
    assert [(match.version, match.replaced) for match in matches] == [(1, 1), (2, 0)]


def test_a_text_that_loses_its_first_reading_is_found_where_the_next_one_stands(
    crowded: sqlite3.Connection,
) -> None:
    again = make_capture(30, key="a.example/0", url="https://a.example/0")
    words = crowded.execute("SELECT text FROM texts WHERE id = 1").fetchone()[0]
    write_rows(crowded, [again, make_text(again, 31, "T0", words)], leaves=32, origin="test")
    assert crowded.execute("SELECT text_id FROM captures WHERE leaf = 30").fetchone()[0] == 1
    gone = make_leaf(make_capture(0))
    write_rows(crowded, [make_withdrawn_row(gone)], leaves=33, origin="test")
    assert crowded.execute("SELECT text_id FROM captures WHERE leaf = 30").fetchone()[0] == 31
    found = crowded.execute("SELECT rowid FROM texts_fts WHERE texts_fts MATCH 'bridge'")
    assert {row[0] for row in found} == {*range(3, 18, 2), 31}
    assert crowded.execute("SELECT id FROM texts ORDER BY id").fetchall()[-1][0] == 31
    crowded.execute("INSERT INTO texts_fts (texts_fts, rank) VALUES ('integrity-check', 1)")
