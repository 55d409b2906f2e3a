"""How the index is shown: ``datasette.yml``, made from the comments of ``schema.sql``.

Descriptions come from the schema; what is added here is how a table is listed, and the queries
that are kept ready.  Rules:

1. Only indexed columns are facets, so that none times out on a large archive.
2. Datasette takes settings, facets and queries from the file given with ``-c``, titles and
   descriptions from the one given with ``-m``; the same file serves as both.

Not for: reading the index (`archive.index.search`, `archive.index.overview`).
"""

import contextlib
import functools
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.index.database import create_tables
from archive.index.lookup import READ_OF
from archive.index.overview import WITHOUT_PAGE

Yaml = str | int | bool | Sequence[str] | Mapping[str, "Yaml"]

DATABASE = "archive"  # how Datasette names metadata/archive.db
_SCHEMA = Path(__file__).with_name("schema.sql")
_HEADER = """\
# How Datasette shows the index of an archive, metadata/archive.db.
# Generated from src/archive/index/schema.sql and describe.py; regenerate it with `make fix`.
# In an archive of your own this file is yours to change. Start with `archive serve`, or with
#   datasette metadata/archive.db -c datasette.yml -m datasette.yml
# since titles and descriptions are read from -m, all else from -c. Never open a live index with -i.
"""
_TITLE = "Statement archive"
_DESCRIPTION = (
    "What was said on the web, and the evidence for who said it and when."
    " It proves that this archive held these bytes by a given time,"
    " not that the publisher served them."
)
_SETTINGS: dict[str, Yaml] = {
    "default_page_size": 50,
    "suggest_facets": False,
    "facet_time_limit_ms": 2000,
    "sql_time_limit_ms": 3000,
    "truncate_cells_html": 200,
    "allow_download": False,
    "allow_signed_tokens": False,
    "max_csv_mb": 100,
}
_HIDDEN: dict[str, Yaml] = {"hidden": True}
_TABLES: dict[str, dict[str, Yaml]] = {
    "statements": {
        "title": "Statements",
        "label_column": "name",
        "sort_desc": "last_captured",
        "size": 50,
        "facets": [
            *("publisher", "published_year", "language", "last_outcome", "host"),
            *("organisation_id", "curated", "state"),
        ],
    },
    "captures": {
        "title": "Captures",
        "label_column": "id",
        "sort_desc": "captured_at",
        "size": 50,
        "facets": ["outcome", "status", "year", "media_type", "purpose"],
        "fts_table": "texts_fts",
        "fts_pk": "text_id",
    },
    "conversions": {"title": "Conversions", "size": 50},
    # Without facets: these have millions of rows where captures are a million.
    "claims": {"title": "Claims", "size": 50},
    "assertions": {"title": "Assertions", "size": 50},
    "annotations": {
        "title": "Annotations",
        "label_column": "body",
        "sort_desc": "time",
        "size": 50,
        "facets": ["kind", "state"],
    },
    "versions": {"title": "Versions", "label_column": "title", "size": 50},
    "edits": {
        "title": "Edits",
        "sort_desc": "not_after",
        "size": 50,
        "facets": ["class", "verdict", "year", "confirmed"],
    },
    "absences": {
        "title": "Absences",
        "sort_desc": "not_after",
        "size": 50,
        "facets": ["kind", "confirmed"],
    },
    "readings": {"title": "Readings", "size": 50, "facets": ["quality"]},
    "pending_comparisons": {"title": "Comparisons that wait", **_HIDDEN},
    "organisations": {"title": "Organisations", "label_column": "name", "sort": "name"},
    "organisation_domains": {"title": "Domains of organisations"},
    "organisation_names": {"title": "Names of organisations"},
    "watches": {
        "title": "Watch orders",
        "label_column": "address",
        "sort": "since",
        "facets": ["kind"],
    },
    "events": {
        "title": "Events",
        "label_column": "kind",
        "sort_desc": "time",
        "size": 50,
        "facets": ["kind"],
    },
    "texts": {"title": "Texts", "label_column": "title", **_HIDDEN},
    "texts_fts": {"title": "Full-text search", **_HIDDEN},
    "pairs_fts": {"title": "Full-text search without spaces", **_HIDDEN},
    "about": {"title": "About this index", **_HIDDEN},
}

