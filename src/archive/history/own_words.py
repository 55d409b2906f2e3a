"""A statement's own words: its main text without the lines that are the page's furniture.

Extraction leaves lines in the main text that change by themselves: clocks, counters, leads to
other pages, copyright years.  Rules:

1. Whole lines only, and never a sentence of prose.  A line counts when every piece of it, parted
   by bars, dots or dashes, is furniture by its own words; what is in doubt is the statement's.
2. A line with a label ("Updated: 3 March") is furniture anywhere.  A bare date or time is so in
   the first or last lines, not below a line that ends in a colon, and not where there are more
   than three: then they are the statement's chronology.
3. Below a heading such as "Related articles", bulleted titles are furniture, and titles without a
   bullet where nothing else follows to the end.
4. Rows of tables and bulleted dates are the statement's.

A stated date is metadata, and is compared as such.  Not for: choosing the main text
(`archive.extract.main_text`).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from archive.core.text import normalise_text
from archive.history.furniture import (
    ASKING,
    CHOICES,
    CONSENT,
    COOKIES,
    COPYRIGHT,
    COUNTED,
    COUNTS,
    DATE_JOINTS,
    DATE_WORDS,
    HEADINGS,
    LABELS,
    LEADS,
    NEWSLETTER,
    READING_TIME,
    RELATIVE,
    WHOLE,
    fold_line,
)

_Kind = Literal["own", "furniture", "heading", "stamp", "blank"]
_Part = Literal["asking", "said", "choice", "none"]  # of a question about cookies

_LONGEST = 300  # of a line that is looked at; of a lead with its title
_LONGEST_PLAIN = 120  # of all other kinds, but cookies
_LONGEST_ASKED, _MOST_ASKED = (
    600,
    5,
)  # characters of a line about consent, and lines of one question
_LONGEST_CHOICE = 60  # characters
_MOST_WORDS = 24
_LONGEST_PIECE = 80
_AT_START, _AT_END, _MOST_STAMPS = 6, 4, 3
_MOST_TITLES = 30
_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"[-*•·–]\s+")
_EDGES = " \t\"'“”„«»‹›()[]<>→►▶▸»›…·•|#*_.-–—:!"
_PARTS = re.compile(r"\s[-–—/]\s|\s?[|·•∙▪►»]\s?|\s{2,}|,\s(?=\d+ (?:min|comment|view|share))")
_NUMBER = (
    r"(?:\d{1,3}(?:[.,\s’']\d{3})+|\d+(?:[.,]\d+)?)"
    r"\s?(?:k|m|mio\.?|mil|tys\.?|тыс\.?|万|萬|ألف|bin|e)?\+?"
)
_PIECE = re.compile(
    rf"{READING_TIME}|(?:(?:{LABELS})\s?:?\s?)?{RELATIVE}"
    rf"|(?:no|{_NUMBER})\s?(?:{COUNTED})|(?:{COUNTS})\s?(?::\s?|\s)\(?{_NUMBER}\)?"
    rf"|(?:{COUNTS})\s?\({_NUMBER}\)|-?\d{{1,2}}\s?°\s?[cf]?"
)
_LEAD = re.compile(r"([^:>|»]{3,60}?)\s?(?::|\s[-–—|>»]\s|\s»|>).+")
_MAY_LEAD = re.compile(r"^[^:>|»]{3,70}?(?:[:：>»|]|\s[-–—]\s)|cookie", re.IGNORECASE)
_HEADING_END = re.compile(r"\s?(?::|\.\.\.|>+|»|→)$")
_LABEL = re.compile(rf"(?:{LABELS})(?:\s?[:：]\s?|\s+(?=\S)|(?=\d))")
_TOKEN = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[.'’-][^\W\d_]+)*|\d+|[^\w\s]")
_DATE_MARKS = frozenset(".,:;/-–()[]年月日時时分秒+'’")
_FIGURES = re.compile(
    r"\d{1,2}\s?[:.h時时]\s?\d{2}(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{2}|\d{4})\b|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{4}\s?年\s?\d{1,2}\s?月"
)
_CJK_DATE = re.compile(r"(?:\d{4}\s?年)?\s?\d{1,2}\s?月\s?\d{1,2}\s?日")
_CLOSES = (".", "。", "؟", ";", "۔", "।")


def find_furniture(text: str) -> tuple[tuple[int, int], ...]:
    """Return the lines of ``text`` that are furniture, as ranges of characters in order.

    A range takes in the line feed behind the line, where there is one.
    """
    places = [match.span() for match in _LINE.finditer(text)]
    lines = [text[start:end] for start, end in places]
    kinds = [_judge_line(line) for line in lines]
    _settle_consent(lines, kinds)
    _settle_stamps(lines, kinds)
    _settle_titles(lines, kinds)
    return tuple(
        (start, min(end + 1, len(text)))
        for (start, end), kind in zip(places, kinds, strict=True)
        if kind in ("furniture", "heading")
    )


def read_own_words(text: str) -> str:
    """Return ``text`` without its furniture, in normal form."""
    return leave_out(text, find_furniture(text))


def leave_out(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """Return ``text`` without ``ranges``, which are in order, in normal form."""
    kept, at = [], 0
    for start, end in ranges:
        kept.append(text[at:start])
        at = end
    return normalise_text("".join([*kept, text[at:]]))


@lru_cache(maxsize=4096)  # most lines stand on both sides of a comparison
def _judge_line(line: str) -> _Kind:
    """Return what a line is by its own words, without its neighbours."""
    if len(line) > _LONGEST or line.startswith("|"):
        return "own"
    if len(line) > _LONGEST_PLAIN and not _MAY_LEAD.search(line):
        return "own"
    whole = fold_line(line).strip()
    if not whole:
        return "blank"
    bullet = _BULLET.match(whole)
    folded = whole[bullet.end() :] if bullet else whole
    lead = _LEAD.match(folded)
    if lead and lead[1] in LEADS and not folded.endswith(_CLOSES):
        return "furniture"
    if "cookie" in folded and COOKIES.fullmatch(folded):
        return "furniture"
    if len(folded) > _LONGEST_PLAIN:
        return "own"
    if COPYRIGHT.fullmatch(folded) or NEWSLETTER.fullmatch(folded):
        return "furniture"
    alone = _HEADING_END.sub("", folded)
    if alone in LEADS or alone in HEADINGS:
        return "heading"
    if folded.count(" ") > _MOST_WORDS or (len(folded) > 60 and folded.endswith(_CLOSES)):
        return "own"
    return _judge_pieces(folded, is_bulleted=bullet is not None)


def _judge_pieces(folded: str, *, is_bulleted: bool) -> _Kind:
    """Return what the pieces of a line make it: furniture where each of them is."""
    if folded.endswith(":"):
        return "own"
    pieces = [piece for part in _PARTS.split(folded) if (piece := part.strip(_EDGES))]
    found: set[_Kind] = {_judge_piece(piece) for piece in pieces}
    if "own" in found and len(pieces) > 1:  # a dash may stand within a date
        found = {_judge_piece(folded.strip(_EDGES))}
    if not found or "own" in found:
        return "own"
    if "furniture" in found:
        return "furniture"
    return "own" if is_bulleted else "stamp"


def _judge_piece(piece: str) -> _Kind:
    if piece in WHOLE or piece in LEADS or piece in HEADINGS or piece in CHOICES:
        return "furniture"
    if len(piece) > _LONGEST_PIECE:
        return "own"
    if _PIECE.fullmatch(piece):
        return "furniture"
    label = _LABEL.match(piece)
    if label and _is_date(piece[label.end() :]):
        return "furniture"
    return "stamp" if _is_date(piece) else "own"


def _is_date(piece: str) -> bool:
    """Tell whether a piece says a day or a time of day and nothing else."""
    piece = piece.strip(_EDGES)
    if not piece or not any(letter.isdigit() for letter in piece):
        return False
    named, figures = False, 0
    tokens = _TOKEN.findall(_CJK_DATE.sub(" 1/1/2000 ", piece))
    if len(tokens) > 30:
        return False
    for token in tokens:
        if token.isdigit():
            figures += 1
            if len(token) > 4:
                return False
        elif (bare := token.rstrip(".")) in DATE_WORDS:
            named = named or len(bare) > 2
        elif token not in _DATE_MARKS and bare not in DATE_JOINTS and not _joins(bare):
            return False
    if re.search(_FIGURES, piece) or _CJK_DATE.search(piece):
        return True
    return named and figures > 0 and any(len(token) <= 2 for token in tokens if token.isdigit())


def _joins(token: str) -> bool:
    """Tell whether a hyphened word is of a date: «segunda-feira», «a.m»."""
    return all(part in DATE_WORDS or part in DATE_JOINTS for part in re.split(r"[-.’']", token))


def _settle_consent(lines: Sequence[str], kinds: list[_Kind]) -> None:
    """Make a question about cookies furniture: lines together that ask, and what to choose.

    That is a few lines that speak of consent, next to each other, and either what one may choose
    beside them, or who asks among them.  A longer run is a statement on the subject.
    """
    run: list[tuple[int, _Part]] = []
    for number, line in enumerate(lines):
        part = _judge_part(line)
        if part != "none":
            run.append((number, part))
        elif kinds[number] != "blank" and run:
            _settle_run(kinds, run)
            run = []
    _settle_run(kinds, run)


def _settle_run(kinds: list[_Kind], run: Sequence[tuple[int, _Part]]) -> None:
    said = [part for _, part in run if part != "choice"]
    is_chosen = len(said) < len(run)
    if not said or len(said) > _MOST_ASKED or (not is_chosen and len(said) == 1):
        return
    if is_chosen or "asking" in said:
        for number, _ in run:
            kinds[number] = "furniture"


@lru_cache(maxsize=4096)  # as for `_judge_line`
def _judge_part(line: str) -> _Part:
    """Return what part a line may have in a question about cookies."""
    if len(line) > _LONGEST_ASKED:
        return "none"
    folded = fold_line(line).strip()
    if any(word in folded for word in CONSENT) and not _is_choice(folded):
        return "asking" if ASKING.match(folded) else "said"
    return "choice" if _is_choice(folded) else "none"


def _is_choice(folded: str) -> bool:
    if len(folded) > _LONGEST_CHOICE:
        return False
    pieces = [piece for part in _PARTS.split(folded) if (piece := part.strip(_EDGES))]
    return any(piece in CHOICES for piece in pieces) and all(
        piece in CHOICES or piece in WHOLE for piece in pieces
    )


def _settle_stamps(lines: Sequence[str], kinds: list[_Kind]) -> None:
    """Make bare dates furniture at the start and end of a text, else the statement's."""
    filled = [number for number, kind in enumerate(kinds) if kind != "blank"]
    stamps = [number for number in filled if kinds[number] == "stamp"]
    near = {*filled[:_AT_START], *filled[-_AT_END:]}
    for number in stamps:
        above = number - 1
        is_asked = above >= 0 and lines[above].rstrip().endswith((":", "："))
        is_own = len(stamps) > _MOST_STAMPS or number not in near
        is_below = is_asked and kinds[above] == "own"
        kinds[number] = "own" if is_own or is_below else "furniture"


def _settle_titles(lines: Sequence[str], kinds: list[_Kind]) -> None:
    """Make the titles below a heading furniture."""
    last = max((number for number, kind in enumerate(kinds) if kind == "own"), default=-1)
    number = 0
    while number < len(kinds):
        if kinds[number] != "heading":
            number += 1
            continue
        number += 1
        titles: list[int] = []
        while number < len(kinds) and kinds[number] != "heading" and len(titles) <= _MOST_TITLES:
            if kinds[number] == "own":
                if not _may_be_title(lines[number]):
                    break
                titles.append(number)
            number += 1
        reaches_end = bool(titles) and titles[-1] == last and len(titles) <= _MOST_TITLES
        for title in titles:
            if reaches_end or _BULLET.match(lines[title]):
                kinds[title] = "furniture"
            else:
                break


def _may_be_title(line: str) -> bool:
    return len(line) <= 160 and not line.startswith("|") and not line.rstrip().endswith(_CLOSES)
