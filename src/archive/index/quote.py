"""Quoting texts: which words around a match a search shows.

SQLite's own ``snippet()`` takes time by the square of the matches, cannot be interrupted, and a
page that repeats one word stops the whole server with it.  Here only the beginning of a text is
looked at, word by word as the tokenizer of ``schema.sql`` sees them (FTS5, "Unicode61
Tokenizer", ``remove_diacritics 2``).  Not for: finding the texts (`archive.index.search`).
"""

import re
import sqlite3
import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.core.text import SPACELESS

TEXT_SCANNED = 100_000  # characters; what stands further back is found, but not quoted
_TEXT_NEAR = 8_000  # of them, enough where all that is asked for stands close together there
_TITLE_SCANNED = 1_000
_TEXT_SHOWN = 400
_TITLE_SHOWN = 600
_TEXT_WORDS = 32
_LEAD = 6  # words shown before the first match
_MOST_PARTS = 64

_PART = re.compile(r'"([^"]*)"|(\S+)')
# Letters, numbers and private characters; marks that the tokenizer takes into a word.  Where a
# script puts no spaces between words, each letter is one.
_WORD = re.compile(f"[{SPACELESS}]|(?:[^\\W_{SPACELESS}]|[\ue000-\uf8ff\u0300-\u0331])+")
Phrase = tuple[str, ...]
Hit = tuple[int, int, Phrase]  # the places of its first and last words


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is put around a match."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """The title of a text, and the words around what matched in it."""

    title: str
    snippet: str


def parse_query(text: str) -> dict[Phrase, str]:
    """Return the phrases that a query asks for, each once, and how each was typed.

    A part in double quotes is one phrase, else each word is one.  What is part of another
    phrase is left out: it would find nothing else, and ranking is slower by the square of how
    often a place matches.
    """
    phrases: dict[Phrase, str] = {}
    for quoted, word in _PART.findall(text.replace("\0", " ")):
        typed = (quoted or word).replace('"', "").strip()
        if typed and len(phrases) < _MOST_PARTS:
            phrases.setdefault(tuple(fold_word(found) for found in _WORD.findall(typed)), typed)
    return {
        phrase: typed
        for phrase, typed in phrases.items()
        if not any(_is_part(phrase, other) for other in phrases)
    }


@lru_cache(maxsize=1 << 14)
def fold_word(word: str) -> str:
    """Return a word as full-text search compares it: small letters, without diacritics."""
    return "".join(_fold_letters(word))


def quote_text(text: str, phrases: Iterable[Phrase], marks: Marks) -> str:
    """Return some thirty words of ``text`` where most of ``phrases`` stand, matches marked."""
    wanted = [phrase for phrase in phrases if phrase]
    scanned = _TEXT_NEAR
    words, hits = _scan(text, wanted, scanned)
    first, held = _choose_start(hits, _TEXT_WORDS - _LEAD)
    if held < len(wanted) and scanned < len(text):
        scanned = TEXT_SCANNED
        words, hits = _scan(text, wanted, scanned)
        first, _ = _choose_start(hits, _TEXT_WORDS - _LEAD)
    start = max(first - _LEAD, 0)
    begin = end = 0
    if words:
        begin = max(words[start][0] if start else 0, words[first][0] - _TEXT_SHOWN // 2)
        whole = start + _TEXT_WORDS >= len(words) and scanned >= len(text)
        end = len(text) if whole else words[start:][:_TEXT_WORDS][-1][1]
    return _cut(text, begin, min(end, begin + _TEXT_SHOWN), _join_hits(words, hits), marks)


def quote_title(title: str, phrases: Iterable[Phrase], marks: Marks) -> str:
    """Return the beginning of ``title``, matches marked."""
    words, hits = _scan(title, [phrase for phrase in phrases if phrase], _TITLE_SCANNED)
    return _cut(title, 0, min(len(title), _TITLE_SHOWN), _join_hits(words, hits), marks)


def find_phrases(title: str, phrases: Iterable[Phrase]) -> frozenset[Phrase]:
    """Return those of ``phrases`` that stand in the beginning of ``title``."""
    words = _fold_title(title[:_TITLE_SCANNED])
    return frozenset(phrase for phrase in phrases if phrase and _stands_in(phrase, words))


def quote_texts(
    connection: sqlite3.Connection, texts: Sequence[int], query: str, marks: Marks
) -> dict[int, Quotation]:
    """Return what to show of each of these texts for ``query``."""
    phrases = parse_query(query)
    quoted: dict[int, Quotation] = {}
    for text_id in texts:
        row = connection.execute(
            "SELECT substr(title, 1, ?), substr(text, 1, ?) FROM texts WHERE id = ?",
            (_TITLE_SCANNED, TEXT_SCANNED, text_id),
        ).fetchone()
        if row is not None:
            quoted[text_id] = Quotation(
                title=quote_title(row[0], phrases, marks),
                snippet=quote_text(row[1], phrases, marks),
            )
    return quoted


@lru_cache(maxsize=1 << 13)  # every search looks through the same titles
def _fold_title(title: str) -> Phrase:
    return tuple(fold_word(found) for found in _WORD.findall(title))


def _is_part(phrase: Phrase, other: Phrase) -> bool:
    return len(phrase) < len(other) and _stands_in(phrase, other)


def _stands_in(phrase: Phrase, words: Phrase) -> bool:
    count = len(phrase)
    return (not phrase or phrase[0] in words) and any(
        words[place : place + count] == phrase for place in range(len(words) - count + 1)
    )


def _fold_letters(word: str) -> Iterator[str]:
    for letter in word:
        if "\u0300" <= letter <= "\u0331":
            continue
        folded = letter.casefold()
        small = folded if len(folded) == 1 else letter.lower()[0]
        plain = unicodedata.normalize("NFD", small)[0]
        yield plain if plain.isascii() else small


def _scan(
    text: str, phrases: Sequence[Phrase], scanned: int
) -> tuple[list[tuple[int, int]], list[Hit]]:
    """Return where the words of the beginning of ``text`` stand, and where the phrases do."""
    words = [(found.start(), found.end()) for found in _WORD.finditer(text, 0, scanned)]
    starts: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        starts.setdefault(phrase[0], []).append(phrase)
    folded = [fold_word(text[start:end]) for start, end in words]
    hits = [
        (place, place + len(phrase) - 1, phrase)
        for place, word in enumerate(folded)
        for phrase in starts.get(word, ())
        if tuple(folded[place : place + len(phrase)]) == phrase
    ]
    return words, hits


def _choose_start(hits: Sequence[Hit], width: int) -> tuple[int, int]:
    """Return where the stretch of ``width`` words begins that holds most phrases, and how many."""
    inside: Counter[Phrase] = Counter()
    waiting: deque[tuple[int, Phrase]] = deque()
    best, chosen = 0, 0
    for place, last, phrase in hits:
        waiting.append((place, phrase))
        inside[phrase] += 1
        while waiting and last - waiting[0][0] >= width:
            gone = waiting.popleft()[1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        if waiting and len(inside) > best:
            best, chosen = len(inside), waiting[0][0]
    return chosen, best


def _cut(text: str, begin: int, end: int, hits: Iterable[tuple[int, int]], marks: Marks) -> str:
    """Return ``text`` from ``begin`` to ``end``, with marks around what ``hits`` cover."""
    pieces = ["… " if begin else ""]
    place = begin
    for first, last in hits:
        opening, closing = max(first, place), min(last, end)
        if opening < closing:
            pieces += [text[place:opening], marks.start, text[opening:closing], marks.end]
            place = closing
    return "".join([*pieces, text[place:end], " …" if end < len(text) else ""])


def _join_hits(words: Sequence[tuple[int, int]], hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the text that hits cover, in order, each once."""
    covered = -1
    for place, last, _ in sorted(hits, key=lambda hit: hit[:2]):
        if last > covered:
            yield words[max(place, covered + 1)][0], words[last][1]
            covered = last
