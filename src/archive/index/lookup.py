"""Finding captures: by id, prefix, record id or address, and what capturing needs to know.

Not for: lists and searches that people read (`archive.index.search`).  Over 300 lines, because
every way to name a capture ends in the same few queries.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from archive.core.exchange import COMPANIONS
from archive.core.identity import SHORT, normalise_capture_id
from archive.core.instant import format_instant, parse_instant
from archive.core.uri import format_statement_key, parse_url
from archive.errors import InputError

_COLUMNS = (
    "id, record_id, statement_id, url, captured_at, outcome, status, media_type, payload, content,"
    " revisit_of, unmodified_of, text_outcome, text_id, reading_of, error, peer, tls, visit,"
    ' address, hop, hops, warc, "offset", length, leaf, purpose'
)


# Which capture holds the page that one of ``captures`` shows: itself, or the one that it repeats.
HOLDER = (
    "coalesce((SELECT coalesce(shown.revisit_of, shown.id) FROM captures AS shown"
    " WHERE shown.id = captures.unmodified_of), captures.revisit_of, captures.id)"
)
# A capture, and those that have their bytes through it.
SHOWING = (
    "SELECT :id UNION ALL SELECT id FROM captures WHERE revisit_of = :id"
    " UNION ALL SELECT id FROM captures WHERE unmodified_of IN"
    " (SELECT :id UNION ALL SELECT id FROM captures WHERE revisit_of = :id)"
)
# Which capture was read for one of ``captures``: itself, or an earlier one of its address.
READ_OF = "coalesce(captures.reading_of, captures.id)"
_MOST_TOLD = 3  # withdrawals
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A capture as the index knows it; the columns are those of ``captures``."""

    id: str
    record_id: str
    statement_id: str | None
    url: str
    captured_at: str
    outcome: str
    status: int | None
    media_type: str | None
    payload: str | None
    content: str | None
    revisit_of: str | None
    unmodified_of: str | None
    text_outcome: str | None
    text_id: int | None
    reading_of: str | None
    error: str | None
    peer: str | None
    tls: str | None
    visit: str
    address: str
    hop: int
    hops: int
    warc: str
    offset: int
    length: int
    leaf: int
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An earlier response that a revisit can refer to."""

    record_id: str
    url: str
    captured_at: str


def find_original(connection: sqlite3.Connection, payload: str, *, purpose: str) -> Original | None:
    """Return the first whole response with this payload digest, fetched for this, or None.

    Of another purpose it would be of no use: the text of a robots.txt, say, is never read.
    """
    row = connection.execute(
        "SELECT record_id, url, captured_at FROM captures INDEXED BY captures_payload"
        " WHERE payload = ? AND outcome = 'response' AND purpose = ? ORDER BY leaf LIMIT 1",
        (payload, purpose),
    ).fetchone()
    return Original(record_id=row[0], url=row[1], captured_at=row[2]) if row else None


def find_whole(connection: sqlite3.Connection, url: str, *, purpose: str) -> Found | None:
    """Return the last whole answer of status 200 of this very address, for that purpose, or None.

    A revisit counts while the response that holds its payload is still stored.
    """
    return _find_one(
        connection,
        "url = ? AND purpose = ? AND status = 200 AND (outcome = 'response' OR (outcome = 'revisit'"
        " AND EXISTS (SELECT 1 FROM captures AS first WHERE first.id = captures.revisit_of"
        " AND first.outcome = 'response')))",
        (url, purpose),
    )


def select_done_addresses(connection: sqlite3.Connection, batch: str) -> frozenset[str]:
    """Return the addresses of a run whose visits are stored to their end."""
    return frozenset(
        row[0]
        for row in connection.execute(
            "SELECT address FROM captures INDEXED BY captures_batch"
            " WHERE batch = ? AND hop = hops - 1"
            " AND purpose = 'statement'",
            (batch,),
        )
    )


def select_pending(connection: sqlite3.Connection, *, after: int, limit: int) -> list[Found]:
    """Return captures that wait for their text, in the order of the log."""
    return [
        _make_found(row)
        for row in connection.execute(
            f"SELECT {_COLUMNS} FROM captures WHERE text_outcome = 'pending' AND leaf > ?"
            " ORDER BY leaf LIMIT ?",
            (after, limit),
        )
    ]


def has_pending(connection: sqlite3.Connection) -> bool:
    """Tell whether any capture waits for its text."""
    query = "SELECT 1 FROM captures WHERE text_outcome = 'pending' LIMIT 1"
    return connection.execute(query).fetchone() is not None


def find_record(connection: sqlite3.Connection, record_id: str) -> Found | None:
    """Return the capture whose principal record has this id, or None."""
    return _find_one(connection, "record_id = ?", (record_id,))


def find_holder(connection: sqlite3.Connection, capture_id: str) -> Found | None:
    """Return the capture that holds the page which this one shows: often itself; or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE id ="
        f" (SELECT {HOLDER} FROM captures WHERE captures.id = ?)",
        (capture_id,),
    ).fetchone()
    return _make_found(row) if row else None


