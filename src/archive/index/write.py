"""Writing one row to its tables, and taking away what a withdrawal withdraws.

Not for: transactions (`archive.index.database`), deciding what a row holds
(`archive.index.rows`), or the table of statements (`archive.index.statements`).
"""

import json
import sqlite3
from dataclasses import fields
from operator import attrgetter

from archive.index.annotations import write_annotation
from archive.index.events import EventRow, write_event
from archive.index.full_text import forget_words, index_words
from archive.index.known import Fresh
from archive.index.repeats import (
    begin_own_reading,
    has_bytes,
    place_again,
    place_repeat,
    select_sharing,
    select_showing,
)
from archive.index.rows import BARE, CaptureRow, ReadingRow, Row, TextRow, UnreadRow
from archive.index.statements import place_aliases, write_statement

# The statements that rows touch, each with the captures that its history took no account of yet.
Touched = dict[str, Fresh]

_READ = ("text", "none")  # outcomes of a reading that came to its end
_CAPTURE_COLUMNS = tuple(field.name for field in fields(CaptureRow))
_read_claim = attrgetter("field", "raw", "value", "source", "record", "locator", "rule", "zone")
_read_capture = attrgetter(*_CAPTURE_COLUMNS)
_INSERT_CAPTURE = "INSERT OR REPLACE INTO captures ({}, statement_id) VALUES ({}, ?)".format(
    ", ".join(f'"{name}"' for name in _CAPTURE_COLUMNS), ", ".join("?" * len(_CAPTURE_COLUMNS))
)
_SHARING = "SELECT :id UNION ALL SELECT id FROM captures WHERE reading_of = :id"


def write_row(connection: sqlite3.Connection, row: Row) -> Touched:
    """Write one row; return the statements that it touches, and what is fresh in them."""
    if isinstance(row, CaptureRow):
        if row.outcome == "withdrawn":
            return dict.fromkeys(_write_withdrawn(connection, row))
        return _write_capture(connection, row)
    if isinstance(row, TextRow):
        fresh = _list_waiting(connection, row)
        return {found: fresh.get(found) for found in _write_text(connection, row)}
    if isinstance(row, UnreadRow):
        return dict.fromkeys(_write_unread(connection, row.capture_id))
    if isinstance(row, EventRow):
        write_event(connection, row)
        return {}
    return dict.fromkeys(write_annotation(connection, row))


def merge_touched(touched: Touched, more: Touched) -> None:
    """Add ``more`` to ``touched``."""
    for statement_id, fresh in more.items():
        known = touched.get(statement_id, frozenset())
        touched[statement_id] = None if known is None or fresh is None else known | fresh


def _list_waiting(connection: sqlite3.Connection, row: TextRow) -> dict[str, frozenset[str]]:
    """Return the captures that show a page which waits to be read, by statement.

    Statements are left out where one of these says something without being read, which the reading
    may change.  A 404 says the same after it, unless a page of another kind came with it.
    """
    page = row.reading.page if row.reading else None
    is_settling = page is None or page.quality in ("usable", "soft 404")
    found: dict[str, set[str]] = {}
    telling: set[str] = set()
    for statement_id, one, is_silent, is_gone in connection.execute(
        "SELECT statement_id, id, status BETWEEN 200 AND 299 OR status = 304,"
        " status IN (404, 410) FROM captures"
        f" WHERE id IN ({_SHARING}) AND EXISTS (SELECT 1 FROM captures AS holder"
        " WHERE holder.id = :id AND holder.text_outcome = 'pending')",
        {"id": row.capture_id},
    ):
        fresh = found.setdefault(statement_id, set())
        if is_silent:
            fresh.add(one)
        elif not (is_gone and is_settling):
            telling.add(statement_id)
    return {one: frozenset(ids) for one, ids in found.items() if one not in telling}


def _write_capture(connection: sqlite3.Connection, row: CaptureRow) -> Touched:
    is_known = connection.execute("SELECT 1 FROM captures WHERE id = ?", (row.id,)).fetchone()
    statement_id = None if row.key is None else write_statement(connection, row.key)
    connection.execute(_INSERT_CAPTURE, (*_read_capture(row), statement_id))
    if row.revisit_of is not None or row.unmodified_of is not None:
        place_repeat(connection, row)
    if row.key is None or statement_id is None:
        return {}
    if row.alias_of is not None:
        return dict.fromkeys({statement_id, *place_aliases(connection, row.key)})
    return {statement_id: None if is_known else frozenset((row.id,))}


