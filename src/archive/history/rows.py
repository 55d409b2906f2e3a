"""A comparison in rows, as it is shown: paragraphs, with what went and what came in its place.

Not for: how a row looks (`archive.cli`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.core.version import Span
from archive.history.own_words import find_furniture

Change = Literal["same", "deleted", "inserted", "moved away", "moved here"]
OLD_SIDE: tuple[Change, ...] = ("same", "deleted", "moved away")
NEW_SIDE: tuple[Change, ...] = ("same", "inserted", "moved here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some characters of a row, and what became of them."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A paragraph of both texts; ``is_aside`` where all that changed is the page's furniture."""

    pieces: tuple[Piece, ...]
    is_aside: bool = False

    @property
    def is_changed(self) -> bool:
        """Tell whether anything in it differs."""
        return any(piece.change != "same" for piece in self.pieces)


def make_rows(old: str, new: str, spans: Sequence[Span]) -> tuple[Row, ...]:
    """Return rows that hold all of both texts; a row ends with a line that stands in both."""
    gone, come = find_furniture(old), find_furniture(new)
    rows: list[Row] = []
    pieces: list[Piece] = []
    changed: list[bool] = []  # of each change in the row, whether it is furniture
    for change, start, end in _list_pieces(spans):
        if change in NEW_SIDE:
            text, aside = new[start:end], come
        else:
            text, aside = old[start:end], gone
        if change != "same":
            pieces.append(Piece(change=change, text=text))
            changed.append(_holds(aside, start, end))
            continue
        for line in text.splitlines(keepends=True):
            pieces.append(Piece(change=change, text=line))
            if line.endswith("\n"):
                rows.append(Row(pieces=tuple(pieces), is_aside=bool(changed) and all(changed)))
                pieces, changed = [], []
    if pieces:
        rows.append(Row(pieces=tuple(pieces), is_aside=bool(changed) and all(changed)))
    return tuple(rows)


def _holds(ranges: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_right(ranges, start, key=lambda item: item[0]) - 1
    return at >= 0 and end <= ranges[at][1]


def _list_pieces(spans: Sequence[Span]) -> Iterator[tuple[Change, int, int]]:
    """Yield all spans in their order, and where moved words stood, before what follows there."""
    gone = sorted(span.old for span in spans if span.operation == "move" and span.old)
    at = 0
    for span in spans:
        begin = span.old[0] if span.old and span.operation in ("equal", "delete") else None
        while begin is not None and at < len(gone) and gone[at][0] < begin:
            yield "moved away", *gone[at]
            at += 1
        match span.operation:
            case "equal" if span.new:
                yield "same", *span.new
            case "delete" if span.old:
                yield "deleted", *span.old
            case "insert" if span.new:
                yield "inserted", *span.new
            case "move" if span.new:
                yield "moved here", *span.new
    yield from (("moved away", *place) for place in gone[at:])
