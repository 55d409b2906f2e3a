"""Watch orders in the index, and the visits from which it follows when they are due.

Rules:

1. The latest annotation of an order that is in force decides; an order that it says is not active
   has no row.
2. ``since`` is the time of the annotation that first gave the order.

Not for: when a visit is due (`archive.history.schedule`).
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from archive.core.identity import normalise_capture_id
from archive.core.instant import format_instant, parse_instant
from archive.core.watch import WatchKind, WatchOrder, format_watch_urn
from archive.errors import InputError
from archive.index.lookup import READ_OF
from archive.index.rows import AnnotationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWatch:
    """A watch order as the index knows it, and the record id of the annotation that says so."""

    id: str
    order: WatchOrder
    since: datetime
    annotation: str
    asserted_by: str
    asserted_at: str
    reason: str | None

    @property
    def urn(self) -> str:
        """What stands as ``batch`` in the captures that the order brings about."""
        return format_watch_urn(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """The last capture of a visit: what the server said, and which page it shows.

    ``payload`` is the digest of the page that the capture shows, also where that was not sent
    again.  ``version`` stays the same until the statement is edited, furniture and markup aside; it
    is None where the capture shows no version, or is not read yet, which ``is_pending`` tells.
    ``is_missing`` tells that the statement was there before and is gone, or moved; ``quality`` what
    came instead of it.
    """

    id: str
    url: str
    captured_at: datetime
    outcome: str
    status: int | None
    payload: str | None
    version: str | None
    quality: str | None
    is_missing: bool
    is_pending: bool
    batch: str | None


_SELECT = (
    "SELECT watches.id, watches.kind, address, every, until, backfill, since,"
    " annotations.record_id, asserted_by, asserted_at, watches.reason FROM watches"
    " JOIN annotations ON annotations.id = watches.annotation_id"
)
_SELECT_VISITS = (
    "SELECT captures.id, captures.url, captures.captured_at, captures.outcome,"
    " iif(captures.unmodified_of IS NULL, captures.status, shown.status),"
    " iif(captures.unmodified_of IS NULL, captures.payload, shown.payload),"
    # Which state of which statement: the last edit that led to it.
    " (SELECT captures.statement_id || ' ' || coalesce((SELECT edits.number FROM edits"
    " WHERE edits.statement_id = versions.statement_id AND edits.number <= versions.number"
    " AND class NOT IN ('identical', 'markup', 'boilerplate')"
    " ORDER BY edits.number DESC LIMIT 1), 1) FROM versions"
    " WHERE versions.statement_id = captures.statement_id"
    " AND captures.captured_at BETWEEN first_captured AND last_captured"
    " ORDER BY versions.number DESC LIMIT 1),"
    f" (SELECT quality FROM readings WHERE readings.capture_id = {READ_OF}),"
    # A redirect that takes the place of a statement is the first capture of its visit.
    " EXISTS (SELECT 1 FROM captures AS asked JOIN absences"
    " ON absences.statement_id = asked.statement_id"
    " WHERE asked.visit = captures.visit AND asked.hop = 0 AND had_capture IS NOT NULL"
    " AND not_after <= asked.captured_at AND (again IS NULL OR again > asked.captured_at)),"
    " coalesce(captures.text_outcome, source.text_outcome) IS 'pending', captures.batch"
    " FROM captures INDEXED BY captures_visited"
    " LEFT JOIN captures AS shown ON shown.id = captures.unmodified_of"
    " LEFT JOIN captures AS source ON source.id = captures.reading_of"
    " WHERE captures.address = ? AND captures.purpose = ? AND captures.hop = captures.hops - 1"
)
_WHOLE = (
    " AND captures.outcome IN ('response', 'revisit')"
    " AND iif(captures.unmodified_of IS NULL, captures.status, shown.status) = 200"
)


def write_watch(connection: sqlite3.Connection, row: AnnotationRow) -> None:
    """Write what an annotation says of a watch order."""
    said = row.annotation
    if row.watch_id is None or not isinstance(said.body, WatchOrder):
        return
    connection.execute("DELETE FROM watches WHERE id = ?", (row.watch_id,))
    if not said.body.active:
        return
    since = connection.execute(
        "SELECT min(time) FROM annotations WHERE watch_id = ?", (row.watch_id,)
    ).fetchone()[0]
    order = said.body
    connection.execute(
        "INSERT INTO watches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.watch_id,
            order.kind,
            order.address,
            None if order.every is None else int(order.every.total_seconds()),
            None if order.until is None else format_instant(order.until),
            int(order.backfill),
            since,
            said.agent_name,
            said.agent,
            format_instant(said.time),
            said.reason,
            row.id,
        ),
    )


def delete_watch(connection: sqlite3.Connection, annotation_id: str) -> None:
    """Take away the order that an annotation gave, if nothing has replaced it."""
    connection.execute("DELETE FROM watches WHERE annotation_id = ?", (annotation_id,))


def select_watches(connection: sqlite3.Connection) -> tuple[FoundWatch, ...]:
    """Return all orders in force, the first given first."""
    return tuple(map(_make_found, connection.execute(f"{_SELECT} ORDER BY since, watches.id")))


def find_watch(connection: sqlite3.Connection, name: str) -> FoundWatch | None:
    """Return the one order that ``name`` means: its address, its id or a prefix of that; or None.

    Raises:
        InputError: several orders go by that name.
    """
    rows = connection.execute(f"{_SELECT} WHERE address = ? LIMIT 4", (name,)).fetchall()
    prefix = normalise_capture_id(name.removeprefix(format_watch_urn("")))
    if not rows and prefix is not None:
        rows = connection.execute(
            f"{_SELECT} WHERE watches.id >= ? AND watches.id < ? LIMIT 4", (prefix, prefix + "~")
        ).fetchall()
    if len(rows) > 1:
        raise InputError(
            f"several watch orders go by {name[:80]!r}: {', '.join(row[0] for row in rows[:3])}",
            remedy="give the id of the one that you mean: archive watch list",
        )
    return _make_found(rows[0]) if rows else None


def find_order(connection: sqlite3.Connection, kind: WatchKind, address: str) -> FoundWatch | None:
    """Return the order in force for exactly this, or None."""
    row = connection.execute(
        f"{_SELECT} WHERE watches.kind = ? AND address = ? ORDER BY since", (kind, address)
    ).fetchone()
    return _make_found(row) if row else None


def select_visits(
    connection: sqlite3.Connection, address: str, *, purpose: str, limit: int
) -> tuple[VisitRow, ...]:
    """Return the last ``limit`` visits to an address, the earliest first."""
    rows = connection.execute(
        f"{_SELECT_VISITS} ORDER BY captures.captured_at DESC, captures.leaf DESC LIMIT ?",
        (address, purpose, limit),
    ).fetchall()
    return tuple(map(_make_visit, reversed(rows)))


def find_listing(connection: sqlite3.Connection, address: str, *, purpose: str) -> VisitRow | None:
    """Return the last visit to a list that showed it whole, or None."""
    row = connection.execute(
        f"{_SELECT_VISITS}{_WHOLE} ORDER BY captures.captured_at DESC, captures.leaf DESC LIMIT 1",
        (address, purpose),
    ).fetchone()
    return _make_visit(row) if row else None


def find_sent(connection: sqlite3.Connection, address: str, *, purpose: str) -> datetime | None:
    """Return when a whole page was sent last to a visit to an address, or None."""
    row = connection.execute(
        "SELECT max(captured_at) FROM captures INDEXED BY captures_visited"
        " WHERE address = ? AND purpose = ? AND hop = hops - 1"
        " AND outcome IN ('response', 'revisit') AND status = 200",
        (address, purpose),
    ).fetchone()
    return None if row[0] is None else parse_instant(row[0])


def find_first_listing(
    connection: sqlite3.Connection, address: str, *, purpose: str, batch: str
) -> VisitRow | None:
    """Return the first visit to a list, under one order, that showed it whole; or None."""
    row = connection.execute(
        f"{_SELECT_VISITS}{_WHOLE} AND captures.batch = ?"
        " ORDER BY captures.captured_at, captures.leaf LIMIT 1",
        (address, purpose, batch),
    ).fetchone()
    return _make_visit(row) if row else None


def find_span(
    connection: sqlite3.Connection, address: str, *, purpose: str
) -> tuple[datetime, datetime] | None:
    """Return when an address was visited first and last, or None."""
    visited = (
        "captured_at) FROM captures INDEXED BY captures_visited"
        " WHERE address = ?1 AND purpose = ?2 AND hop = hops - 1"
    )
    # One by one: each is then looked up, not searched for among all visits.
    row = connection.execute(
        f"SELECT (SELECT min({visited}), (SELECT max({visited})", (address, purpose)
    ).fetchone()
    return None if row[0] is None else (parse_instant(row[0]), parse_instant(row[1]))


def select_watched(connection: sqlite3.Connection, batch: str) -> tuple[str, ...]:
    """Return the addresses of statements that an order brought in, in order of their names."""
    return tuple(
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT address FROM captures INDEXED BY captures_batch"
            " WHERE batch = ? AND purpose = 'statement' ORDER BY address",
            (batch,),
        )
    )


def find_published(connection: sqlite3.Connection, address: str) -> str | None:
    """Return the date of publication (EDTF) of the statement that an address belongs to."""
    row = connection.execute(
        "SELECT statements.published FROM captures INDEXED BY captures_visited"
        " JOIN statements ON statements.id = captures.statement_id"
        " WHERE captures.address = ? AND captures.purpose = 'statement'"
        " AND captures.hop = captures.hops - 1 AND statements.published IS NOT NULL"
        " ORDER BY captures.captured_at DESC, captures.leaf DESC LIMIT 1",
        (address,),
    ).fetchone()
    return row[0] if row else None


def _make_visit(row: tuple[Any, ...]) -> VisitRow:
    return VisitRow(
        id=row[0],
        url=row[1],
        captured_at=parse_instant(row[2]),
        outcome=row[3],
        status=row[4],
        payload=row[5],
        version=row[6],
        quality=row[7],
        is_missing=bool(row[8]),
        is_pending=bool(row[9]),
        batch=row[10],
    )


def _make_found(row: tuple[Any, ...]) -> FoundWatch:
    kind, address, every, until, backfill = row[1:6]
    return FoundWatch(
        id=row[0],
        order=WatchOrder(
            kind=kind,
            address=address,
            every=None if every is None else timedelta(seconds=int(every)),
            until=None if until is None else parse_instant(until),
            backfill=bool(backfill),
        ),
        since=parse_instant(row[6]),
        annotation=row[7],
        asserted_by=row[8],
        asserted_at=row[9],
        reason=row[10],
    )
