"""Pictures that Chromium wrote, read again: how many points have which colour.

Follows PNG (ISO/IEC 15948), for 8 bits of red, green and blue, with or without alpha, not
interlaced: what screenshots are.  Not for: any other picture.
"""

import struct
import zlib
from collections import Counter
from pathlib import Path

_START = b"\x89PNG\r\n\x1a\n"
Colour = tuple[int, int, int]


def count_colours(path: Path) -> Counter[Colour]:
    """Return how many points of a screenshot have each colour."""
    data = path.read_bytes()
    assert data.startswith(_START)
    width, _, depth, kind, *_, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    assert (depth, interlaced) == (8, 0)
    size = {2: 3, 6: 4}[kind]
    colours: Counter[Colour] = Counter()
    before = bytes(width * size)
    points = zlib.decompress(_join_parts(data))
    for start in range(0, len(points), width * size + 1):
        row = points[start + 1 : start + 1 + width * size]
        before = _undo_filter(points[start], row, before, size)
        colours.update(zip(before[::size], before[1::size], before[2::size], strict=True))
    return colours


def _join_parts(data: bytes) -> bytes:
    parts: list[bytes] = []
    place = len(_START)
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        if kind == b"IDAT":
            parts.append(data[place + 8 : place + 8 + length])
        place += length + 12
    return b"".join(parts)


def _undo_filter(kind: int, row: bytes, above: bytes, size: int) -> bytes:
    """Return a row of points as it was before it was filtered (PNG, 9.2)."""
    made = bytearray(row)
    for place, value in enumerate(row):
        left = made[place - size] if place >= size else 0
        corner = above[place - size] if place >= size else 0
        up = above[place]
        match kind:
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case 4:
                guess = _choose_nearest(left, up, corner)
            case _:
                guess = 0
        made[place] = (value + guess) & 0xFF
    return bytes(made)


def _choose_nearest(left: int, up: int, corner: int) -> int:
    """Return the neighbour nearest to what the three foretell (PNG, 9.4)."""
    foretold = left + up - corner
    return min((left, up, corner), key=lambda one: abs(foretold - one))
