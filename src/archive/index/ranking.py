"""What the search page asks of the index: texts ranked, facets counted, matches quoted.

How much is looked at is said by ids of texts, since newer texts have higher ids: what is found
between two of them can be ranked beside what is found between two others.  The ranking reads no
text; the few that are shown are quoted one by one.  The statements here are run by whoever holds
the connection (Datasette, under its time limit); values are always bound.  Not for: the command
line's search (`archive.index.search`), or how a query is put (`archive.index.full_text`).
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from archive.index.lookup import READ_OF
from archive.index.quote import Marks, parse_query, quote_texts, quote_title

# Around a match in a title or snippet: control characters, which are no part of any word.
MARK_START, MARK_END = "\x02", "\x03"

# How a search can be narrowed: what a statement must fulfil, for each name.
_NARROWED = {
    "publisher": "statements.publisher = :publisher",
    "year": "statements.published_year = :year",
    "language": "statements.language = :language",
    "state": "statements.state = :state",
}
NARROWED = tuple(_NARROWED)
_CHANGED = "changed"  # no state of the index: there was an edit, whatever the state
MOST_RANKED = 50_000  # texts; of more, the newest are ranked
MOST_NARROWED = 10_000  # of them, where each is asked whether it is of such a statement
_MOST_STATEMENTS = 10_000  # of which all texts are gathered beforehand, so that all are ranked
# What narrows most stands first; without statistics SQLite would go through all of a language.
_INDEXES = {
    "publisher": "statements_publisher",
    "year": "statements_published_year",
    "state": "statements_state",
    "language": "statements_language",
}
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_NEWEST_SQL = """\
SELECT rowid FROM {table} WHERE {table} MATCH :query AND rowid <= :last
 ORDER BY rowid DESC LIMIT 1 OFFSET :offset"""
MOST_COUNTED = 2_000  # texts among which facets are counted: a common word is in all of them
# What a capture of a text shows instead of a version, empty for a version (as
# `archive.history.trace` judges it): a page for all addresses that are gone has words as well.
_PASSING = """\
CASE WHEN coalesce(readings.quality, 'usable') <> 'usable' THEN readings.quality
            WHEN {capture}.outcome NOT IN ('response', 'revisit')
            THEN {capture}.outcome || ' answer'
            WHEN {capture}.status NOT BETWEEN 200 AND 299 AND {capture}.status <> 304
            THEN 'status ' || {capture}.status END"""
_TOLD = {
    "read_of": READ_OF,
    "passing": _PASSING.format(capture="captures"),
    "passing_later": f"({_PASSING.format(capture='later')})",
}
MOST_TOGETHER = 20  # statements of one text that are shown: a question about data may be in all
# The order of the joins is said, because the planner would read all statements of a year for each
# text; a text that very many captures hold is looked up once for each statement.
_DESCRIBED_SQL = """\
SELECT found.place, found.text_id, statements.id AS statement_id, statements.name,
       statements.publisher, statements.host, statements.url, statements.published,
       statements.curated, statements.last_captured, statements.state, statements.versions,
       captures.id AS capture_id, captures.captured_at,
       CASE WHEN ({passing}) IS NULL THEN
       (SELECT number FROM versions
         CROSS JOIN captures AS first ON first.id = versions.capture_id
           AND (first.captured_at, first.leaf) <= (captures.captured_at, captures.leaf)
         WHERE versions.statement_id = statements.id
           AND captures.captured_at BETWEEN versions.first_captured AND versions.last_captured
         ORDER BY number DESC LIMIT 1) END AS version,
       {passing} AS passing,
       EXISTS (SELECT 1 FROM captures AS later
                LEFT JOIN readings ON readings.capture_id = coalesce(later.reading_of, later.id)
                WHERE later.statement_id = statements.id
                  AND later.captured_at >= captures.captured_at
                  AND (later.captured_at, later.leaf) > (captures.captured_at, captures.leaf)
                  AND later.text_id IS NOT NULL AND later.text_id <> found.text_id
                  AND {passing_later} IS NULL) AS replaced
  FROM (SELECT key AS place, value ->> 0 AS text_id, value ->> 1 AS statement_id
          FROM json_each(:found)) AS found
 CROSS JOIN statements ON statements.id IN
       (SELECT statements.id
          FROM (SELECT DISTINCT statement_id FROM captures WHERE text_id = found.text_id) AS held
         CROSS JOIN statements ON statements.id = held.statement_id
         WHERE coalesce(found.statement_id, statements.id) = statements.id {narrowed}
         LIMIT {together} + 1)
 CROSS JOIN captures ON captures.id =
       (SELECT latest.id FROM captures AS latest INDEXED BY captures_statement
         WHERE latest.statement_id = statements.id AND latest.text_id = found.text_id
         ORDER BY latest.captured_at DESC, latest.leaf DESC LIMIT 1)
  LEFT JOIN readings ON readings.capture_id = {read_of}
 ORDER BY found.place, captures.captured_at DESC, captures.leaf DESC"""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Texts whose ids lie above ``above``, and are at most ``last``."""

    above: int = _LOWEST
    last: int = _HIGHEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a search looks at: stretches of texts, which are ranked beside each other.

    ``cut`` is the number of texts in them where more match, else 0; ``gathered`` are the texts of
    the chosen statements, where these are few, as JSON.
    """

    stretches: tuple[Stretch, ...]
    cut: int = 0
    gathered: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A text that a search found, in the latest capture of a statement that holds it.

    ``title`` and ``snippet`` carry marks around what matched; ``version`` is the number of the
    version that the capture shows, ``passing`` what it shows where that is none; ``replaced`` tells
    that a later capture shows the statement with another text, ``is_shared`` that more statements
    hold this text than are shown.
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
    passing: str | None
    replaced: int
    state: str
    versions: int
    version: int | None
    is_shared: bool


def split_matches(connection: sqlite3.Connection, table: str, query: str, most: int) -> Bounds:
    """Return the newest ``most`` texts that match, as two halves; as one where one holds all.

    ``table`` is that of `choose_table`.
    """
    half = most - most // 2
    middle = _find_newest(connection, table, query, offset=half)
    if middle is None:
        return Bounds(stretches=(Stretch(),))
    begin = _find_newest(connection, table, query, offset=most - half, last=middle)
    older = Stretch(above=_LOWEST if begin is None else begin, last=middle)
    return Bounds(stretches=(Stretch(above=middle), older), cut=0 if begin is None else most)


def gather_texts(connection: sqlite3.Connection, chosen: Mapping[str, str]) -> Bounds | None:
    """Return all texts of the ``chosen`` statements, as two halves; None where these are many.

    Takes longer than a search, and is the same for all searches that are narrowed so.
    """
    narrowed = _format_narrowed(chosen)
    index = next(index for name, index in _INDEXES.items() if name in chosen)
    if index == _INDEXES["state"] and chosen["state"] == _CHANGED:
        index = "statements_last_edit"
    hint = f"INDEXED BY {index}"
    many = f"SELECT 1 FROM statements {hint} WHERE {narrowed} LIMIT 1 OFFSET {_MOST_STATEMENTS}"
    if connection.execute(many, chosen).fetchone() is not None:
        return None
    rows = connection.execute(
        f"SELECT DISTINCT captures.text_id FROM statements {hint}"
        " CROSS JOIN captures INDEXED BY captures_statement"
        " ON captures.statement_id = statements.id"
        f" WHERE {narrowed} AND captures.text_id IS NOT NULL LIMIT {MOST_RANKED + 1}",
        chosen,
    ).fetchall()
    if len(rows) > MOST_RANKED:
        return None
    texts = sorted(row[0] for row in rows)
    middle = texts[len(texts) // 2] if texts else 0
    return Bounds(
        stretches=(Stretch(above=middle), Stretch(last=middle)), gathered=json.dumps(texts)
    )


def format_ranking(table: str, chosen: Mapping[str, str], *, is_gathered: bool = False) -> str:
    """Return the query for the best ``:limit`` texts of a stretch, with their scores.

    Only what is of a chosen statement is ranked, since that costs most: what is ``:gathered``, or
    each text is asked.
    """
    within = ""
    if is_gathered:
        within = "AND +rowid IN (SELECT value FROM json_each(:gathered))"
    elif chosen:
        within = f"""
   AND EXISTS (SELECT 1 FROM captures CROSS JOIN statements ON statements.id = statement_id
                WHERE captures.text_id = {table}.rowid AND ({_format_narrowed(chosen)}) IS TRUE)"""
    return f"""\
