"""Writing a copy of the index that holds what everybody may see, and nothing else.

Rules:

1. The copy is a new file, and rows are written to it that it is to hold: nothing is deleted from
   it, so no page of the file ever held anything else.  Full-text search is made anew.
2. Each table is filled by a line of `_COPIED`, or stays empty, and each column that is copied
   stands in `_PLAIN` or `_CHANGED`: what nobody thought of is not published.
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
from archive.index.database import Index, create_tables, format_readonly_uri, open_readonly
from archive.index.full_text import TABLES, index_words

COPY = "public"  # what `about` says of a copy
_HELD = "(SELECT id FROM kept)"
_STATEMENTS = "(SELECT id FROM kept_statements)"

# What a copy holds of the tables, each in the order in which it is written.
_COPIED: dict[str, str] = {
    "organisations": "SELECT {columns} FROM held.organisations WHERE id IN"
    " (SELECT id FROM kept_organisations) ORDER BY id",
    "statements": f"SELECT {{columns}} FROM held.statements WHERE id IN {_STATEMENTS} ORDER BY id",
    "texts": "SELECT {columns} FROM held.texts WHERE id IN"
    f" (SELECT text_id FROM held.captures WHERE id IN {_HELD}"
    f" UNION SELECT text_id FROM held.conversions WHERE capture_id IN {_HELD}"
    f" UNION SELECT text_id FROM held.versions WHERE statement_id IN {_STATEMENTS}) ORDER BY id",
    "captures": f"SELECT {{columns}} FROM held.captures WHERE id IN {_HELD} ORDER BY leaf, id",
    "conversions": f"SELECT {{columns}} FROM held.conversions WHERE capture_id IN {_HELD}"
    " ORDER BY leaf, record_id",
    "readings": f"SELECT {{columns}} FROM held.readings WHERE capture_id IN {_HELD}"
    " ORDER BY capture_id",
    "versions": f"SELECT {{columns}} FROM held.versions WHERE statement_id IN {_STATEMENTS}"
    " ORDER BY statement_id, number",
    "edits": f"SELECT {{columns}} FROM held.edits WHERE statement_id IN {_STATEMENTS}"
    " ORDER BY statement_id, number",
    "absences": f"SELECT {{columns}} FROM held.absences WHERE statement_id IN {_STATEMENTS}"
    " ORDER BY statement_id, position",
    "pending_comparisons": "SELECT {columns} FROM held.pending_comparisons"
    f" WHERE statement_id IN {_STATEMENTS} ORDER BY statement_id, capture_id",
    "claims": f"SELECT {{columns}} FROM held.claims WHERE capture_id IN {_HELD}"
    " ORDER BY capture_id, position",
    "annotations": "SELECT {columns} FROM held.annotations WHERE id IN"
    " (SELECT id FROM kept_annotations) ORDER BY leaf, id",
    "assertions": f"SELECT {{columns}} FROM held.assertions WHERE capture_id IN {_HELD}"
    " ORDER BY capture_id, field, leaf",
    "organisation_domains": "SELECT {columns} FROM held.organisation_domains"
    " WHERE organisation_id IN (SELECT id FROM kept_organisations)"
    " AND domain IN (SELECT domain FROM kept_domains) ORDER BY domain, organisation_id",
    "organisation_names": "SELECT {columns} FROM held.organisation_names WHERE organisation_id IN"
    " (SELECT id FROM kept_organisations) ORDER BY folded, organisation_id, name",
    "events": "SELECT {columns} FROM held.events ORDER BY leaf, record_id",
}
# Tables that a copy leaves empty: what is watched is nobody's business.
_EMPTY = ("watches",)
_OWN = ("about",)  # written anew
# Columns of these tables that a copy holds as they are.
_PLAIN: dict[str, str] = {
    "organisations": "id name wikidata ror asserted_by agent asserted_at reason annotation_id",
    "statements": (
        "id key name url surt host organisation_id title publisher author published"
        " published_earliest published_latest published_year published_confidence modified"
        " language curated first_captured last_captured last_outcome last_status captures"
        " payloads texts versions edits last_edit state"
    ),
    "texts": "id hash digest title text",
    "captures": (
        "id record_id statement_id key alias_of url surt captured_at year outcome status"
        " media_type location payload payload_length content content_length text_outcome text_id"
        " error peer tls purpose visit hop hops warc offset length leaf"
    ),
    "conversions": (
        "record_id capture_id extractor outcome detail digest text_id words warc offset length leaf"
    ),
    "readings": (
        "capture_id extractor rules text words fold visible title meta stated_title published"
        " modified author publisher quality reason links"
    ),
    "versions": (
        "statement_id number capture_id last_capture first_captured last_captured captures"
        " pending title published modified author publisher text_id"
    ),
    "edits": (
        "statement_id number capture_id before_capture not_before not_after year confirmed"
        " extractor class text_changed verdict facts words_deleted words_inserted words_moved"
        " notice spans"
    ),
    "absences": (
        "statement_id position kind reason had_capture capture_id again_capture not_before"
        " not_after again captures confirmed return_confirmed"
    ),
    "pending_comparisons": "statement_id capture_id before_capture",
    "claims": "capture_id position field raw value source record locator rule zone",
    "annotations": (
        "id record_id kind capture_id organisation_id field body reason agent agent_name time"
        " state warc offset length leaf"
    ),
    "assertions": (
        "capture_id field leaf value earliest latest confidence rule supports contradicts"
        " asserted_by agent asserted_at reason annotation_id"
    ),
    "organisation_domains": "domain organisation_id",
    "organisation_names": "folded organisation_id name",
    "events": "record_id kind time agent agent_name warc offset length leaf",
}
# What stands in a column of a copy, where that is not what stands in the archive's index.
_CHANGED: dict[str, dict[str, str]] = {
    "captures": {
        "revisit_of": f"iif(revisit_of IN {_HELD}, revisit_of, NULL)",
        "unmodified_of": f"iif(unmodified_of IN {_HELD}, unmodified_of, NULL)",
        "reading_of": f"iif(reading_of IN {_HELD}, reading_of, NULL)",
        # A run of a list or a watch order; the address that a person gave led here from another.
        "batch": "NULL",
        "address": "iif(visit IN (SELECT visit FROM broken_visits), url, address)",
    },
    "organisations": {
        "merged_into": "iif(merged_into IN (SELECT id FROM kept_organisations), merged_into, NULL)"
    },
    "annotations": {
        "supersedes": "iif(supersedes IN (SELECT id FROM kept_annotations), supersedes, NULL)",
        "watch_id": "NULL",
        "evidence": "keep_evidence(evidence)",
    },
    "assertions": {"evidence": "keep_evidence(evidence)"},
    "conversions": {"companions": "keep_companions(companions)"},
    "events": {"detail": "keep_detail(detail)"},
}


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
    for table, query in _COPIED.items():
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


def list_decided() -> frozenset[str]:
    """Return the tables of which somebody decided what a copy holds of them."""
    return frozenset((*_COPIED, *_EMPTY, *_OWN))


def list_copied() -> dict[str, frozenset[str]]:
    """Return, for each table that is copied, the columns that a copy holds of it."""
    return {
        table: frozenset((*_PLAIN[table].split(), *_CHANGED.get(table, {}))) for table in _COPIED
    }


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
    _fill(connection, "led_to", statements)
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
    _fill(connection, "keyed", statements)
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


def _choose(connection: Index, chosen: Filter) -> None:
    """Make the temporary tables that say what is kept."""
    _fill(connection, "gone", chosen.statements)
    _fill(connection, "shown", chosen.requisites)
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
        f" WHERE statement_id IN {_STATEMENTS} AND purpose = 'statement'"
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
        f" AND capture_id IN {_HELD} OR kind = 'organisation'"
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
        f" WHERE companions IS NOT NULL AND capture_id IN {_HELD}"
    ).fetchall()
    ids = {(one,) for (text,) in named for one in str(text).split()}
    connection.execute("CREATE TEMP TABLE companions (id TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.executemany("INSERT INTO companions VALUES (?)", sorted(ids))
    connection.execute(
        "INSERT OR IGNORE INTO companions SELECT record FROM held.claims"
        f" WHERE record IS NOT NULL AND capture_id IN {_HELD}"
    )
    connection.execute(
        "INSERT OR IGNORE INTO kept SELECT id FROM held.captures"
        " WHERE purpose IN ('rest', 'feed', 'sitemap') AND id IN (SELECT id FROM companions)"
    )


def _keep_organisations(connection: Index) -> None:
    connection.execute(
        "CREATE TEMP TABLE kept_organisations AS WITH RECURSIVE known (id) AS"
        " (SELECT organisation_id FROM held.statements"
        f"   WHERE organisation_id IS NOT NULL AND id IN {_STATEMENTS}"
        "  UNION SELECT merged_into FROM held.organisations JOIN known USING (id)"
        "   WHERE merged_into IS NOT NULL) SELECT id FROM known"
    )
    hosts = connection.execute(
        f"SELECT DISTINCT host FROM held.statements WHERE host IS NOT NULL AND id IN {_STATEMENTS}"
    ).fetchall()
    _fill(connection, "kept_domains", _list_domains(host for (host,) in hosts), column="domain")


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


def _fill(connection: Index, table: str, values: Iterable[str], *, column: str = "id") -> None:
    connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    connection.execute(f"CREATE TEMP TABLE {table} ({column} TEXT PRIMARY KEY) WITHOUT ROWID")
    rows = ((value,) for value in sorted(set(values)))
    connection.executemany(f"INSERT INTO {table} VALUES (?)", rows)


def _add_functions(connection: Index) -> None:
    """Give queries what keeps, of JSON and lists of ids, the parts that everybody may see."""
    kept = {row[0] for row in connection.execute("SELECT id FROM kept")}
    records = {
        row[0]
        for row in connection.execute(f"SELECT record_id FROM held.captures WHERE id IN {_HELD}")
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
    values = {name: f'"{name}"' for name in _PLAIN[table].split()} | _CHANGED.get(table, {})
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
