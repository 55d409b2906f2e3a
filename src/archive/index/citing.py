"""What citing asks of the index: texts, payloads, and what was converted.

Not for: finding the capture that a name means (`archive.index.lookup`).
"""

import sqlite3


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
