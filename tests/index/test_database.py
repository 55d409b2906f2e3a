"""The index: what rows do to each other, whatever the order they come in."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from archive.core.claim import Assertion, Claim
from archive.core.digest import digest_bytes
from archive.core.identity import derive_capture_id, derive_statement_id
from archive.core.leaf import Leaf, Placed
from archive.errors import DamageError, InputError, StoreError
from archive.index.database import (
    Index,
    open_database,
    open_readonly,
    read_dump,
    read_indexed_leaves,
    write_rows,
)
from archive.index.lookup import find_capture, find_original, select_done_addresses, select_pending
from archive.index.rows import CaptureRow, Row, TextRow, derive_text_hash, make_withdrawn_row
from archive.index.search import open_reader, search_statements, select_captures

DIGEST = digest_bytes(b"")


def make_capture(number: int, **changes: object) -> CaptureRow:
    """Return a plain capture; ``number`` gives id, time and leaf."""
    record_id = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
    base = CaptureRow(
        id=derive_capture_id(record_id),
        record_id=record_id,
        key="a.example/x",
        alias_of=None,
        url="http://a.example/x",
        surt="example,a)/x",
        captured_at=f"2026-03-04T10:00:{number:02d}.000000Z",
        year=2026,
        outcome="response",
        status=200,
        media_type="text/html",
        location=None,
        payload=f"sha256:{number:064x}",
        payload_length=10,
        content=None,
        content_length=None,
        revisit_of=None,
        unmodified_of=None,
        text_outcome="pending",
        error=None,
        peer="192.0.2.1",
        tls=None,
        purpose="statement",
        visit="v",
        address="http://a.example/x",
        hop=0,
        hops=1,
        batch=None,
        warc="one.warc.gz",
        offset=number * 100,
        length=100,
        leaf=number,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the caller names fields of it


def make_text(capture: CaptureRow, leaf: int, title: str, text: str) -> TextRow:
    """Return the reading of a capture, with its title as the one claim."""
    claim = Claim(
        field="title", raw=title, value=title, source="html", locator="title", rule="title/1"
    )
    assertion = Assertion(
        field="title", value=title, rule="r/1", confidence=0.8, supports=(0,), contradicts=()
    )
    return TextRow(
        record_id=f"urn:uuid:11111111-0000-4000-8000-{leaf:012d}",
        capture_id=capture.id,
        extractor="e/1",
        outcome="text",
        detail=None,
        warc="one.warc.gz",
        offset=leaf * 100,
        length=100,
        leaf=leaf,
        text_hash=derive_text_hash(title, text),
        digest=str(digest_bytes(text.encode())),
        title=title,
        text=text,
        claims=(claim,),
        assertions=(assertion,),
    )


def make_leaf(row: CaptureRow) -> Leaf:
    """Return the leaf of a capture."""
    placed = Placed(
        record_id=row.record_id,
        kind="response",
        offset=row.offset,
        length=row.length,
        member=DIGEST,
        record=DIGEST,
        block=DIGEST,
    )
    moment = datetime(2026, 3, 4, 10, tzinfo=UTC)
    return Leaf(sequence=row.leaf, kind="capture", time=moment, warc=row.warc, records=(placed,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    with closing(open_database(path)) as connection:
        yield connection


def write(index: Index, *rows: Row) -> None:
    write_rows(index, rows, leaves=99, origin="test")


def select(index: Index, sql: str, *values: object) -> list[tuple[object, ...]]:
    return index.execute(sql, values).fetchall()


def test_a_revisit_shares_text_and_claims(index: Index) -> None:
    first = make_capture(1)
    early = make_capture(2, outcome="revisit", revisit_of=first.id)
    late = make_capture(4, outcome="revisit", revisit_of=first.id)
    write(index, first, early)
    write(index, make_text(first, 3, "Bridge", "The bridge is open."), late)
    outcomes = select(index, "SELECT text_outcome, text_id FROM captures")
    assert len(set(outcomes)) == 1
    assert outcomes[0][0] == "text"
    assert select(index, "SELECT title, captures, texts FROM statements") == [("Bridge", 3, 1)]


def test_the_latest_readable_capture_decides_even_when_it_is_a_return(index: Index) -> None:
    first, second = make_capture(1), make_capture(2)
    back = make_capture(5, outcome="revisit", revisit_of=first.id)
    write(index, first, second)
    write(
        index, make_text(first, 3, "Bridge open", "a b"), make_text(second, 4, "Bridge shut", "c")
    )
    assert select(index, "SELECT title FROM statements") == [("Bridge shut",)]
    write(index, back)
    assert select(index, "SELECT title FROM statements") == [("Bridge open",)]


def test_permanent_redirects_join_statements_in_any_order(tmp_path: Path) -> None:
    old = make_capture(1, key="a.example/old", alias_of="a.example/x", status=301)
    older = make_capture(2, key="a.example/older", alias_of="a.example/old", status=301)
    new = make_capture(3)
    joined = []
    for name, rows in {"ab": (old, older, new), "ba": (new, older, old)}.items():
        with closing(open_database(tmp_path / name)) as index:
            write(index, *rows)
            joined.append(select(index, "SELECT DISTINCT statement_id FROM captures"))
            assert select(index, "SELECT id, captures FROM statements") == [
                (derive_statement_id("a.example/x"), 3)
            ]
    assert joined[0] == joined[1] == [(derive_statement_id("a.example/x"),)]


def test_redirects_in_a_circle_are_one_statement(index: Index) -> None:
    write(index, make_capture(1, key="a.example/1", alias_of="a.example/2", status=301))
    write(index, make_capture(2, key="a.example/2", alias_of="a.example/1", status=301))
    assert len(select(index, "SELECT id FROM statements")) == 1


def test_a_withdrawn_capture_leaves_no_trace(index: Index, path: Path) -> None:
    first = make_capture(1, key="a.example/secret", url="http://a.example/secret")
    revisit = make_capture(3, outcome="revisit", revisit_of=first.id, key="a.example/other")
    write(index, first, make_text(first, 2, "Secret title", "hidden words"), revisit)
    write(index, make_withdrawn_row(make_leaf(first)))
    for table in ("texts", "claims", "assertions", "conversions"):
        assert select(index, f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608  # ours
    assert select(index, "SELECT outcome, url FROM captures WHERE id = ?", first.id) == [
        ("withdrawn", "")
    ]
    assert select(index, "SELECT text_outcome FROM captures WHERE id = ?", revisit.id) == [(None,)]
    assert len(select(index, "SELECT id FROM statements")) == 1
    index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"hidden" not in path.read_bytes()
    assert b"Secret" not in path.read_bytes()


def test_a_second_reading_replaces_the_first_whose_text_stays_for_comparing(index: Index) -> None:
    first = make_capture(1)
    write(index, first, make_text(first, 2, "Old", "old words"))
    write(index, make_text(first, 3, "New", "new words"))
    assert select(index, "SELECT text FROM captures JOIN texts ON texts.id = text_id") == [
        ("new words",)
    ]
    assert select(
        index, "SELECT text FROM conversions AS c JOIN texts ON texts.id = c.text_id ORDER BY leaf"
    ) == [("old words",), ("new words",)]
    assert select(index, "SELECT raw FROM claims") == [("New",)]
    index.execute("INSERT INTO texts_fts (texts_fts, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize("outcome", ["timeout", "memory", "failed"])
def test_a_later_reading_that_fails_loses_nothing(index: Index, outcome: str) -> None:
    first = make_capture(1)
    write(index, first, make_text(first, 2, "Old", "old words"))
    failed = replace(
        make_text(first, 3, "", ""), outcome=outcome, text_hash=None, digest=None, claims=()
    )
    write(index, replace(failed, assertions=()))
    assert select(index, "SELECT text_outcome FROM captures") == [("text",)]
    assert select(index, "SELECT text FROM captures JOIN texts ON texts.id = text_id") == [
        ("old words",)
    ]
    assert select(index, "SELECT raw FROM claims") == [("Old",)]


@pytest.mark.parametrize(
    "query",
    ["bridge open", '"bridge is"', "brid*", '"', "a AND", "C++", "school-closures", "\0", ""],
)
def test_no_query_is_an_error(index: Index, path: Path, query: str) -> None:
    first = make_capture(1)
    write(index, first, make_text(first, 2, "Brücke", "The bridge is open."))
    with open_reader(path) as reader:
        list(search_statements(reader, query, limit=5))


def test_titles_and_phrases_are_found(index: Index, path: Path) -> None:
    first = make_capture(1)
    write(index, first, make_text(first, 2, "Brücke", "The bridge is open."))
    with open_reader(path) as reader:
        assert [row["name"] for row in search_statements(reader, "brucke", limit=5)] == ["Brücke"]
        assert list(search_statements(reader, '"is open"', limit=5))
        assert not list(search_statements(reader, '"open is"', limit=5))


def test_a_damaged_page_of_the_index_is_told(index: Index, path: Path) -> None:
    write(index, *(make_capture(number, key=f"a.example/{number}") for number in range(200)))
    index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    index.close()
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with (
        pytest.raises(DamageError, match=r"cannot be read|no usable index"),
        open_reader(path) as r,
    ):
        list(select_captures(r, statement=None, host=None, limit=300))


def test_names_of_captures(index: Index) -> None:
    first, second = make_capture(1), make_capture(2)
    write(index, first, second)
    assert find_capture(index, first.id) == find_capture(index, first.id[:8].upper())
    assert find_capture(index, first.record_id).id == first.id
    assert find_capture(index, "http://a.example/x").id == second.id
    assert find_capture(index, "https://a.example/x?utm_source=y").id == second.id
    assert find_capture(index, "http://a.example/x@2026-03-04T10:00:01Z").id == first.id
    assert find_capture(index, derive_statement_id("a.example/x")).id == second.id
    for name in ("abc", "zzzzzzzz", "http://b.example/", "urn:uuid:nothing"):
        with pytest.raises(InputError):
            find_capture(index, name)


def test_originals_batches_and_pending(index: Index) -> None:
    first = make_capture(1, batch="b", address="http://a.example/1")
    hop = make_capture(2, batch="b", address="http://a.example/2", hops=2, text_outcome=None)
    write(index, first, hop)
    found = find_original(index, str(first.payload), purpose="statement")
    assert found is not None
    assert found.record_id == first.record_id
    assert find_original(index, "sha256:none", purpose="statement") is None
    assert find_original(index, str(first.payload), purpose="robots") is None
    assert select_done_addresses(index, "b") == {"http://a.example/1"}
    assert [item.id for item in select_pending(index, after=-1, limit=9)] == [first.id]


def test_a_failed_batch_leaves_nothing(index: Index) -> None:
    before = list(read_dump(index))
    broken = make_capture(2, url=None)
    with pytest.raises(StoreError):
        write(index, make_capture(1), broken)
    assert list(read_dump(index)) == before
    assert read_indexed_leaves(index) == 0


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"no database at all" * 100)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    for place in (noise, other, tmp_path / "missing.db"):
        with pytest.raises(DamageError) as caught:
            open_readonly(place)
        assert "rebuild" in caught.value.remedy


def test_an_index_in_a_folder_of_somebody_else_could_not_be_read() -> None:
    with TemporaryDirectory() as name:
        place = Path(name) / "archive.db"
        open_database(place).close()
        place.chmod(0o444)
        place.parent.chmod(0o555)
        with as_somebody_else(), closing(open_readonly(place)) as connection:
            assert read_indexed_leaves(connection) == 0
        assert list(place.parent.iterdir()) == [place]
        place.parent.chmod(0o700)
        place.chmod(0o600)
        with as_somebody_else():
            if os.geteuid() == 65534:
                with pytest.raises(StoreError):
                    open_readonly(place)


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Give up what only root may; who is not root may not anyway."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_beside_a_writer_an_index_is_never_read_as_immutable(index: Index, path: Path) -> None:
    with closing(open_readonly(path)) as reader:
        write(index, make_capture(1))
        assert read_indexed_leaves(reader) > 0
