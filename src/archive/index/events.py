"""The table ``events``: what happened to the archive itself.

Not for: the form in which an event is stored (`archive.core.event`).
"""

import sqlite3
from dataclasses import dataclass

from archive.core.event import Event, EventKind, FixityRun, parse_event
from archive.core.instant import format_instant
from archive.core.leaf import Leaf
from archive.core.record import Record

_CHECKS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One row of ``events``."""

    record_id: str
    event: Event
    detail: str
    warc: str
    offset: int
    length: int
    leaf: int


def make_event_row(leaf: Leaf, record: Record) -> EventRow:
    """Return the row of an event.

    Raises:
        DamageError: the record is no event.
    """
    place = leaf.records[-1]
    return EventRow(
        record_id=record.record_id,
        event=parse_event(record.block),
        detail=record.block.decode(),
        warc=leaf.warc,
        offset=place.offset,
        length=place.length,
        leaf=leaf.sequence,
    )


def write_event(connection: sqlite3.Connection, row: EventRow) -> None:
    """Write the row of an event."""
    connection.execute(
        "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.record_id,
            row.event.kind,
            format_instant(row.event.time),
            row.event.agent,
            row.event.agent_name,
            row.detail,
            row.warc,
            row.offset,
            row.length,
            row.leaf,
        ),
    )


def select_events(connection: sqlite3.Connection, kind: EventKind) -> tuple[EventRow, ...]:
    """Return the events of a kind, in the order of the log.

    Raises:
        DamageError: a row is no event.
    """
    rows = connection.execute(
        'SELECT record_id, detail, warc, "offset", length, leaf FROM events'
        " WHERE kind = ? ORDER BY leaf",
        (kind,),
    )
    return tuple(
        EventRow(
            record_id=record_id,
            event=parse_event(detail.encode()),
            detail=detail,
            warc=warc,
            offset=offset,
            length=length,
            leaf=leaf,
        )
        for record_id, detail, warc, offset, length, leaf in rows
    )


def find_latest_event(connection: sqlite3.Connection, kind: EventKind) -> Event | None:
    """Return the event of a kind that was logged last, or None.

    Raises:
        DamageError: the row is no event.
    """
    row = connection.execute(
        "SELECT detail FROM events WHERE kind = ? ORDER BY leaf DESC LIMIT 1", (kind,)
    ).fetchone()
    return parse_event(row[0].encode()) if row else None


def find_check(connection: sqlite3.Connection, leaf: int) -> Event | None:
    """Return the latest recorded check in which the stored bytes of ``leaf`` were read, or None.

    Checks of a part count where all of its leaves were read; the last `_CHECKS` are looked at.

    Raises:
        DamageError: a row is no event.
    """
    rows = connection.execute(
        "SELECT detail FROM events WHERE kind = 'fixity' ORDER BY leaf DESC LIMIT ?", (_CHECKS,)
    )
    for (detail,) in rows:
        event = parse_event(detail.encode())
        match event.act:
            case FixityRun(start=start, end=end, leaves=leaves):
                if start <= leaf < end and leaves == end - start:
                    return event
            case _:
                pass
    return None