def _write_text(connection: sqlite3.Connection, row: TextRow) -> set[str]:
    found = connection.execute(
        "SELECT outcome FROM captures WHERE id = ?", (row.capture_id,)
    ).fetchone()
    if found is None or found[0] == "withdrawn" or not has_bytes(connection, row.capture_id):
        return set()
    words = row.reading.digests.words if row.reading else None
    text_id = _write_words(connection, row)
    connection.execute(
        "INSERT OR REPLACE INTO conversions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.record_id,
            row.capture_id,
            row.extractor,
            row.outcome,
            row.detail,
            row.digest,
            text_id,
            words,
            " ".join(row.companions) or None,
            row.warc,
            row.offset,
            row.length,
            row.leaf,
        ),
    )
    if row.outcome not in _READ and _was_read(connection, row.capture_id):
        return _select_statements(connection, row.capture_id)  # what was read once stays
    begin_own_reading(connection, row.capture_id)
    _delete_reading(connection, row.capture_id)
    if row.reading is not None:
        _write_reading(connection, row, row.reading)
    connection.executemany(
        "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(row.capture_id, place, *_read_claim(c)) for place, c in enumerate(row.claims)],
    )
    connection.executemany(
        "INSERT INTO assertions (capture_id, field, leaf, value, earliest, latest, confidence,"
        " rule, supports, contradicts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row.capture_id,
                a.field,
                row.leaf,
                a.value,
                a.earliest,
                a.latest,
                a.confidence,
                a.rule,
                json.dumps(a.supports),
                json.dumps(a.contradicts),
            )
            for a in row.assertions
        ],
    )
    return _set_text(connection, row.capture_id, row.outcome, text_id)


def _write_words(connection: sqlite3.Connection, row: TextRow) -> int | None:
    """Return the id of the text of a conversion, None for none; write it if it is new."""
    if row.text_hash is None or row.digest is None:
        return None
    found: tuple[int] | None = connection.execute(
        "SELECT id FROM texts WHERE hash = ?", (row.text_hash,)
    ).fetchone()
    if found is not None:
        return found[0]
    connection.execute(
        "INSERT INTO texts (id, hash, digest, title, text) VALUES (?, ?, ?, ?, ?)",
        (row.leaf, row.text_hash, row.digest, row.title, row.text),
    )
    index_words(connection, row.leaf, row.title, row.text)
    return row.leaf


def _set_text(
    connection: sqlite3.Connection, capture_id: str, outcome: str | None, text_id: int | None
) -> set[str]:
    """Note the text of a capture, and of those that share its reading."""
    before = connection.execute(
        "SELECT text_id FROM captures WHERE id = ?", (capture_id,)
    ).fetchone()
    connection.execute(
        f"UPDATE captures SET text_outcome = :outcome, text_id = :text WHERE id IN ({_SHARING})",
        {"outcome": outcome, "text": text_id, "id": capture_id},
    )
    if before and before[0] is not None and before[0] != text_id:
        _settle_text(connection, before[0])
    return _select_statements(connection, capture_id)


def _select_statements(connection: sqlite3.Connection, capture_id: str) -> set[str]:
    """Return the statements of a capture and of those that share its reading."""
    return {
        found
        for (found,) in connection.execute(
            f"SELECT statement_id FROM captures WHERE id IN ({_SHARING})",
            {"id": capture_id},
        )
        if found is not None
    }


def _was_read(connection: sqlite3.Connection, capture_id: str) -> bool:
    """Tell whether a capture was read before, or shares a reading."""
    found = connection.execute(
        "SELECT 1 FROM conversions WHERE capture_id = ?1 AND outcome IN ('text', 'none')"
        " UNION ALL SELECT 1 FROM captures WHERE id = ?1 AND reading_of IS NOT NULL LIMIT 1",
        (capture_id,),
    ).fetchone()
    return found is not None


def _write_reading(connection: sqlite3.Connection, row: TextRow, reading: ReadingRow) -> None:
    page, stated = reading.page, reading.stated
    links = [[link.text, link.url] for link in page.links] if page else []
    connection.execute(
        "INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.capture_id,
            row.extractor,
            reading.rules,
            row.digest,
            reading.digests.words,
            reading.digests.fold,
            page.visible if page else None,
            reading.digests.title,
            reading.digests.meta,
            reading.title,
            stated.published,
            stated.modified,
            stated.author,
            stated.publisher,
            page.quality if page else None,
            page.reason if page else None,
            json.dumps(links, ensure_ascii=False),
        ),
    )


