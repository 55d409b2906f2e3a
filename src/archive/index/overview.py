"""What the home page and the search page ask of the index, and how a reader is kept in bounds.

The statements here are run by whoever holds the connection (Datasette, under its time limit);
values are always bound, rows become values here.  Not for: the command line's lists and
searches (`archive.index.search`), or the path that captures wait on (`archive.index.lookup`).
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from archive.index.database import SCHEMA_VERSION
from archive.index.full_text import format_words
from archive.index.quote import Marks, parse_query, quote_texts, quote_title

# Around a match in a title or snippet: control characters, which are no part of any word.
MARK_START, MARK_END = "\x02", "\x03"

_LONGEST_VALUE = 64 << 20  # as much as one page may decode to; a text of ours is smaller
_LONGEST_SQL = 100_000
_LONGEST_PATTERN = 1_000
_LOWEST = -(1 << 63)

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
# How a search can be narrowed: what a statement must fulfil, for each name.
_NARROWED = {
    "publisher": "statements.publisher = :publisher",
    "year": "statements.published_year = :year",
    "language": "statements.language = :language",
    "state": "CASE :state WHEN 'changed' THEN statements.last_edit IS NOT NULL"
    " ELSE statements.state = :state END",
}
NARROWED = tuple(_NARROWED)
MOST_RANKED = 50_000  # texts; of more, the newest are ranked
MOST_NARROWED = 10_000  # of them, where each is asked whether it is of such a statement
_MOST_STATEMENTS = 5_000  # of which all texts are gathered beforehand, so that all are looked at
MORE_SQL = """\
SELECT EXISTS (SELECT 1 FROM {table} WHERE {table} MATCH :query LIMIT 1 OFFSET :most)"""
MOST_COUNTED = 2_000  # texts among which facets are counted: a common word is in all of them
# Statements that show the same on all facets are one row: there are few kinds, and many statements.
FACETS_SQL = f"""\
SELECT statements.publisher, statements.published_year AS year, statements.language,
       statements.last_edit IS NOT NULL AS is_changed, statements.state, sum(held.texts) AS texts
  FROM (SELECT statement_id, count(*) AS texts
          FROM (SELECT DISTINCT captures.text_id, captures.statement_id
                  FROM (SELECT rowid AS text_id FROM {{table}} WHERE {{table}} MATCH :query
                         ORDER BY rowid DESC LIMIT {MOST_COUNTED}) AS found
                 CROSS JOIN captures ON captures.text_id = found.text_id
                 LIMIT {5 * MOST_COUNTED})
         GROUP BY statement_id) AS held
 CROSS JOIN statements ON statements.id = held.statement_id
 GROUP BY 1, 2, 3, 4, 5"""


def format_search(
    chosen: Collection[str],
    table: str = "texts_fts",
    *,
    most: int = MOST_RANKED,
    is_few: bool = False,
    is_given: bool = False,
) -> str:
    """Return the query of the search page, narrowed by what is ``chosen`` of `NARROWED`.

    Of what matches, only the newest ``most`` texts are looked at and ranked; where ``is_few``
    (`format_few`), the newest ``most`` of the chosen statements; ``table`` is that of
    `choose_table`.  With ``is_given`` it asks for the pairs of texts and statements in
    ``:found``, as JSON.

    The ranking reads no text; the few that are shown are quoted by `quote_matches`.  The order of
    the joins is said, because the planner would read all statements of a year for each text.
    """
    narrowed = " AND ".join(_NARROWED[name] for name in chosen)
    if not narrowed:
        within = ""
    elif is_few:
        within = f"""
           AND +rowid IN (SELECT captures.text_id FROM statements CROSS JOIN captures
                           ON captures.statement_id = statements.id
                          WHERE {narrowed} AND captures.text_id IS NOT NULL)"""
    else:  # only what is of such a statement is ranked, since that costs most
        within = f"""
           AND rowid > coalesce((SELECT rowid FROM {table} WHERE {table} MATCH :query
                                  ORDER BY rowid DESC LIMIT 1 OFFSET {most}), {_LOWEST})
           AND EXISTS (SELECT 1 FROM captures JOIN statements ON statements.id = statement_id
                        WHERE captures.text_id = {table}.rowid AND {narrowed})"""
    inner = f"""\
(SELECT text_id, score
          FROM (SELECT rowid AS text_id, bm25({table}, 4.0, 1.0) AS score
                  FROM {table} WHERE {table} MATCH :query{within}
                 ORDER BY rowid DESC LIMIT {most}) AS newest
         ORDER BY score, text_id DESC LIMIT :limit OFFSET :offset)"""
    if is_given:
        inner = "(SELECT value ->> 0 AS text_id, key AS score FROM json_each(:found))"
        pairs = "SELECT value ->> 1 FROM json_each(:found)"
        narrowed = " AND ".join((*filter(None, [narrowed]), f"statements.id IN ({pairs})"))
    return f"""\
