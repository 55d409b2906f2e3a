"""The history of one statement, read at leisure: its versions, edits and absences as rows.

Not for: deriving them (`archive.index.versions`).
"""

import json

import sqlite_utils

from archive.index.search import Row

_EDIT_COLUMNS = (
    "number, capture_id, before_capture, not_before, not_after, confirmed, extractor, class,"
    " text_changed, verdict, facts, words_deleted, words_inserted, words_moved, notice"
)


def select_versions(database: sqlite_utils.Database, statement: str) -> list[Row]:
    """Return the versions of a statement, the first one first."""
    return list(
        database.query("SELECT * FROM versions WHERE statement_id = ? ORDER BY number", [statement])
    )


def select_edits(database: sqlite_utils.Database, statement: str) -> list[Row]:
    """Return the edits of a statement in their order, without their spans."""
    rows = database.query(
        f"SELECT {_EDIT_COLUMNS} FROM edits WHERE statement_id = ? ORDER BY number", [statement]
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
