"""What people say, in the index: their annotations, and the assertions that are in force.

Rules:

1. An annotation that names another as superseded takes it out of force: a retraction for good,
   an annotation of the same kind by replacing it.  What was replaced does not come back when
   what replaced it is retracted; what other people assert was never out of force.
2. A curator's assertion holds for the statement of the capture that it names.  Of several in
   force, the latest in the log is displayed.
3. All of this follows from annotations alone, in the order of the log.

Not for: transactions (`archive.index.database`), or statements (`archive.index.statements`).
"""

import json
import sqlite3
from dataclasses import dataclass

from archive.core.annotation import describe_body, list_evidence
from archive.core.curation import RULE, CuratorAssertion
from archive.core.identity import normalise_capture_id
from archive.core.instant import format_instant
from archive.core.organisation import Merger, Organisation
from archive.core.watch import WatchOrder
from archive.errors import InputError
from archive.index.lookup import READ_OF
from archive.index.organisations import delete_organisation, write_organisation
from archive.index.rows import AnnotationRow
from archive.index.watches import delete_watch, write_watch

IN_FORCE = "in force"
_URN = "urn:archive:annotation:"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnnotation:
    """An annotation as the index knows it; ``target`` is what its record names."""

    id: str
    record_id: str
    kind: str
    capture_id: str | None
    capture_record: str | None
    organisation_id: str | None
    field: str | None
    body: str
    agent: str
    agent_name: str
    state: str


_SELECT_FOUND = (
    "SELECT annotations.id, annotations.record_id, kind, annotations.capture_id,"
    " captures.record_id, organisation_id, field, body, agent, agent_name, state"
    " FROM annotations LEFT JOIN captures ON captures.id = annotations.capture_id"
)


def write_annotation(connection: sqlite3.Connection, row: AnnotationRow) -> set[str]:
    """Write an annotation and what follows from it; return the statements that it touches."""
    said = row.annotation
    asserted = said.body if isinstance(said.body, CuratorAssertion) else None
    state = _read_state(connection, row.id, said.kind)
    connection.execute(
        "INSERT OR REPLACE INTO annotations VALUES"
        " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.id,
            row.record_id,
            said.kind,
            row.capture_id,
            row.organisation_id,
            row.watch_id,
            asserted.field if asserted else None,
            describe_body(said.body),
            _format_evidence(asserted) if asserted else None,
            said.reason,
            said.agent,
            said.agent_name,
            format_instant(said.time),
            row.supersedes,
            state,
            row.warc,
            row.offset,
            row.length,
            row.leaf,
        ),
    )
    if row.supersedes is not None:
        _settle(connection, row.supersedes)
    if state == IN_FORCE and asserted is not None and row.capture_id is not None:
        _write_assertion(connection, row, asserted)
    if state == IN_FORCE and isinstance(said.body, (Organisation, Merger)):
        write_organisation(connection, row)
    if state == IN_FORCE and isinstance(said.body, WatchOrder):
        write_watch(connection, row)
    touched = connection.execute(
        "SELECT statement_id FROM captures WHERE id = ?", (row.capture_id,)
    )
    return {found for (found,) in touched if found is not None}


def find_annotation(connection: sqlite3.Connection, name: str) -> FoundAnnotation:
    """Return the one annotation that ``name`` means: an id, a prefix of one, or a record id.

    Raises:
        InputError: nothing, or more than one annotation, goes by that name.
    """
    if name.startswith("urn:uuid:"):
        rows = connection.execute(
            f"{_SELECT_FOUND} WHERE annotations.record_id = ?", (name,)
        ).fetchall()
    else:
        prefix = normalise_capture_id(name.removeprefix(_URN)) or "~"
        rows = connection.execute(
            f"{_SELECT_FOUND} WHERE annotations.id >= ? AND annotations.id < ?"
            " ORDER BY annotations.id LIMIT 4",
            (prefix, prefix + "~"),
        ).fetchall()
    if len(rows) > 1:
        some = ", ".join(row[0] for row in rows[:3])
        raise InputError(f"{name!r} is ambiguous: {some}…", remedy="give more characters")
    if not rows:
        raise InputError(
            f"no annotation goes by {name[:80]!r}",
            remedy="`archive annotations` lists them; of a capture, name the field, too",
        )
    return _make_found(rows[0])


