"""Who may see statements, as the annotations in the index say.

Rules:

1. An access holds for the statement of the capture that it names. Of several in force the
   strictest holds, so that two statements that turn out to be one stay as closed as either was.
2. It is said once for each address of a statement, since these part when redirects change.

Not for: leaving out what is closed (`archive.index.publish`).
"""

import sqlite3
from dataclasses import dataclass
from datetime import date

from archive.core.access import Access, Private, is_closed, parse_access
from archive.errors import InputError
from archive.index.annotations import IN_FORCE

_SELECT = (
    "SELECT annotations.record_id, captures.id, captures.record_id, captures.key,"
    " captures.statement_id, annotations.body"
    " FROM annotations JOIN captures ON captures.id = annotations.capture_id"
    " WHERE annotations.kind = 'access' AND annotations.state = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAccess:
    """An access in force: its record, and the capture that it names."""

    record_id: str
    capture_id: str
    capture_record: str
    key: str | None
    statement_id: str | None
    access: Access


def select_access(connection: sqlite3.Connection) -> tuple[SaidAccess, ...]:
    """Return every access that is in force, in the order of the log."""
    rows = connection.execute(f"{_SELECT} ORDER BY annotations.leaf", (IN_FORCE,))
    return tuple(_make_said(row) for row in rows)


def select_access_of(connection: sqlite3.Connection, capture_id: str) -> tuple[SaidAccess, ...]:
    """Return the access in force that names this capture, in the order of the log."""
    query = f"{_SELECT} AND captures.id = ? ORDER BY annotations.leaf"
    return tuple(_make_said(row) for row in connection.execute(query, (IN_FORCE, capture_id)))


def select_access_within(
    connection: sqlite3.Connection, statement_id: str
) -> tuple[SaidAccess, ...]:
    """Return the access in force that names captures of a statement, in the order of the log."""
    query = f"{_SELECT} AND captures.statement_id = ? ORDER BY annotations.leaf"
    return tuple(_make_said(row) for row in connection.execute(query, (IN_FORCE, statement_id)))


def find_closing(connection: sqlite3.Connection) -> str | None:
    """Return the first capture of which an access in force says that it is not open, or None.

    An embargo counts whatever the day is, and so does what names no capture that is known.
    """
    row = connection.execute(
        "SELECT coalesce(capture_id, id) FROM annotations WHERE kind = 'access' AND state = ?"
        " AND body <> 'open' ORDER BY leaf LIMIT 1",
        (IN_FORCE,),
    ).fetchone()
    return str(row[0]) if row else None


def select_closed(connection: sqlite3.Connection, today: date) -> dict[str, Access]:
    """Return the statements that a stranger may not see today, each with the strictest access."""
    closed: dict[str, Access] = {}
    for said in select_access(connection):
        if said.statement_id is not None and is_closed(said.access, today):
            before = closed.get(said.statement_id)
            if not isinstance(before, Private):
                closed[said.statement_id] = said.access
    return closed


def select_unplaced(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return captures that an access in force names and whose statement is not known.

    Those that were withdrawn are left out: what closed them was said of other captures before.
    """
    rows = connection.execute(
        "SELECT annotations.capture_id FROM annotations LEFT JOIN captures"
        " ON captures.id = annotations.capture_id WHERE annotations.kind = 'access'"
        " AND annotations.state = ? AND annotations.body <> 'open'"
        " AND captures.statement_id IS NULL AND coalesce(captures.outcome, '') <> 'withdrawn'"
        " ORDER BY annotations.leaf",
        (IN_FORCE,),
    )
    return tuple(row[0] for row in rows)


def select_addressed(
    connection: sqlite3.Connection, statement_id: str, *, apart_from: str = ""
) -> dict[str, tuple[str, str]]:
    """Return id and record of the newest capture of each address of a statement, by its key."""
    rows = connection.execute(
        "SELECT key, id, record_id FROM captures WHERE statement_id = ? AND id <> ? ORDER BY leaf",
        (statement_id, apart_from),
    )
    return {key: (capture_id, record_id) for key, capture_id, record_id in rows}


def _make_said(row: tuple[str, str, str, str | None, str | None, str]) -> SaidAccess:
    try:
        access = parse_access(row[5])
    except InputError:
        access = Private()  # a row that somebody changed closes, and never opens
    return SaidAccess(
        record_id=row[0],
        capture_id=row[1],
        capture_record=row[2],
        key=row[3],
        statement_id=row[4],
        access=access,
    )
