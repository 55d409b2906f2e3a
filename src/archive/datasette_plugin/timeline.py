"""The timeline of a statement: a drawing made here, and the rows of the table behind it.

The drawing holds no words of any page, needs no script, and has no more shapes than it has
columns.  Not for: what the history is (`archive.workflows.history`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import compress
from operator import not_
from typing import Any

from markupsafe import Markup

from archive.core.instant import parse_instant

Row = dict[str, Any]
_WIDTH, _HEIGHT = 720, 62
_EDGE = 8
_GAP_DAYS = 30
_LISTED = 20  # captures of a row; all of them are in the table of captures


def list_timeline(history: Row) -> list[Row]:
    """Return what happened, the first first: versions, absences, other captures, and gaps.

    A version or a run of other captures holds its first ``listed`` ones; a ``gap`` is a month or
    more without any capture.  Of ``history`` captures and absences are read
    (`archive.workflows.statement.read_statement`).
    """
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
            told.append(_make_run("version", capture))
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
    first, last = (parse_instant(captures[end]["captured_at"]) for end in (0, -1))

    @cache  # a moment is drawn as a capture, and as the end of what it belongs to
    def place(moment: str) -> int:
        share = (parse_instant(moment) - first) / (last - first) if last > first else 0.5
        return round(_EDGE + share * (_WIDTH - 2 * _EDGE))

    # Of what falls on the same column the last one is drawn; all marks of a kind are one path.
    bars: dict[int, tuple[str, int]] = {}
    for number, begun, ended in _list_bars(told):
        at, width = place(begun), max(4, place(ended) - place(begun))
        bars[at] = ("even" if number % 2 == 0 else "odd", width)
    absences: dict[int, int] = {}
    for row in history["absences"]:
        at = place(row["not_after"])
        end = place(row["again"]) if row["again"] else _WIDTH - 2
        absences[at] = max(4, end - at)
    shown = [row["version"] is not None for row in captures]
    places = [place(row["captured_at"]) for row in captures]
    edits = [place(row["since"]) for row in told if row["kind"] == "version" and row["number"] > 1]
    bar = Markup('<rect class="bar {}" x="{}" y="8" width="{}" height="20" rx="1"/>')
    shapes = [
        *(bar.format(kind, at - 2, width + 4) for at, (kind, width) in bars.items()),
        *(
            Markup('<rect class="absence" x="{}" y="30" width="{}" height="8"/>').format(at, width)
            for at, width in absences.items()
        ),
        _mark("tick", "M{} 12v12", compress(places, shown)),
        _mark("other", "M{} 43m-3 0l6 6m0 -6l-6 6", compress(places, map(not_, shown))),
        _mark("edit", "M{} 2v32", edits),
    ]
    return Markup(
        '<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' preserveAspectRatio="none">{}</svg>'
    ).format(_WIDTH, _HEIGHT, _describe(history), Markup("").join(shapes))


def _mark(kind: str, mark: str, places: Iterable[int]) -> Markup:
    """Return a path of one mark at each of these places."""
    path = "".join(mark.format(at) for at in sorted(set(places)))
    return Markup('<path class="{}" d="{}"/>').format(kind, path) if path else Markup("")


def _describe(history: Row) -> str:
    versions, absences = history["statement"]["versions"], len(history["absences"])
    said = [f"{len(history['captures'])} captures", f"{versions} versions"]
    if absences:
        said.append(f"{absences} absences")
    return f"Timeline: {', '.join(said)}; the table below says the same in words"


def _list_bars(told: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    for row in told:
        if row["kind"] in ("version", "again"):
            yield row["number"], row["since"], row["until"]


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
