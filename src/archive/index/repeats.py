"""Repeats: captures that brought no bytes of their own, and which reading each of them shows.

A repeat is a revisit, or a 304 that answers a conditional request.  Rules:

1. A reading is shared only along one address: what is read of a page rests on the address too, and
   on what stood beside the page when it was captured.
2. A repeat shares the reading of the latest earlier capture of its address and bytes that has one,
   or waits for one.  Where there is no such capture it is read itself.
3. A repeat that is read itself, because what stands beside the page has changed, shares with those
   that follow it.
4. Where the record with the bytes is damaged, its conversions still tell the text: all share it.

Not for: deciding whether a repeat is to be read anew (`archive.workflows.companion_tasks`).
"""

import sqlite3

from archive.index.lookup import HOLDER, SHOWING
from archive.index.rows import CaptureRow

_WITH_BYTES = "('response', 'truncated', 'malformed', 'damaged')"
_IS_READ = "(text_outcome IS NOT NULL OR reading_of IS NOT NULL)"


def place_repeat(connection: sqlite3.Connection, row: CaptureRow) -> None:
    """Note whose reading a repeat shares that was just written, or that it waits for its own."""
    is_readable = row.text_outcome is not None
    if row.unmodified_of is not None:
        shown = connection.execute(
            f"SELECT {_IS_READ} FROM captures WHERE id = ?", (row.unmodified_of,)
        ).fetchone()
        is_readable = shown is not None and bool(shown[0])
    if is_readable and has_bytes(connection, row.id):
        place_again(connection, row.id)
    else:
        connection.execute("UPDATE captures SET text_outcome = NULL WHERE id = ?", (row.id,))


def place_again(connection: sqlite3.Connection, capture_id: str) -> None:
    """Note whose reading a readable repeat shares, or that it waits for its own (rule 2)."""
    url, moment, leaf, holder = connection.execute(
        f"SELECT url, captured_at, leaf, {HOLDER} FROM captures WHERE id = ?", (capture_id,)
    ).fetchone()
    found = (
        connection.execute(
            "SELECT coalesce(reading_of, id) FROM captures INDEXED BY captures_url"
            " WHERE url = ? AND (captured_at, leaf) < (?, ?) AND purpose = 'statement'"
            f" AND {_IS_READ} AND {HOLDER} = ? ORDER BY captured_at DESC, leaf DESC LIMIT 1",
            (url, moment, leaf, holder),
        ).fetchone()
        or connection.execute(
            "SELECT id FROM captures WHERE id = ? AND outcome = 'damaged'", (holder,)
        ).fetchone()
    )
    if found is None:
        connection.execute(
            "UPDATE captures SET reading_of = NULL, text_outcome = 'pending', text_id = NULL"
            " WHERE id = ?",
            (capture_id,),
        )
        return
    connection.execute(
        "UPDATE captures SET reading_of = ?1, (text_outcome, text_id) ="
        " (SELECT nullif(text_outcome, 'pending'), text_id FROM captures AS first"
        " WHERE first.id = ?1) WHERE id = ?2",
        (found[0], capture_id),
    )


def begin_own_reading(connection: sqlite3.Connection, capture_id: str) -> None:
    """Note that a capture has a reading of its own, which those that follow share (rule 3)."""
    reading_of, moment, leaf = connection.execute(
        "SELECT reading_of, captured_at, leaf FROM captures WHERE id = ?", (capture_id,)
    ).fetchone()
    if reading_of is None:
        return
    connection.execute(
        "UPDATE captures SET reading_of = ? WHERE reading_of = ? AND (captured_at, leaf) > (?, ?)",
        (capture_id, reading_of, moment, leaf),
    )
    connection.execute("UPDATE captures SET reading_of = NULL WHERE id = ?", (capture_id,))


def has_bytes(connection: sqlite3.Connection, capture_id: str) -> bool:
    """Tell whether the record that holds the bytes of a capture is still there, if damaged."""
    found = connection.execute(
        f"SELECT (SELECT held.outcome IN {_WITH_BYTES} FROM captures AS held"
        f" WHERE held.id = {HOLDER}) FROM captures WHERE id = ?",
        (capture_id,),
    ).fetchone()
    return found is not None and bool(found[0])


def select_sharing(connection: sqlite3.Connection, capture_id: str) -> list[str]:
    """Return the captures that share the reading of this one, in the order of time."""
    rows = connection.execute(
        "SELECT id FROM captures WHERE reading_of = ? ORDER BY captured_at, leaf", (capture_id,)
    )
    return [row[0] for row in rows]


def select_showing(connection: sqlite3.Connection, capture_id: str) -> list[str]:
    """Return this capture and those that have its bytes through it, in the order of the log."""
    rows = connection.execute(
        f"SELECT id FROM captures WHERE id IN ({SHOWING}) ORDER BY leaf", {"id": capture_id}
    )
    return [row[0] for row in rows]
