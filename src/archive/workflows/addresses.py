"""Reading lists of addresses: one a line, or CSV with a column ``url``.

Not for: judging addresses (`archive.core.uri`); what the parser refuses is recorded as such.
"""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from archive.errors import InputError


def read_addresses(source: str | None, given: Sequence[str]) -> list[str]:
    """Return the addresses given and those of the list ``source`` (``-`` is standard input).

    Each comes once, in the order of first mention.

    Raises:
        InputError: there is none, or the list cannot be read.
    """
    text = "" if source is None else _read_text(source)
    addresses = list(dict.fromkeys([*given, *parse_addresses(text)]))
    if not addresses:
        raise InputError("no address to capture", remedy="give a URL, or a list by --from FILE")
    return addresses


def parse_addresses(text: str) -> list[str]:
    """Return the addresses of a list; empty lines and lines that begin with # are left out.

    Raises:
        InputError: it is CSV, and broken.
    """
    first = text.partition("\n")[0]
    columns = [name.strip(' "\r').lower() for name in first.split(",")]
    if "url" not in columns:
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]
    place = columns.index("url")
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        next(rows)
        return [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
    except csv.Error as error:
        raise InputError(
            f"the list is broken near line {rows.line_num}: {error}",
            remedy="close every quotation mark",
        ) from error


def _read_text(source: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"cannot read {source}: {error.strerror}", remedy="name a file, or - for standard input"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source} is not UTF-8, at byte {error.start}", remedy="convert the list to UTF-8"
        ) from error
