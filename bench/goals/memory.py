"""Whether memory stays flat: few pages and many, and one body of 200 MB.

The figure is the largest process of the run.  Not for: reading pages, whose workers have a
limit of their own.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from bench.ground import Ground, add_size, capture_list, remove_folder
from bench.measure import Rival, Sample, run_in_turn, run_metered
from bench.programs import archive_command
from bench.report import Goal, Line, Scale, compare

TOPIC = "memory"
_LARGE = 200_000_000
_PIECE = 1_000_000
_TIMES = 4


def measure(ground: Ground) -> Iterator[Line]:
    """Give peak memory for N pages, 4 N pages, and one large body."""
    urls = ground.list_pages()
    few, many = urls[: len(urls) // _TIMES], urls
    large = ground.list_addresses([_write_large(ground.corpus.folder)])[0]
    names = f"{len(few)} pages", f"{len(many)} pages", "one body of 200 MB"
    lists = ground.write_list(few), ground.write_list(many)
    taken = run_in_turn(
        [
            Rival(name=names[0], run=lambda: _capture(ground, lists[0], len(few))),
            Rival(name=names[1], run=lambda: _capture(ground, lists[1], len(many))),
            Rival(name=names[2], run=lambda: _capture_one(ground, large)),
        ],
        rounds=max(1, ground.options.rounds // 2),
        warm_up=False,
    )
    for name in names[1:]:
        yield compare(
            TOPIC,
            f"peak of archive capture, {name}",
            taken[name],
            taken[names[0]],
            against=names[0],
            scale=Scale(quantity="rss", unit="MB", factor=1e-6),
            goal=Goal(sense="<=", firm=1.25),
        )


def _write_large(folder: Path) -> str:
    chance = random.Random("large")
    with (folder / "large.bin").open("wb") as file:
        for _ in range(_LARGE // _PIECE):
            file.write(chance.randbytes(_PIECE))
    return "/large.bin"


def _capture(ground: Ground, urls: Path, pages: int) -> Sample:
    archive = ground.make_archive()
    sample = capture_list(archive, urls, pages=pages)
    remove_folder(archive)
    return sample


def _capture_one(ground: Ground, url: str) -> Sample:
    archive = ground.make_archive()
    sample = run_metered([*archive_command(), "capture", url, "--no-extract"], cwd=archive)
    sample = add_size(sample, archive / "warcs", pages=1)
    remove_folder(archive)
    return sample
