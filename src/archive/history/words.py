"""Words of a text in any script, none of them cutting what a reader sees as one character.

A word is a run of letters and digits with their combining marks; "don't" and "1,234.5" are one.
Where a script puts no spaces between words, each character is one.  Spaces and signs are pieces
of their own, so that the pieces of a text are the text.  Not for: sentences
(`archive.history.sentences`).
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from archive.core.text import SPACELESS

_ONE = re.compile(f"[{SPACELESS}]")
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_JOINERS = "\u200c\u200d"


@lru_cache(maxsize=64)
def _compile(marks: str) -> re.Pattern[str]:
    """Return the pattern of a piece, where ``marks`` are the combining marks that occur."""
    joined = f"[{re.escape(marks)}{_JOINERS}\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"
    letter = rf"(?:[^\W_{SPACELESS}]{joined}*+)"
    return re.compile(
        rf"\d++(?:[.,]\d++)*+(?!{letter})|{letter}++(?:['’]{letter}++)*+|\s+|{_FLAG}{_FLAG}"
        rf"|.(?:\u200d[^\w\s]|{joined})*+",
        re.DOTALL,
    )


# The same for a text in ASCII; letters listed one by one are found faster than a category, and
# what occurs most is tried first.
_PLAIN = re.compile(
    r"[A-Za-z][0-9A-Za-z]*+(?!')|\s+|[0-9]++(?:[.,][0-9]++)*+(?![0-9A-Za-z])"
    r"|[0-9A-Za-z]++(?:'[0-9A-Za-z]++)*+|.",
    re.DOTALL,
)


def compile_words(text: str) -> re.Pattern[str]:
    """Return a pattern whose matches are the pieces of ``text``, one behind the other."""
    if text.isascii():
        return _PLAIN
    marks = {letter for letter in set(text) if unicodedata.category(letter)[0] == "M"}
    return _compile("".join(sorted(marks)))


def count_words(text: str) -> int:
    """Return how many words ``text`` has; spaces and signs are none."""
    pieces = Counter(compile_words(text).findall(text))
    return sum(number for piece, number in pieces.items() if is_word(piece))


def count_letters(text: str) -> int:
    """Return how many letters and digits ``text`` has; one of a spaceless script counts as three.

    Three letters or one such character tell about as much.
    """
    return sum(map(str.isalnum, text)) + 2 * len(_ONE.findall(text))


def is_word(piece: str) -> bool:
    """Tell whether a piece is a word rather than spaces or a sign."""
    return piece[0].isalnum()
