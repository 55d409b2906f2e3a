"""Writing a copy of the index that holds what everybody may see, and nothing else.

Rules:

1. The copy is a new file, and rows are written to it that it is to hold: nothing is deleted from
   it, so no page of the file ever held anything else.  Full-text search is made anew.
2. Tables and columns are those of `archive.index.copied`.
3. Equal rows give equal bytes: rows go in by key, and nothing of the moment or the machine joins.
4. Every reference leads to a row of the copy, or is empty.

Not for: what is left out, and why (`archive.workflows.publish`).
"""

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.core.uri import format_statement_key, parse_url
from archive.errors import DamageError, InputError, StoreError
from archive.index.copied import CHANGED, COPIED, HELD, PLAIN, STATEMENTS
from archive.index.database import Index, create_tables, format_readonly_uri, open_readonly
from archive.index.exclusions import fill_ids
from archive.index.full_text import TABLES, index_words

COPY = "public"  # what `about` says of a copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a copy leaves out: ``statements``; and what it takes along.

    ``requisites`` are addresses of style sheets, pictures and fonts that its pages show.
    """

    statements: Collection[str]
    requisites: Collection[str] = ()
    notes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows a copy has of what readers count."""

    statements: int
    captures: int
    texts: int
    annotations: int


@contextlib.contextmanager
def open_copying(source: Path, target: Path) -> Iterator[Index]:
    """Make the new index ``target``, and look at ``source`` as it is now until this ends.

    What the connection is asked without naming either is answered by the source.

    Raises:
        DamageError: the source is no index that this version reads.
        StoreError: the target cannot be written.
    """
    open_readonly(source).close()
    with _explain_errors(target), contextlib.closing(sqlite3.connect(target)) as made:
        create_tables(made)
    with (
        _explain_errors(target),
        contextlib.closing(
            sqlite3.connect(":memory:", uri=True, isolation_level=None)
        ) as connection,
    ):
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("ATTACH ? AS held", (format_readonly_uri(source),))
        connection.execute("ATTACH ? AS copy", (target.absolute().as_uri(),))
        for setting in ("journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA copy.{setting}")
        connection.create_function("folded", 1, _fold, deterministic=True)
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM held.about")  # from here on it stands still
        yield connection


def write_copy(connection: Index, chosen: Filter) -> Counts:
    """Write what is to be copied to the target of `open_copying`; `finish_copy` is still to come.

    Raises:
        StoreError: it cannot be written.
    """
    _choose(connection, chosen)
    _add_functions(connection)
    for table, query in COPIED.items():
        _copy_table(connection, table, query)
    _write_about(connection)
    counts = _count(connection)
    connection.execute("COMMIT")
    return counts


def finish_copy(target: Path) -> None:
    """Make full-text search from the texts, check references, and put everything in its place.

    Nothing is synced.

    Raises:
        DamageError: rows refer to rows that are not there.
        StoreError: it cannot be written.
    """
    with (
        _explain_errors(target),
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as connection,
    ):
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {setting}")
        for text in connection.execute("SELECT id, title, text FROM texts ORDER BY id"):
            index_words(connection, *text)
        for name in TABLES:
            connection.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise DamageError(
                f"a row of {broken[0]} refers to a row of {broken[2]} that is not in the index",
                remedy="run `archive rebuild`: the index is derived and loses nothing",
            )
        connection.execute("ANALYZE")
        connection.execute("VACUUM")


def _choose(connection: Index, chosen: Filter) -> None:
    """Make the temporary tables that say what is kept."""
    fill_ids(connection, "gone", chosen.statements)
    fill_ids(connection, "shown", chosen.requisites)
    run = connection.execute
    run(
        "CREATE TEMP TABLE kept_statements AS SELECT id FROM held.statements"
        " WHERE id NOT IN (SELECT id FROM gone)"
    )
    run("CREATE UNIQUE INDEX temp.by_statement ON kept_statements (id)")
    run(
        "CREATE TEMP TABLE broken_visits AS SELECT DISTINCT visit FROM held.captures"
        " WHERE statement_id IN (SELECT id FROM gone) OR outcome = 'withdrawn'"
    )
    # Addresses of what is left out, and visits of theirs, also those of pages that show them.
    run(
        "CREATE TEMP TABLE closed_addresses AS SELECT DISTINCT url AS address FROM held.captures"
        " WHERE statement_id IN (SELECT id FROM gone)"
        " UNION SELECT surt FROM held.captures"
        " WHERE statement_id IN (SELECT id FROM gone) AND surt IS NOT NULL"
    )
    run(
        "CREATE TEMP TABLE closed_visits AS SELECT DISTINCT visit FROM held.captures"
        " WHERE url IN (SELECT address FROM closed_addresses)"
        " OR surt IN (SELECT address FROM closed_addresses)"
    )
    run("CREATE TEMP TABLE kept (id TEXT PRIMARY KEY) WITHOUT ROWID")
    run(
        "INSERT INTO kept SELECT id FROM held.captures"
        f" WHERE statement_id IN {STATEMENTS} AND purpose = 'statement'"
    )
    _keep_companions(connection)
    run(
        "INSERT OR IGNORE INTO kept SELECT id FROM held.captures WHERE purpose = 'requisite'"
        " AND (url IN (SELECT id FROM shown) OR address IN (SELECT id FROM shown))"
        # A picture may be a statement of its own, and closed as such.
        " AND visit NOT IN (SELECT visit FROM closed_visits)"
    )
    # What authorities answered is what a time stamp is checked by.
    run("INSERT OR IGNORE INTO kept SELECT id FROM held.captures WHERE purpose = 'timestamp'")
    _keep_organisations(connection)
    run("CREATE TEMP TABLE kept_annotations (id TEXT PRIMARY KEY) WITHOUT ROWID")
    kinds = "'assertion', 'note'" if chosen.notes else "'assertion'"
    run(
        f"INSERT INTO kept_annotations SELECT id FROM held.annotations WHERE kind IN ({kinds})"
        f" AND capture_id IN {HELD} OR kind = 'organisation'"
        " AND organisation_id IN (SELECT id FROM kept_organisations)"
    )
    run(
        "INSERT INTO kept_annotations SELECT id FROM held.annotations WHERE kind = 'retraction'"
        " AND supersedes IN (SELECT id FROM kept_annotations)"
    )


