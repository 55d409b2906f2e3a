"""What became of a statement: its versions, how they differ, and when it was not there.

Not for: laying it out (`archive.cli.history`), or deriving it (`archive.index.versions`).
"""

from collections import Counter
from contextlib import closing
from typing import Any

from archive.core.version import Lacking, Shown, Sighting, Silent, Trace
from archive.errors import InputError
from archive.history.trace import judge_sighting, trace_captures
from archive.index.database import Index
from archive.index.lookup import find_statement_of
from archive.index.search import find_statement, read_leisurely
from archive.index.sightings import select_plain, select_sightings, select_some
from archive.index.timeline import (
    find_number,
    select_absences,
    select_beginnings,
    select_edits,
    select_versions,
)
from archive.workflows.opening import Archive, open_index

History = dict[str, Any]
_PLAIN = Shown(has_words=True)
NOWHERE: History = {"version": None, "says": None}  # of a capture without a statement


def read_history(archive: Archive, name: str) -> History:
    """Return the history of the statement that ``name`` means, as plain values.

    Keys: ``statement`` (row), ``versions``, ``edits`` (the later version's number; without spans)
    and ``absences`` (rows), ``passing`` (captures that say nothing of versions: a reason and how
    often), ``pending`` (neighbours that wait to be read under one label), ``captures`` (each with
    the number of the ``version`` that it shows, or what it ``says`` instead).

    Raises:
        InputError: nothing, or more than one capture, goes by that name; or it is of no statement.
    """
    with closing(open_index(archive)) as index:
        statement_id = find_statement_of(index, name)
        if statement_id is None:
            raise InputError(f"{name!r} belongs to no statement", remedy="see: archive list")
        return describe_history(index, statement_id)


def describe_history(index: Index, statement_id: str) -> History:
    """Return `read_history` of the statement of this id."""
    sightings = select_sightings(index, statement_id)
    trace = trace_captures(sightings)
    reader = read_leisurely(index)
    return {
        "statement": find_statement(reader, statement_id),
        "versions": select_versions(reader, statement_id),
        "edits": select_edits(reader, statement_id),
        "absences": select_absences(reader, statement_id),
        "passing": dict(
            Counter(
                said
                for item in trace.judgements
                if not isinstance(item, Lacking) and (said := _say(item)) is not None
            )
        ),
        "pending": len(trace.pending),
        "captures": _list_captures(sightings, trace),
    }


def list_shown(index: Index, statement_id: str) -> list[History]:
    """Return the ``captures`` of `describe_history` without their addresses.

    What shows the statement plainly is not looked at: its version is known by the stored ones.
    """
    captures = select_plain(index, statement_id)
    beginnings = select_beginnings(read_leisurely(index), statement_id)
    doubtful = [capture for capture, _, is_plain in captures if not is_plain]
    judged = {seen.capture: judge_sighting(seen) for seen, _ in select_some(index, doubtful)}
    shown: list[History] = []
    number: int | None = None
    for capture, moment, _ in captures:
        judgement = judged.get(capture, _PLAIN)
        number = beginnings.get(capture, number)
        shown.append(
            {
                "id": capture,
                "captured_at": moment,
                "version": number if judgement == _PLAIN else None,
                "says": _say(judgement),
            }
        )
    return shown


def find_place(index: Index, statement_id: str, capture_id: str) -> History:
    """Return what one capture shows of its statement: the ``version``, or what it ``says``."""
    for seen, _ in select_some(index, [capture_id]):
        judgement = judge_sighting(seen)
        reader = read_leisurely(index)
        number = find_number(reader, statement_id, capture_id) if judgement == _PLAIN else None
        return {"version": number, "says": _say(judgement)}
    return NOWHERE


def _list_captures(sightings: tuple[Sighting, ...], trace: Trace) -> list[History]:
    return [
        {
            "id": seen.capture,
            "captured_at": seen.moment,
            "url": seen.url,
            "version": number,
            "says": _say(judgement),
        }
        for seen, judgement, number in zip(sightings, trace.judgements, trace.numbers, strict=True)
    ]


def _say(judgement: Shown | Lacking | Silent) -> str | None:
    """Return what a capture says instead of a version, None where it shows one."""
    match judgement:
        case Shown(has_words=True):
            return None
        case Shown():
            return "shown, without words"
        case Lacking(kind=kind, reason=reason):
            return reason if kind == "moved" else f"gone: {reason}"
        case Silent(reason=reason):
            return reason
