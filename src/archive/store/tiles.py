"""The names and the forms of the capture log's tiles.

Follows C2SP tlog-tiles: 256 wide, ``tile/L/N`` and ``tile/entries/N``, N in groups of three
digits of which all but the last begin with ``x``.  The tile at the right edge, which is not
full yet, is a file with the suffix ``.open`` that only grows; a static server cuts the
partial tiles ``N.p/W`` out of it: its first W hashes or entries.  Not for: reading or writing
files (`archive.store.log`, `archive.store.log_append`).
"""

import re
import struct
from typing import Literal

WIDTH = 256
HASH = 32
_LONGEST_ENTRY = 65535  # what two bytes can count
_PATH = re.compile(r"(?:x[0-9]{3}/){0,5}[0-9]{3}")
TileLevel = int | Literal["entries"]


def format_tile_path(level: TileLevel, number: int) -> str:
    """Return the path of a full tile below the log's folder, as in ``tile/0/x001/234``."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(["tile", str(level), *reversed(groups)])


def parse_tile_path(path: str) -> int | None:
    """Return the number of a tile by its path below the level's folder, as in ``x001/234``.

    A file still being written has the number of the tile that it becomes; None is no tile.
    """
    text = path.removesuffix(".open")
    match = _PATH.fullmatch(text)
    return int(text.replace("/", "").replace("x", "")) if match else None


def measure_tile(level: TileLevel) -> int:
    """Return how many bytes a tile has at most."""
    return WIDTH * ((2 + _LONGEST_ENTRY) if level == "entries" else HASH)


def count_tiles(size: int) -> tuple[int, ...]:
    """Return how many hashes each level of the tiles holds in a log of ``size`` leaves."""
    counts: list[int] = []
    while size:
        counts.append(size)
        size //= WIDTH
    return tuple(counts)


def format_entry(entry: bytes) -> bytes:
    """Return the entry as it stands in a bundle: its length in two bytes, big-endian, before."""
    return struct.pack(">H", len(entry)) + entry


def parse_bundle(data: bytes) -> tuple[tuple[bytes, ...], int]:
    """Return the whole entries of a bundle, at most 256, and how many bytes they take."""
    entries: list[bytes] = []
    place = 0
    while len(entries) < WIDTH and place + 2 <= len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data):
            break
        entries.append(data[place + 2 : end])
        place = end
    return tuple(entries), place


def parse_hashes(data: bytes) -> tuple[bytes, ...]:
    """Return the whole hashes of a hash tile, at most 256."""
    whole = min(len(data) // HASH, WIDTH)
    return tuple(data[place * HASH : place * HASH + HASH] for place in range(whole))
