"""The pages that are served: real ones where they lie beside the repository, else made up.

Real pages are few, so they are repeated, and every copy gets a comment of its own from the seed:
no payload repeats, or the archive would rightly store a revisit.  Beside each page lies its gzip
form, made once as a publisher's server would, so that no server time goes into compressing.

Not for: serving (`bench.servers`).
"""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.news import Newsroom

REAL_PAGES = Path(__file__).parents[2] / "shared" / "data" / "pages"
SEED = 2026
_SMALLEST, _LARGEST = 20_000, 200_000
_FOLDER = "p"
_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Pages in a folder to be served: their paths, and where they come from."""

    folder: Path
    paths: tuple[str, ...]
    origin: str
    plain_bytes: int
    gzip_bytes: int


def make_pages(count: int, *, seed: int = SEED, real: Path = REAL_PAGES) -> Iterator[bytes]:
    """Give ``count`` pages of 20 to 200 kB, no two alike."""
    originals = read_real_pages(real)
    newsroom = None if originals else Newsroom(seed)
    chance = random.Random(f"corpus {seed}")
    for number in range(count):
        page = newsroom.make_page(number) if newsroom else originals[number % len(originals)]
        yield page + b"\n<!-- copy %d %032x -->\n" % (number, chance.getrandbits(128))


def read_real_pages(folder: Path) -> list[bytes]:
    """Return the real pages of 20 to 200 kB, in the order of their names."""
    pages = (gzip.decompress(path.read_bytes()) for path in sorted(folder.glob("*.html.gz")))
    return [page for page in pages if _SMALLEST <= len(page) <= _LARGEST]


def write_corpus(folder: Path, count: int) -> Corpus:
    """Write ``count`` pages and their gzip forms under ``folder``."""
    (folder / _FOLDER).mkdir(parents=True)
    paths: list[str] = []
    plain_bytes = gzip_bytes = 0
    for number, page in enumerate(make_pages(count)):
        path = folder / _FOLDER / f"{number:06}.html"
        packed = gzip.compress(page, _LEVEL, mtime=0)
        path.write_bytes(page)
        path.with_suffix(".html.gz").write_bytes(packed)
        paths.append(f"/{_FOLDER}/{path.name}")
        plain_bytes += len(page)
        gzip_bytes += len(packed)
    return Corpus(
        folder=folder,
        paths=tuple(paths),
        origin="real pages" if REAL_PAGES.is_dir() else "made-up pages",
        plain_bytes=plain_bytes,
        gzip_bytes=gzip_bytes,
    )
