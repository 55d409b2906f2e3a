"""What the home page asks of the index, and how a reader is kept in bounds.

The statements here are run by whoever holds the connection (Datasette, under its time limit);
values are always bound, rows become values here.  Not for: the search page
(`archive.index.ranking`), the command line's lists and searches (`archive.index.search`), or the
path that captures wait on (`archive.index.lookup`).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from archive.index.database import SCHEMA_VERSION
from archive.index.full_text import format_words

_LONGEST_VALUE = 64 << 20  # as much as one page may decode to; a text of ours is smaller
_LONGEST_SQL = 100_000
_LONGEST_PATTERN = 1_000
_PAGES_KEPT = 32 << 10  # KiB of the index that a connection keeps at hand

# No answer, or one that says there is no page; an index of its own has the same words.
WITHOUT_PAGE = (
    "(outcome IN ('blocked', 'dns', 'connect', 'tls', 'timeout', 'disconnect')"
    " OR status >= 400) AND purpose = 'statement'"
)
OVERVIEW_SQL = f"""\
SELECT (SELECT value FROM about WHERE key = 'origin') AS origin,
       (SELECT CAST(value AS INTEGER) FROM about WHERE key = 'leaves') AS leaves,
       (SELECT count(*) FROM statements) AS statements,
       (SELECT count(*) FROM statements WHERE last_edit IS NOT NULL) AS changed,
       (SELECT count(*) FROM captures) AS captures,
       (SELECT count(*) FROM captures INDEXED BY captures_without_page
         WHERE {WITHOUT_PAGE}) AS without_page,
       (SELECT count(*) FROM captures WHERE outcome = 'withdrawn') AS withdrawn,
       (SELECT count(*) FROM captures WHERE text_outcome = 'pending') AS pending,
       (SELECT min(captured_at) FROM captures) AS first_captured,
       (SELECT max(captured_at) FROM captures) AS last_captured"""
LATEST_SQL = """\
SELECT id, name, publisher, host, url, published, curated, last_captured, last_outcome,
       last_status, captures, texts
  FROM statements
 ORDER BY last_captured DESC, id
 LIMIT :limit"""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the index holds, in numbers; moments are as the index spells them."""

    origin: str | None
    leaves: int
    statements: int
    changed: int
    captures: int
    without_page: int
    withdrawn: int
    pending: int
    first_captured: str | None
    last_captured: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A statement as a list shows it; the columns are those of ``statements``."""

    id: str
    name: str
    publisher: str | None
    host: str | None
    url: str | None
    published: str | None
    curated: str | None
    last_captured: str | None
    last_outcome: str | None
    last_status: int | None
    captures: int
    texts: int


def make_overview(row: Any) -> Overview:
    """Return the row of `OVERVIEW_SQL` as a value."""
    return _make(Overview, row)


def make_listed(rows: Sequence[Any]) -> tuple[Listed, ...]:
    """Return the rows of `LATEST_SQL` as values."""
    return tuple(_make(Listed, row) for row in rows)


def tame_reader(connection: sqlite3.Connection) -> None:
    """Take the place of Datasette's ``escape_fts``, which lets a word be repeated at will.

    Ranking is slower by the square of that, and cannot be interrupted.
    """
    connection.create_function("escape_fts", 1, _escape_query, deterministic=True)


def recognise_index(connection: sqlite3.Connection) -> bool:
    """Tell whether this is an index of ours, of the schema version that this program reads."""
    try:
        about = dict(
            connection.execute("SELECT key, value FROM about WHERE key IN ('schema', 'leaves')")
        )
    except sqlite3.Error:
        return False
    return about.get("schema") == SCHEMA_VERSION and "leaves" in about


def recognise_copy(connection: sqlite3.Connection) -> bool:
    """Tell whether this is a copy that was made to be published."""
    try:
        row = connection.execute("SELECT value FROM about WHERE key = 'copy'").fetchone()
    except sqlite3.Error:
        return False
    return row is not None


def read_about(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what the index says of itself, by key."""
    return dict(connection.execute("SELECT key, value FROM about"))


def limit_reader(connection: sqlite3.Connection) -> None:
    """Keep what a stranger's query may cost or do in bounds; the connection can only read."""
    for limit, value in (
        (sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_SQL),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LONGEST_PATTERN),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    ):
        connection.setlimit(limit, value)
    connection.execute(f"PRAGMA cache_size = -{_PAGES_KEPT}")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def _escape_query(text: Any) -> str:
    return format_words(str(text)) if text is not None else ""


def _make(kind: type[Value], row: Any) -> Value:
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # always a dataclass
    return kind(**{name: row[name] for name in names})
