"""Figures, and how they are shown: a table for people, JSON for machines.

A ratio is that of two medians; beside it stands the range of the ratios of single rounds, which
says how far to trust it.  Not for: measuring (`bench.measure`).
"""

import json
import operator
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from bench.measure import Sample, take_median

Quantity = Literal["cpu", "wall", "rss", "size"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Which quantity of a sample is shown, in which unit: the quantity times ``factor``."""

    quantity: Quantity
    unit: str
    factor: float


MEGABYTES = Scale(quantity="size", unit="MB", factor=1e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a ratio should be: at least or at most ``firm``; ``stretch`` needs work.

    Without ``firm`` it only says which way the ratio is to be read.
    """

    number: int | None = None
    sense: Literal[">=", "<="]
    firm: float | None = None
    stretch: float | None = None

    def judge(self, ratio: float) -> str:
        """Return whether ``ratio`` keeps the goal, in one word."""
        if self.firm is None:
            return ""
        keeps = operator.ge if self.sense == ">=" else operator.le
        if self.stretch is not None and keeps(ratio, self.stretch):
            return "stretch"
        return "met" if keeps(ratio, self.firm) else "MISSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table: our value, that of a peer or limit, and their ratio.

    ``ours`` and ``peer`` are in ``unit``.  Without a peer it is a plain measurement.
    """

    topic: str
    what: str
    unit: str
    ours: float
    against: str = ""
    peer: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    goal: Goal | None = None

    @property
    def verdict(self) -> str:
        """Whether the goal is kept; empty where there is none."""
        return self.goal.judge(self.ratio) if self.goal and self.ratio is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line of words in the table: what was left out, and why."""

    topic: str
    words: str


Line = Figure | Note

_HEADINGS = ("", "goal", "ours", "peer or limit", "", "ratio", "range", "wanted", "")


def compare(
    topic: str,
    what: str,
    ours: Sequence[Sample],
    peer: Sequence[Sample],
    *,
    against: str,
    scale: Scale,
    goal: Goal | None = None,
) -> Figure:
    """Return the figure of two rivals that ran in turn.

    Both values are medians.  The ratio is ours ÷ peer where less is asked for
    (``<=``), and peer ÷ ours where more is (``>=``: so many times cheaper than the peer).
    """
    inverse = goal is None or goal.sense == ">="
    mine = getattr(take_median(ours), scale.quantity)
    theirs = getattr(take_median(peer), scale.quantity)
    single = [
        getattr(b, scale.quantity) / getattr(a, scale.quantity)
        if inverse
        else getattr(a, scale.quantity) / getattr(b, scale.quantity)
        for a, b in zip(ours, peer, strict=True)
    ]
    return Figure(
        topic=topic,
        what=what,
        unit=scale.unit,
        ours=mine * scale.factor,
        against=against,
        peer=theirs * scale.factor,
        ratio=theirs / mine if inverse else mine / theirs,
        low=min(single),
        high=max(single),
        goal=goal,
    )


def format_table(lines: Iterable[Line]) -> str:
    """Return the table, one line a figure, topics apart."""
    rows: list[tuple[str, ...]] = [_HEADINGS]
    topics: list[str] = [""]
    for line in lines:
        topics.append(line.topic)
        rows.append(_format_note(line) if isinstance(line, Note) else _format_figure(line))
    widths = [max(len(row[at]) for row in rows if len(row) > 1) for at in range(len(rows[0]))]
    text: list[str] = []
    for topic, row, before in zip(topics, rows, ["", *topics], strict=False):
        if topic != before:
            text += ["", f"== {topic}"]
        text.append(row[0] if len(row) == 1 else _align(row, widths))
    return "\n".join(text)


def format_json(lines: Iterable[Line], *, options: dict[str, object]) -> str:
    """Return figures and notes, with what they were measured on, as JSON."""
    figures: list[dict[str, object]] = []
    notes: list[dict[str, object]] = []
    for line in lines:
        if isinstance(line, Note):
            notes.append(asdict(line))
        else:
            figures.append({**asdict(line), "verdict": line.verdict})
    machine: dict[str, object] = {
        "load": os.getloadavg(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    return json.dumps(
        {"options": options, "machine": machine, "figures": figures, "notes": notes},
        indent=1,
        sort_keys=True,
    )


def _align(row: Sequence[str], widths: Sequence[int]) -> str:
    left = {0, 4, 8}
    cells = [
        cell.ljust(width) if at in left else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _format_note(note: Note) -> tuple[str, ...]:
    return (f"({note.words})",)


def _format_figure(figure: Figure) -> tuple[str, ...]:
    goal = figure.goal
    wanted = ""
    if goal is not None and goal.firm is not None:
        stretch = "" if goal.stretch is None else f" ({goal.stretch:g})"
        wanted = f"{goal.sense} {goal.firm:g}{stretch}"
    spread = ""
    if figure.low is not None and figure.high is not None:
        spread = f"{figure.low:.2f}–{figure.high:.2f}"
    return (
        figure.what,
        "" if goal is None or goal.number is None else str(goal.number),
        f"{format_number(figure.ours)} {figure.unit}",
        "" if figure.peer is None else f"{format_number(figure.peer)} {figure.unit}",
        figure.against,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        spread,
        wanted,
        figure.verdict,
    )


def format_number(value: float) -> str:
    """Return ``value`` with three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
