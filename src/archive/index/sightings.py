"""What the captures of a statement let us know of it, as rows tell it.

A capture that shares its payload with another shares all that was read of that one.  Not for: what
follows from them (`archive.index.versions`).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.core.exchange import COMPANIONS
from archive.core.version import Content, Link, Quality, Sighting, Stated, Wording
from archive.index.lookup import READ_OF

_NO_WORDINGS: tuple[Wording, ...] = ()

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A capture that is to be read again, because its neighbour was read under this label."""

    capture_id: str
    label: str


def select_sightings(connection: sqlite3.Connection, statement_id: str) -> tuple[Sighting, ...]:
    """Return what the captures of a statement let us know of it, in the order of time."""
    return tuple(sighting for sighting, _ in select_captured(connection, statement_id))


def select_captured(
    connection: sqlite3.Connection, statement_id: str, *, since: str = ""
) -> list[tuple[Sighting, Row]]:
    """Return the sightings, each with what a version says of its first one.

    All of them, or those made since a moment (UTC, as in the index).
    """
    return _select(
        connection,
        "statement_id = ? AND captured_at >= ? ORDER BY captured_at, leaf",
        (statement_id, since),
    )


def select_some(
    connection: sqlite3.Connection, captures: Iterable[str]
) -> list[tuple[Sighting, Row]]:
    """Return `select_captured` of these captures, in no order."""
    named = json.dumps(sorted(captures))
    return _select(connection, "captures.id IN (SELECT value FROM json_each(?))", (named,))


def select_plain(connection: sqlite3.Connection, statement_id: str) -> list[tuple[str, str, bool]]:
    """Return id and moment of the captures of a statement in the order of time.

    With each goes whether it plainly shows the statement in words (`archive.history.trace`); what
    the others show has to be judged by all that is known of them (`select_some`).
    """
    return connection.execute(
        "SELECT id, captured_at, coalesce(outcome IN ('response', 'revisit')"
        " AND status BETWEEN 200 AND 299 AND words IS NOT NULL"
        " AND coalesce(quality, 'usable') = 'usable', 0)"
        f" FROM captures LEFT JOIN readings ON readings.capture_id = {READ_OF}"
        " WHERE statement_id = ? ORDER BY captured_at, leaf",
        (statement_id,),
    ).fetchall()


def select_before(
    connection: sqlite3.Connection, statement_id: str, *, before: str
) -> Iterator[list[Sighting]]:
    """Yield the sightings before a moment, in order of time: the last one, then ever more."""
    most, passed = 1, 0
    while found := _select(
        connection,
        "statement_id = ? AND captured_at < ?"
        " ORDER BY captured_at DESC, leaf DESC LIMIT ? OFFSET ?",
        (statement_id, before, most, passed),
    ):
        yield [sighting for sighting, _ in reversed(found)]
        most, passed = most * 4, passed + most


def _select(
    connection: sqlite3.Connection, which: str, values: Sequence[str | int]
) -> list[tuple[Sighting, Row]]:
    rows = connection.execute(
        f"SELECT captures.id, {READ_OF}, captured_at, url, outcome, status, location,"
        # What shares a page that waits to be read, waits with it.
        " alias_of IS NOT NULL, coalesce(text_outcome, (SELECT 'pending' FROM captures AS first"
        f" WHERE first.id = {READ_OF} AND first.text_outcome = 'pending')),"
        " quality, readings.title, meta,"
        " stated_title, published, modified, author, publisher, text_id"
        f" FROM captures LEFT JOIN readings ON readings.capture_id = {READ_OF}"
        f" WHERE {which}",
        values,
    ).fetchall()
    sources = {row[1] for row in rows if row[8] is not None and row[8] != "pending"}
    wordings = _select_wordings(connection, sources) if sources else {}
    return [
        (
            Sighting(
                capture=row[0],
                source=row[1],
                moment=row[2],
                url=row[3],
                outcome=row[4],
                status=row[5],
                location=row[6],
                is_alias=bool(row[7]),
                reading=row[8],
                quality=row[9],
                title=row[10],
                meta=row[11],
                wordings=wordings.get(row[1], _NO_WORDINGS),
            ),
            row[12:],
        )
        for row in rows
    ]


