"""Which statements a person means who leaves something out of a copy, and what leads to them.

Not for: writing a copy (`archive.index.publish`), or deciding (`archive.workflows.publish`).
"""

from collections.abc import Collection, Iterable, Iterator

from archive.index.database import Index


def select_statements_at(connection: Index, url: str, key: str) -> tuple[str, ...]:
    """Return every statement that has captures of this address."""
    rows = connection.execute(
        "SELECT DISTINCT statement_id FROM captures"
        " WHERE (url = ? OR key = ?) AND statement_id IS NOT NULL",
        (url, key),
    )
    return tuple(row[0] for row in rows)


def select_addresses(connection: Index) -> Iterator[tuple[str, str]]:
    """Yield statements, and the addresses at which each was captured."""
    yield from connection.execute(
        "SELECT DISTINCT statement_id, url FROM captures WHERE statement_id IS NOT NULL"
    )


def select_published_by(connection: Index, name: str) -> tuple[str, ...]:
    """Return the statements whose page or organisation has this name, or had it in a version."""
    rows = connection.execute(
        "SELECT id FROM statements WHERE folded(publisher) = folded(?1)"
        " OR organisation_id IN (SELECT organisation_id FROM organisation_names"
        " WHERE folded(name) = folded(?1) UNION SELECT id FROM organisations WHERE id = ?1)"
        " UNION SELECT statement_id FROM versions WHERE folded(publisher) = folded(?1)",
        (name,),
    )
    return tuple(row[0] for row in rows)


def select_leading_to(connection: Index, statements: Collection[str]) -> tuple[str, ...]:
    """Return other statements that led to one of these in the same visit: redirects name them."""
    fill_ids(connection, "led_to", statements)
    rows = connection.execute(
        "SELECT DISTINCT earlier.statement_id FROM captures AS later"
        " JOIN captures AS earlier ON earlier.visit = later.visit AND earlier.hop < later.hop"
        " WHERE later.statement_id IN (SELECT id FROM led_to) AND later.hop > 0"
        " AND earlier.statement_id IS NOT NULL"
        " AND earlier.statement_id NOT IN (SELECT id FROM led_to)"
    )
    return tuple(row[0] for row in rows)


def select_keys(connection: Index, statements: Collection[str]) -> frozenset[str]:
    """Return the canonical addresses of statements."""
    fill_ids(connection, "keyed", statements)
    rows = connection.execute(
        "SELECT DISTINCT key FROM captures WHERE key IS NOT NULL"
        " AND statement_id IN (SELECT id FROM keyed)"
    )
    return frozenset(row[0] for row in rows)


def select_redirects(connection: Index) -> Iterator[tuple[str, str, str]]:
    """Yield statements that redirected, from which address and whereto, as it was sent."""
    yield from connection.execute(
        "SELECT DISTINCT statement_id, url, location FROM captures"
        " WHERE location IS NOT NULL AND statement_id IS NOT NULL"
    )


def select_pages(connection: Index, without: Collection[str]) -> tuple[str, ...]:
    """Return captures of statements that may show requisites, one for each payload."""
    rows = connection.execute(
        "SELECT id, statement_id FROM captures WHERE statement_id IS NOT NULL"
        " AND outcome IN ('response', 'truncated', 'malformed', 'revisit') AND payload IS NOT NULL"
        " GROUP BY statement_id, payload ORDER BY leaf"
    )
    left_out = set(without)
    return tuple(row[0] for row in rows if row[1] not in left_out)


def select_requisites_at(connection: Index, address: str) -> tuple[str, ...]:
    """Return the captures of a requisite."""
    rows = connection.execute(
        "SELECT id FROM captures WHERE url = ? AND purpose = 'requisite' ORDER BY leaf", (address,)
    )
    return tuple(row[0] for row in rows)


def fill_ids(connection: Index, table: str, values: Iterable[str], *, column: str = "id") -> None:
    """Make a temporary table of these values, each once, to be joined with."""
    connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    connection.execute(f"CREATE TEMP TABLE {table} ({column} TEXT PRIMARY KEY) WITHOUT ROWID")
    rows = ((value,) for value in sorted(set(values)))
    connection.executemany(f"INSERT INTO {table} VALUES (?)", rows)
