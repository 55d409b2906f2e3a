"""Words that a person types, checked before they are stored for good.

Rules:

1. Nothing that would hide or reorder what is said: no control characters, no bidirectional
   embeddings and overrides, no private or tag characters.  Joiners and direction marks stay,
   because the spelling of some scripts needs them.
2. Text that goes over several lines keeps its line feeds; any other is one line.
3. Spaces around it are taken off, and it is stored in NFC.  Empty text says nothing.
4. What is longer than anybody writes is refused, not cut.

Not for: what pages say, which is kept verbatim and shown with care (`archive.core.text`).
"""

import re
import unicodedata

from archive.errors import InputError

MOST_NAME = 200  # characters
MOST_LINE = 2_000
MOST_TEXT = 20_000
_SHOWN = 60
_HIDDEN = re.compile("[\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_CATEGORIES = ("Cc", "Cs", "Co")


def parse_typed(text: str, what: str, *, most: int, lines: bool = False) -> str:
    """Return ``text`` as it is stored; ``what`` names it where it is refused.

    Raises:
        InputError: it breaks a rule of this module.
    """
    if len(text) > most:
        raise InputError(
            f"{what} is {len(text)} characters long, at most {most} are kept",
            remedy="say it shorter, and capture or name what holds the rest",
        )
    spelled = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    for letter in spelled:
        if _is_refused(letter) and not (lines and letter in "\n\t"):
            name = unicodedata.name(letter, "control character")
            raise InputError(
                f"{what} holds a character that hides or reorders text, or breaks its line:"
                f" U+{ord(letter):04X} {name}",
                remedy="leave it out",
            )
    if not spelled:
        raise InputError(f"{what} is empty", remedy=f"give {what} in words")
    return spelled


def shorten_typed(text: str) -> str:
    """Return ``text`` quoted, and cut to what an error message can hold."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _is_refused(letter: str) -> bool:
    return unicodedata.category(letter) in _CATEGORIES or _HIDDEN.match(letter) is not None
