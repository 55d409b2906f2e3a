"""Which changes were told to whom: from the captures that telling left.

Not for: the changes themselves (`archive.index.changes`).
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How often a change was told to one address, when last (UTC), and whether it was taken."""

    tries: int
    last: str
    is_taken: bool


def select_deliveries(
    connection: sqlite3.Connection, address: str, changes: Iterable[str]
) -> dict[str, Delivery]:
    """Return what became of telling ``address`` of these changes, by their ids."""
    rows = connection.execute(
        "SELECT batch, count(*), max(captured_at), max(coalesce(status BETWEEN 200 AND 299, 0))"
        " FROM captures INDEXED BY captures_batch"
        " WHERE batch IN (SELECT value FROM json_each(?)) AND address = ?"
        " AND purpose = 'webhook' AND hop = hops - 1 GROUP BY batch",
        (json.dumps(list(changes)), address),
    )
    return {
        change: Delivery(tries=tries, last=last, is_taken=bool(taken))
        for change, tries, last, taken in rows
    }
