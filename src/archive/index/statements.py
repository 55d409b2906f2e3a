"""Statements in the index: which captures belong to one, and what its row derives from them.

Both follow from all captures and annotations alone, whatever the order they came in: an address
belongs to the statement that its newest permanent redirects lead to, and a row is computed anew
from the captures that belong to it, and from what curators assert of any of them.  Not for:
transactions, which are the caller's (`archive.index.database`).
"""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date

from archive.core.identity import derive_statement_id
from archive.core.span import Span, cut_span, format_span, read_span
from archive.core.uri import (
    Url,
    format_statement_key,
    format_surt,
    parse_url,
    resolve_location,
)
from archive.errors import InputError
from archive.index.lookup import READ_OF
from archive.index.organisations import find_host_organisation

_YEAR = re.compile(r"\d{4}")
_OPEN = re.compile(r"(?:^|[\[{,/])\.\.|\.\.(?:$|[\]},/])|^/|/$")  # EDTF: an end that is not known
_ALIAS_STEPS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
# Captures that show the statement itself, as far as its page was judged.
_READABLE = (
    "text_outcome = 'text' AND (status BETWEEN 200 AND 299 OR unmodified_of IS NOT NULL)"
    " AND coalesce((SELECT quality FROM readings WHERE readings.capture_id ="
    f" {READ_OF}), 'usable') = 'usable'"
)
DISPLAYED = ("title", "publisher", "author", "published", "modified", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """A date of publication as displayed, and the days that it lies between."""

    value: str | None
    earliest: str | None
    latest: str | None


_NO_BOUNDS = _Bounds(value=None, earliest=None, latest=None)


def write_statement(connection: sqlite3.Connection, key: str) -> str:
    """Return the id of the statement that ``key`` resolves to; make its row if there is none."""
    resolved = _resolve_key(connection, key)
    statement_id = derive_statement_id(resolved)
    connection.execute(
        "INSERT INTO statements (id, key, name, captures, payloads, texts)"
        " VALUES (?, ?, '', 0, 0, 0) ON CONFLICT DO NOTHING",
        (statement_id, resolved),
    )
    return statement_id


def place_aliases(connection: sqlite3.Connection, key: str) -> set[str]:
    """Place ``key`` anew, and every key that redirects to it, however far away."""
    touched: set[str] = set()
    waiting, seen = [key], {key}
    while waiting:
        current = waiting.pop()
        touched |= _place_key(connection, current)
        for (found,) in connection.execute(
            "SELECT DISTINCT key FROM captures WHERE alias_of = ?", (current,)
        ):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return touched


# Each from one index alone: a statement that is watched for years has thousands of captures.
_COUNTED = "FROM captures INDEXED BY captures_counted WHERE statement_id = ?1"
_OWN = "FROM captures INDEXED BY captures_statement WHERE statement_id = ?1"
_COUNT = (
    f"SELECT (SELECT count(*) {_OWN}), (SELECT count(*) FROM (SELECT DISTINCT payload {_COUNTED}"
    " AND unmodified_of IS NULL AND payload IS NOT NULL)),"
    f" (SELECT count(DISTINCT text_id) {_COUNTED}),"
    f" (SELECT min(captured_at) {_OWN}), (SELECT max(captured_at) {_OWN})"
)


def refresh_statement(connection: sqlite3.Connection, statement_id: str) -> None:
    """Compute what a statement's row derives from its captures; without any it goes."""
    counts = connection.execute(_COUNT, (statement_id,)).fetchone()
    if not counts[0]:
        connection.execute("DELETE FROM statements WHERE id = ?", (statement_id,))
        return
    url, surt, outcome, status, location = connection.execute(
        "SELECT url, surt, outcome, status, location FROM captures WHERE statement_id = ?"
        " ORDER BY captured_at DESC, leaf DESC LIMIT 1",
        (statement_id,),
    ).fetchone()
    if location is not None and status in _REDIRECTS:
        target = _follow(connection, statement_id, url, location)
        url, surt = (str(target), format_surt(target)) if target else (url, surt)
    asserted: dict[str, tuple[str | None, float | None]] = {}
    bounds = _NO_BOUNDS
    if counts[2]:  # a text: nothing is asserted where there is none
        found = connection.execute(
            "SELECT field, value, confidence, earliest, latest FROM assertions"
            " WHERE annotation_id IS NULL"
            " AND capture_id = ("
            f"SELECT {READ_OF} FROM captures WHERE statement_id = ? AND {_READABLE}"
            " ORDER BY captured_at DESC, leaf DESC LIMIT 1)",
            (statement_id,),
        )
        for field, value, confidence, *days in found:
            asserted[field] = (value, confidence)
            if field == "published":
                bounds = _narrow(connection, statement_id, value, (days[0], days[1]))
                asserted[field] = (bounds.value, confidence)
    curated = {field: (value, None) for field, value in _select_curated(connection, statement_id)}
    asserted |= curated
    host = url.split("/")[2] if url.count("/") > 1 else None
    nothing: tuple[str | None, float | None] = (None, None)
    title, _ = asserted.get("title", nothing)
    published, confidence = asserted.get("published", nothing)
    bounds = _NO_BOUNDS if "published" in curated else bounds
    connection.execute(
        "UPDATE statements SET name = ?, url = ?, surt = ?, host = ?, organisation_id = ?,"
        " title = ?, publisher = ?, author = ?, published = ?,"
        " published_earliest = ?, published_latest = ?, published_year = ?,"
        " published_confidence = ?, modified = ?, language = ?, curated = ?,"
        " first_captured = ?, last_captured = ?, last_outcome = ?, last_status = ?, captures = ?,"
        " payloads = ?, texts = ? WHERE id = ?",
        (
            title or url,
            url,
            surt,
            host,
            find_host_organisation(connection, host),
            title,
            asserted.get("publisher", nothing)[0],
            asserted.get("author", nothing)[0],
            published,
            bounds.earliest,
            bounds.latest,
            find_year(published) if published else None,
            confidence if published else None,
            asserted.get("modified", nothing)[0],
            asserted.get("language", nothing)[0],
            ", ".join(field for field in DISPLAYED if field in curated) or None,
            counts[3],
            counts[4],
            outcome,
            status,
            counts[0],
            counts[1],
            counts[2],
            statement_id,
        ),
    )


def _follow(
    connection: sqlite3.Connection, statement_id: str, url: str, location: str
) -> Url | None:
    """Return where an address leads within its statement; None where it leads out of it.

    The latest capture is such a redirect where the page that it led to is withdrawn.
    """
    try:
        target = resolve_location(parse_url(url), location)
    except InputError:
        return None
    key = _resolve_key(connection, format_statement_key(target))
    return target if derive_statement_id(key) == statement_id else None


def _narrow(
    connection: sqlite3.Connection,
    statement_id: str,
    value: str | None,
    days: tuple[str | None, str | None],
) -> _Bounds:
    """Return what a capture asserts of publication, cut at the first capture that holds a text.

    A later capture cannot know that bound by itself.  A day that is stated stays as it is.
    """
    (moment,) = connection.execute(
        f"SELECT min(captured_at) FROM captures WHERE statement_id = ? AND {_READABLE}",
        (statement_id,),
    ).fetchone()
    earliest, latest = days
    if moment is None:
        return _Bounds(value=value, earliest=earliest, latest=latest)
    first = date.fromisoformat(moment[:10])
    stated = Span(
        first=date.fromisoformat(earliest) if earliest else None,
        last=date.fromisoformat(latest) if latest else None,
    )
    cut = stated if stated.is_day else cut_span(stated, first)
    if value is not None and cut != stated:
        value = format_span(cut_span(read_span(value), first))
    return _Bounds(
        value=value, earliest=earliest, latest=cut.last.isoformat() if cut.last else None
    )


def find_year(value: str) -> int | None:
    """Return the year of a date in EDTF, or None where it may be of more than one."""
    years = set(_YEAR.findall(value))
    return int(years.pop()) if len(years) == 1 and not _OPEN.search(value) else None


def _select_curated(connection: sqlite3.Connection, statement_id: str) -> list[tuple[str, str]]:
    """Return fields and values that curators assert, in the order of the log: the last one wins."""
    return connection.execute(
        "SELECT field, value FROM captures CROSS JOIN assertions INDEXED BY assertions_curated"
        " ON assertions.capture_id = captures.id AND annotation_id IS NOT NULL"
        " WHERE statement_id = ? ORDER BY assertions.leaf",
        (statement_id,),
    ).fetchall()


def _place_key(connection: sqlite3.Connection, key: str) -> set[str]:
    """Put the captures of ``key`` into the statement that it resolves to."""
    statement_id = write_statement(connection, key)
    before = connection.execute(
        "SELECT DISTINCT statement_id FROM captures WHERE key = ?", (key,)
    ).fetchall()
    connection.execute("UPDATE captures SET statement_id = ? WHERE key = ?", (statement_id, key))
    return {statement_id} | {found for (found,) in before if found is not None}


def _resolve_key(connection: sqlite3.Connection, key: str) -> str:
    """Follow the newest permanent redirects from ``key``; a circle ends at its smallest key."""
    path = [key]
    for _ in range(_ALIAS_STEPS):
        row = connection.execute(
            "SELECT alias_of FROM captures WHERE key = ? AND alias_of IS NOT NULL"
            " ORDER BY leaf DESC LIMIT 1",
            (path[-1],),
        ).fetchone()
        if row is None:
            return path[-1]
        if row[0] in path:
            return min(path[path.index(row[0]) :])
        path.append(row[0])
    return path[-1]
