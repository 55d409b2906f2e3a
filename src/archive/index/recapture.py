"""Which statements are visited again, at which address, and what they showed last.

Not for: visiting them (`archive.workflows.recapture`).
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A statement's latest address, whether a server ever answered there, and what it showed.

    ``payload`` is the digest of the last whole page, None where there was none.
    """

    statement_id: str
    address: str
    has_answered: bool
    payload: str | None


# The latest address that answered, else the latest; a refused one may never have been typed.
_SELECT = (
    "SELECT statements.id, coalesce((SELECT captures.url FROM captures"
    " WHERE captures.statement_id = statements.id AND captures.status IS NOT NULL"
    " ORDER BY captures.captured_at DESC, captures.leaf DESC LIMIT 1), statements.url),"
    " EXISTS (SELECT 1 FROM captures WHERE captures.statement_id = statements.id"
    " AND captures.status IS NOT NULL),"
    " (SELECT captures.payload FROM captures WHERE captures.statement_id = statements.id"
    " AND captures.status BETWEEN 200 AND 299 AND captures.outcome IN ('response', 'revisit')"
    " ORDER BY captures.captured_at DESC, captures.leaf DESC LIMIT 1)"
    " FROM statements"
)


def select_targets(
    connection: sqlite3.Connection, *, captured_before: str | None = None
) -> Iterator[Target]:
    """Yield all statements, or those not captured since a moment; those waiting longest first."""
    for row in connection.execute(
        f"{_SELECT} WHERE :before IS NULL OR statements.last_captured < :before"
        " ORDER BY statements.last_captured, statements.id",
        {"before": captured_before},
    ):
        yield _make_target(row)


def find_target(connection: sqlite3.Connection, statement_id: str) -> Target | None:
    """Return the statement of this id as it is visited again, or None."""
    row = connection.execute(f"{_SELECT} WHERE statements.id = ?", (statement_id,)).fetchone()
    return _make_target(row) if row else None


def select_done_statements(
    connection: sqlite3.Connection, batch: str, addresses: frozenset[str]
) -> frozenset[str]:
    """Return the statements that a run visited to the end, given the addresses that it did."""
    return frozenset(
        statement
        for statement, address in connection.execute(
            "SELECT DISTINCT statement_id, address FROM captures INDEXED BY captures_batch"
            " WHERE batch = ? AND purpose = 'statement' AND statement_id IS NOT NULL",
            (batch,),
        )
        if address in addresses
    )


def _make_target(row: tuple[str, str, int, str | None]) -> Target:
    return Target(statement_id=row[0], address=row[1], has_answered=bool(row[2]), payload=row[3])
