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
from collections.abc import Collection, Iterable, Sequence

from archive.core.version import Fact
from archive.history.align import Range
from archive.history.furniture import fold_line
from archive.history.parts import Part, Word, starts_sentence
from archive.history.vocabulary import (
    DAY_WORDS,
    DENYING_PARTS,
    GERMAN,
    GERMAN_TITLES,
    NEGATIONS,
    NEGATIVE_PREFIXES,
    NO_NAMES,
    NUMBERS,
    TITLES,
    TITLES_BEHIND,
    TURKISH,
    TURKISH_DENIALS,
)

_AROUND = 40  # characters before a word that tell what it is
_SAMPLE = 20_000  # characters that tell a language
_LONGEST_QUOTE = 2_000
_QUOTES = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", "‹": "›", '"': '"'}
_PREFIXES = tuple(NEGATIVE_PREFIXES)
_OPENING = re.compile('[“„«»「『‹"]')
_ASCII_OPENING = re.compile('"')  # found faster
_LETTERS = re.compile(r"[^\W\d_]+")
_OF_A_WORD = re.compile(r"[^\W_]")


def find_facts(a: Part, b: Part) -> tuple[Fact, ...]:
    """Return what the changed parts of the old text and the new one are about."""
    facts: list[Fact] = []
    if _list_dates(a) != _list_dates(b):
        facts.append("date")
    if _list_numbers(a) != _list_numbers(b):
        facts.append("number")
    if _name_differs(a, b):
        facts.append("name")
    if _denial_differs(a, b):
        facts.append("negation")
    if _touches_quote(a) or _touches_quote(b):
        facts.append("quotation")
    return tuple(facts)


# --- dates and numbers ----------------------------------------------------------------------------


def _list_dates(part: Part) -> Counter[str]:
    dates = Counter(fold_line(part.text[start:end]) for start, end in part.dates)
    for word in part.told:
        is_name = word.folded in DAY_WORDS and not word.text.isdigit()
        if is_name and not _lies_in(word.start, part.dates):
            dates[word.folded] += 1
    return dates


def _lies_in(place: int, ranges: Sequence[Range]) -> bool:
    if not ranges:
        return False
    at = bisect_left(ranges, (place + 1,)) - 1  # the last that starts at it or before
    return at >= 0 and place < ranges[at][1]


def _list_numbers(part: Part) -> Counter[str]:
    numbers: Counter[str] = Counter(part.signs)
    for word in part.told:
        if word.text[0].isdigit() and not _lies_in(word.start, part.dates):
            numbers[unicodedata.normalize("NFKC", word.text)] += 1
        elif word.folded in NUMBERS:
            numbers[word.folded] += 1
    return numbers


# --- names ----------------------------------------------------------------------------------------


def _name_differs(a: Part, b: Part) -> bool:
    capitals = [_list_names(part) for part in (a, b)]
    # A word that only gained or lost its capital is no other name.
    if any(name not in b.said for name in capitals[0]):
        return True
    return any(name not in a.said for name in capitals[1])


def _list_names(part: Part) -> set[str]:
    is_german = _counts_words(part.text, GERMAN, 0.06)
    sample = part.text[:_SAMPLE]
    if sample.isupper():
        return set()
    known = _list_within(sample)
    names = set()
    for word in part.told:
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


def _list_within(text: str) -> set[str]:
    """Return the capitalised words that start no sentence: a letter and a space stand before."""
    words = text.split(" ")
    capital = [at for at, is_small in enumerate(map(str.islower, words)) if not is_small]
    return {
        match[0]
        for at in capital
        if words[at][:1].isupper()
        and at
        and words[at - 1][-1:].isalnum()
        and not words[at - 1][-1].isdecimal()
        and (match := _LETTERS.match(words[at]))
    }


def _is_name(text: str, word: Word, known: set[str], *, is_german: bool) -> bool:
    before = text[max(0, word.start - _AROUND) : word.start]
    after = text[word.end : word.end + 3].lstrip(" -")
    has_neighbour = after[:1].isupper() and text[word.end : word.end + 1] in (" ", "-")
    if is_german:
        last = re.search(r"(\w+)[.]?[ -]\Z", before)
        is_led = last is not None and (
            fold_line(last[1]) in GERMAN_TITLES
            or (last[1][:1].isupper() and not starts_sentence(before))
        )
        return has_neighbour or is_led or (word.text.isupper() and len(word.text) > 1)
    if not starts_sentence(before) and word.start:
        return True
    return has_neighbour or word.text in known


def _stands_by_title(text: str, word: Word) -> bool:
    last = re.search(r"(\w+)\s\Z", text[max(0, word.start - _AROUND) : word.start])
    if last and fold_line(last[1]) in TITLES:
        return True
    return TITLES_BEHIND.match(text, word.end, word.end + 8) is not None


def _counts_words(text: str, words: frozenset[str], share: float) -> bool:
    """Tell whether the start of ``text`` has at least a share of its words among ``words``."""
    found = fold_line(text[:_SAMPLE]).split()
    return bool(found) and sum(map(words.__contains__, found)) >= share * len(found)


# --- denials and quotations -----------------------------------------------------------------------


def _denial_differs(a: Part, b: Part) -> bool:
    if _list_denials(a) != _list_denials(b) or _count_parts(a) != _count_parts(b):
        return True
    old, new = set(a.weighed), set(b.weighed)
    if _has_opposite(old - new, new) or _has_opposite(new - old, old):
        return True
    if not _counts_words(a.text or b.text, TURKISH, 0.03):
        return False
    return any(_has_denied(word, new) for word in old) or any(
        _has_denied(word, old) for word in new
    )


def _list_denials(part: Part) -> Counter[str]:
    denials: Counter[str] = Counter()
    for word, number in part.weighed.items():
        if word.endswith(("n't", "n’t")):
            denials["not"] += number
        elif word in NEGATIONS:
            denials[word] += number
    return denials


def _count_parts(part: Part) -> int:
    """Count denials that are parts of words, in what was changed and three characters beside it."""
    if part.text.isascii():
        return 0
    found: set[int] = set()
    for start, end in part.beside:
        begin = max(0, start - 3)
        places = DENYING_PARTS.finditer(part.text, begin, min(end + 3, len(part.text)))
        found.update(match.start() for match in places)
    return len(found)


def _has_opposite(words: Collection[str], others: Iterable[str]) -> bool:
    """Tell whether one of ``others`` is one of ``words`` behind a prefix that denies."""
    return any(
        len(rest) >= letters and rest in words
        for other in others
        if other.startswith(_PREFIXES)
        for prefix, letters in NEGATIVE_PREFIXES.items()
        if (rest := other.removeprefix(prefix)) != other
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


def _touches_quote(part: Part) -> bool:
    """Tell whether a changed word stands between quotation marks."""
    at = 0
    for start, end in _find_quotes(part.text):
        while at < len(part.ranges) and part.ranges[at][1] <= start:
            at += 1
        place = at
        while place < len(part.ranges) and part.ranges[place][0] < end:
            first, last = part.ranges[place]
            if _OF_A_WORD.search(part.text, max(first, start), min(last, end)):
                return True
            place += 1
    return False


def _find_quotes(text: str) -> Iterable[Range]:
    """Yield what stands between quotation marks, each within one paragraph."""
    opening = _ASCII_OPENING if text.isascii() else _OPENING
    at = 0
    while match := opening.search(text, at):
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
