"""Finding the next record after damage, and telling padding from damage.

Not for: what is lost in between, which the reader that came upon the damage names.
"""

import contextlib
from collections.abc import Callable

from archive.errors import DamageError
from archive.store.gzip_members import DEAF, MAGIC, Window, inflate_member, inflate_start

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
        data = window.read_exactly(_PIECE + _LOOK)
        at = data.find(mark, 0, _PIECE)
        while 0 <= at < end - place:
            # A look costs little, whatever stands there: a file may be nothing but beginnings.
            first = _look_inside(window, place + at, data, at) if is_gzip else data[at : at + _LOOK]
            if begins(first):
                return place + at
            at = data.find(mark, at + 1, _PIECE)
        place += max(min(len(data), _PIECE) - len(mark) + 1, 1)
    return end


def _look_inside(window: Window, place: int, data: bytes, at: int) -> bytes:
    """Return the beginning of what the member at ``at`` of ``data`` holds, if it is one."""
    first = inflate_start(data[at : at + _LOOK], _LOOK)
    if first is None:
        # A filler of ours (`archive.store.withdraw`), with a comment of any length.  The zero
        # bytes in its header end the comment of any before it, so that none is read twice.
        window.move(place)
        with contextlib.suppress(DamageError):
            return next(inflate_member(window, DEAF), b"")
    return first or b""