def find_read(connection: sqlite3.Connection, capture_id: str) -> Found | None:
    """Return the capture that was read for this one, or is to be: often itself; or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE id ="
        f" (SELECT {READ_OF} FROM captures WHERE captures.id = ?)",
        (capture_id,),
    ).fetchone()
    return _make_found(row) if row else None


def find_by_id(connection: sqlite3.Connection, capture_id: str) -> Found | None:
    """Return the capture whose whole id this is, or None."""
    return _find_one(connection, "id = ?", (capture_id,))


def has_companions(connection: sqlite3.Connection) -> bool:
    """Tell whether a companion of any page was ever captured."""
    names = ", ".join(f"'{purpose}'" for purpose in sorted(COMPANIONS))
    query = f"SELECT 1 FROM captures INDEXED BY captures_purpose WHERE purpose IN ({names}) LIMIT 1"
    return connection.execute(query).fetchone() is not None


def find_visited(
    connection: sqlite3.Connection,
    address: str,
    purpose: str,
    *,
    since: str,
    until: str,
    with_unmodified: bool = False,
) -> Found | None:
    """Return where the newest visit to ``address`` for this ended, of those begun in that time.

    A visit that only heard that nothing had changed counts with ``with_unmodified`` alone: it
    brought nothing to read.
    """
    visits = select_visits_of(
        connection,
        address,
        purpose,
        since=since,
        until=until,
        limit=1,
        with_unmodified=with_unmodified,
    )
    return next(visits, None)


def select_visits_of(
    connection: sqlite3.Connection,
    address: str,
    purpose: str,
    *,
    since: str,
    until: str,
    limit: int,
    with_unmodified: bool = False,
) -> Iterator[Found]:
    """Yield where visits to ``address`` for this ended, the newest first, as `find_visited`."""
    whole = "" if with_unmodified else " AND unmodified_of IS NULL"
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM captures INDEXED BY captures_url WHERE url = ? AND purpose = ?"
        f" AND hop = 0{whole} AND captured_at BETWEEN ? AND ?"
        " ORDER BY captured_at DESC, leaf DESC LIMIT ?",
        (address, purpose, since, until, limit),
    ).fetchall()
    for row in rows:
        yield select_visit(connection, _make_found(row))[-1]


def find_leaf(connection: sqlite3.Connection, record_id: str) -> int | None:
    """Return the leaf of the conversion, annotation or event that is the record ``record_id``."""
    row = connection.execute(
        "SELECT leaf FROM conversions WHERE record_id = :id"
        " UNION ALL SELECT leaf FROM annotations WHERE record_id = :id"
        " UNION ALL SELECT leaf FROM events WHERE record_id = :id",
        {"id": record_id},
    ).fetchone()
    return row[0] if row else None


def select_visit(connection: sqlite3.Connection, found: Found) -> list[Found]:
    """Return the captures of the visit that a capture belongs to, in their order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE visit = ?1 AND hops > 1"
        # Most visits are of one capture; the first of a longer one may have been withdrawn.
        f" UNION SELECT {_COLUMNS} FROM captures WHERE id IN (?1, ?2) AND visit = ?1 ORDER BY hop",
        (found.visit, found.id),
    )
    return [_make_found(row) for row in rows]


