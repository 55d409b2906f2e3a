"""Versions in the index: what is kept, what is written, and what rows make of other pages.

Not for: deciding what a version is (``tests/history``), or real archives (``tests/workflows``).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from archive.core.version import (
    Comparison,
    Content,
    Known,
    PageFacts,
    Quality,
    Sighting,
    Span,
    Stated,
    Trace,
)
from archive.errors import StoreError
from archive.history.digests import RULES, derive_digests
from archive.history.trace import trace_captures
from archive.index.database import Index, open_database, read_dump, refresh_statements, write_rows
from archive.index.rows import CaptureRow, ReadingRow, Row, TextRow, make_withdrawn_row
from archive.index.rules import describe_rules
from archive.index.sightings import select_unread
from archive.index.versions import HistoryRules
from tests.index.test_database import make_capture, make_leaf, make_text


class Counting:
    """A comparison that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def compare(self, old: Content, new: Content) -> Comparison:
        self.asked.append((old.text, new.text))
        return Comparison(
            change="substantive",
            text_changed=True,
            verdict=None,
            facts=(),
            spans=(Span(operation="insert", old=None, new=(0, len(new.text)), text=new.text),),
            words_deleted=0,
            words_inserted=1,
            words_moved=0,
        )


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(open_database(tmp_path / "archive.db")) as connection:
        yield connection


def write(index: Index, counting: Counting, *rows: Row) -> None:
    rules = HistoryRules(trace=trace_captures, compare=counting.compare)
    write_rows(index, rows, leaves=99, origin="test", history=rules)


def read(
    capture: CaptureRow, leaf: int, words: str, *, label: str = "e/1", quality: Quality = "usable"
) -> TextRow:
    page = PageFacts(quality=quality, reason="", visible="sha256:0", links=())
    reading = ReadingRow(
        title="T",
        stated=Stated(),
        digests=derive_digests(words, "T", Stated()),
        rules=RULES,
        page=page,
    )
    return replace(make_text(capture, leaf, "T", words), extractor=label, reading=reading)


def select(index: Index, sql: str) -> list[tuple[object, ...]]:
    return index.execute(sql).fetchall()


def test_what_is_compared_once_is_kept(index: Index, counting: Counting) -> None:
    one, other, third = (make_capture(number) for number in (1, 2, 3))
    write(index, counting, one, read(one, 11, "a"), other, read(other, 12, "b"))
    assert counting.asked == [("a", "b")]
    write(index, counting, third, read(third, 13, "b"))
    assert counting.asked == [("a", "b")]
    assert select(index, "SELECT number, confirmed FROM edits") == [(2, 1)]
    early = make_capture(0, captured_at="2026-03-03T10:00:00.000000Z")
    write(index, counting, early, read(early, 14, "c"))
    assert counting.asked == [("a", "b"), ("c", "a")]  # the number of the old edit is another now
    assert select(index, "SELECT number, spans FROM edits") == [
        (2, '[["insert",null,[0,1],"a"]]'),
        (3, '[["insert",null,[0,1],"b"]]'),
    ]


@pytest.mark.parametrize("quality", ["block page", "challenge page", "consent wall", "soft 404"])
def test_a_page_of_another_kind_makes_no_version(
    index: Index, counting: Counting, quality: Quality
) -> None:
    captures = [make_capture(number) for number in (1, 2, 3)]
    texts = [
        read(captures[0], 11, "a"),
        read(captures[1], 12, "something else", quality=quality),
        read(captures[2], 13, "a"),
    ]
    write(index, counting, *captures, *texts)
    assert select(index, "SELECT captures FROM versions") == [(2,)]
    assert counting.asked == []
    gone = select(index, "SELECT reason, again IS NOT NULL FROM absences")
    assert gone == ([("soft 404", 1)] if quality == "soft 404" else [])


