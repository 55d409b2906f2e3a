"""CSV that a spreadsheet opens without running it: a cell that would be a formula becomes text.

Whatever begins with ``=``, ``+``, ``-`` or ``@``, in their wide forms too, with a tab or with the
end of a line, is a formula or a command to one program or another; an apostrophe before it makes
it text (OWASP, "CSV Injection").  Plain numbers stay as they are.  Not for: making the CSV, which
Datasette does.
"""

import re
from collections.abc import Iterator

_CELL = re.compile(r'"[^"]*(?:""[^"]*)*"|[^,\r\n"]+')
_FORMULA = re.compile(
    r"[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff\"]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]"
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def defuse_rows(text: str) -> str:
    """Return whole rows of CSV without formulas."""
    return _CELL.sub(_defuse, text)


def split_whole(pieces: list[bytes], *, is_last: bool) -> Iterator[bytes]:
    """Yield what of these pieces are whole rows; they are taken out of the list.

    A quotation mark stands in pairs where a row is whole, so rows are not read twice.
    """
    if not pieces:
        return
    if is_last or (
        pieces[-1].endswith(b"\n") and not sum(piece.count(b'"') for piece in pieces) % 2
    ):
        text = b"".join(pieces).decode("utf-8", "surrogateescape")
        pieces.clear()
        yield defuse_rows(text).encode("utf-8", "surrogateescape")


def _defuse(match: re.Match[str]) -> str:
    cell = match[0]
    is_quoted = cell.startswith('"')
    said = cell[1:-1] if is_quoted else cell
    if not _FORMULA.match(said) or _NUMBER.fullmatch(said):
        return cell
    return f'"\'{said}"' if is_quoted else f"'{said}"