def select_revisits(connection: sqlite3.Connection, capture_id: str) -> list[Found]:
    """Return the captures that depend on the payload of this one."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE revisit_of = ? ORDER BY leaf", (capture_id,)
    )
    return [_make_found(row) for row in rows]


def select_resting(connection: sqlite3.Connection, capture_id: str) -> list[Found]:
    """Return the captures that stay if this one goes, and have to be read again then.

    They were read with it, a companion, or with one of its payload, or share its reading.
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE id NOT IN ({SHOWING}) AND (id IN"
        " (SELECT conversions.capture_id FROM conversions, captures AS beside"
        " WHERE companions IS NOT NULL AND instr(companions, beside.id)"
        " AND (beside.id = :id OR beside.revisit_of = :id))"
        f" OR reading_of IN ({SHOWING})) ORDER BY leaf",
        {"id": capture_id},
    )
    return [_make_found(row) for row in rows]


def select_conversion_leaves(connection: sqlite3.Connection, capture_id: str) -> tuple[int, ...]:
    """Return the leaves of all conversions of a capture's bytes, in the order of the log."""
    return tuple(
        row[0]
        for row in connection.execute(
            f"SELECT leaf FROM conversions WHERE capture_id IN ({SHOWING}) ORDER BY leaf",
            {"id": capture_id},
        )
    )


def find_text_digest(connection: sqlite3.Connection, capture_id: str) -> str | None:
    """Return the digest of a capture's main text, a revisit's included, or None."""
    row = connection.execute(
        "SELECT texts.digest FROM captures JOIN texts ON texts.id = captures.text_id"
        " WHERE captures.id = ?",
        (capture_id,),
    ).fetchone()
    return row[0] if row else None


def find_capture(connection: sqlite3.Connection, name: str) -> Found:
    """Return the one capture that ``name`` means.

    ``name`` is a capture id or an unambiguous prefix of at least 6 characters, a record id,
    an address (its latest capture) or ``ADDRESS@TIME`` (the latest at that moment).  Any of them
    with ``@v2`` means the first capture of version 2 of that statement.

    Raises:
        InputError: nothing, or more than one capture, goes by that name.
    """
    plain, mark, number = name.rpartition("@v")
    found: Found | None
    if mark and _NUMBER.fullmatch(number) and not _is_address_asked_for(connection, name):
        found = _find_version(connection, plain, int(number))
    elif name.startswith("urn:uuid:"):
        found = find_record(connection, name)
    elif "://" in name:
        found = _find_address(connection, name)
    else:
        found = _find_prefix(connection, name)
    if found is None:
        raise InputError(
            f"no capture goes by {name!r}{_tell_withdrawn(connection, name)}",
            remedy="`archive list` shows what there is",
        )
    return found


def _tell_withdrawn(connection: sqlite3.Connection, name: str) -> str:
    """Return what was withdrawn, where an address may be that of one: none of these is kept."""
    if "://" not in name:
        return ""
    rows = connection.execute(
        "SELECT capture_id, time, agent_name, reason FROM annotations WHERE kind = 'withdrawal'"
        " ORDER BY leaf DESC LIMIT ?",
        (_MOST_TOLD + 1,),
    ).fetchall()
    if not rows:
        return ""
    told = "; ".join(
        f"{row[0]}, withdrawn {row[1]} by {row[2]}: {row[3]}" for row in rows[:_MOST_TOLD]
    )
    more = "; and more: archive annotations" if len(rows) > _MOST_TOLD else ""
    return f" now; captures were withdrawn, and with them went their addresses: {told}{more}"


