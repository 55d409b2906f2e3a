"""What people read at leisure: lists, searches, and all that is known of one statement.

Reads through sqlite-utils, which gives rows as dictionaries.  Not for: the path that
captures wait on (`archive.index.lookup`, `archive.index.database`).
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import sqlite_utils

from archive.core.claim import Assertion, Claim
from archive.errors import DamageError
from archive.index.database import open_readonly
from archive.index.full_text import choose_table, format_query
from archive.index.lookup import READ_OF
from archive.index.quote import Marks, quote_texts
from archive.index.retitled import find_retitled

Row = dict[str, Any]
MOST_ROWS = 1_000_000  # that a list may be asked for
# A capture and the others of its statement, of which there may be very many.
_OF_STATEMENT = (
    "SELECT :capture AS capture_id WHERE (SELECT statement_id FROM captures WHERE id = :capture)"
    " IS NULL UNION ALL SELECT id FROM captures WHERE statement_id ="
    " (SELECT statement_id FROM captures WHERE id = :capture)"
)
_MARKS = Marks(start="[", end="]")

# The ranking reads no text; the few rows that are shown are quoted one by one.
SEARCH_SQL = """\
SELECT statements.id AS statement_id, statements.name, statements.publisher, statements.published,
       captures.id AS capture_id, captures.url, captures.captured_at, ranked.text_id
  FROM (SELECT rowid AS text_id, bm25({table}, 4.0, 1.0) AS score
          FROM {table} WHERE {table} MATCH :query
         ORDER BY score, rowid LIMIT :limit) AS ranked
 CROSS JOIN statements ON statements.id IN
       (SELECT statement_id FROM captures WHERE captures.text_id = ranked.text_id)
 CROSS JOIN captures ON captures.id =
       (SELECT latest.id FROM captures AS latest INDEXED BY captures_statement
         WHERE latest.statement_id = statements.id AND latest.text_id = ranked.text_id
         ORDER BY latest.captured_at DESC, latest.leaf DESC LIMIT 1)
 ORDER BY ranked.score, captures.captured_at DESC, captures.leaf DESC
 LIMIT :limit"""

_RETITLED_SQL = """\
SELECT statements.id AS statement_id, statements.name, statements.publisher, statements.published,
       captures.id AS capture_id, captures.url, captures.captured_at, captures.text_id
  FROM statements JOIN captures ON captures.statement_id = statements.id
 WHERE statements.id = :statement AND captures.text_id = :text
 ORDER BY captures.captured_at DESC, captures.leaf DESC LIMIT 1"""


@contextmanager
def open_reader(path: Path) -> Iterator[sqlite_utils.Database]:
    """Open the index for reading until the block ends.

    Raises:
        DamageError: there is none that this version reads, or reading meets a damaged page.
    """
    with closing(open_readonly(path)) as connection:
        try:
            yield sqlite_utils.Database(connection)
        except sqlite3.DatabaseError as error:
            raise DamageError(
                f"{path} cannot be read: {error}",
                remedy="run `archive rebuild`: the index is derived and loses nothing",
            ) from error


def read_leisurely(connection: sqlite3.Connection) -> sqlite_utils.Database:
    """Return what the functions here read through, over a connection that somebody else closes."""
    return sqlite_utils.Database(connection)


def search_statements(database: sqlite_utils.Database, text: str, *, limit: int) -> Iterator[Row]:
    """Yield the statements whose text or title matches, best first, a row for each text.

    Those that a curator gave such a title come before all others.
    """
    query = format_query(text)
    if not query:
        return
    for row in islice(_search(database, query, text, limit), limit):
        text_id = row.pop("text_id")
        quoted = quote_texts(database.conn, [text_id], text, _MARKS)
        yield row | {"snippet": quoted[text_id].snippet}


def _search(database: sqlite_utils.Database, query: str, text: str, limit: int) -> Iterator[Row]:
    found = find_retitled(database.conn, text, limit=limit)
    for text_id, statement_id in found:
        yield from database.query(_RETITLED_SQL, {"statement": statement_id, "text": text_id})
    sql = SEARCH_SQL.format(table=choose_table(text))
    for row in database.query(sql, {"query": query, "limit": limit}):
        if (row["text_id"], row["statement_id"]) not in found:
            yield row


def select_statements(
    database: sqlite_utils.Database, *, host: str | None, limit: int
) -> Iterator[Row]:
    """Yield statements, the latest captured first."""
    yield from database.query(
        "SELECT * FROM statements WHERE :host IS NULL OR host = :host"
        " ORDER BY last_captured DESC, id LIMIT :limit",
        {"host": host, "limit": limit},
    )


def select_captures(
    database: sqlite_utils.Database, *, statement: str | None, host: str | None, limit: int
) -> Iterator[Row]:
    """Yield captures, the latest first, of one statement or of all, without page requisites."""
    yield from database.query(
        "SELECT * FROM captures WHERE (:statement IS NULL OR statement_id = :statement)"
        " AND +purpose <> 'requisite'"
        " AND (:host IS NULL OR statement_id IN (SELECT id FROM statements WHERE host = :host))"
        " ORDER BY captured_at DESC, leaf DESC LIMIT :limit",
        {"statement": statement, "host": host, "limit": limit},
    )


def select_capture(database: sqlite_utils.Database, capture: str) -> Row:
    """Return the row of the capture with this id."""
    return next(iter(database.query("SELECT * FROM captures WHERE id = ?", [capture])))


def find_statement(database: sqlite_utils.Database, statement: str) -> Row | None:
    """Return the statement of this id, or None."""
    return next(iter(database.query("SELECT * FROM statements WHERE id = ?", [statement])), None)


def select_claims(database: sqlite_utils.Database, capture: str) -> list[Row]:
    """Return the claims of a capture, or of the one whose payload it shares."""
    return list(
        database.query(
            f"SELECT claims.* FROM claims JOIN captures ON claims.capture_id = {READ_OF}"
            " WHERE captures.id = ? ORDER BY position",
            [capture],
        )
    )


def select_assertions(database: sqlite_utils.Database, capture: str) -> list[Row]:
    """Return the assertions that rest on a capture, or on the one whose payload it shares.

    Those of curators about any capture of its statement come first, the displayed one of a field
    before the others.
    """
    curated = database.query(
        f"SELECT assertions.*, annotations.record_id FROM ({_OF_STATEMENT}) AS ours"
        " CROSS JOIN assertions INDEXED BY assertions_curated"
        " ON assertions.capture_id = ours.capture_id AND annotation_id IS NOT NULL"
        " CROSS JOIN annotations ON annotations.id = annotation_id ORDER BY assertions.leaf DESC",
        {"capture": capture},
    )
    machine = database.query(
        f"SELECT assertions.* FROM assertions JOIN captures ON assertions.capture_id = {READ_OF}"
        " WHERE captures.id = :capture AND annotation_id IS NULL",
        {"capture": capture},
    )
    return [*curated, *machine]


def select_annotations(
    database: sqlite_utils.Database, capture: str | None, *, limit: int = MOST_ROWS
) -> list[Row]:
    """Return what people said, the latest first: of everything, or of a capture.

    Of the other captures of its statement come assertions, which hold for all of them, and their
    retractions.
    """
    chosen = (
        ""
        if capture is None
        else f"WHERE annotations.capture_id = :capture OR (annotations.kind"
        f" IN ('assertion', 'retraction') AND annotations.capture_id IN ({_OF_STATEMENT}))"
    )
    return list(
        database.query(
            "SELECT annotations.*, organisations.name AS organisation FROM annotations"
            " LEFT JOIN organisations ON organisations.id = annotations.organisation_id"
            f" {chosen} ORDER BY annotations.leaf DESC LIMIT :limit",
            {"capture": capture, "limit": limit},
        )
    )


def make_claim(row: Row) -> Claim:
    """Return the claim that a row of `claims` holds."""
    return Claim(
        field=row["field"],
        raw=row["raw"],
        value=row["value"],
        source=row["source"],
        record=row["record"],
        locator=row["locator"],
        rule=row["rule"],
        zone=row["zone"],
    )


def make_assertion(row: Row) -> Assertion:
    """Return the assertion that a row of `assertions` holds."""
    return Assertion(
        field=row["field"],
        value=row["value"],
        rule=row["rule"],
        confidence=row["confidence"],
        supports=tuple(json.loads(row["supports"])),
        contradicts=tuple(json.loads(row["contradicts"])),
        earliest=row["earliest"],
        latest=row["latest"],
    )


def find_text(database: sqlite_utils.Database, text_id: int | None) -> Row | None:
    """Return a text, or None."""
    return next(iter(database.query("SELECT * FROM texts WHERE id = ?", [text_id])), None)
