"""What citing asks of the index: the captures of a statement in their order, their texts, payloads.

Not for: finding the capture that a name means (`archive.index.lookup`).
"""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCapture:
    """A capture in the line of its statement: what it showed, and the digest of its text."""

    id: str
    captured_at: str
    outcome: str
    status: int | None
    text_outcome: str | None
    text_id: int | None
    digest: str | None
    is_usable: bool


def select_line(connection: sqlite3.Connection, statement_id: str) -> tuple[LineCapture, ...]:
    """Return the captures of a statement, the oldest first, redirects left out."""
    rows = connection.execute(
        "SELECT captures.id, captured_at, outcome, status, text_outcome, text_id, texts.digest"
        " FROM captures LEFT JOIN texts ON texts.id = text_id"
        " WHERE statement_id = ? AND coalesce(status, 0) NOT IN (301, 302, 303, 307, 308)"
        " ORDER BY captured_at, leaf",
        (statement_id,),
    )
    names = ("id", "captured_at", "outcome", "status", "text_outcome", "text_id", "digest")
    return tuple(
        LineCapture(
            **dict(zip(names, row, strict=True)),
            is_usable=row[5] is not None and row[3] is not None and 200 <= row[3] < 300,
        )
        for row in rows
    )


def find_text_of(connection: sqlite3.Connection, text_id: int) -> str:
    """Return the text of this id."""
    row = connection.execute("SELECT text FROM texts WHERE id = ?", (text_id,)).fetchone()
    return str(row[0]) if row else ""


def find_title_of(connection: sqlite3.Connection, text_id: int) -> str:
    """Return the title that a text was read with, empty if there was none."""
    row = connection.execute("SELECT title FROM texts WHERE id = ?", (text_id,)).fetchone()
    return str(row[0]) if row else ""


def select_holders(connection: sqlite3.Connection, payload: str, *, limit: int) -> tuple[str, ...]:
    """Return the ids of the captures with this payload: the oldest of a statement first.

    Revisits of one that was withdrawn are not looked for.
    """
    rows = connection.execute(
        "SELECT id FROM captures INDEXED BY captures_payload"
        " WHERE payload = ? AND outcome = 'response'"
        " ORDER BY purpose <> 'statement', leaf LIMIT ?",
        (payload, limit),
    )
    return tuple(row[0] for row in rows)


def find_converted(connection: sqlite3.Connection, record_id: str) -> str | None:
    """Return the id of the capture that a conversion or annotation of this record id is about."""
    row = connection.execute(
        "SELECT capture_id FROM conversions WHERE record_id = :id"
        " UNION ALL SELECT capture_id FROM annotations WHERE record_id = :id",
        {"id": record_id},
    ).fetchone()
    return row[0] if row else None
