"""Files with a page each, which lie in no archive, plain or gzip.

Not for: reading what such a page says (`archive.workflows.reading`).
"""

import gzip
import zlib
from pathlib import Path

from archive.errors import InputError

HTML = (("Content-Type", "text/html"),)  # what is taken to have been its header
_MOST_BYTES = 16 << 20  # of decoded content, as of a capture
_GZIP = b"\x1f\x8b"


def read_page_file(file: Path) -> bytes:
    """Return the HTML of a page in a file, inflated if it is a gzip file; no more than a page has.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with file.open("rb") as plain:
            start = plain.read(len(_GZIP))
            plain.seek(0)
            if start != _GZIP:
                return plain.read(_MOST_BYTES)
            with gzip.open(plain) as stream:
                return stream.read(_MOST_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file} cannot be read: {error}", remedy="check the file") from error