# Queries that are kept ready are the same for everybody: each is found by an index and ends after
# some rows, so that strangers may run them too (`archive serve --public`).
# Without snippet() or highlight(): on a text of many matches they take minutes, and no limit of
# Datasette's interrupts them.
RANKED_SQL = """\
SELECT statements.id AS statement_id, statements.name, statements.publisher, statements.published,
       captures.id AS capture_id, captures.url, captures.captured_at,
       substr(texts.text, 1, 300) AS beginning
  FROM (SELECT rowid AS text_id, bm25(texts_fts, 4.0, 1.0) AS score
          FROM texts_fts WHERE texts_fts MATCH coalesce(nullif(escape_fts(:q), ''), '""')
         ORDER BY score, rowid LIMIT 100) AS ranked
  JOIN texts ON texts.id = ranked.text_id
  JOIN captures ON captures.text_id = ranked.text_id
  JOIN statements ON statements.id = captures.statement_id
 WHERE captures.id = (SELECT latest.id FROM captures AS latest
                       WHERE latest.text_id = ranked.text_id
                         AND latest.statement_id = statements.id
                       ORDER BY latest.captured_at DESC, latest.leaf DESC LIMIT 1)
 ORDER BY ranked.score, captures.captured_at DESC"""
CHANGED_SQL = """\
SELECT id AS statement_id, name, publisher, url, last_edit, edits, versions, captures, state
  FROM statements
 WHERE last_edit IS NOT NULL
 ORDER BY last_edit DESC LIMIT 300"""
FAILURES_SQL = f"""\
SELECT id AS capture_id, captured_at, url, outcome, status, error, statement_id
  FROM captures
 WHERE {WITHOUT_PAGE}
 ORDER BY captured_at DESC LIMIT 300"""
CORRECTIONS_SQL = f"""\
SELECT captures.statement_id, said.capture_id, said.field, said.value AS curator_says,
       concluded.value AS rules_say, said.asserted_by, said.asserted_at, said.reason, said.evidence,
       said.annotation_id
  FROM assertions AS said
  JOIN captures ON captures.id = said.capture_id
  LEFT JOIN assertions AS concluded
    ON concluded.capture_id = {READ_OF}
   AND concluded.field = said.field AND concluded.annotation_id IS NULL
 WHERE said.asserted_by IS NOT NULL
 ORDER BY said.leaf DESC LIMIT 300"""
UNANNOUNCED_SQL = """\
SELECT edits.statement_id, statements.name, statements.publisher, edits.number, edits.not_before,
       edits.not_after, edits.words_deleted, edits.words_inserted, edits.capture_id
  FROM edits JOIN statements ON statements.id = edits.statement_id
 WHERE edits.verdict = 'unannounced' AND edits.confirmed = 1
 ORDER BY edits.not_after DESC LIMIT 300"""
GONE_SQL = """\
SELECT absences.statement_id, statements.name, statements.publisher, absences.kind, absences.reason,
       absences.not_before, absences.not_after, absences.again, absences.capture_id
  FROM absences JOIN statements ON statements.id = absences.statement_id
 WHERE absences.confirmed = 1
 ORDER BY absences.not_after DESC LIMIT 300"""
EVIDENCE_SQL = f"""\
SELECT claims.field, claims.raw, claims.value, claims.source, claims.locator, claims.rule,
       claims.zone, captures.id AS capture_id, claims.record
  FROM captures JOIN claims ON claims.capture_id = {READ_OF}
 WHERE captures.id = :capture
 ORDER BY claims.position LIMIT 300"""
DIGEST_SQL = """\
SELECT id AS capture_id, statement_id, url, captured_at, payload
  FROM captures INDEXED BY captures_payload
 WHERE payload = trim(:digest) AND outcome = 'response'
 ORDER BY leaf LIMIT 300"""
ADDRESS_SQL = """\
SELECT id AS capture_id, captured_at, url, outcome, status, media_type, payload, revisit_of,
       unmodified_of
  FROM captures
 WHERE :address <> ''
   AND (url = trim(:address)
        OR statement_id IN (SELECT statement_id FROM captures WHERE url = trim(:address)))
 ORDER BY captured_at DESC, leaf DESC LIMIT 300"""