def select_unread(
    connection: sqlite3.Connection, captures: Sequence[str] | None = None
) -> list[Unread]:
    """Return the captures that are to be read again before neighbours can be compared.

    Of two neighbours that is the one that lacks the newest label of both.  Only of the statements
    of ``captures``, or of all.
    """
    named = json.dumps(captures) if captures is not None else None
    pairs = connection.execute(
        f"SELECT (SELECT {READ_OF} FROM captures WHERE captures.id = before_capture),"
        f" (SELECT {READ_OF} FROM captures WHERE captures.id = pending_comparisons.capture_id)"
        " FROM pending_comparisons WHERE ?1 IS NULL OR statement_id IN (SELECT statement_id"
        " FROM captures WHERE id IN (SELECT value FROM json_each(?1)))"
        " ORDER BY statement_id, capture_id",
        (named,),
    ).fetchall()
    found: dict[Unread, None] = {}
    for pair in pairs:
        labels = [
            dict(
                connection.execute(
                    "SELECT extractor, max(leaf) FROM conversions WHERE capture_id = ?"
                    " AND extractor <> 'none' GROUP BY extractor",
                    (source,),
                ).fetchall()
            )
            for source in pair
        ]
        newest = max(
            ((leaf, label) for side in labels for label, leaf in side.items()), default=None
        )
        if newest is None:
            continue
        for source, side in zip(pair, labels, strict=True):
            if newest[1] not in side:
                found.setdefault(Unread(capture_id=source, label=newest[1]))
    return list(found)


def find_companion_ids(connection: sqlite3.Connection, capture_id: str) -> tuple[str, ...] | None:
    """Return the companions that a capture was last read with; None where it never was read."""
    row = connection.execute(
        "SELECT companions FROM conversions WHERE capture_id = ? ORDER BY leaf DESC LIMIT 1",
        (capture_id,),
    ).fetchone()
    return None if row is None else tuple((row[0] or "").split())


def select_beside(
    connection: sqlite3.Connection, capture_id: str
) -> frozenset[tuple[str, str, str | None]]:
    """Return what companions say of a page that was read: source, field and value."""
    return frozenset(
        connection.execute(
            "SELECT source, field, value FROM claims WHERE capture_id = ? AND record IS NOT NULL",
            (capture_id,),
        )
    )


def select_behind(connection: sqlite3.Connection, *, since: str) -> list[str]:
    """Return the captures that may know less than what stands beside them by now.

    They share a reading, and are the last of their address; a companion on their site brought new
    bytes since that reading.  Only of the captures and companions made from ``since`` on.
    """
    names = ", ".join(f"'{purpose}'" for purpose in sorted(COMPANIONS))
    fresh: dict[tuple[str, ...], int] = {}
    for surt, leaf in connection.execute(
        "SELECT surt, leaf FROM captures INDEXED BY captures_captured_at WHERE captured_at >= ?"
        f" AND purpose IN ({names}) AND outcome = 'response' AND surt IS NOT NULL ORDER BY leaf",
        (since,),
    ):
        fresh[_find_site(surt)] = leaf
    if not fresh:
        return []
    rows = connection.execute(
        "SELECT id, surt, (SELECT max(leaf) FROM conversions WHERE capture_id = reading_of)"
        " FROM captures INDEXED BY captures_captured_at WHERE captured_at >= ?"
        " AND reading_of IS NOT NULL AND surt IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM conversions WHERE capture_id = captures.id)"
        " AND NOT EXISTS (SELECT 1 FROM captures AS later WHERE later.url = captures.url"
        " AND (later.captured_at, later.leaf) > (captures.captured_at, captures.leaf)"
        " AND later.reading_of IS NOT NULL) ORDER BY leaf",
        (since,),
    )
    return [
        capture_id
        for capture_id, surt, leaf in rows
        if leaf is not None and fresh.get(_find_site(surt), -1) > leaf
    ]


