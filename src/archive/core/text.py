"""Text that is compared, shown or quoted: one normal form, and no hidden characters.

Not for: taking text out of pages (`archive.extract`).
"""

import re
import unicodedata

_SPACES = re.compile(r"[^\S\n]+")
_BLANK = re.compile(r"\n{3,}")


def normalise_text(text: str) -> str:
    """Return ``text`` in NFC, spaces folded, LF line ends, at most one empty line between.

    Idempotent.  The ``text`` digest is taken over the UTF-8 bytes of this form.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()


def fold_text(text: str) -> str:
    """Return what is left of ``text`` for comparing names: NFKC, case folded, letters and digits.

    Idempotent.  Never shown, and never what an integrity digest is made of.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if letter.isalnum())


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
