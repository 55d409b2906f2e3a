"""Which reading a repeat shows, as the rows alone tell, in whatever order they come."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.index.database import Index, open_database, read_dump
from archive.index.lookup import find_read
from archive.index.rows import CaptureRow, Row, UnreadRow, make_damaged_row, make_withdrawn_row
from tests.index.test_database import make_capture, make_leaf, make_text, select, write

ELSEWHERE = "http://b.example/x"
FIRST = make_capture(1)
SOON = make_capture(4, outcome="revisit", revisit_of=FIRST.id)
UNMODIFIED = make_capture(5, unmodified_of=SOON.id, status=304, text_outcome=None)
COPY = make_capture(6, outcome="revisit", revisit_of=FIRST.id, url=ELSEWHERE, key="b.example/x")
COPIED = make_capture(7, outcome="revisit", revisit_of=FIRST.id, url=ELSEWHERE, key="b.example/x")
PICTURE = make_capture(8, outcome="revisit", revisit_of=FIRST.id, text_outcome=None)
ORPHAN = make_capture(9, outcome="revisit", revisit_of="0" * 16)
OLD = make_capture(
    10, outcome="revisit", revisit_of=FIRST.id, captured_at="2015-03-04T10:00:00.000000Z"
)
ALL = (FIRST, SOON, UNMODIFIED, COPY, COPIED, PICTURE, ORPHAN, OLD)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(open_database(tmp_path / "archive.db")) as connection:
        yield connection


def list_read(index: Index) -> dict[int, tuple[int, str | None]]:
    """By leaf: the leaf of the capture whose reading is shown, and whether it is read."""
    found = {}
    for row in ALL:
        read = find_read(index, row.id)
        (outcome,) = select(index, "SELECT text_outcome FROM captures WHERE id = ?", row.id)[0]
        found[row.leaf] = (read.leaf if read else -1, None if outcome is None else str(outcome))
    return found


def test_a_reading_is_shared_along_one_address_and_forward_in_time(index: Index) -> None:
    write(index, *ALL)
    assert list_read(index) == {
        1: (1, "pending"),
        4: (1, None),  # it has what the first will have
        5: (1, None),
        6: (6, "pending"),  # another address
        7: (6, None),
        8: (8, None),  # no page
        9: (9, None),  # whose bytes are not there
        10: (10, "pending"),  # stored later, captured before
    }
    write(index, make_text(FIRST, 11, "Bridge", "a"), make_text(COPY, 12, "Bridge", "a"))
    read = {leaf: place for leaf, place in list_read(index).items() if place[1] == "text"}
    assert read == {1: (1, "text"), 4: (1, "text"), 5: (1, "text"), 6: (6, "text"), 7: (6, "text")}


def test_a_reading_of_its_own_is_shared_by_what_follows(index: Index) -> None:
    write(index, FIRST, SOON, make_text(FIRST, 11, "Bridge", "a"))
    write(index, make_text(SOON, 12, "Bridge", "a"), UNMODIFIED)
    assert find_leaf_read(index, SOON) == find_leaf_read(index, UNMODIFIED) == SOON.leaf
    assert find_leaf_read(index, FIRST) == FIRST.leaf


def find_leaf_read(index: Index, row: CaptureRow) -> int:
    found = find_read(index, row.id)
    assert found is not None
    return found.leaf


def test_the_order_of_readings_and_repeats_makes_no_difference(tmp_path: Path) -> None:
    texts = (make_text(FIRST, 11, "Bridge", "a"), make_text(SOON, 12, "Bridge", "a"))
    orders: tuple[tuple[Row, ...], ...] = (
        (FIRST, SOON, UNMODIFIED, *texts),
        (FIRST, SOON, *texts, UNMODIFIED),
    )
    dumps = []
    for number, rows in enumerate(orders):
        with closing(open_database(tmp_path / str(number))) as index:
            write(index, *rows)
            dumps.append(list(read_dump(index)))
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("outcome", ["timeout", "memory", "failed"])
def test_a_reading_of_its_own_that_fails_leaves_the_shared_one(index: Index, outcome: str) -> None:
    write(index, FIRST, SOON, make_text(FIRST, 11, "Bridge", "a"))
    failed = replace(
        make_text(SOON, 12, "", ""),
        outcome=outcome,
        text_hash=None,
        digest=None,
        claims=(),
        assertions=(),
    )
    write(index, failed)
    assert find_leaf_read(index, SOON) == FIRST.leaf
    assert select(index, "SELECT DISTINCT text_outcome FROM captures") == [("text",)]


def test_a_repeat_that_is_unread_again_has_a_reading_of_its_own_to_come(index: Index) -> None:
    """As in a rebuild, where the companion that it was read with is withdrawn."""
    write(index, FIRST, SOON, make_text(FIRST, 11, "Bridge", "a"))
    write(index, UnreadRow(capture_id=SOON.id), UNMODIFIED)
    assert find_leaf_read(index, UNMODIFIED) == SOON.leaf
    assert select(index, "SELECT text_outcome FROM captures ORDER BY leaf") == [
        ("text",),
        ("pending",),
        (None,),
    ]


def test_withdrawn_bytes_are_read_no_more_and_a_damaged_record_still_tells_its_text(
    index: Index,
) -> None:
    damaged = make_damaged_row(make_leaf(FIRST), "cut short")
    write(index, damaged, SOON, make_text(FIRST, 11, "Bridge", "a"))
    assert select(index, "SELECT DISTINCT text_outcome FROM captures") == [("text",)]
    write(index, make_withdrawn_row(make_leaf(FIRST)))
    write(index, COPY, make_text(COPY, 12, "Bridge", "a"))
    assert select(index, "SELECT DISTINCT text_outcome FROM captures") == [(None,)]
    assert select(index, "SELECT * FROM conversions") == []