def test_revisits_share_the_reading_of_their_original(index: Index, counting: Counting) -> None:
    first = make_capture(1)
    again = make_capture(2, outcome="revisit", revisit_of=first.id)
    other = make_capture(3)
    write(index, counting, first, read(first, 11, "a"), again, other)
    write(index, counting, read(other, 12, "b", label="e/2"))
    assert select(index, "SELECT captures, pending FROM versions") == [(3, 1)]
    assert [(item.capture_id, item.label) for item in select_unread(index)] == [(first.id, "e/2")]
    assert select_unread(index, ["nothing"]) == []
    write(index, counting, read(first, 13, "a", label="e/2"))
    assert select(index, "SELECT captures, pending FROM versions") == [(2, 0), (1, 0)]
    assert select_unread(index) == []


def dump_history(index: Index) -> list[str]:
    return list(read_dump(index))


@pytest.mark.parametrize("seed", range(60))
def test_a_capture_traced_alone_gave_another_history(
    index: Index, counting: Counting, seed: int
) -> None:
    """Whatever came, in whatever order: one capture after the other, or all of them at once."""
    draw = Random(seed)
    captures: list[CaptureRow] = []
    waiting: list[CaptureRow] = []
    for number in range(1, 25):
        if waiting and draw.random() < 0.5:
            read_one(index, counting, waiting.pop(draw.randrange(len(waiting))), 200 + number, draw)
        moment = number if draw.random() < 0.9 else draw.randrange(1, 40)
        row = draw_capture(number, moment, captures, draw)
        captures.append(row)
        write(index, counting, row)
        if row.text_outcome == "pending":
            waiting.append(row)
            if draw.random() < 0.6:
                read_one(index, counting, waiting.pop(), 100 + number, draw)
        if draw.random() < 0.05:
            gone = captures.pop(draw.randrange(len(captures)))
            waiting = [one for one in waiting if one.id != gone.id]
            write(index, counting, make_withdrawn_row(make_leaf(gone)))
        alone = dump_history(index)
        rules = HistoryRules(trace=trace_captures, compare=counting.compare)
        refresh_statements(index, rules)
        assert set(dump_history(index)) ^ set(alone) == set()


def draw_capture(number: int, moment: int, captures: list[CaptureRow], draw: Random) -> CaptureRow:
    at = f"2026-05-{1 + moment // 24:02}T{moment % 24:02}:00:00.000000Z"
    row = make_capture(number, captured_at=at)
    read_before = [one for one in captures if one.outcome == "response" and one.status == 200]
    match draw.choice(
        (
            "page",
            "page",
            "page",
            "revisit",
            "unmodified",
            "404",
            "410",
            "away",
            "5xx",
            "none",
            "picture",
        )
    ):
        case "revisit" if read_before:
            shown = draw.choice(read_before)
            return replace(row, outcome="revisit", revisit_of=shown.id)
        case "unmodified" if read_before:
            shown = draw.choice(read_before)
            return replace(row, status=304, unmodified_of=shown.id, text_outcome=None)
        case "404":
            return replace(row, status=404)
        case "410":
            return replace(row, status=410, text_outcome=None)
        case "away":
            where = draw.choice(("https://b.example/x", "/"))
            return replace(row, status=301, location=where, text_outcome=None)
        case "5xx":
            return replace(row, status=503, text_outcome=None)
        case "none":
            return replace(row, outcome="timeout", status=None, text_outcome=None)
        case "picture":
            return replace(row, media_type="image/png", text_outcome=None)
        case _:
            return row


def read_one(index: Index, counting: Counting, row: CaptureRow, leaf: int, draw: Random) -> None:
    quality: Quality = draw.choice(("usable", "usable", "usable", "block page", "soft 404"))
    label = draw.choice(("e/1", "e/1", "e/1", "e/2"))
    made = read(row, leaf, draw.choice("ab"), label=label, quality=quality)
    if draw.random() < 0.1:
        made = replace(made, outcome="timeout", text_hash=None, digest=None, reading=None)
    write(index, counting, made)