SELECT rowid AS text_id, bm25({table}, 4.0, 1.0) AS score
  FROM {table} WHERE {table} MATCH :query AND rowid > :above AND rowid <= :last {within}
 ORDER BY score, rowid DESC LIMIT :limit"""


def merge_ranked(parts: Iterable[Sequence[Any]], *, offset: int, limit: int) -> list[int]:
    """Return the best texts of several rankings, behind the best ``offset``."""
    ranked = sorted((row["score"], -row["text_id"]) for part in parts for row in part)
    return [-text_id for _, text_id in ranked[offset:][:limit]]


def describe_matches(
    connection: sqlite3.Connection,
    texts: Sequence[int],
    words: str,
    chosen: Mapping[str, str],
    retitled: Sequence[tuple[int, str]] = (),
    *,
    is_first: bool = True,
) -> tuple[Match, ...]:
    """Return the matches that these texts are, in their order, with what matched ``words`` quoted.

    A text in a statement that is found by a curator's title (`find_retitled`) stands before all
    others where ``is_first``, and nowhere else.
    """
    found = [*(retitled if is_first else ()), *((text_id, None) for text_id in texts)]
    narrowed = f"AND ({_format_narrowed(chosen)}) IS TRUE" if chosen else ""
    asked = {**chosen, "found": json.dumps(found)}
    sql = _DESCRIBED_SQL.format(narrowed=narrowed, together=MOST_TOGETHER, **_TOLD)
    cursor = connection.execute(sql, asked)
    names = [column[0] for column in cursor.description]
    first = len(found) - len(texts)
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    rows = [
        row
        for row in rows
        if row["place"] < first or (row["text_id"], row["statement_id"]) not in retitled
    ]
    return _quote_matches(connection, list(_cut_together(rows)), words)


def _cut_together(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield at most `MOST_TOGETHER` rows of each text; the last one tells that there are more."""
    for _, together in groupby(rows, key=itemgetter("place")):
        shown = [{name: row[name] for name in row if name != "place"} for row in together]
        is_cut = len(shown) > MOST_TOGETHER
        for number, row in enumerate(shown[:MOST_TOGETHER], 1):
            yield row | {"is_shared": is_cut and number == MOST_TOGETHER}