_QUERIES: dict[str, Yaml] = {
    "search": {
        "title": "Search, best first",
        "description": "Texts and titles that hold all the words; a part in double quotes is a"
        " phrase. Shown is how each text begins. In scripts without spaces between words, as"
        " Chinese, only the search page finds parts of a run.",
        "params": ["q"],
        "hide_sql": True,
        "sql": RANKED_SQL,
    },
    "changed-statements": {
        "title": "Statements that were edited",
        "description": "Statements of which captures show more than one version, the latest edit"
        " first.",
        "hide_sql": True,
        "sql": CHANGED_SQL,
    },
    "failures": {
        "title": "Captures without the page",
        "description": "No answer, or one that says there is no page: absence is evidence too.",
        "hide_sql": True,
        "sql": FAILURES_SQL,
    },
    "corrections": {
        "title": "What curators assert",
        "description": "Assertions by people that are in force, the latest first, each beside what"
        " rules conclude from the page, with who says so, and why.",
        "hide_sql": True,
        "sql": CORRECTIONS_SQL,
    },
    "unannounced-edits": {
        "title": "Changes without a notice",
        "description": "Confirmed edits of a statement's own words that no notice on the page"
        " announces, the latest first.",
        "hide_sql": True,
        "sql": UNANNOUNCED_SQL,
    },
    "disappearances": {
        "title": "Statements that were gone or had moved",
        "description": "Confirmed absences, the latest first, and when the statement was back.",
        "hide_sql": True,
        "sql": GONE_SQL,
    },
    "evidence-of-capture": {
        "title": "What a page says of itself",
        "description": "Every claim behind one capture: verbatim, as it was read, and where it"
        " stands.",
        "params": ["capture"],
        "hide_sql": True,
        "sql": EVIDENCE_SQL,
    },
    "captures-of-digest": {
        "title": "Where these bytes were captured",
        "description": "Captures whose payload has this digest, as in sha256:9f86d0….",
        "params": ["digest"],
        "hide_sql": True,
        "sql": DIGEST_SQL,
    },
    "captures-of-address": {
        "title": "Captures of one address",
        "description": "All captures of the statement that this address belongs to.",
        "params": ["address"],
        "hide_sql": True,
        "sql": ADDRESS_SQL,
    },
}
QUERY_NAMES = frozenset(_QUERIES)

