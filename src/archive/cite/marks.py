"""Passages in quotation marks, in the manners of several languages.

Rules:

1. What closes a passage depends on what opened it: “…” and „…“, „…”, ”…”, «…», »…«, ‘…’, ‚…‘,
   「…」, 『…』, ‹…›, "…", '…', and the ``…'' of TeX.
2. Marks within a passage belong to it: the outermost one is told.  What was opened and never closed
   (a foot, an elision) opened nothing.
3. A single mark opens where a word begins and closes where one ends.  Behind an s that a word in
   lower case follows it is an apostrophe (“the boats’ owners”), unless nothing else closes.
4. Behind a digit ``"`` is an inch.

Not for: which source a passage is of (`archive.cite.reading`).
"""

import re
from dataclasses import dataclass, field, replace

_MARK = re.compile(r"``|''|[“”„«»‹›「」『』\"'‘’‚]")
_CLOSING: dict[str, tuple[str, ...]] = {
    "“": ("”",), "„": ("“", "”"), "”": ("”",), "«": ("»",), "»": ("«",), "‘": ("’",),
    "‚": ("‘", "’"), "‹": ("›",), "「": ("」",), "『": ("』",), '"': ('"',), "'": ("'",),
    "``": ("''", "”"),
}  # fmt: skip
CONTINUED = ("“", "„", "«", '"', "``")  # are set again where a passage goes on in a new paragraph
_SINGLE = "'‘’‚"
_DEEPEST = 8
_POSSESSIVE = re.compile(r"\s[a-zß-öø-ÿ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Where a passage begins and ends, without its marks."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A mark that waits to be closed; the passages within; where it closes if nothing else does."""

    mark: str
    start: int
    end: int | None = None
    within: list[Quoted] = field(default_factory=list)


def list_quoted(text: str) -> tuple[Quoted, ...]:
    """Return the outermost passages in quotation marks, in their order."""
    told, opened = _read_marks(text)
    found = [*told, *(passage for item in opened for passage in _abandon(item))]
    return tuple(sorted(found, key=lambda passage: passage.start))


def find_unclosed(text: str) -> int | None:
    """Return where a passage begins that goes on behind the end of a paragraph, or None."""
    opened = _read_marks(text)[1]
    return next((item.start for item in opened if item.mark in CONTINUED), None)


def _read_marks(text: str) -> tuple[list[Quoted], list[_Opened]]:
    """Return the passages that are closed, and what is still open at the end."""
    told: list[Quoted] = []
    opened: list[_Opened] = []
    for match in _MARK.finditer(text):
        mark, (start, end) = match[0], match.span()
        depth = _find_opened(opened, mark) if _may_close(text, mark, start, end) else None
        if depth is not None and mark == "’" and _is_possessive(text, start, end):
            opened[depth] = replace(opened[depth], end=opened[depth].end or start)
        elif depth is not None:
            passage = Quoted(start=opened[depth].start, end=start)
            del opened[depth:]
            (opened[-1].within if opened else told).append(passage)
        elif mark in _CLOSING and _may_open(text, mark, start, end):
            if len(opened) == _DEEPEST:
                told += _abandon(opened.pop(0))
            opened.append(_Opened(mark=mark, start=end))
    return told, opened


def _abandon(item: _Opened) -> list[Quoted]:
    """Return the passages of what nothing closes."""
    if item.end is None:
        return item.within
    end = item.end
    behind = [passage for passage in item.within if passage.start > end]
    return [Quoted(start=item.start, end=end), *behind]


def _find_opened(opened: list[_Opened], mark: str) -> int | None:
    """Return the place of the innermost opened mark that a mark closes."""
    places = range(len(opened) - 1, -1, -1)
    return next((place for place in places if mark in _CLOSING[opened[place].mark]), None)


def _may_open(text: str, mark: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - 1) : start], text[end : end + 1]
    if mark == '"':
        return not before.isdecimal()
    if mark in "”»":  # they close, more often
        return behind.isalnum()
    return mark not in _SINGLE or not (_is_word(before) or behind.isspace())


def _may_close(text: str, mark: str, start: int, end: int) -> bool:
    if mark not in _SINGLE:
        return True
    return not (_is_word(text[end : end + 1]) or text[max(0, start - 1) : start].isspace())


def _is_possessive(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start] == "s" and _POSSESSIVE.match(text, end) is not None


def _is_word(letter: str) -> bool:
    """Tell whether a letter is one of a script that divides words."""
    return letter.isalnum() and letter < "\u2e80"