SELECT ranked.text_id, statements.id AS statement_id, statements.name, statements.publisher,
       statements.host, statements.url, statements.published, statements.curated,
       statements.last_captured, statements.state, statements.versions,
       captures.id AS capture_id, captures.captured_at,
       (SELECT number FROM versions
         WHERE versions.statement_id = statements.id
           AND captures.captured_at BETWEEN versions.first_captured AND versions.last_captured
         ORDER BY number DESC LIMIT 1) AS version,
       EXISTS (SELECT 1 FROM captures AS later
                WHERE later.statement_id = statements.id
                  AND later.captured_at > captures.captured_at
                  AND later.text_id IS NOT NULL AND later.text_id <> ranked.text_id) AS replaced
  FROM {inner} AS ranked
 CROSS JOIN statements ON statements.id IN
       (SELECT statement_id FROM captures WHERE captures.text_id = ranked.text_id)
 CROSS JOIN captures ON captures.id =
       (SELECT latest.id FROM captures AS latest INDEXED BY captures_statement
         WHERE latest.statement_id = statements.id AND latest.text_id = ranked.text_id
         ORDER BY latest.captured_at DESC, latest.leaf DESC LIMIT 1)
 {f"WHERE ({narrowed}) IS TRUE" if narrowed else ""}
 ORDER BY ranked.score, ranked.text_id DESC, captures.captured_at DESC, captures.leaf DESC"""


def format_few(chosen: Collection[str]) -> str:
    """Return the query whether few statements are ``chosen``: 1 or 0."""
    narrowed = " AND ".join(_NARROWED[name] for name in chosen)
    return (
        "SELECT NOT EXISTS (SELECT 1 FROM statements"
        f" WHERE {narrowed} LIMIT 1 OFFSET {_MOST_STATEMENTS})"
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A text that a search found, in the latest capture of a statement that holds it.

    ``title`` and ``snippet`` carry marks around what matched; ``version`` is the number of the
    version that the capture shows; ``replaced`` tells that a later
    capture of the statement holds another text.
    """

    text_id: int
    statement_id: str
    name: str
    publisher: str | None
    host: str | None
    url: str | None
    published: str | None
    curated: str | None
    last_captured: str | None
    capture_id: str
    captured_at: str
    title: str
    snippet: str
    replaced: int
    state: str
    versions: int
    version: int | None


def make_overview(row: Any) -> Overview:
    """Return the row of `OVERVIEW_SQL` as a value."""
    return _make(Overview, row)


def make_listed(rows: Sequence[Any]) -> tuple[Listed, ...]:
    """Return the rows of `LATEST_SQL` as values."""
    return tuple(_make(Listed, row) for row in rows)


def quote_matches(
    connection: sqlite3.Connection, rows: Sequence[Any], words: str
) -> tuple[Match, ...]:
    """Return the rows of `format_search` as values, with what matched ``words`` quoted.

    The title is a curator's where there is one.
    """
    marks = Marks(start=MARK_START, end=MARK_END)
    phrases = parse_query(words)
    texts = list(dict.fromkeys(row["text_id"] for row in rows))
    quoted = quote_texts(connection, texts, words, marks)
    matches = []
    for row in rows:
        if row["text_id"] in quoted:
            told = {name: row[name] for name in row.keys()} | asdict(quoted[row["text_id"]])  # noqa: SIM118  # a Row
            if "title" in (row["curated"] or "").split(", "):
                told["title"] = quote_title(row["name"], phrases, marks)
            matches.append(Match(**told))
    return tuple(matches)


def count_facets(
    rows: Sequence[Any], *, most: int
) -> tuple[dict[str, list[tuple[str, int]]], int]:
    """Return the commonest values of each facet in the rows of `FACETS_SQL`; and of how many."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in NARROWED}
    texts = 0
    for row in rows:
        texts += row["texts"]
        for name in ("publisher", "year", "language"):
            if row[name] is not None:
                counted[name][str(row[name])] += row["texts"]
        if row["is_changed"]:
            counted["state"]["changed"] += row["texts"]
        if row["state"] in ("gone", "moved"):
            counted["state"][row["state"]] += row["texts"]
    commonest = {name: values.most_common(most) for name, values in counted.items() if values}
    return commonest, texts


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
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def _escape_query(text: Any) -> str:
    return format_words(str(text)) if text is not None else ""


def _make(kind: type[Value], row: Any) -> Value:
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # always a dataclass
    return kind(**{name: row[name] for name in names})
