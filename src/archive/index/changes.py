"""Edits, disappearances and returns of all statements, the latest first.

Not for: the history of one statement (`archive.index.timeline`), or deriving it
(`archive.index.versions`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlite_utils

from archive.core.change import Change, Edited, Missing, Returned, shorten_piece
from archive.core.version import FACTS
from archive.errors import InputError
from archive.index.known import MINOR
from archive.index.search import Row

_PIECES = 20  # of each side of an edit
_LONGEST = 500  # characters of a piece
_VERDICTS = {
    "announced": "announced",
    "unannounced": "unannounced",
    "date changed": "date changed, text same",
}
_SAID = {"sentence moved": "moved", "typographic": "typographic only"}
_PLACE = "statements.id, statements.name, statements.url, statements.publisher"
# What each kind of change is read from: what it is called, then the columns that all have, then
# its own.
_ARMS = (
    # What decides stands in one index; the rows, which hold the words, are read of those found.
    f"""\
SELECT 'edit' AS kind, {_PLACE}, edits.before_capture, edits.capture_id, edits.not_before,
       found.not_after, found.confirmed, edits.number, found.class, edits.text_changed,
       found.verdict, found.facts, edits.words_deleted, edits.words_inserted, edits.words_moved,
       edits.notice, old.title AS old_title, new.title AS new_title, NULL AS reason,
       NULL AS missed
  FROM edits AS found
 CROSS JOIN edits ON edits.statement_id = found.statement_id AND edits.number = found.number
 CROSS JOIN statements ON statements.id = found.statement_id
  JOIN versions AS new ON new.statement_id = edits.statement_id AND new.number = edits.number
  JOIN versions AS old
    ON old.statement_id = edits.statement_id AND old.number = edits.number - 1""",
    f"""\
SELECT absences.kind, {_PLACE}, had_capture AS before_capture, capture_id, not_before, not_after,
       confirmed, position AS number, NULL AS class, NULL AS text_changed, NULL AS verdict,
       NULL AS facts, NULL AS words_deleted, NULL AS words_inserted, NULL AS words_moved,
       NULL AS notice, NULL AS old_title, NULL AS new_title, reason, NULL AS missed
  FROM absences CROSS JOIN statements ON statements.id = absences.statement_id""",
    f"""\
SELECT 'back' AS kind, {_PLACE}, capture_id AS before_capture, again_capture AS capture_id,
       not_after AS not_before, again AS not_after, return_confirmed AS confirmed,
       position AS number, NULL AS class, NULL AS text_changed, NULL AS verdict, NULL AS facts,
       NULL AS words_deleted, NULL AS words_inserted, NULL AS words_moved, NULL AS notice,
       NULL AS old_title, NULL AS new_title, reason, not_after AS missed
  FROM absences CROSS JOIN statements ON statements.id = absences.statement_id
 WHERE again_capture IS NOT NULL""",
)
_OF_PUBLISHER = (
    "host = :host",
    "publisher = :publisher",
    "organisation_id = :organisation",
)
# Whose statements are meant; and for edits of all kinds but furniture, those among them that may
# have one of the latest: it is their own latest one, or there are as many later ones of others.
_PUBLISHED = {
    f"id IN (SELECT id FROM statements WHERE {one})": (
        f"id IN (SELECT id FROM statements WHERE {one} AND last_edit >= coalesce((SELECT last_edit"
        f" FROM statements WHERE {one} AND last_edit IS NOT NULL"
        " ORDER BY last_edit DESC LIMIT 1 OFFSET :most - 1), ''))"
    )
    for one in _OF_PUBLISHER
}
_ORDER = "ORDER BY not_after DESC, capture_id, kind"
_OLDEST = "ORDER BY not_after ASC, capture_id, kind"
_NAMES = {"edit": "edit", "gone": "absence", "moved": "absence", "back": "return"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes: those shown since a moment (UTC, as in the index), of kinds, of a statement.

    With ``is_confirmed`` only those that a second capture confirms, with ``with_minor`` also those
    of furniture and markup alone.  ``host``, ``publisher`` and ``organisation`` (its id) are those
    of the statement's row.
    """

    since: str | None = None
    kinds: tuple[str, ...] = ()
    statement: str | None = None
    is_confirmed: bool = False
    with_minor: bool = False
    host: str | None = None
    publisher: str | None = None
    organisation: str | None = None


