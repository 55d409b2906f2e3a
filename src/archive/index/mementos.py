"""Which capture answers for an address at a moment, and the lists of all that could.

Rules:

1. A memento is a capture that a person or the watch asked for and that was answered: whatever
   the status, but no failure, nothing withdrawn or damaged.
2. http and https, default ports and listed tracking parameters make no difference
   (`archive.core.uri.format_statement_key`).
3. Time is in whole seconds.  The nearest answers; of two equally near the earlier, of several
   in one second the later.

Run by whoever holds the connection (Datasette), each in time that does not depend on how much
the archive holds, or, for lists, on no more than the list.  Not for: what is written to a client
(`archive.interchange.timemap`, `archive.interchange.cdxj`).
"""

import sqlite3
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from archive.core.instant import format_instant, parse_instant
from archive.core.uri import Url, format_statement_key, format_surt

# What a reader may be answered with, and what a page that is shown may show in turn.
_ANSWERED = "outcome IN ('response', 'revisit', 'truncated', 'malformed')"
_MEMENTO = f"{_ANSWERED} AND +purpose = 'statement'"
_SHOWN = f"{_ANSWERED} AND +purpose IN ('statement', 'requisite') AND status < 400"
_COLUMNS = "id, url, captured_at, status, media_type, location"
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """A capture that can answer; ``captured_at`` is as the index spells it."""

    id: str
    url: str
    captured_at: str
    status: int | None
    media_type: str | None
    location: str | None

    @property
    def second(self) -> datetime:
        """When it was captured, in whole seconds."""
        return parse_instant(self.captured_at).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The mementos of an address around one of them; None where there is none."""

    first: Memento
    previous: Memento | None
    following: Memento | None
    last: Memento


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxRow:
    """A capture as CDX servers list it; the columns are those of ``captures``."""

    surt: str
    captured_at: str
    url: str
    media_type: str | None
    status: int | None
    payload: str | None
    length: int
    offset: int
    warc: str
    outcome: str


def find_memento(connection: sqlite3.Connection, url: Url, moment: datetime) -> Memento | None:
    """Return the memento of ``url`` that is nearest to ``moment``, or None."""
    return _find_nearest(connection, "key", format_statement_key(url), _MEMENTO, moment)


def find_latest(connection: sqlite3.Connection, url: Url) -> Memento | None:
    """Return the latest memento of ``url``, or None."""
    key = format_statement_key(url)
    return _find_one(connection, "key", key, f"{_MEMENTO} AND captured_at > ?", "", newest=True)


def find_shown(connection: sqlite3.Connection, address: str, moment: datetime) -> Memento | None:
    """Return the capture of exactly this address, nearest to ``moment``, that can be shown."""
    return _find_nearest(connection, "url", address, _SHOWN, moment)


def find_neighbours(
    connection: sqlite3.Connection, url: Url, second: datetime
) -> Neighbours | None:
    """Return the mementos of ``url`` around the one of ``second``; None where there is none."""
    key = format_statement_key(url)
    last = find_latest(connection, url)
    first = _find_second(connection, "key", key, _MEMENTO, "")
    if first is None or last is None:
        return None
    before = f"{_MEMENTO} AND captured_at < ?"
    return Neighbours(
        first=first,
        previous=_find_one(connection, "key", key, before, _spell(second), newest=True),
        following=_find_second(
            connection, "key", key, _MEMENTO, _spell(second + timedelta(seconds=1))
        ),
        last=last,
    )


def is_held(connection: sqlite3.Connection, url: Url) -> bool:
    """Tell whether there is any memento of ``url``."""
    row = connection.execute(
        f"SELECT 1 FROM captures INDEXED BY captures_key WHERE key = ? AND {_MEMENTO} LIMIT 1",
        (format_statement_key(url),),
    ).fetchone()
    return row is not None


def select_mementos(
    connection: sqlite3.Connection, url: Url, *, after: int, limit: int
) -> list[Memento]:
    """Return mementos of ``url`` from the first on, leaving out ``after``; one for each second."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM (SELECT {_COLUMNS}, substr(captured_at, 1, 19) AS second,"
        " lead(substr(captured_at, 1, 19)) OVER (ORDER BY captured_at, leaf) AS following"
        f" FROM captures INDEXED BY captures_key WHERE key = ? AND {_MEMENTO}"
        " ORDER BY captured_at, leaf)"
        " WHERE following IS NULL OR following <> second LIMIT ? OFFSET ?",
        (format_statement_key(url), limit, after),
    )
    return [_make(row) for row in rows]


