"""A curator's title is found, though no text holds its words.

Not for: how titles are asserted (``tests/workflows``).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.index.database import open_database
from archive.index.ranking import describe_matches
from archive.index.retitled import find_retitled
from archive.index.search import open_reader, search_statements
from tests.datasette_plugin.sample import write_sample
from tests.support.steps import count_steps

TITLE = "Tiltás a régi hídon: full closure"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The sample, in which somebody gave the statement of the old bridge another title."""
    made = write_sample(tmp_path / "archive.db")
    with closing(open_database(made)) as connection, connection:
        changed = connection.execute(
            "UPDATE statements SET title = ?, name = ?, curated = 'published, title'"
            " WHERE name LIKE 'Old bridge%'",
            (TITLE, TITLE),
        ).rowcount
        assert changed == 1
    return made


@pytest.fixture
def index(path: Path) -> Iterator[sqlite3.Connection]:
    """Its rows by name."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("closure", True),
        ("regi HIDON", True),  # as the tokenizer folds
        ('"full closure"', True),
        ('"closure full"', False),
        ("closure council", True),  # the second word stands in the text
        ("closure meals", False),
        ("council", False),  # no word of the title: the text search finds it
        ("", False),
        ('++ "', False),
    ],
)
def test_a_curators_title_was_not_found(
    index: sqlite3.Connection,
    words: str,
    is_found: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    assert bool(find_retitled(index, words, limit=5)) is is_found


def test_it_stands_first_and_once(path: Path) -> None:
    with open_reader(path) as reader:
        names = [row["name"] for row in search_statements(reader, "closure", limit=5)]
        assert names == [TITLE]
        both = [row["name"] for row in search_statements(reader, "full bridge", limit=5)]
        assert both == [TITLE]
        assert list(search_statements(reader, "closure", limit=0)) == []


def test_the_search_page_shows_it_with_what_matched(index: sqlite3.Connection) -> None:
    found = find_retitled(index, "closure", limit=5)
    (match,) = describe_matches(index, [], "closure", {}, found)
    assert match.title == TITLE.replace("closure", "\x02closure\x03")
    assert describe_matches(index, [], "closure", {"publisher": "Nobody"}, found) == ()
    (text_id, _), *_ = found
    assert describe_matches(index, [text_id], "closure", {}, found) == (match,)
    assert describe_matches(index, [text_id], "closure", {}, found, is_first=False) == ()


def test_every_search_read_all_statements_for_the_few_that_a_curator_gave_a_title(
    index: sqlite3.Connection,
) -> None:
    """At a million captures that took three times what ranking takes."""
    index.executemany(
        "INSERT INTO statements (id, key, name, last_captured, captures, payloads, texts)"
        " VALUES (?1, ?1, ?1, '2026', 1, 1, 1)",
        ((f"s{number}",) for number in range(5_000)),
    )
    found, steps = count_steps(index, lambda: find_retitled(index, "closure", limit=5))
    assert found
    assert steps < 10_000
