"""The changed parts of two texts: their words, read once for all that is asked of them.

Rules:

1. A word is told with its place only where the place counts: days, numbers, and what has no small
   letter at its start.
2. A date belongs to a part that touches it, and is looked for a few words around.
3. A whole sentence that came or went with nothing in its place has nothing beside it.

Not for: what the parts are about (`archive.history.facts`).
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from typing import NamedTuple

from archive.core.version import Span
from archive.history.align import Range
from archive.history.furniture import fold_line
from archive.history.vocabulary import DATE, DAY_WORDS, NUMBER_SIGNS, NUMBERS
from archive.history.words import compile_words

_AROUND = 40  # characters beside a change in which a date may reach into it
_MINUS = "-−–"  # where a figure follows and nothing stands before
_TELLING = DAY_WORDS | NUMBERS
_FIGURE = re.compile(r"\d")
_ZERO = re.compile(b"0")
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_ENDS = tuple('.!?…。！？؟”»“"')
_ENDS_BEFORE = tuple(".!?:…。！？")
_BETWEEN = " \n\"'“„«‘([*-"  # the end of a sentence and the first word of the next


class Word(NamedTuple):
    """A word of a changed part: itself, folded, and where it stands in its text."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The changed parts of a text, and the text.

    ``words`` counts all their words; ``said`` are these, folded, and ``weighed`` counts those of
    ``beside``: the ranges that have something in their place.  ``told`` are the words whose places
    count, ``signs`` those of numbers; ``dates`` are the dates that are touched.
    """

    text: str
    ranges: tuple[Range, ...]
    beside: tuple[Range, ...]
    words: int
    said: frozenset[str]
    weighed: Mapping[str, int]
    told: tuple[Word, ...]
    signs: tuple[str, ...]
    dates: tuple[Range, ...]


def read_parts(
    old: str, new: str, deleted: Sequence[Range], inserted: Sequence[Range], spans: Sequence[Span]
) -> tuple[Part, Part]:
    """Return the changed ranges of both texts, read; ``spans`` are all of both."""
    alone, alone_now = _find_alone(old, new, spans)
    return _read_part(old, deleted, alone), _read_part(new, inserted, alone_now)


def starts_sentence(before: str) -> bool:
    """Tell whether a sentence begins behind ``before``."""
    rest = before.rstrip(_BETWEEN)
    return not rest or rest.endswith(_ENDS_BEFORE) or "\n" in before[len(rest) :]


def _read_part(text: str, ranges: Sequence[Range], alone: Collection[Range]) -> Part:
    pattern = compile_words(text)
    pieces = pattern.findall(_join_ranges(text, ranges))
    counts = Counter(pieces)
    words = [piece for piece in counts if piece[0].isalnum()]
    number = sum(map(counts.__getitem__, words))
    gone = _choose_within(ranges, alone)
    if gone:
        counts.subtract(Counter(pattern.findall(_join_ranges(text, gone))))
    weighed: dict[str, int] = {}
    folded: dict[str, str] = {}
    # Folding parts no words and joins none, so that all are folded at once.
    for piece, word in zip(words, fold_line("\n".join(words)).split("\n"), strict=False):
        if counts[piece]:
            weighed[word] = weighed.get(word, 0) + counts[piece]
        folded[piece] = word
    telling = {
        piece for piece, word in folded.items() if not piece[0].islower() or word in _TELLING
    }
    signing = {
        piece
        for piece in counts.keys() - folded.keys()
        if piece[0] in NUMBER_SIGNS or piece in _MINUS
    }
    places = _locate(pieces, telling | signing, ranges)
    return Part(
        text=text,
        ranges=tuple(ranges),
        beside=tuple(place for place in ranges if place not in gone) if gone else tuple(ranges),
        words=number,
        said=frozenset(folded.values()),
        weighed=weighed,
        told=tuple(
            Word(piece, folded[piece], at, at + len(piece))
            for piece, at in places
            if piece in telling
        ),
        signs=tuple(
            piece
            for piece, at in places
            if piece in signing and (piece not in _MINUS or _is_minus(text, at))
        ),
        dates=tuple(_find_dates(text, ranges)),
    )


def _choose_within(ranges: Sequence[Range], wider: Iterable[Range]) -> set[Range]:
    """Return those of ``ranges``, which are in order, that start within one of ``wider``."""
    starts = [start for start, _ in ranges]
    chosen: set[Range] = set()
    for start, end in wider:
        chosen.update(ranges[bisect_left(starts, start) : bisect_left(starts, end)])
    return chosen


def _join_ranges(text: str, ranges: Iterable[Range]) -> str:
    return "\n".join([text[start:end] for start, end in ranges])


def _locate(
    pieces: Sequence[str], wanted: Collection[str], ranges: Sequence[Range]
) -> list[tuple[str, int]]:
    """Return those of the pieces of the joined ranges that are wanted, with their places."""
    starts = list(accumulate((end - start + 1 for start, end in ranges), initial=0))
    moved_by = [start - at for (start, _), at in zip(ranges, starts, strict=False)]
    places = zip(pieces, accumulate(map(len, pieces), initial=0), strict=False)
    return [
        (piece, at + moved_by[bisect_right(starts, at) - 1])
        for piece, at in compress(places, map(wanted.__contains__, pieces))
    ]


def _is_minus(text: str, at: int) -> bool:
    return text[at + 1 : at + 2].isdigit() and not text[max(0, at - 1) : at].strip()


def _find_alone(old: str, new: str, spans: Sequence[Span]) -> tuple[set[Range], set[Range]]:
    """Return the ranges of whole sentences that went, or came, with nothing in their place."""
    alone: tuple[set[Range], set[Range]] = (set(), set())
    changed = [False, *[span.old is None or span.new is None for span in spans], False]
    for at, span in enumerate(spans):
        if not changed[at + 1] or changed[at] or changed[at + 2]:
            continue
        if span.old and _is_whole(old, *span.old):
            alone[0].add(span.old)
        elif span.new and _is_whole(new, *span.new):
            alone[1].add(span.new)
    return alone


def _is_whole(text: str, start: int, end: int) -> bool:
    before, within = text[max(0, start - 3) : start].rstrip(" "), text[start:end].rstrip()
    return starts_sentence(before) and (
        within.endswith(_ENDS) or text[end - 1 : end + 1].count("\n") > 0
    )


def _find_dates(text: str, ranges: Sequence[Range]) -> Iterator[Range]:
    """Yield the dates in figures or words that a range touches, without overlap."""
    figures = _list_figures(text)
    at = 0
    for start, end in ranges if figures else ():
        begin = max(at, start - _AROUND)
        figure = bisect_left(figures, begin)
        if figure == len(figures) or figures[figure] >= end + _AROUND:  # there is none without
            continue
        window = _lower(text[begin : end + _AROUND])
        for match in DATE.finditer(window):
            place = begin + match.start(), begin + match.end()
            if place[0] < end and place[1] > start and place[0] >= at:
                yield place
                at = place[1]


def _list_figures(text: str) -> list[int]:
    """Return where figures stand."""
    if text.isascii():  # one byte is found faster than any of ten
        return [match.start() for match in _ZERO.finditer(text.encode().translate(_ZEROS))]
    return [match.start() for match in _FIGURE.finditer(text)]


def _lower(text: str) -> str:
    """Return ``text`` in small letters, each character in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