def test_a_revisit_of_a_page_not_read_yet_was_taken_for_the_statement_itself(
    index: Index, counting: Counting
) -> None:
    """It was told as `back` before anybody had read that the page says there is none."""
    gone = make_capture(1, status=404, text_outcome=None)
    page = make_capture(2)
    again = make_capture(3, outcome="revisit", revisit_of=page.id)
    write(index, counting, gone, page, again)
    assert select(index, "SELECT state FROM statements") == [("never seen",)]
    assert select(index, "SELECT again_capture FROM absences") == [(None,)]
    write(index, counting, read(page, 14, "a", quality="soft 404"))
    assert select(index, "SELECT again_capture, captures FROM absences") == [(None, 3)]


@pytest.mark.parametrize("kind", ["noise", "revisit", "404", "timeout"])
@pytest.mark.parametrize("status", [200, 404])
def test_one_more_capture_looked_at_all_of_them(
    index: Index, counting: Counting, kind: str, status: int
) -> None:
    """However many captures there are, a later one is traced after what is known of those."""
    first = make_capture(0)
    rows: list[Row] = [first, read(first, 1000, "a")]
    for number in range(1, 301):
        row = replace(make_capture(number), captured_at=_at(number))
        match kind:
            case "noise":
                rows += [row, read(row, 1000 + number, "a")]
            case "revisit":
                again = replace(row, outcome="revisit", revisit_of=first.id)
                rows.append(again)
            case "404":
                rows.append(replace(row, status=404, text_outcome=None))
            case _:
                rows.append(replace(row, outcome="timeout", status=None, text_outcome=None))
    write(index, counting, *rows)
    looked_at: list[int] = []

    def trace(sightings: Sequence[Sighting], known: Known | None) -> Trace:
        looked_at.append(len(sightings))
        return trace_captures(sightings, known)

    row = replace(make_capture(301), captured_at=_at(301), status=status)
    rules = HistoryRules(trace=trace, compare=counting.compare)
    write_rows(index, [row], leaves=99, origin="test", history=rules)
    if status == 404:  # what was shown last before it went had to be looked for, once
        looked_at.clear()
    write_rows(index, [read(row, 2000, "a")], leaves=99, origin="test", history=rules)
    assert max(looked_at, default=0) == int(status == 200)
    state = "present" if status == 200 else "gone"
    assert select(index, "SELECT captures, state FROM statements") == [(302, state)]


def _at(number: int) -> str:
    return f"2026-06-{1 + number // 24:02}T{number % 24:02}:00:00.000000Z"


def test_a_locked_index_was_called_a_full_disk(index: Index, counting: Counting) -> None:
    path = index.execute("PRAGMA database_list").fetchone()[2]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        index.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(StoreError, match="locked") as told:
            write(index, counting, make_capture(1))
    assert "end the program that holds it open" in str(told.value.remedy)


def test_a_statement_without_captures_has_no_history(index: Index, counting: Counting) -> None:
    one, other = make_capture(1), make_capture(2)
    write(index, counting, one, read(one, 11, "a"), other, read(other, 12, "b"))
    for capture in (one, other):
        write(index, counting, make_withdrawn_row(make_leaf(capture)))
    for table in ("statements", "versions", "edits", "absences", "readings", "conversions"):
        assert select(index, f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608  (ours)
    assert select(index, "SELECT count(*) FROM texts") == [(0,)]


def test_batches_do_not_matter(tmp_path: Path, counting: Counting) -> None:
    """All rows at once and one by one end in the same index."""
    captures = [make_capture(number) for number in range(1, 8)]
    rows: list[Row] = [*captures]
    rows += [read(item, 20 + place, "ab"[place // 2 % 2]) for place, item in enumerate(captures)]
    dumps = []
    for name, size in (("whole", len(rows)), ("single", 1), ("threes", 3)):
        with closing(open_database(tmp_path / name)) as connection:
            for start in range(0, len(rows), size):
                write(connection, counting, *rows[start : start + size])
            dumps.append(list(read_dump(connection)))
    assert dumps[0] == dumps[1] == dumps[2]


def test_an_index_names_its_rules(index: Index) -> None:
    assert select(index, "SELECT value FROM about WHERE key = 'rules'") == [(describe_rules(),)]
    assert "trafilatura 2" in describe_rules()
