"""The statements of one publisher: of a host, of a name that pages declare, of an organisation.

What is counted has an index of its own.  Not for: what curators know of organisations
(`archive.index.organisations`).
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

import sqlite_utils

from archive.index.search import Row

Role = Literal["organisation", "host", "publisher"]
_COLUMNS: dict[Role, str] = {
    "organisation": "organisation_id",
    "host": "host",
    "publisher": "publisher",
}
_LISTED = (
    "id, name, publisher, host, url, published, curated, last_captured, last_outcome, last_status,"
    " captures, texts, edits, state"
)
# From name to name in the index of that column: there are few names, and many statements.
NAMED_SQL = """\
WITH RECURSIVE known (publishing) AS (
     SELECT min(publisher) FROM statements
     UNION ALL
     SELECT (SELECT min(publisher) FROM statements WHERE publisher > publishing)
       FROM known WHERE publishing IS NOT NULL)
SELECT publishing AS publisher,
       (SELECT count(*) FROM statements WHERE statements.publisher = publishing) AS statements
  FROM known
 WHERE publishing LIKE '%' || :words || '%' ESCAPE '\\'
 ORDER BY statements DESC, publishing
 LIMIT :limit"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Whose statements are meant: the role, its value in the index, and the name to show."""

    role: Role
    value: str
    name: str


def escape_pattern(words: str) -> str:
    """Return words as `NAMED_SQL` looks for them, whatever signs they hold."""
    return re.sub(r"[\\%_]", r"\\\g<0>", words)


def find_publisher(database: sqlite_utils.Database, name: str) -> Publisher | None:
    """Return whom a name means: an organisation's id, a host, what pages declare, or None."""
    row = database.execute("SELECT name FROM organisations WHERE id = ?", [name]).fetchone()
    if row:
        return Publisher(role="organisation", value=name, name=row[0])
    for role in ("host", "publisher"):
        if database.execute(
            f"SELECT 1 FROM statements WHERE {_COLUMNS[role]} = ? LIMIT 1", [name]
        ).fetchone():
            return Publisher(role=role, value=name, name=name)
    return None


def count_publisher(database: sqlite_utils.Database, publisher: Publisher) -> dict[str, Any]:
    """Return how many statements there are, how many were edited, are gone or have moved."""
    row = database.execute(
        "SELECT count(*), count(last_edit), sum(state = 'gone'), sum(state = 'moved'),"
        " min(first_captured), max(last_captured)"
        f" FROM statements WHERE {_COLUMNS[publisher.role]} = ?",
        [publisher.value],
    ).fetchone()
    names = ("statements", "edited", "gone", "moved", "first_captured", "last_captured")
    return dict(zip(names, row, strict=True))


def select_published(
    database: sqlite_utils.Database, publisher: Publisher, *, limit: int, offset: int
) -> list[Row]:
    """Return the statements of a publisher, the latest captured first."""
    return list(
        database.query(
            f"SELECT {_LISTED} FROM statements WHERE {_COLUMNS[publisher.role]} = ?"
            " ORDER BY last_captured DESC, id LIMIT ? OFFSET ?",
            [publisher.value, limit, offset],
        )
    )
