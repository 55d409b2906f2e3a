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

_POINTS = re.compile("[\u0591-\u05c7\u064b-\u065f\u0670\u0640]")
_MINUS = re.compile(r"(?<![\w.,)\]])[-–−](?=[.,]?\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w%‰+<>=±≠≤≥×÷]+(?=\d)")
_SIGNS = frozenset("%‰+<>=±≠≤≥×÷¬✓✔✗✘✅❌☑☒")


def fold_words(text: str) -> str:
    """Return what counts of ``text``; equal for texts that differ in typography alone."""
    if text.isascii():
        folded = text.lower()
    else:
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
