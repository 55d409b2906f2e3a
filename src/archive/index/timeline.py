"""The history of one statement, read at leisure: its versions, edits and absences as rows.

Not for: deriving them (`archive.index.versions`).
"""

import json

import sqlite_utils

from archive.index.search import Row

_MOST = 1 << 40  # more versions than any statement has
_EDIT_COLUMNS = (
    "number, capture_id, before_capture, not_before, not_after, confirmed, extractor, class,"
    " text_changed, verdict, facts, words_deleted, words_inserted, words_moved, notice"
)


def select_versions(
    database: sqlite_utils.Database, statement: str, *, first: int = 1, last: int = _MOST
) -> list[Row]:
    """Return the versions of a statement, the first one first: all, or those of these numbers."""
    return list(
        database.query(
            "SELECT * FROM versions WHERE statement_id = ? AND number BETWEEN ? AND ?"
            " ORDER BY number",
            [statement, first, last],
        )
    )


def select_beginnings(database: sqlite_utils.Database, statement: str) -> dict[str, int]:
    """Return the first capture of each version of a statement, and the number of that version."""
    rows = database.execute(
        "SELECT capture_id, number FROM versions WHERE statement_id = ?", [statement]
    )
    return dict(rows.fetchall())


def find_number(database: sqlite_utils.Database, statement: str, capture: str) -> int | None:
    """Return the version to whose time a capture of the statement belongs, None where to none."""
    row = database.execute(
        "SELECT number FROM captures CROSS JOIN versions ON versions.statement_id = :statement"
        " AND captures.captured_at BETWEEN first_captured AND last_captured"
        " CROSS JOIN captures AS first ON first.id = versions.capture_id"
        " AND (first.captured_at, first.leaf) <= (captures.captured_at, captures.leaf)"
        " WHERE captures.id = :capture ORDER BY number DESC LIMIT 1",
        {"statement": statement, "capture": capture},
    ).fetchone()
    return row[0] if row else None


def count_pending(database: sqlite_utils.Database, statement: str) -> int:
    """Return how many neighbours of a statement wait to be read under one label."""
    row = database.execute(
        "SELECT count(*) FROM pending_comparisons WHERE statement_id = ?", [statement]
    ).fetchone()
    return int(row[0])


def select_edits(
    database: sqlite_utils.Database, statement: str, *, first: int = 1, last: int = _MOST
) -> list[Row]:
    """Return the edits of a statement in their order, without their spans: all, or of these."""
    rows = database.query(
        f"SELECT {_EDIT_COLUMNS} FROM edits WHERE statement_id = ? AND number BETWEEN ? AND ?"
        " ORDER BY number",
        [statement, first, last],
    )
    return [
        row
        | {
            "facts": json.loads(row["facts"]),
            "text_changed": bool(row["text_changed"]),
            "confirmed": bool(row["confirmed"]),
        }
        for row in rows
    ]


def select_absences(database: sqlite_utils.Database, statement: str) -> list[Row]:
    """Return the absences of a statement in their order."""
    rows = database.query(
        "SELECT * FROM absences WHERE statement_id = ? ORDER BY position", [statement]
    )
    flags = ("confirmed", "return_confirmed")
    return [row | {flag: bool(row[flag]) for flag in flags} for row in rows]


def select_remarks(database: sqlite_utils.Database, statement: str, *, limit: int) -> list[Row]:
    """Return what people said of any capture of a statement, the latest first."""
    return list(
        database.query(
            "SELECT annotations.* FROM captures CROSS JOIN annotations"
            " ON annotations.capture_id = captures.id"
            " WHERE captures.statement_id = ? ORDER BY annotations.leaf DESC LIMIT ?",
            [statement, limit],
        )
    )