def select_in_force(
    connection: sqlite3.Connection, statement_id: str, field: str
) -> tuple[FoundAnnotation, ...]:
    """Return the assertions of a field that are in force for a statement, the latest first."""
    rows = connection.execute(
        f"{_SELECT_FOUND} WHERE captures.statement_id = ? AND field = ? AND state = ?"
        " AND kind = 'assertion' ORDER BY annotations.leaf DESC",
        (statement_id, field, IN_FORCE),
    )
    return tuple(_make_found(row) for row in rows)


def select_asserted_of(
    connection: sqlite3.Connection, capture_id: str
) -> tuple[FoundAnnotation, ...]:
    """Return the assertions in force that name a capture, in the order of the log."""
    rows = connection.execute(
        f"{_SELECT_FOUND} WHERE annotations.capture_id = ? AND state = ? AND kind = 'assertion'"
        " ORDER BY annotations.leaf",
        (capture_id, IN_FORCE),
    )
    return tuple(_make_found(row) for row in rows)


def has_locator(connection: sqlite3.Connection, capture_id: str, locator: str) -> bool:
    """Tell whether a claim of this capture, or of the one whose payload it shares, is there."""
    return (
        connection.execute(
            f"SELECT 1 FROM claims JOIN captures ON claims.capture_id = {READ_OF}"
            " WHERE captures.id = ? AND locator = ? LIMIT 1",
            (capture_id, locator),
        ).fetchone()
        is not None
    )


def _read_state(connection: sqlite3.Connection, annotation_id: str, kind: str) -> str:
    by = {
        found
        for (found,) in connection.execute(
            "SELECT kind FROM annotations WHERE supersedes = ?", (annotation_id,)
        )
    }
    if "retraction" in by:
        return "retracted"
    return "superseded" if kind in by else IN_FORCE


def _settle(connection: sqlite3.Connection, annotation_id: str) -> None:
    """Note what has become of an annotation that another one supersedes."""
    before = connection.execute(
        "SELECT kind, organisation_id, watch_id FROM annotations WHERE id = ?", (annotation_id,)
    ).fetchone()
    if before is None:
        return
    state = _read_state(connection, annotation_id, before[0])
    connection.execute("UPDATE annotations SET state = ? WHERE id = ?", (state, annotation_id))
    if state != IN_FORCE:
        connection.execute("DELETE FROM assertions WHERE annotation_id = ?", (annotation_id,))
        if before[1] is not None:
            delete_organisation(connection, annotation_id)
        if before[2] is not None:
            delete_watch(connection, annotation_id)


def _write_assertion(
    connection: sqlite3.Connection, row: AnnotationRow, asserted: CuratorAssertion
) -> None:
    said = row.annotation
    connection.execute(
        "INSERT OR REPLACE INTO assertions (capture_id, field, leaf, value, rule, asserted_by,"
        " agent, asserted_at, reason, evidence, annotation_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.capture_id,
            asserted.field,
            row.leaf,
            asserted.value,
            RULE,
            said.agent_name,
            said.agent,
            format_instant(said.time),
            said.reason,
            _format_evidence(asserted),
            row.id,
        ),
    )


def _format_evidence(asserted: CuratorAssertion) -> str:
    return json.dumps(list_evidence(asserted.evidence), ensure_ascii=False)


def _make_found(row: tuple[str, ...]) -> FoundAnnotation:
    return FoundAnnotation(**dict(zip(FoundAnnotation.__slots__, row, strict=True)))
