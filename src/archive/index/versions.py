"""Versions, edits and absences in the index: derived from the captures of a statement.

What follows from captures, and how two contents differ, is decided by functions that are handed in
(`HistoryRules`), because the index knows no stage.  Rules:

1. Everything follows from rows of ``captures``, ``conversions``, ``readings`` and ``claims`` alone,
   whatever the order they came in; only what differs from what stands there is written.
2. A capture that is later than all others is traced alone, after what the rows tell of those, so
   that its cost does not grow with their number.  The outcome is the same.
3. How two captures differ under one label never changes: an edit that is stored between the same
   two under the same label is kept, not compared anew.

Not for: transactions (`archive.index.database`), or deciding what a version is
(`archive.history.trace`).
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.core.version import Comparison, Content, Step, Trace
from archive.index.known import MINOR, Fresh, TraceCaptures, find_start
from archive.index.sightings import Row, read_content, select_captured

_COMPARED = (
    "class, text_changed, verdict, facts, words_deleted, words_inserted, words_moved, notice"
)
_KEYS = {"versions": "number", "absences": "position", "pending_comparisons": "capture_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRules:
    """How captures make versions, and how two contents differ."""

    trace: TraceCaptures
    compare: Callable[[Content, Content], Comparison]


def refresh_history(
    connection: sqlite3.Connection, statement_id: str, rules: HistoryRules, fresh: Fresh = None
) -> None:
    """Derive the versions, edits and absences of a statement, and what its row says of them.

    ``fresh`` are the captures that its history took no account of yet, where that is known; where
    there is none, nothing follows.
    """
    if fresh is not None and not fresh:
        return
    start = find_start(connection, statement_id, rules.trace, fresh)
    found = select_captured(connection, statement_id, since=start.since)
    if not found:
        for table in ("versions", "edits", "absences", "pending_comparisons"):
            connection.execute(f"DELETE FROM {table} WHERE statement_id = ?", (statement_id,))
        return
    trace = rules.trace([sighting for sighting, _ in found], start.known)
    details = {**start.details, **{sighting.capture: detail for sighting, detail in found}}
    edits: list[str] = []
    if trace.versions or trace.absences or _has_history(connection, statement_id):
        pending = {(other.capture, one.capture) for one, other in trace.pending}
        versions = _list_versions(trace, details)
        _settle(connection, "versions", statement_id, versions, start.number)
        _settle(connection, "absences", statement_id, _list_absences(trace), start.position)
        # What waits is named by captures: of later ones, none is stored yet.
        _settle(connection, "pending_comparisons", statement_id, pending, "~" * bool(start.known))
        edits = _settle_edits(connection, statement_id, trace, rules, start.number)
    connection.execute(
        "UPDATE statements SET versions = ?1, edits = ?2, last_edit = ?3, state = ?4 WHERE id = ?5"
        " AND (versions, edits, last_edit, state) IS NOT (?1, ?2, ?3, ?4)",
        (
            trace.versions[-1].number if trace.versions else 0,
            start.edits + len(edits),
            edits[-1] if edits else start.last_edit,
            trace.state,
            statement_id,
        ),
    )


def _has_history(connection: sqlite3.Connection, statement_id: str) -> bool:
    """Tell whether something is derived already: most statements are captured once, and wait."""
    found = connection.execute(
        "SELECT 1 FROM versions WHERE statement_id = ?1"
        " UNION ALL SELECT 1 FROM absences WHERE statement_id = ?1 LIMIT 1",
        (statement_id,),
    ).fetchone()
    return found is not None


# --- rows, as their tables hold them, without the statement ---------------------------------------


def _list_versions(trace: Trace, details: Mapping[str, Row]) -> set[Row]:
    return {
        (
            version.number,
            version.first.capture,
            version.last.capture,
            version.first.moment,
            version.last.moment,
            version.captures,
            version.pending,
            *details[version.first.capture],
        )
        for version in trace.versions
    }


def _list_absences(trace: Trace) -> set[Row]:
    return {
        (
            absence.position,
            absence.kind,
            absence.reason,
            absence.had.capture if absence.had else None,
            absence.missing.capture,
            absence.again.capture if absence.again else None,
            absence.had.moment if absence.had else None,
            absence.missing.moment,
            absence.again.moment if absence.again else None,
            absence.captures,
            int(absence.captures > 1),
            int(absence.is_return_confirmed),
        )
        for absence in trace.absences
    }


def _settle(
    connection: sqlite3.Connection,
    table: str,
    statement_id: str,
    wanted: set[Row],
    first: int | str,
) -> None:
    """Make the rows of a statement from ``first`` on these; a row that stands is not touched."""
    stored = {
        row[1:]
        for row in connection.execute(
            f"SELECT * FROM {table} WHERE statement_id = ? AND {_KEYS[table]} >= ?",
            (statement_id, first),
        )
    }
    if stored == wanted:
        return
    connection.executemany(
        f"DELETE FROM {table} WHERE statement_id = ? AND {_KEYS[table]} = ?",
        [(statement_id, row[0]) for row in stored - wanted],
    )
    for row in sorted(wanted - stored):
        marks = ", ?" * len(row)
        connection.execute(f"INSERT INTO {table} VALUES (?{marks})", (statement_id, *row))


def _settle_edits(
    connection: sqlite3.Connection,
    statement_id: str,
    trace: Trace,
    rules: HistoryRules,
    first: int,
) -> list[str]:
    """Make the edits from ``first`` on those of ``trace``; what is compared already is kept.

    Returns the moments of those that are more than furniture and markup, in their order.
    """
    stored = {
        row[:3]: row[3:]
        for row in connection.execute(
            "SELECT before_capture, capture_id, extractor, number, not_before, not_after,"
            f" confirmed, {_COMPARED} FROM edits WHERE statement_id = ? AND number >= ?",
            (statement_id, first),
        )
    }
    fresh: list[Row] = []
    moments: list[str] = []
    for step in trace.steps:
        known = stored.pop((step.before.capture, step.after.capture, step.label), None)
        place = (step.number, step.before.moment, step.after.moment, int(step.is_confirmed))
        if known is None:
            *compared, spans = _compare(connection, step, rules)
            fresh.append(_make_edit(step, compared, spans))
        else:
            compared = list(known[len(place) :])
            if known[: len(place)] != place:
                (spans,) = _delete_edit(connection, statement_id, known[0])
                fresh.append(_make_edit(step, compared, spans))
        if compared[0] not in MINOR:
            moments.append(step.after.moment)
    for known in stored.values():
        _delete_edit(connection, statement_id, known[0])
    for row in fresh:
        marks = ", ?" * len(row)
        connection.execute(f"INSERT INTO edits VALUES (?{marks})", (statement_id, *row))
    return moments


def _delete_edit(connection: sqlite3.Connection, statement_id: str, number: int) -> Row:
    deleted: Row = connection.execute(
        "DELETE FROM edits WHERE statement_id = ? AND number = ? RETURNING spans",
        (statement_id, number),
    ).fetchone()
    return deleted


def _make_edit(step: Step, compared: Sequence[Any], spans: str) -> Row:
    return (
        step.number,
        step.after.capture,
        step.before.capture,
        step.before.moment,
        step.after.moment,
        int(step.after.moment[:4]),
        int(step.is_confirmed),
        step.label,
        *compared,
        spans,
    )


def _compare(connection: sqlite3.Connection, step: Step, rules: HistoryRules) -> Row:
    """Return the columns of `_COMPARED`, then the spans."""
    found = rules.compare(
        read_content(connection, step.before.capture, step.label),
        read_content(connection, step.after.capture, step.label),
    )
    spans = [[span.operation, span.old, span.new, span.text] for span in found.spans]
    return (
        found.change,
        int(found.text_changed),
        found.verdict,
        json.dumps(found.facts),
        found.words_deleted,
        found.words_inserted,
        found.words_moved,
        found.notice,
        json.dumps(spans, ensure_ascii=False, separators=(",", ":")),
    )
