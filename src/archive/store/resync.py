"""Finding the next record after damage, and telling padding from damage.

Not for: what is lost in between, which the reader that came upon the damage names.
"""

from collections.abc import Callable

from archive.errors import DamageError
from archive.store.gzip_members import DEAF, MAGIC, Window, inflate_member

_PIECE = 1 << 20
_LOOK = 8192


def is_zeros(window: Window, offset: int) -> bool:
    """Tell whether nothing but zero bytes follows ``offset``; leave the place at the end."""
    window.move(offset)
    while data := window.read(_PIECE):
        if data.strip(b"\x00"):
            return False
    return True


def find_record(
    window: Window,
    start: int,
    begins: Callable[[bytes], object],
    *,
    is_gzip: bool,
    limit: int | None = None,
) -> int:
    """Return the offset of the next place where a record begins, or the limit.

    The limit is the window's end unless one is given.
    """
    window.move(start)
    end = start + window.left if limit is None else limit
    mark = MAGIC if is_gzip else b"WARC/"
    place = start
    while place < end:
        window.move(place)
        data = window.read_exactly(_PIECE)
        at = data.find(mark)
        if at < 0:
            place += max(len(data) - len(mark) + 1, 1)
            continue
        place += at
        if place >= end:
            break
        if _starts_record(window, place, begins, is_gzip=is_gzip):
            return place
        place += 1
    return end


def _starts_record(
    window: Window, place: int, begins: Callable[[bytes], object], *, is_gzip: bool
) -> bool:
    window.move(place)
    if not is_gzip:
        return bool(begins(window.read_exactly(_LOOK)))
    try:
        first = next(inflate_member(window, DEAF), b"")
    except DamageError:
        return False
    return bool(begins(first))