def _find_site(surt: str) -> tuple[str, ...]:
    """Return the last two parts of a host, which those of one site have in common."""
    return tuple(surt.partition(")")[0].split(",")[:2])


def has_conversion(connection: sqlite3.Connection, capture_id: str, label: str) -> bool:
    """Tell whether a capture was read under this label, with whatever outcome."""
    found = connection.execute(
        "SELECT 1 FROM conversions WHERE capture_id = ? AND extractor = ? LIMIT 1",
        (capture_id, label),
    ).fetchone()
    return found is not None


def find_common(connection: sqlite3.Connection, one: str, other: str) -> str | None:
    """Return the first label that two captures were both read with, or None if there is none."""
    row = connection.execute(
        "SELECT theirs.extractor FROM conversions AS theirs JOIN conversions AS ours"
        " ON ours.extractor = theirs.extractor AND ours.words IS NOT NULL"
        f" WHERE theirs.capture_id = (SELECT {READ_OF} FROM captures WHERE captures.id = ?)"
        f" AND ours.capture_id = (SELECT {READ_OF} FROM captures WHERE captures.id = ?)"
        " AND theirs.words IS NOT NULL"
        " GROUP BY theirs.extractor"
        " ORDER BY max(min(theirs.leaf), min(ours.leaf)), theirs.extractor LIMIT 1",
        (one, other),
    ).fetchone()
    return row[0] if row else None


def find_quality(connection: sqlite3.Connection, capture_id: str) -> Quality | None:
    """Return what the page of a capture is, None where it was not judged."""
    row = connection.execute(
        f"SELECT quality FROM readings WHERE capture_id = (SELECT {READ_OF} FROM captures"
        " WHERE captures.id = ?)",
        (capture_id,),
    ).fetchone()
    return row[0] if row else None


def read_content(connection: sqlite3.Connection, capture_id: str, label: str) -> Content:
    """Return what a comparison looks at, of a capture that was read under ``label``."""
    source, payload = connection.execute(
        f"SELECT {READ_OF}, payload FROM captures WHERE id = ?", (capture_id,)
    ).fetchone()
    row = connection.execute(
        "SELECT stated_title, published, modified, author, publisher, visible, links FROM readings"
        " WHERE capture_id = ?",
        (source,),
    ).fetchone()
    (text,) = connection.execute(
        "SELECT texts.text FROM conversions JOIN texts ON texts.id = text_id"
        " WHERE capture_id = ? AND extractor = ? ORDER BY leaf LIMIT 1",
        (source, label),
    ).fetchone()
    notices = connection.execute(
        "SELECT value FROM claims WHERE capture_id = ? AND field = 'correction'"
        " AND value IS NOT NULL ORDER BY position",
        (source,),
    )
    return Content(
        text=text,
        title=row[0],
        stated=Stated(published=row[1], modified=row[2], author=row[3], publisher=row[4]),
        links=tuple(Link(text=words, url=url) for words, url in json.loads(row[6])),
        notices=tuple(value for (value,) in notices),
        visible=row[5],
        payload=payload,
    )


def _select_wordings(
    connection: sqlite3.Connection, sources: set[str]
) -> dict[str, tuple[Wording, ...]]:
    """Return the wordings of each source, each label once, in the order of the log."""
    found: dict[str, dict[str, Wording]] = {}
    for source, label, leaf, words in connection.execute(
        "SELECT capture_id, extractor, leaf, words FROM conversions"
        " WHERE capture_id IN (SELECT value FROM json_each(?)) AND words IS NOT NULL"
        " ORDER BY capture_id, leaf",
        (json.dumps(sorted(sources)),),
    ):
        wording = Wording(label=label, leaf=leaf, words=words)
        found.setdefault(source, {}).setdefault(label, wording)
    return {source: tuple(labels.values()) for source, labels in found.items()}