def find_statement_of(connection: sqlite3.Connection, name: str) -> str | None:
    """Return the statement that ``name`` means as in `find_capture`, None where it is of none.

    An address means the statement that was shown there, though by now it lead to another one: the
    home page, say, because the statement is gone.

    Raises:
        InputError: nothing, or more than one capture, goes by that name.
    """
    found = find_capture(connection, name)
    if "://" not in name:
        return found.statement_id
    address, before = _split_moment(name)
    row = connection.execute(
        "SELECT statement_id FROM captures WHERE (url = ?1 OR key = ?2) AND captured_at <= ?3"
        " AND EXISTS (SELECT 1 FROM versions WHERE versions.statement_id = captures.statement_id)"
        " ORDER BY url = ?1 DESC, captured_at DESC, leaf DESC LIMIT 1",
        (address, format_statement_key(parse_url(address)), before),
    ).fetchone()
    return row[0] if row else found.statement_id


def _is_address_asked_for(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether this is an address by itself, such as one of a person called v2."""
    return "://" in name and _find_one(connection, "url = ?", (name,)) is not None


def _find_version(connection: sqlite3.Connection, name: str, number: int) -> Found:
    """Return the first capture of a version of the statement that ``name`` means.

    Raises:
        InputError: nothing goes by that name, or the statement has no such version.
    """
    statement_id = find_statement_of(connection, name)
    row = connection.execute(
        "SELECT capture_id FROM versions WHERE statement_id = ? AND number = ?",
        (statement_id, number),
    ).fetchone()
    found = find_by_id(connection, row[0]) if row else None
    if found is None:
        raise InputError(f"{name!r} has no version {number}", remedy=f"see: archive history {name}")
    return found


def _find_prefix(connection: sqlite3.Connection, name: str) -> Found | None:
    prefix = normalise_capture_id(name)
    if prefix is None:
        raise InputError(
            f"{name!r} is no capture id, record id or address",
            remedy="give at least 6 characters of an id, or an address with http:// or https://",
        )
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE id >= ? AND id < ? ORDER BY id LIMIT 4",
        (prefix, prefix + "~"),
    ).fetchall()
    if len(rows) > 1:
        some = ", ".join(row[0] for row in rows[:3])
        raise InputError(f"{name!r} is ambiguous: {some}…", remedy="give more characters")
    if not rows and len(prefix) <= SHORT:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM captures WHERE statement_id >= ? AND statement_id < ?"
            " ORDER BY captured_at DESC, leaf DESC LIMIT 1",
            (prefix, prefix + "~"),
        ).fetchall()
    return _make_found(rows[0]) if rows else None


def _find_address(connection: sqlite3.Connection, name: str) -> Found | None:
    address, before = _split_moment(name)
    found = _find_one(connection, "url = ? AND captured_at <= ?", (address, before))
    if found is None:
        key = format_statement_key(parse_url(address))
        found = _find_one(connection, "key = ? AND captured_at <= ?", (key, before))
        # Withdrawn captures name no address: what leads there is then all that is left.
        found = found or _find_one(connection, "alias_of = ? AND captured_at <= ?", (key, before))
    if found is not None and found.hop < found.hops - 1:
        return select_visit(connection, found)[-1]
    return found


def _split_moment(name: str) -> tuple[str, str]:
    """Return an address and the moment behind it, later than all where there is none."""
    address, at, moment = name.rpartition("@")
    if at and "://" in address:
        with suppress(InputError):
            return address, format_instant(parse_instant(moment))
    return name, "9999"


def _find_one(
    connection: sqlite3.Connection, condition: str, values: tuple[str, ...]
) -> Found | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM captures WHERE {condition}"
        " ORDER BY captured_at DESC, leaf DESC LIMIT 1",
        values,
    ).fetchone()
    return _make_found(row) if row else None


def _make_found(row: tuple[object, ...]) -> Found:
    names = [name.strip(' "') for name in _COLUMNS.split(",")]
    return Found(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]  # STRICT tables