def select_cdx(
    connection: sqlite3.Connection,
    url: Url,
    *,
    match: str,
    start: datetime | None,
    end: datetime | None,
    limit: int,
) -> list[CdxRow]:
    """Return captures under ``url`` in the order of their sort keys, then of time.

    ``match`` is ``exact``, ``prefix``, ``host`` or ``domain``; ``start`` and ``end`` are the
    first and last second.
    """
    first, stop = _find_range(format_surt(url), match)
    after = _spell(start) if start else ""
    before = _spell(end + timedelta(seconds=1)) if end else "9999~"
    rows = connection.execute(
        "SELECT surt, captured_at, url, media_type, status, payload, length,"
        ' "offset", warc, outcome FROM captures INDEXED BY captures_surt'
        f" WHERE surt >= ? AND surt < ? AND captured_at >= ? AND captured_at < ? AND {_MEMENTO}"
        " ORDER BY surt, captured_at, leaf LIMIT ?",
        (first, stop, after, before, limit),
    )
    names = [field.name for field in fields(CdxRow)]
    return [CdxRow(**dict(zip(names, row, strict=True))) for row in rows]


def _find_range(surt: str, match: str) -> tuple[str, str]:
    """Return between which sort keys those lie that are wanted; the second is left out."""
    host = surt.partition(")")[0]
    match match:
        case "prefix":
            return surt, surt + _LAST
        case "host":
            return host + ")", host + ")" + _LAST
        case "domain":  # the closing bracket sorts before the comma of a longer host
            return host + ")", host + "," + _LAST
        case _:
            return surt, surt + "\0"


def _find_nearest(
    connection: sqlite3.Connection, column: str, value: str, condition: str, moment: datetime
) -> Memento | None:
    second = moment.replace(microsecond=0)
    bound = _spell(second + timedelta(seconds=1)) if second.year < 9999 else "9999~"
    before = _find_one(
        connection, column, value, f"{condition} AND captured_at < ?", bound, newest=True
    )
    after = _find_second(connection, column, value, condition, bound)
    if before is None or after is None:
        return before or after
    return before if second - before.second <= after.second - second else after


def _find_second(
    connection: sqlite3.Connection, column: str, value: str, condition: str, bound: str
) -> Memento | None:
    """Return the last capture of the first second that does not lie before ``bound``."""
    found = _find_one(
        connection, column, value, f"{condition} AND captured_at >= ?", bound, newest=False
    )
    if found is None:
        return None
    end = _spell(found.second + timedelta(seconds=1))
    return _find_one(
        connection, column, value, f"{condition} AND captured_at < ?", end, newest=True
    )


def _find_one(
    connection: sqlite3.Connection,
    column: str,
    value: str,
    condition: str,
    bound: str,
    *,
    newest: bool,
) -> Memento | None:
    way = "DESC" if newest else "ASC"
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM captures INDEXED BY captures_{column}"
        f" WHERE {column} = ? AND {condition}"
        f" ORDER BY captured_at {way}, leaf {way} LIMIT 1",
        (value, bound),
    ).fetchone()
    return _make(row) if row else None


def _spell(moment: datetime) -> str:
    """Return a bound that sorts before all captures of this second."""
    return format_instant(moment)[:19]


def _make(row: tuple[object, ...]) -> Memento:
    names = _COLUMNS.split(", ")
    return Memento(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]  # STRICT tables
