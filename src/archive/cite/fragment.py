"""Text fragments: the part of an address that leads a browser to a passage, and marks it.

Follows the WICG's Text Fragments, "The fragment directive"::

    #:~:text=[prefix-,]start[,end][,-suffix]

Rules:

1. A short passage on one line is named whole.  A long one, or one that goes over a line end,
   which in the page is the end of a block, is named by its first and last words: what stands
   between them may look otherwise in the page, where two spaces are not one.
2. What stands elsewhere too gets the words before it, and those behind it.
3. All but letters and digits of ASCII, ``.``, ``_``, ``~`` is escaped: commas, hyphens and
   ampersands have a meaning.

Not for: finding the passage (`archive.cite.quotes`).
"""

import re
from urllib.parse import quote

_WHOLE = 60  # characters that are named whole
_EDGE = 4  # words at either end
_LETTERS = 12  # and letters, where words are not divided by spaces
_LONG_WORD = 24
_CONTINUOUS = re.compile(  # Thai, Lao; Myanmar; Khmer; Han, kana
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_CONTEXT = 200  # characters to either side that are looked at


def format_fragment(text: str, start: int, end: int) -> str:
    """Return the fragment, ``#`` included, for the passage from ``start`` to ``end``."""
    exact = text[start:end]
    first, last = exact, ""
    if len(exact) > _WHOLE or "\n" in exact:
        first, last = _take_edge(exact.split("\n")[0], 1), _take_edge(exact.split("\n")[-1], -1)
        is_cut = len(first) + len(last) >= len(exact) or _stands_before(exact, first, last)
        if is_cut and "\n" not in exact:
            first, last = exact, ""
    prefix = suffix = ""
    if text.casefold().count(first.casefold()) > 1:
        prefix = _take_edge(text[max(0, start - _CONTEXT) : start].rsplit("\n", maxsplit=1)[-1], -1)
        suffix = _take_edge(text[end : end + _CONTEXT].split("\n", maxsplit=1)[0], 1)
    parts = (
        f"{_escape(prefix)}-" if prefix else "",
        _escape(first),
        _escape(last),
        f"-{_escape(suffix)}" if suffix else "",
    )
    return "#:~:text=" + ",".join(part for part in parts if part)


def _stands_before(exact: str, first: str, last: str) -> bool:
    """Tell whether the last words stand in the passage already before its end."""
    cased, ending = exact.casefold(), last.casefold()
    return cased.find(ending, len(first)) < len(cased) - len(ending)


def _take_edge(line: str, side: int) -> str:
    """Return some words from the start of a line (``side`` 1), or from its end (-1)."""
    words = line.split()
    if not words:
        return ""
    edge = words[:_EDGE] if side == 1 else words[-_EDGE:]
    if any(len(word) > _LONG_WORD and _CONTINUOUS.search(word) for word in edge):
        bare = line.strip()
        return bare[:_LETTERS] if side == 1 else bare[-_LETTERS:]
    return " ".join(edge)


def _escape(words: str) -> str:
    return quote(words, safe="").replace("-", "%2D")