def _delete_reading(connection: sqlite3.Connection, capture_id: str) -> None:
    connection.execute("DELETE FROM readings WHERE capture_id = ?", (capture_id,))
    connection.execute("DELETE FROM claims WHERE capture_id = ?", (capture_id,))
    connection.execute(
        "DELETE FROM assertions WHERE capture_id = ? AND annotation_id IS NULL", (capture_id,)
    )


def _write_unread(connection: sqlite3.Connection, capture_id: str) -> set[str]:
    """Make a capture wait for its text again."""
    row = connection.execute(
        "SELECT text_id, outcome FROM captures WHERE id = ?", (capture_id,)
    ).fetchone()
    if row is None or row[1] in BARE or not has_bytes(connection, capture_id):
        return set()
    begin_own_reading(connection, capture_id)
    _delete_reading(connection, capture_id)
    touched = _set_text(connection, capture_id, None, None)
    connection.execute("UPDATE captures SET text_outcome = 'pending' WHERE id = ?", (capture_id,))
    return touched


def _forget_companion(connection: sqlite3.Connection, capture_id: str) -> set[str]:
    """Take back the readings that rest on a companion, or on one that shares its payload."""
    touched: set[str] = set()
    resting = connection.execute(
        "SELECT DISTINCT conversions.record_id, conversions.capture_id, conversions.leaf"
        " FROM conversions, captures WHERE companions IS NOT NULL"
        " AND instr(companions, captures.id) AND (captures.id = ?1 OR captures.revisit_of = ?1)"
        " ORDER BY conversions.leaf",
        (capture_id,),
    ).fetchall()
    for record_id, page, leaf in resting:
        newest = connection.execute(
            "SELECT max(leaf) FROM conversions WHERE capture_id = ?", (page,)
        ).fetchone()
        if newest[0] == leaf:
            touched |= _write_unread(connection, page)
        texts = connection.execute(
            "DELETE FROM conversions WHERE record_id = ? RETURNING text_id", (record_id,)
        ).fetchall()
        for (text_id,) in texts:
            _settle_text(connection, text_id)
    return touched


def _settle_text(connection: sqlite3.Connection, text_id: int) -> None:
    """Delete a text that nothing uses; give another that lost its first conversion a new id."""
    (used,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM captures WHERE text_id = ?)", (text_id,)
    ).fetchone()
    (first,) = connection.execute(
        "SELECT min(leaf) FROM conversions WHERE text_id = ?", (text_id,)
    ).fetchone()
    row = connection.execute("SELECT title, text FROM texts WHERE id = ?", (text_id,)).fetchone()
    if row is None or first == text_id or (used and first is None):
        return
    forget_words(connection, text_id, *row)
    if first is None:
        connection.execute("DELETE FROM texts WHERE id = ?", (text_id,))
        return
    index_words(connection, first, *row)
    connection.execute("UPDATE texts SET id = ? WHERE id = ?", (first, text_id))
    for table in ("captures", "conversions", "versions"):
        connection.execute(f"UPDATE {table} SET text_id = ?1 WHERE text_id = ?2", (first, text_id))


def _forget_text(connection: sqlite3.Connection, capture_id: str) -> set[str]:
    """Take away what was read of a capture, once and for all."""
    _delete_reading(connection, capture_id)
    texts = connection.execute(
        "DELETE FROM conversions WHERE capture_id = ? RETURNING text_id", (capture_id,)
    ).fetchall()
    touched = _set_text(connection, capture_id, None, None)
    connection.execute("UPDATE captures SET reading_of = NULL WHERE id = ?", (capture_id,))
    for (text_id,) in texts:
        if text_id is not None:
            _settle_text(connection, text_id)
    return touched


def _write_withdrawn(connection: sqlite3.Connection, row: CaptureRow) -> set[str]:
    before = connection.execute(
        "SELECT key, alias_of, statement_id FROM captures WHERE id = ?", (row.id,)
    ).fetchone()
    touched: set[str] = set()
    bereft: dict[str, None] = {}
    if before is not None:
        for capture_id in select_showing(connection, row.id):
            bereft |= dict.fromkeys(select_sharing(connection, capture_id))
            touched |= _forget_text(connection, capture_id)
        # FTS5 only marks words as deleted; merging everything takes them away.
        connection.execute("INSERT INTO texts_fts (texts_fts) VALUES ('optimize')")
        connection.execute("INSERT INTO pairs_fts (pairs_fts) VALUES ('optimize')")
    touched |= _forget_companion(connection, row.id)
    connection.execute(_INSERT_CAPTURE, (*_read_capture(row), None))
    for capture_id in bereft:
        if has_bytes(connection, capture_id):
            place_again(connection, capture_id)
    if before is not None and before[1] is not None:
        touched |= place_aliases(connection, before[0])
    return touched