def _quote_matches(
    connection: sqlite3.Connection, rows: Sequence[dict[str, Any]], words: str
) -> tuple[Match, ...]:
    """Return rows of `_DESCRIBED_SQL` as values; the title is a curator's where there is one."""
    marks = Marks(start=MARK_START, end=MARK_END)
    phrases = parse_query(words)
    texts = list(dict.fromkeys(row["text_id"] for row in rows))
    quoted = quote_texts(connection, texts, words, marks)
    matches = []
    for row in rows:
        if row["text_id"] in quoted:
            told = row | asdict(quoted[row["text_id"]])
            if "title" in (row["curated"] or "").split(", "):
                told["title"] = quote_title(row["name"], phrases, marks)
            matches.append(Match(**told))
    return tuple(matches)


def count_facets(
    rows: Sequence[Any], chosen: Mapping[str, str], *, most: int
) -> tuple[dict[str, list[tuple[str, int]]], int]:
    """Return the commonest values of each facet in the rows of `FACETS_SQL`; and of how many.

    Counted is what the ``chosen`` values leave.
    """
    counted: dict[str, Counter[str]] = {name: Counter() for name in NARROWED}
    texts = 0
    for row in rows:
        texts += row["texts"]
        if not all(_has_value(row, *pair) for pair in chosen.items()):
            continue
        for name in ("publisher", "year", "language"):
            if row[name] is not None:
                counted[name][str(row[name])] += row["texts"]
        if row["is_changed"]:
            counted["state"][_CHANGED] += row["texts"]
        if row["state"] in ("gone", "moved"):
            counted["state"][row["state"]] += row["texts"]
    commonest = {name: values.most_common(most) for name, values in counted.items() if values}
    return commonest, texts


def _has_value(row: Any, name: str, value: str) -> bool:
    if (name, value) == ("state", _CHANGED):
        return bool(row["is_changed"])
    return row[name] is not None and str(row[name]) == value


def _find_newest(
    connection: sqlite3.Connection, table: str, query: str, *, offset: int, last: int = _HIGHEST
) -> int | None:
    """Return the newest text that matches, behind ``offset`` newer ones; from ``last`` on."""
    asked = {"query": query, "offset": offset, "last": last}
    row = connection.execute(_NEWEST_SQL.format(table=table), asked).fetchone()
    return None if row is None else int(row[0])


def _format_narrowed(chosen: Mapping[str, str]) -> str:
    return " AND ".join(
        "statements.last_edit IS NOT NULL" if pair == ("state", _CHANGED) else _NARROWED[pair[0]]
        for pair in chosen.items()
    )