def _keep_companions(connection: Index) -> None:
    """Keep the rows of what readings of kept pages rest on; their bytes are not served."""
    named = connection.execute(
        "SELECT DISTINCT companions FROM held.conversions"
        f" WHERE companions IS NOT NULL AND capture_id IN {HELD}"
    ).fetchall()
    ids = {(one,) for (text,) in named for one in str(text).split()}
    connection.execute("CREATE TEMP TABLE companions (id TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.executemany("INSERT INTO companions VALUES (?)", sorted(ids))
    connection.execute(
        "INSERT OR IGNORE INTO companions SELECT record FROM held.claims"
        f" WHERE record IS NOT NULL AND capture_id IN {HELD}"
    )
    connection.execute(
        "INSERT OR IGNORE INTO kept SELECT id FROM held.captures"
        " WHERE purpose IN ('rest', 'feed', 'sitemap') AND id IN (SELECT id FROM companions)"
    )


def _keep_organisations(connection: Index) -> None:
    connection.execute(
        "CREATE TEMP TABLE kept_organisations AS WITH RECURSIVE known (id) AS"
        " (SELECT organisation_id FROM held.statements"
        f"   WHERE organisation_id IS NOT NULL AND id IN {STATEMENTS}"
        "  UNION SELECT merged_into FROM held.organisations JOIN known USING (id)"
        "   WHERE merged_into IS NOT NULL) SELECT id FROM known"
    )
    hosts = connection.execute(
        f"SELECT DISTINCT host FROM held.statements WHERE host IS NOT NULL AND id IN {STATEMENTS}"
    ).fetchall()
    fill_ids(connection, "kept_domains", _list_domains(host for (host,) in hosts), column="domain")


def _list_domains(hosts: Iterable[str]) -> set[str]:
    """Return the hosts, and the domains that they are below."""
    domains: set[str] = set()
    for host in hosts:
        name = host.rpartition("@")[2]
        name = name if name.endswith("]") else name.rpartition(":")[0] or name
        while name and name not in domains:
            domains.add(name)
            name = name.partition(".")[2]
    return domains


def _add_functions(connection: Index) -> None:
    """Give queries what keeps, of JSON and lists of ids, the parts that everybody may see."""
    kept = {row[0] for row in connection.execute("SELECT id FROM kept")}
    records = {
        row[0]
        for row in connection.execute(f"SELECT record_id FROM held.captures WHERE id IN {HELD}")
    }
    hidden = {
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT key FROM held.captures WHERE statement_id IN (SELECT id FROM gone)"
        )
    }

    def is_hidden(address: object) -> bool:
        try:
            return format_statement_key(parse_url(str(address))) in hidden
        except InputError:
            return False

    def keep_companions(text: str | None) -> str | None:
        return " ".join(one for one in (text or "").split() if one in kept) or None

    def keep_evidence(text: str | None) -> str | None:
        if text is None:
            return None
        pieces = [
            piece
            for piece in json.loads(text)
            if ("record" not in piece or piece["record"] in records)
            and not is_hidden(piece.get("url"))
        ]
        return json.dumps(pieces, ensure_ascii=False)

    for name, function in (("companions", keep_companions), ("evidence", keep_evidence)):
        connection.create_function(f"keep_{name}", 1, function)
    connection.create_function("keep_detail", 1, _keep_detail)


def _keep_detail(text: str) -> str:
    """Return what an event says without places of this machine, and without what checks found."""
    detail = json.loads(text)
    detail.pop("findings", None)
    address = detail.get("address")
    if isinstance(address, str) and not address.startswith("https://"):
        detail["address"] = ""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True)


def _copy_table(connection: Index, table: str, query: str) -> None:
    values = {name: f'"{name}"' for name in PLAIN[table].split()} | CHANGED.get(table, {})
    names = ", ".join(f'"{name}"' for name in values)
    chosen = query.format(columns=", ".join(values.values()))
    connection.execute(f"INSERT INTO copy.{table} ({names}) {chosen}")


def _write_about(connection: Index) -> None:
    connection.execute("DELETE FROM copy.about WHERE key = 'leaves'")
    connection.execute(
        "INSERT INTO copy.about SELECT key, value FROM held.about"
        " WHERE key IN ('leaves', 'origin') ORDER BY key"
    )
    connection.execute("INSERT INTO copy.about VALUES ('copy', ?)", (COPY,))


def _count(connection: Index) -> Counts:
    names = ("statements", "captures", "texts", "annotations")
    counts = {
        name: connection.execute(f"SELECT count(*) FROM copy.{name}").fetchone()[0]
        for name in names
    }
    return Counts(**counts)


@contextlib.contextmanager
def _explain_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, ValueError) as error:  # JSON that is none is a ValueError
        raise StoreError(
            f"the copy could not be written to {target}: {error}",
            remedy="make room on the disk; if that is not it, run `archive rebuild` first",
        ) from error


def _fold(text: str | None) -> str | None:
    return None if text is None else text.casefold()
