"""Organisations in the index, and which statements are published under their domains.

Not for: what pages declare about their publisher, which stays as it is declared.
"""

import sqlite3
from dataclasses import dataclass

from archive.core.identity import normalise_capture_id
from archive.core.instant import format_instant
from archive.core.organisation import (
    Merger,
    Organisation,
    find_organisation_id,
    format_organisation_urn,
    list_domains,
)
from archive.core.text import fold_text
from archive.errors import InputError
from archive.index.rows import AnnotationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOrganisation:
    """An organisation as the index knows it, and the annotation that says so last."""

    id: str
    organisation: Organisation
    merged_into: str | None
    annotation: str
    asserted_by: str
    asserted_at: str
    reason: str | None


def write_organisation(connection: sqlite3.Connection, row: AnnotationRow) -> None:
    """Write what an annotation says of an organisation, and place statements anew."""
    said, key = row.annotation, row.organisation_id
    if key is None:
        return
    body = said.body
    before = _select_domains(connection, key)
    _delete_names(connection, key)
    name = body.name if isinstance(body, Organisation) else _find_name(connection, key)
    connection.execute(
        "INSERT OR REPLACE INTO organisations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            name,
            body.wikidata if isinstance(body, Organisation) else None,
            body.ror if isinstance(body, Organisation) else None,
            find_organisation_id(body.into) if isinstance(body, Merger) else None,
            said.agent_name,
            said.agent,
            format_instant(said.time),
            said.reason,
            row.id,
        ),
    )
    if isinstance(body, Organisation):
        connection.executemany(
            "INSERT OR REPLACE INTO organisation_domains (domain, organisation_id) VALUES (?, ?)",
            [(domain, key) for domain in body.domains],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO organisation_names (folded, organisation_id, name)"
            " VALUES (?, ?, ?)",
            [(fold_text(called), key, called) for called in (body.name, *body.aliases)],
        )
    _place_hosts(connection, before | _select_domains(connection, key))


def delete_organisation(connection: sqlite3.Connection, annotation_id: str) -> None:
    """Take away what an annotation said of an organisation, if nothing has replaced it."""
    found = connection.execute(
        "SELECT id FROM organisations WHERE annotation_id = ?", (annotation_id,)
    ).fetchone()
    if found is not None:
        before = _select_domains(connection, found[0])
        _delete_names(connection, found[0])
        connection.execute("DELETE FROM organisations WHERE id = ?", found)
        _place_hosts(connection, before)


def find_host_organisation(connection: sqlite3.Connection, host: str | None) -> str | None:
    """Return the id of the organisation that a host belongs to, or None."""
    domains = list_domains(host) if host else ()
    if not domains:
        return None
    row = connection.execute(
        "SELECT organisation_id FROM organisation_domains"
        f" WHERE domain IN ({', '.join('?' * len(domains))})"
        " ORDER BY length(domain) DESC, organisation_id LIMIT 1",
        domains,
    ).fetchone()
    return row[0] if row else None


def find_named(connection: sqlite3.Connection, name: str) -> str | None:
    """Return the id of the one organisation that has this name or alias, or None.

    What pages put around a name, as in ``(AA)``, makes no difference.
    """
    folded = fold_text(name)
    rows = connection.execute(
        "SELECT DISTINCT organisation_id FROM organisation_names WHERE folded = ? LIMIT 2",
        (folded,),
    ).fetchall()
    return rows[0][0] if folded and len(rows) == 1 else None


def find_organisation(connection: sqlite3.Connection, name: str) -> FoundOrganisation | None:
    """Return what ``name`` means: an organisation's name, alias, domain or id; or None.

    An id may be cut to an unambiguous prefix; one that was merged leads to what it was merged
    into.

    Raises:
        InputError: several organisations go by that name.
    """
    folded = fold_text(name)
    keys = _list_keys(connection, "organisation_names WHERE folded = ?", folded) if folded else ()
    if not keys:
        keys = _list_keys(connection, "organisation_domains WHERE domain = ?", name.lower())
    prefix = normalise_capture_id(name.removeprefix(format_organisation_urn("")))
    if not keys and prefix is not None:
        rows = connection.execute(
            "SELECT id FROM organisations WHERE id >= ? AND id < ? LIMIT 4", (prefix, prefix + "~")
        )
        keys = tuple(row[0] for row in rows)
    if len(keys) > 1:
        raise InputError(
            f"several organisations go by {name[:80]!r}: {', '.join(keys[:3])}",
            remedy="give the id of the one that you mean",
        )
    found = select_organisation(connection, keys[0]) if keys else None
    seen: set[str] = set()
    while found is not None and found.merged_into is not None and found.id not in seen:
        seen.add(found.id)
        found = select_organisation(connection, found.merged_into)
    return found


