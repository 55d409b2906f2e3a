"""What a difference of two texts is about: numbers, dates, names, denials, quotations.

A fact is told where the words that were deleted and those that were inserted hold different ones
of a kind: a number that moved along with its sentence is none.  Rules:

1. A date is a day, month, year or time of day, in words or figures; other figures, number words,
   per cent and currencies are numbers.
2. A name is a capitalised word within a sentence, or at its start where the words beside it or
   the rest of the text have it so.  German writes all nouns so: there a title, a preposition or a
   second capital has to stand beside it.  Where the script has no capitals, a name is only seen
   beside a title; what is not told there is no evidence that no name changed.
3. A denial is a word that denies, in many languages, a prefix that does, or a Turkish verb that
   differs by its denying part alone.  Whole sentences that came or went with nothing in their
   place deny nothing that stood there.
4. A quotation is concerned where words between quotation marks were changed.

Not for: headlines and stated metadata (`archive.history.compare`).
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from archive.core.version import Fact, Span
from archive.history.furniture import fold_line
from archive.history.vocabulary import (
    DATE,
    DAY_WORDS,
    DENYING_PARTS,
    GERMAN,
    GERMAN_TITLES,
    NEGATIONS,
    NEGATIVE_PREFIXES,
    NO_NAMES,
    NUMBER_SIGNS,
    NUMBERS,
    TITLES,
    TITLES_BEHIND,
    TURKISH,
    TURKISH_DENIALS,
)
from archive.history.words import compile_words

Range = tuple[int, int]

_AROUND = 40  # characters beside a change in which a date may reach into it
_SAMPLE = 20_000  # characters that tell a language
_MINUS = "-−–"  # where a figure follows and nothing stands before
_LONGEST_QUOTE = 2_000
_QUOTES = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", "‹": "›", '"': '"'}
_FIGURE = re.compile(r"\d")
_OPENING = re.compile('[“„«»「『‹"]')
_ENDS = tuple('.!?…。！？؟”»“"')
_WITHIN = re.compile(r"(?<=[^\W\d_] )[^\W\d_]+")  # words that start no sentence
_STARTS = re.compile(r"(?:^|[.!?:…。！？\n])[\s\"'“„«‘(\[*-]*\Z")


class _Word(NamedTuple):
    """A word of a changed part: itself, folded, and where it stands in its text."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The changed parts of a text: its words, the dates that they touch, and the text."""

    text: str
    words: tuple[_Word, ...]
    signs: tuple[str, ...]
    dates: tuple[Range, ...]
    ranges: tuple[Range, ...]


def find_facts(
    old: str, new: str, deleted: Sequence[Range], inserted: Sequence[Range], spans: Sequence[Span]
) -> tuple[Fact, ...]:
    """Return what the changed ranges of both texts are about; ``spans`` are all of both."""
    alone, alone_now = _find_alone(old, new, spans)
    a, b = _read_part(old, deleted), _read_part(new, inserted)
    facts: list[Fact] = []
    if _list_dates(a) != _list_dates(b):
        facts.append("date")
    if _list_numbers(a) != _list_numbers(b):
        facts.append("number")
    if _name_differs(a, b):
        facts.append("name")
    if _denial_differs(_leave_out(a, alone), _leave_out(b, alone_now)):
        facts.append("negation")
    if _touches_quote(a) or _touches_quote(b):
        facts.append("quotation")
    return tuple(facts)


def _read_part(text: str, ranges: Sequence[Range]) -> _Part:
    words: list[_Word] = []
    signs: list[str] = []
    known: dict[str, str] = {}
    pattern = compile_words(text)
    for start, end in ranges:
        at = start
        for piece in pattern.findall(text, start, end):
            place, at = at, at + len(piece)
            if piece[0].isalnum():
                folded = known.get(piece)
                if folded is None:
                    folded = known[piece] = fold_line(piece)
                words.append(_Word(piece, folded, place, at))
            elif piece[0] in NUMBER_SIGNS or (
                piece in _MINUS
                and text[at : at + 1].isdigit()
                and not text[max(0, place - 1) : place].strip()
            ):
                signs.append(piece)
    return _Part(
        text=text,
        words=tuple(words),
        signs=tuple(signs),
        dates=_find_dates(text, ranges),
        ranges=tuple(ranges),
    )


