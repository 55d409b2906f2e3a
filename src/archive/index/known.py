"""What the rows of a history tell of earlier captures, so that later ones are traced alone.

A statement that is watched for years has thousands of captures, and each new one would otherwise
have all of them read again.  Not for: deriving a history (`archive.index.versions`), or what
follows from captures (`archive.history.trace`).
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.core.version import (
    Absence,
    Known,
    Lacking,
    Shown,
    Sighting,
    Step,
    Trace,
    Version,
)
from archive.index.sightings import Row, select_before, select_captured, select_some

TraceCaptures = Callable[[Sequence[Sighting], Known | None], Trace]

# Captures of a statement that its history took no account of; None: any may be other than it was.
Fresh = frozenset[str] | None
MINOR = ("identical", "markup", "boilerplate")
_VERSION = "number, capture_id, last_capture, captures, pending"
_EDIT = "number, before_capture, capture_id, extractor, confirmed, class"
_ABSENCE = (
    "position, kind, reason, had_capture, capture_id, again_capture, captures, return_confirmed"
    " FROM absences"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the derivation of a history begins: the first version and absence that may change.

    ``since`` is the moment of the first capture to look at; ``edits`` counts those before
    ``number`` that are more than furniture and markup, the last of them shown at ``last_edit``.
    ``details`` are what versions say of captures before ``since``.
    """

    known: Known | None = None
    since: str = ""
    number: int = 0
    position: int = 0
    edits: int = 0
    last_edit: str | None = None
    details: Mapping[str, Row] = field(default_factory=dict)


FROM_THE_FIRST = Start()


def find_start(
    connection: sqlite3.Connection, statement_id: str, trace: TraceCaptures, fresh: Fresh
) -> Start:
    """Return where to begin when the captures ``fresh`` are all that is new.

    From the first capture on, where others were made after these, or the rows may rest on these.
    """
    if fresh is None:
        return FROM_THE_FIRST
    named = json.dumps(sorted(fresh))
    row = connection.execute(
        "SELECT state, edits, last_edit, (SELECT min(captured_at) FROM captures"
        " WHERE id IN (SELECT value FROM json_each(?))) FROM statements WHERE id = ?",
        (named, statement_id),
    ).fetchone()
    if row is None or row[0] == "unread" or row[3] is None:
        return FROM_THE_FIRST  # `unread` may rest on what waited, and waits no more
    state, edits, last_edit, since = row
    others = connection.execute(
        "SELECT 1 FROM captures WHERE statement_id = ? AND captured_at >= ?"
        " AND id NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
        (statement_id, since, named),
    ).fetchone()
    if others:
        return FROM_THE_FIRST
    version = _find_last(connection, f"{_VERSION} FROM versions", statement_id)
    edit = _find_edit(connection, statement_id, version[0]) if version else None
    absences = list(_list_open(connection, statement_id))
    position = _find_last(connection, "position FROM absences", statement_id, "position")
    captures = {row[place] for row in absences for place in (3, 4, 5) if row[place]}
    captures.update(*(row[1:3] for row in (version, edit) if row))
    some = {
        sighting.capture: (sighting, detail)
        for sighting, detail in select_some(connection, captures)
    }
    seen = {capture: sighting for capture, (sighting, _) in some.items()}
    had = seen.get(absences[0][5] or absences[0][3]) if absences else None
    if not absences and _is_lacking(connection, statement_id, trace, since):
        had = _find_shown(connection, statement_id, trace, since)
    known = Known(
        version=_make_version(version, seen) if version else None,
        step=_make_step(edit, seen) if edit else None,
        had=had,
        absences=tuple(_make_absence(row, seen) for row in absences),
        ended=(position[0] if position else 0) - len(absences),
        state=state,
    )
    return Start(
        known=known,
        since=since,
        number=version[0] if version else 0,
        position=known.ended + 1,
        edits=edits - bool(edit and edit[5] not in MINOR),
        last_edit=last_edit,
        details={capture: detail for capture, (_, detail) in some.items()},
    )


def _find_last(
    connection: sqlite3.Connection, selected: str, statement_id: str, key: str = "number"
) -> Row | None:
    row: Row | None = connection.execute(
        f"SELECT {selected} WHERE statement_id = ? ORDER BY {key} DESC LIMIT 1", (statement_id,)
    ).fetchone()
    return row


def _find_edit(connection: sqlite3.Connection, statement_id: str, number: int) -> Row | None:
    """Return the edit that led to a version; the first one has none."""
    row: Row | None = connection.execute(
        f"SELECT {_EDIT} FROM edits WHERE statement_id = ? AND number = ?", (statement_id, number)
    ).fetchone()
    return row


def _list_open(connection: sqlite3.Connection, statement_id: str) -> list[Row]:
    """Return the absences that have not ended, or else those of the last return, unconfirmed.

    In their order; all others come before them.
    """
    found: list[Row] = []
    for row in connection.execute(
        f"SELECT {_ABSENCE} WHERE statement_id = ? ORDER BY position DESC", (statement_id,)
    ):
        if row[7] or (found and row[5] != found[0][5]):
            break
        found.append(row)
    return found[::-1]


def _is_lacking(
    connection: sqlite3.Connection, statement_id: str, trace: TraceCaptures, since: str
) -> bool:
    later = [sighting for sighting, _ in select_captured(connection, statement_id, since=since)]
    return any(isinstance(item, Lacking) for item in trace(later, None).judgements)


def _find_shown(
    connection: sqlite3.Connection, statement_id: str, trace: TraceCaptures, before: str
) -> Sighting | None:
    """Return the last capture before a moment that shows the statement, or None."""
    for some in select_before(connection, statement_id, before=before):
        judged = zip(some, trace(some, None).judgements, strict=True)
        shown = [sighting for sighting, judgement in judged if isinstance(judgement, Shown)]
        if shown:
            return shown[-1]
    return None


def _make_version(row: Row, seen: Mapping[str, Sighting]) -> Version:
    return Version(
        number=row[0], first=seen[row[1]], last=seen[row[2]], captures=row[3], pending=row[4]
    )


def _make_step(row: Row, seen: Mapping[str, Sighting]) -> Step:
    return Step(
        number=row[0],
        before=seen[row[1]],
        after=seen[row[2]],
        label=row[3],
        is_confirmed=bool(row[4]),
    )


def _make_absence(row: Row, seen: Mapping[str, Sighting]) -> Absence:
    return Absence(
        position=row[0],
        kind=row[1],
        reason=row[2],
        had=seen[row[3]] if row[3] else None,
        missing=seen[row[4]],
        again=seen[row[5]] if row[5] else None,
        captures=row[6],
    )