def select_organisation(connection: sqlite3.Connection, key: str) -> FoundOrganisation | None:
    """Return the organisation of this id, or None."""
    row = connection.execute(
        "SELECT name, wikidata, ror, merged_into, annotations.record_id, asserted_by, asserted_at,"
        " organisations.reason FROM organisations"
        " JOIN annotations ON annotations.id = organisations.annotation_id"
        " WHERE organisations.id = ?",
        (key,),
    ).fetchone()
    if row is None:
        return None
    names = connection.execute(
        "SELECT name FROM organisation_names WHERE organisation_id = ? ORDER BY name", (key,)
    )
    return FoundOrganisation(
        id=key,
        organisation=Organisation(
            name=row[0],
            aliases=tuple(called for (called,) in names if called != row[0]),
            domains=tuple(sorted(_select_domains(connection, key))),
            wikidata=row[1],
            ror=row[2],
        ),
        merged_into=row[3],
        annotation=row[4],
        asserted_by=row[5],
        asserted_at=row[6],
        reason=row[7],
    )


def find_statement_organisation(
    connection: sqlite3.Connection, statement_id: str | None
) -> dict[str, str | None] | None:
    """Return id, name and identifiers of the organisation that a statement's host belongs to."""
    row = connection.execute(
        "SELECT organisations.id, organisations.name, wikidata, ror FROM statements"
        " JOIN organisations ON organisations.id = organisation_id WHERE statements.id = ?",
        (statement_id,),
    ).fetchone()
    return dict(zip(("id", "name", "wikidata", "ror"), row, strict=True)) if row else None


def select_organisations(connection: sqlite3.Connection) -> list[FoundOrganisation]:
    """Return the organisations by name, without those that were merged into another."""
    keys = connection.execute(
        "SELECT id FROM organisations WHERE merged_into IS NULL ORDER BY name, id"
    ).fetchall()
    found = (select_organisation(connection, key) for (key,) in keys)
    return [one for one in found if one is not None]


def select_domain_owner(connection: sqlite3.Connection, domain: str) -> str | None:
    """Return the id of the organisation that has this very domain, or None."""
    row = connection.execute(
        "SELECT organisation_id FROM organisation_domains WHERE domain = ?"
        " ORDER BY organisation_id LIMIT 1",
        (domain,),
    ).fetchone()
    return row[0] if row else None


def count_statements(connection: sqlite3.Connection, key: str) -> int:
    """Return how many statements were captured under the domains of an organisation."""
    row = connection.execute(
        "SELECT count(*) FROM statements WHERE organisation_id = ?", (key,)
    ).fetchone()
    return int(row[0])


def _list_keys(connection: sqlite3.Connection, where: str, value: str) -> tuple[str, ...]:
    rows = connection.execute(f"SELECT DISTINCT organisation_id FROM {where} LIMIT 4", (value,))
    return tuple(row[0] for row in rows)


def _select_domains(connection: sqlite3.Connection, key: str) -> set[str]:
    rows = connection.execute(
        "SELECT domain FROM organisation_domains WHERE organisation_id = ?", (key,)
    )
    return {row[0] for row in rows}


def _find_name(connection: sqlite3.Connection, key: str) -> str:
    """Return the name that an organisation was last known by."""
    row = connection.execute(
        "SELECT body FROM annotations WHERE organisation_id = ? AND kind = 'organisation'"
        " AND body NOT LIKE 'merged into urn:%' ORDER BY leaf DESC LIMIT 1",
        (key,),
    ).fetchone()
    return row[0] if row else key


def _delete_names(connection: sqlite3.Connection, key: str) -> None:
    connection.execute("DELETE FROM organisation_domains WHERE organisation_id = ?", (key,))
    connection.execute("DELETE FROM organisation_names WHERE organisation_id = ?", (key,))


def _place_hosts(connection: sqlite3.Connection, domains: set[str]) -> None:
    """Say anew to whom the hosts under these domains belong."""
    if not domains:
        return
    hosts = connection.execute(
        "SELECT DISTINCT host FROM statements WHERE host IS NOT NULL"
    ).fetchall()
    for (host,) in hosts:
        if not domains.isdisjoint(list_domains(host)):
            connection.execute(
                "UPDATE statements SET organisation_id = ? WHERE host = ?",
                (find_host_organisation(connection, host), host),
            )