# --- dates and numbers ----------------------------------------------------------------------------


def _find_dates(text: str, ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Return the dates in figures or words that a range touches, without overlap."""
    found: list[Range] = []
    at = 0
    for start, end in ranges:
        begin = max(at, start - _AROUND)
        window = text[begin : end + _AROUND]
        if not _FIGURE.search(window):  # there is none without
            continue
        window = _lower(window)
        for match in DATE.finditer(window):
            place = begin + match.start(), begin + match.end()
            if place[0] < end and place[1] > start and place[0] >= at:
                found.append(place)
                at = place[1]
    return tuple(found)


def _lower(text: str) -> str:
    """Return ``text`` in small letters, each character in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _list_dates(part: _Part) -> Counter[str]:
    dates = Counter(fold_line(part.text[start:end]) for start, end in part.dates)
    for word in part.words:
        is_name = word.folded in DAY_WORDS and not word.text.isdigit()
        if is_name and not _lies_in(word.start, part.dates):
            dates[word.folded] += 1
    return dates


def _lies_in(place: int, ranges: Sequence[Range]) -> bool:
    if not ranges:
        return False
    at = bisect_left(ranges, (place + 1,)) - 1  # the last that starts at it or before
    return at >= 0 and place < ranges[at][1]


def _list_numbers(part: _Part) -> Counter[str]:
    numbers: Counter[str] = Counter(part.signs)
    for word in part.words:
        if word.text[0].isdigit() and not _lies_in(word.start, part.dates):
            numbers[unicodedata.normalize("NFKC", word.text)] += 1
        elif word.folded in NUMBERS:
            numbers[word.folded] += 1
    return numbers


# --- names ----------------------------------------------------------------------------------------


def _name_differs(a: _Part, b: _Part) -> bool:
    said = {word.folded for word in a.words}, {word.folded for word in b.words}
    capitals = [_list_names(part) for part in (a, b)]
    # A word that only gained or lost its capital is no other name.
    if any(name not in said[1] for name in capitals[0]):
        return True
    return any(name not in said[0] for name in capitals[1])


def _list_names(part: _Part) -> set[str]:
    is_german = _counts_words(part.text, GERMAN, 0.06)
    sample = part.text[:_SAMPLE]
    if sample.isupper():
        return set()
    known = set(_WITHIN.findall(sample))
    names = set()
    for word in part.words:
        if word.text[0].islower() or _lies_in(word.start, part.dates):
            continue
        if word.folded in NO_NAMES or word.folded in DAY_WORDS or word.folded in NUMBERS:
            continue
        if word.text[0].isupper():
            if len(word.text) > 1 and _is_name(part.text, word, known, is_german=is_german):
                names.add(word.folded)
        elif _stands_by_title(part.text, word):
            names.add(word.folded)
    return names


def _is_name(text: str, word: _Word, known: set[str], *, is_german: bool) -> bool:
    before = text[max(0, word.start - _AROUND) : word.start]
    after = text[word.end : word.end + 3].lstrip(" -")
    has_neighbour = after[:1].isupper() and text[word.end : word.end + 1] in (" ", "-")
    last = re.search(r"(\w+)[.]?[ -]\Z", before)
    if is_german:
        is_led = last is not None and (
            fold_line(last[1]) in GERMAN_TITLES or (last[1][:1].isupper() and not _starts(before))
        )
        return has_neighbour or is_led or (word.text.isupper() and len(word.text) > 1)
    if not _starts(before) and word.start:
        return True
    return has_neighbour or word.text in known


def _starts(before: str) -> bool:
    return not before.strip() or _STARTS.search(before) is not None


def _stands_by_title(text: str, word: _Word) -> bool:
    last = re.search(r"(\w+)\s\Z", text[max(0, word.start - _AROUND) : word.start])
    if last and fold_line(last[1]) in TITLES:
        return True
    return TITLES_BEHIND.match(text, word.end, word.end + 8) is not None


def _counts_words(text: str, words: frozenset[str], share: float) -> bool:
    """Tell whether the start of ``text`` has at least a share of its words among ``words``."""
    found = fold_line(text[:_SAMPLE]).split()
    return bool(found) and sum(word in words for word in found) >= share * len(found)


# --- denials and quotations -----------------------------------------------------------------------


def _denial_differs(a: _Part, b: _Part) -> bool:
    if _list_denials(a.words) != _list_denials(b.words) or _count_parts(a) != _count_parts(b):
        return True
    old, new = {word.folded for word in a.words}, {word.folded for word in b.words}
    if any(_has_opposite(word, new) for word in old - new):
        return True
    if any(_has_opposite(word, old) for word in new - old):
        return True
    if not _counts_words(a.text or b.text, TURKISH, 0.03):
        return False
    return any(_has_denied(word, new) for word in old) or any(
        _has_denied(word, old) for word in new
    )


def _find_alone(old: str, new: str, spans: Sequence[Span]) -> tuple[set[Range], set[Range]]:
    """Return the ranges of whole sentences that went, or came, with nothing in their place."""
    alone: tuple[set[Range], set[Range]] = (set(), set())
    for number, span in enumerate(spans):
        if span.operation not in ("delete", "insert"):
            continue
        beside = [*spans[max(0, number - 1) : number], *spans[number + 1 : number + 2]]
        if any(item.operation in ("delete", "insert") for item in beside):
            continue
        if span.old and _is_whole(old, *span.old):
            alone[0].add(span.old)
        elif span.new and _is_whole(new, *span.new):
            alone[1].add(span.new)
    return alone


def _is_whole(text: str, start: int, end: int) -> bool:
    before, within = text[max(0, start - 3) : start].rstrip(" "), text[start:end].rstrip()
    begins = not before or _STARTS.search(before) is not None
    return begins and (within.endswith(_ENDS) or text[end - 1 : end + 1].count("\n") > 0)


def _leave_out(part: _Part, ranges: set[Range]) -> _Part:
    """Return a part without the words that lie in ``ranges``."""
    if not ranges:
        return part
    ordered = sorted(ranges)
    return replace(
        part,
        words=tuple(word for word in part.words if not _lies_in(word.start, ordered)),
        ranges=tuple(item for item in part.ranges if not _lies_in(item[0], ordered)),
    )


def _list_denials(words: Iterable[_Word]) -> Counter[str]:
    return Counter(
        "not" if word.folded.endswith(("n't", "n’t")) else word.folded
        for word in words
        if word.folded in NEGATIONS or word.folded.endswith(("n't", "n’t"))
    )


def _count_parts(part: _Part) -> int:
    """Count denials that are parts of words, in what was changed and three characters beside it."""
    if part.text.isascii():
        return 0
    found: set[int] = set()
    for start, end in part.ranges:
        begin = max(0, start - 3)
        places = DENYING_PARTS.finditer(part.text, begin, min(end + 3, len(part.text)))
        found.update(match.start() for match in places)
    return len(found)


def _has_opposite(word: str, others: set[str]) -> bool:
    return any(
        len(word) >= letters and prefix + word in others
        for prefix, letters in NEGATIVE_PREFIXES.items()
    )


def _has_denied(word: str, others: set[str]) -> bool:
    """Tell whether a Turkish verb stands among ``others`` with a denying part more."""
    if len(word) < 4:
        return False
    return any(
        word[:at] + fold_line(part) + word[at:] in others
        for at in range(2, len(word))
        for part in TURKISH_DENIALS
    )


def _touches_quote(part: _Part) -> bool:
    """Tell whether a changed word stands between quotation marks."""
    changed = [(word.start, word.end) for word in part.words]
    if not changed:
        return False
    at = 0
    for start, end in _find_quotes(part.text):
        while at < len(changed) and changed[at][1] <= start:
            at += 1
        if at < len(changed) and changed[at][0] < end:
            return True
    return False


def _find_quotes(text: str) -> Iterable[Range]:
    """Yield what stands between quotation marks, each within one paragraph."""
    at = 0
    while match := _OPENING.search(text, at):
        mark, start = match.group(), match.end()
        line = text.find("\n", start, start + _LONGEST_QUOTE)
        limit = line if line >= 0 else start + _LONGEST_QUOTE
        ends = [found for close in _QUOTES[mark] if (found := text.find(close, start, limit)) >= 0]
        if not ends:
            at = start
            continue
        end = min(ends)
        yield start, end
        at = end + 1
