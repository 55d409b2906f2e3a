"""The timeline of a statement: a drawing made here, and the rows of the table behind it.

The drawing holds no words of any page, needs no script, and has no more shapes than it has
columns.  Not for: what the history is (`archive.workflows.history`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from archive.core.instant import parse_instant

Row = dict[str, Any]
_WIDTH, _HEIGHT = 720, 62
_EDGE = 8
_GAP_DAYS = 30
_LISTED = 100  # captures of a row; all of them are in the table of captures


def list_timeline(history: Row) -> list[Row]:
    """Return what happened, the first first: versions, absences, other captures, and gaps.

    A version or a run of other captures holds its first ``listed`` ones; a ``gap`` is a month or
    more without any capture.
    """
    edits = {row["number"]: row for row in history["edits"]}
    versions = {row["number"]: row for row in history["versions"]}
    absences = {row["capture_id"]: row for row in history["absences"]}
    told: list[Row] = []
    begun: set[int] = set()
    before: datetime | None = None
    for capture in history["captures"]:
        moment = parse_instant(capture["captured_at"])
        if before is not None and (moment - before).days >= _GAP_DAYS:
            told.append({"kind": "gap", "days": (moment - before).days})
        before = moment
        number = capture["version"]
        if number is not None and number not in begun:
            begun.add(number)
            version = versions[number]
            told.append(_make_run("version", capture) | version | {"edit": edits.get(number)})
        elif number is None and capture["id"] in absences:
            told.append(_make_run("absence", capture) | {"absence": absences[capture["id"]]})
        elif not _continues(told[-1] if told else None, capture):
            # After an interruption the same version goes on: said so, in a row of its own.
            told.append(_make_run("again" if number is not None else "other", capture))
        told[-1]["seen"] += 1
        told[-1]["until"] = capture["captured_at"]
        if len(told[-1]["listed"]) < _LISTED:
            told[-1]["listed"].append(capture)
    return told


def draw_timeline(history: Row, told: Sequence[Row]) -> Markup:
    """Return the drawing: versions as bars, captures as ticks, failures and absences below.

    ``told`` is `list_timeline` of the history: a bar ends where captures show something else.
    """
    captures = history["captures"]
    moments = [parse_instant(row["captured_at"]) for row in captures]
    first, last = moments[0], moments[-1]

    def place(moment: datetime) -> int:
        share = (moment - first) / (last - first) if last > first else 0.5
        return round(_EDGE + share * (_WIDTH - 2 * _EDGE))

    shapes: dict[tuple[str, int], Markup] = {}
    for number, begun, ended in _list_bars(told):
        at, width = place(begun), max(4, place(ended) - place(begun))
        shapes["bar", at] = Markup(
            '<rect class="bar {}" x="{}" y="8" width="{}" height="20" rx="1"/>'
        ).format("even" if number % 2 == 0 else "odd", at - 2, width + 4)
    for row in history["absences"]:
        at = place(parse_instant(row["not_after"]))
        end = place(parse_instant(row["again"])) if row["again"] else _WIDTH - 2
        shapes["absence", at] = Markup(
            '<rect class="absence" x="{}" y="30" width="{}" height="8"/>'
        ).format(at, max(4, end - at))
    for row, moment in zip(captures, moments, strict=True):
        at = place(moment)
        if row["version"] is None:
            shapes["other", at] = Markup('<path class="other" d="M{} 43l6 6m0 -6l-6 6"/>').format(
                at - 3
            )
        else:
            shapes["tick", at] = Markup('<path class="tick" d="M{} 12v12"/>').format(at)
    for edit in history["edits"]:
        at = place(parse_instant(edit["not_after"]))
        shapes["edit", at] = Markup('<path class="edit" d="M{} 2v32"/>').format(at)
    return Markup(
        '<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' preserveAspectRatio="none">{}</svg>'
    ).format(_WIDTH, _HEIGHT, _describe(history), Markup("").join(shapes.values()))


def _describe(history: Row) -> str:
    versions, absences = len(history["versions"]), len(history["absences"])
    said = [f"{len(history['captures'])} captures", f"{versions} versions"]
    if absences:
        said.append(f"{absences} absences")
    return f"Timeline: {', '.join(said)}; the table below says the same in words"


def _list_bars(told: Sequence[Row]) -> Iterator[tuple[int, datetime, datetime]]:
    for row in told:
        if row["kind"] in ("version", "again"):
            yield row["number"], parse_instant(row["since"]), parse_instant(row["until"])


def _make_run(kind: str, capture: Row) -> Row:
    return {
        "kind": kind,
        "number": capture["version"],
        "says": capture["says"],
        "since": capture["captured_at"],
        "until": capture["captured_at"],
        "seen": 0,
        "listed": [],
    }


def _continues(run: Row | None, capture: Row) -> bool:
    """Tell whether a capture says the same as the run before it."""
    if run is None or run["kind"] == "gap":
        return False
    return bool(run["number"] == capture["version"] and run["says"] == capture["says"])