_CREATE = re.compile(r"CREATE (?:VIRTUAL )?TABLE (\w+)")
_COLUMN = re.compile(r'\s+"?(?P<name>\w+)"?(?: [A-Z][^-]*|,\s*)--\s*(?P<said>.*\S)\s*')
_TARGET = re.compile(r'\s+"?(?P<name>\w+)"? .*?\bREFERENCES (?P<table>\w+)')
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_PLAIN = frozenset("true false yes no on off null y n".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDescription:
    """A table, what the comment above it says, and its columns with what theirs say."""

    name: str
    description: str
    columns: tuple[tuple[str, str], ...]
    references: tuple[tuple[str, str], ...]


def format_datasette_yml(database: str = DATABASE) -> str:
    """Return the whole ``datasette.yml`` of an index that Datasette calls ``database``."""
    described = {table.name: table for table in read_descriptions()}
    shown = {**_TABLES, **{name: {} for name in described if name not in _TABLES}}
    tables: dict[str, Yaml] = {
        name: _describe_table(described[name], options) for name, options in shown.items()
    }
    content: dict[str, Yaml] = {
        "title": _TITLE,
        "description": _DESCRIPTION,
        "settings": _SETTINGS,
        "databases": {
            database: {
                "title": "The index",
                "description": "Derived from the WARC files and the capture log, row for row;"
                " the command archive rebuild makes it again.",
                "tables": tables,
                "queries": _QUERIES,
            }
        },
    }
    return _HEADER + "\n" + "\n".join(_format_mapping(content, "")) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """Columns by which rows of a table are found without looking at all of them.

    ``columns`` are those that can be asked for by themselves, ``sortable`` those that hold every
    row in order, ``facets`` those with few values, ``keys`` the primary key.
    """

    columns: frozenset[str]
    sortable: frozenset[str]
    facets: frozenset[str]
    keys: tuple[str, ...]


@functools.lru_cache(maxsize=1)
def list_indexed() -> dict[str, Indexed]:
    """Return what can be found quickly, of every table that holds rows for readers."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        create_tables(connection)
        names = [table.name for table in read_descriptions() if not table.name.endswith("_fts")]
        return {name: _find_indexed(connection, name) for name in names}


def _find_indexed(connection: sqlite3.Connection, table: str) -> Indexed:
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    keys = tuple(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])
    columns, sortable = set(keys[:1]), set(keys[:1])
    for _, name, _, _, is_partial in connection.execute(f"PRAGMA index_list({table})").fetchall():
        (first,) = connection.execute(
            "SELECT name FROM pragma_index_info(?) WHERE seqno = 0", (name,)
        ).fetchone()
        (sql,) = connection.execute(
            "SELECT coalesce(sql, '') FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone() or ("",)
        if not is_partial:
            sortable.add(first)
        if not is_partial or sql.endswith(f"WHERE {first} IS NOT NULL"):
            columns.add(first)
    # How a table is sorted where nobody says how: where that has no index, there are few rows.
    options = _TABLES.get(table, {})
    sortable |= {str(options[name]) for name in ("sort", "sort_desc") if name in options}
    facets = options.get("facets", ())
    return Indexed(
        columns=frozenset(columns),
        sortable=frozenset(sortable),
        facets=frozenset(facets if isinstance(facets, list) else ()),
        keys=keys,
    )


def read_descriptions() -> tuple[TableDescription, ...]:
    """Return what ``schema.sql`` says of its tables, in its order."""
    return parse_descriptions(_SCHEMA.read_text(encoding="utf-8"))


def parse_descriptions(schema: str) -> tuple[TableDescription, ...]:
    """Read the comments of a schema that is laid out as ours.

    The comment lines directly above ``CREATE TABLE`` describe the table, the comment at the
    end of a column's line the column.
    """
    return tuple(_parse_tables(schema.split("\n")))


def find_references() -> dict[str, str]:
    """Return which table each referring column means; a name means the same everywhere."""
    return {column: target for table in read_descriptions() for column, target in table.references}


def _parse_tables(lines: list[str]) -> Iterator[TableDescription]:
    for place, line in enumerate(lines):
        created = _CREATE.match(line)
        if created is None:
            continue
        above: list[str] = []
        for comment in reversed(lines[:place]):
            if not comment.startswith("--"):
                break
            above.insert(0, comment.lstrip("-").strip())
        end = next(at for at in range(place, len(lines)) if lines[at].startswith(")"))
        body = lines[place + 1 : end]
        columns = [found for found in map(_COLUMN.fullmatch, body) if found]
        targets = [found for found in map(_TARGET.match, body) if found]
        yield TableDescription(
            name=created[1],
            description=" ".join(above),
            columns=tuple((found["name"], found["said"]) for found in columns),
            references=tuple((found["name"], found["table"]) for found in targets),
        )


def _describe_table(table: TableDescription, options: Mapping[str, Yaml]) -> Yaml:
    title = str(options.get("title", _capitalise(table.name)))
    description = _capitalise(table.description.removeprefix(f"{title}: "))
    described: dict[str, Yaml] = {"title": title, "description": description}
    described.update(options)
    if table.columns:
        described["columns"] = {name: _capitalise(said) for name, said in table.columns}
    return described


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _format_mapping(content: Mapping[str, Yaml], indent: str) -> Iterator[str]:
    for key, value in content.items():
        start = f"{indent}{_format_key(key)}:"
        if isinstance(value, Mapping):
            yield start
            yield from _format_mapping(value, indent + "  ")
        elif isinstance(value, str) and "\n" in value:
            yield f"{start} |-"
            yield from (f"{indent}  {line}".rstrip() for line in value.split("\n"))
        elif isinstance(value, (str, int)):
            yield f"{start} {_format_scalar(value)}"
        else:
            yield f"{start} [{', '.join(_format_scalar(item) for item in value)}]"


def _format_key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) and key not in _NOT_PLAIN else json.dumps(key)


def _format_scalar(value: str | int) -> str:
    """Return a scalar; JSON's strings are YAML's double-quoted ones."""
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
