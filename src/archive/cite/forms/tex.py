"""What BibTeX and BibLaTeX share: how text is written for TeX, entries, names.

Rules:

1. Every character with a meaning in TeX is written as a command, braces too: the parser of BibTeX
   counts those that have a backslash.
2. A title stands in braces of its own, so that no style changes its letters.
3. An address is not TeX: what could end the field is escaped by percent.

Not for: which fields there are (`archive.cite.forms.bibtex`, `archive.cite.forms.biblatex`).
"""

import re
from collections.abc import Sequence

from archive.cite.runs import clean, escape_address
from archive.core.citation import Author, Body

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    '"': '{"}',
}
_SPECIAL_MARK = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
_LIGATURES = re.compile(r"(?<=[-'`<>,?!])(?=[-'`<>,])|(?<=[?!])(?=`)")
_DIVIDING = re.compile(r",|\band\b|\bothers\b", re.IGNORECASE)
_ABBREVIATED = frozenset(["month"])  # every style has words of its own for ``jan`` to ``dec``

Fields = Sequence[tuple[str, str]]


def escape_tex(text: str) -> str:
    """Return captured text as TeX sets it, letter by letter."""
    whole = _LIGATURES.sub("\0", clean(text))
    return _SPECIAL_MARK.sub(lambda match: _SPECIAL[match[0]], whole).replace("\0", "{}")


def escape_field_address(address: str) -> str:
    """Return an address for a field that is taken as it stands."""
    return escape_address(address).replace("{", "%7B").replace("}", "%7D")


def write_names(authors: Sequence[Author]) -> str:
    """Return authors as BibTeX reads them: ``von Family, Jr, Given``, joined by ``and``."""
    return " and ".join(_write_name(author) for author in authors)


def write_entry(kind: str, key: str, fields: Fields) -> str:
    """Return an entry; fields without content are left out."""
    lines = [
        f"  {name} = {value}," if name in _ABBREVIATED else f"  {name} = {{{value}}},"
        for name, value in fields
        if value
    ]
    return "\n".join((f"@{kind}{{{key},", *lines, "}", ""))


def _write_name(author: Author) -> str:
    if isinstance(author, Body):
        return f"{{{escape_tex(author.name)}}}"
    family = " ".join(
        part for part in (escape_tex(author.particle), _protect(author.family)) if part
    )
    if not author.given:
        whole = f"{author.particle} {author.family}".strip()
        return f"{{{escape_tex(whole)}}}"
    parts = (family, _protect(author.suffix), _protect(author.given))
    return ", ".join(part for part in parts if part)


def _protect(part: str) -> str:
    """Return a part of a name, in braces where a word or mark in it would divide it."""
    escaped = escape_tex(part)
    return f"{{{escaped}}}" if _DIVIDING.search(part) or " " in part.strip() else escaped
