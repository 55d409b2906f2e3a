"""What of two texts has to be equal for their difference to be typographic only.

Rules:

1. Letters and digits count, in NFKC and without case; so do the vowel signs of scripts that
   write them as marks.  Vowel points of Arabic and Hebrew do not: they come and go.
2. Spaces, quotes, dashes and punctuation do not, but what parts two figures does: "1.5" is not
   "15".
3. Signs that say something count: currencies, per cent, plus, minus, comparisons, ticks, and
   pictures.

Not for: names (`archive.core.text.fold_text`), or digests that are stored.
"""

import re
import unicodedata
from collections.abc import Iterator

_POINTS = re.compile("[\u0591-\u05c7\u064b-\u065f\u0670\u0640]")
_MINUS = re.compile(r"(?<![\w.,)\]])[-–−](?=[.,]?\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w%‰+<>=±≠≤≥×÷]+(?=\d)")
_SIGNS = frozenset("%‰+<>=±≠≤≥×÷¬✓✔✗✘✅❌☑☒")


_ASCII_NOISE = re.compile(r"[^0-9a-z\0$%+<>=¬]+")


def is_same_folded(old: str, new: str) -> bool:
    """Tell whether two texts differ in typography alone; ends at the first other difference."""
    sides = _fold_lines(old), _fold_lines(new)
    left, right, at, place = "", "", 0, 0
    while True:
        if at == len(left):
            left, at = next(sides[0], ""), 0
        if place == len(right):
            right, place = next(sides[1], ""), 0
        if not left or not right:
            return left == right
        common = min(len(left) - at, len(right) - place)
        if left[at : at + common] != right[place : place + common]:
            return False
        at, place = at + common, place + common


def _fold_lines(text: str) -> Iterator[str]:
    """Yield ``text`` folded line by line, as it would be folded whole."""
    is_figure = False
    for line in text.split("\n"):
        folded = fold_words(line)
        if not folded:
            continue
        yield "\0" + folded if is_figure and folded[0].isdigit() else folded
        is_figure = folded[-1].isdigit()


def fold_words(text: str) -> str:
    """Return what counts of ``text``; equal for texts that differ in typography alone."""
    if text.isascii():
        folded = _BETWEEN_DIGITS.sub("\0", _MINUS.sub("¬", text.lower()))
        return _ASCII_NOISE.sub("", folded)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = _POINTS.sub("", folded)
    folded = _BETWEEN_DIGITS.sub("\0", _MINUS.sub("¬", folded))
    return "".join(letter for letter in folded if letter.isalnum() or _counts(letter))


def _counts(letter: str) -> bool:
    if letter == "\0" or letter in _SIGNS:
        return True
    if letter.isascii():
        return letter == "$"
    category = unicodedata.category(letter)
    return category in ("Mn", "Mc", "Sc") or (category == "So" and letter >= "\U0001f000")
