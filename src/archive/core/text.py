"""Text that is compared, shown or quoted: one normal form, and no hidden characters.

Quotations are compared in a form of their own, so that what differs is never a word:

1. Any run of white space, line ends included, is one space.
2. Quotation marks and apostrophes are ``"`` or ``'``; dashes, hyphens and minus signs ``-``; an
   ellipsis is three dots.
3. Soft hyphens, zero-width characters, byte order marks and marks of direction are left out.
4. All else stays: letter case, accents, digits, every other sign.  Characters are compared in NFC.

Not for: taking text out of pages (`archive.extract`).
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

# Letters of scripts that put no spaces between words, as a class of a pattern.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_SPACES = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")  # whatever is not one space already
_BLANK = re.compile(r"\n{3,}")
_NO_LETTERS = re.compile(r"[\W_]+")  # what `str.isalnum` denies, all of it
_QUOTABLE = {
    **dict.fromkeys(
        "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f\uff02", '"'
    ),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u02bc\uff07", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
    **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ""),
    "\u2026": "...",
}


def normalise_text(text: str) -> str:
    """Return ``text`` in NFC, spaces folded, LF line ends, at most one empty line between.

    Idempotent.  The ``text`` digest is taken over the UTF-8 bytes of this form.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SPACES.sub(" ", text).replace(" \n", "\n").replace("\n ", "\n")
    return _BLANK.sub("\n\n", text).strip()


def fold_text(text: str) -> str:
    """Return what is left of ``text`` for comparing names: NFKC, case folded, letters and digits.

    Idempotent.  Never shown, and never what an integrity digest is made of.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return keep_letters(folded)


def keep_letters(text: str) -> str:
    """Return the letters and digits of ``text`` alone."""
    return _NO_LETTERS.sub("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """A text in the form in which quotations are compared, and where each character comes from.

    ``places`` has one more number than ``folded`` has characters: the last is the text's length.
    """

    folded: str
    places: "array[int]"

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters ``start`` to ``end`` stand in the text that was folded."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


@lru_cache(maxsize=4)  # of one text many passages are asked for
def fold_quotable(text: str) -> Quotable:
    """Return ``text``, which is in NFC, as quotations are compared; no space at either end."""
    letters: list[str] = []
    places = array("Q")
    is_spaced = True  # what begins with spaces begins without them
    for place, letter in enumerate(text):
        if letter.isspace():
            if not is_spaced:
                letters.append(" ")
                places.append(place)
            is_spaced = True
            continue
        folded = letter if letter.isascii() else _QUOTABLE.get(letter, letter)
        if not folded:
            continue
        is_spaced = False
        letters.append(folded)
        places.extend([place] * len(folded))
    if letters and is_spaced:
        letters.pop()
        places.pop()
    places.append(len(text))
    return Quotable(folded="".join(letters), places=places)


def fold_quote(text: str) -> str:
    """Return what somebody quotes in the form in which quotations are compared."""
    return fold_quotable(unicodedata.normalize("NFC", text)).folded


def show_hidden(text: str) -> str:
    r"""Return ``text`` with control, bidi and other invisible characters as ``\u{…}``.

    For terminals and logs: nothing that was captured may move the cursor or reorder a
    line.  Line feeds and tabs are shown too; split lines before.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if not _is_hidden(letter) else f"\\u{{{ord(letter):x}}}" for letter in text
    )


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