def select_changes(
    database: sqlite_utils.Database,
    wanted: ChangeFilter,
    *,
    limit: int,
    offset: int = 0,
    is_oldest_first: bool = False,
) -> Iterator[Change]:
    """Yield changes, the latest first unless the oldest are wanted; ``offset`` are left out.

    Raises:
        InputError: there is no such kind.
    """
    conditions, values = _list_conditions(wanted)
    order = _OLDEST if is_oldest_first else _ORDER
    is_any = not (wanted.kinds or wanted.is_confirmed or wanted.with_minor or is_oldest_first)
    whose = [one for one in conditions if one in _PUBLISHED]
    is_plain = is_any and len(whose) == 1 and wanted.statement is None
    edits, *others = _ARMS
    # Each table gives no more than can be shown, by its own order: a whole one may be large.
    arms = " UNION ALL ".join(
        f"SELECT * FROM (SELECT * FROM ({arm}) {_join(found)} {order} LIMIT :most)"
        for arm, found in (
            (edits, [_PUBLISHED.get(one, one) for one in conditions] if is_plain else conditions),
            *((arm, conditions) for arm in others),
        )
    )
    rows = database.query(
        f"SELECT * FROM ({arms}) {order} LIMIT :limit OFFSET :offset",
        {**values, "limit": limit, "offset": offset, "most": limit + offset},
    )
    for row in rows:
        yield _make_change(database, row)


def _join(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _list_conditions(wanted: ChangeFilter) -> tuple[list[str], dict[str, Any]]:
    host, publisher, organisation = _PUBLISHED
    asked = {
        "not_after >= :since": ("since", wanted.since),
        "id = :one": ("one", wanted.statement),
        host: ("host", wanted.host),
        publisher: ("publisher", wanted.publisher),
        organisation: ("organisation", wanted.organisation),
    }
    conditions = [condition for condition, (_, value) in asked.items() if value is not None]
    values: dict[str, Any] = {name: value for name, value in asked.values() if value is not None}
    if wanted.is_confirmed:
        conditions.append("confirmed")
    if not wanted.with_minor and not set(wanted.kinds) & set(MINOR):
        conditions.append(f"(class IS NULL OR class NOT IN {MINOR!r})")
    if wanted.kinds:
        made = []
        for place, kind in enumerate(wanted.kinds):
            condition, value = _make_condition(kind, f"kind{place}")
            made.append(condition)
            values[f"kind{place}"] = value
        conditions.append(f"({' OR '.join(made)})")
    return conditions, values


def _make_condition(kind: str, name: str) -> tuple[str, str]:
    """Return what a change of this kind fulfils, and the value that is named in it."""
    if kind in _NAMES:
        return f"kind = :{name}", kind
    if kind in _VERDICTS:
        return f"verdict = :{name}", _VERDICTS[kind]
    if kind in MINOR:
        return f"class = :{name}", kind
    said = _SAID.get(kind, kind)
    if said not in FACTS:
        raise InputError(f"no change is of kind {kind!r}", remedy="see: archive edits --help")
    return f"instr(facts, :{name})", json.dumps(said)  # as it stands there, quotes included


def _make_change(database: sqlite_utils.Database, row: Row) -> Change:
    return Change(
        id=f"urn:archive:{_NAMES[row['kind']]}:{row['capture_id']}",
        statement_id=row["id"],
        name=row["name"],
        url=row["url"],
        publisher=row["publisher"],
        before_capture=row["before_capture"],
        capture=row["capture_id"],
        not_before=row["not_before"],
        not_after=row["not_after"],
        is_confirmed=bool(row["confirmed"]),
        what=_make_what(database, row),
    )


def _make_what(database: sqlite_utils.Database, row: Row) -> Edited | Missing | Returned:
    if row["kind"] == "back":
        return Returned(missed=row["missed"], reason=row["reason"])
    if row["kind"] != "edit":
        return Missing(kind=row["kind"], reason=row["reason"])
    titles = (row["old_title"], row["new_title"])
    (spans,) = database.execute(
        "SELECT spans FROM edits WHERE statement_id = ? AND number = ?", [row["id"], row["number"]]
    ).fetchone()
    pieces = json.loads(spans)
    return Edited(
        change=row["class"],
        text_changed=bool(row["text_changed"]),
        verdict=row["verdict"],
        facts=tuple(json.loads(row["facts"])),
        words_deleted=row["words_deleted"],
        words_inserted=row["words_inserted"],
        words_moved=row["words_moved"],
        notice=row["notice"],
        deleted=_list_pieces(pieces, "delete"),
        inserted=_list_pieces(pieces, "insert"),
        title=titles if titles[0] != titles[1] else None,
    )


def _list_pieces(spans: list[list[Any]], operation: str) -> tuple[str, ...]:
    pieces = (shorten_piece(span[3], _LONGEST) for span in spans if span[0] == operation)
    return tuple(piece for piece in pieces if piece)[:_PIECES]
