"""Capturing a list without delay, beside wget: pages per CPU second, everything included.

Ours: start of the process, exact bytes, digests, log with every fsync, index.  wget: pages and
WARC.  The list goes to wget with the hosts one after the other, because it keeps one connection;
to us with the hosts in turn.  The floors say what of it is Python's start and what the network.

Not for: reading the pages (`bench.goals.reading`).
"""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.ground import Ground, add_size, capture_list, remove_folder
from bench.measure import Rival, Sample, run_in_turn, run_metered
from bench.programs import PEERS, find_program
from bench.report import MEGABYTES, Figure, Goal, Line, Note, Scale, compare

TOPIC = "capture a list, no latency"
OURS = "archive capture --from"
_BARE = "bare fetch"


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goal 9, the sizes, and the floors."""
    urls = ground.list_pages()
    mixed, grouped = ground.write_list(urls), ground.write_list(sorted(urls))
    rivals = [
        make_our_rival(ground, mixed, len(urls)),
        Rival(name=_BARE, run=lambda: _fetch_barely(mixed)),
    ]
    wget = find_program("wget")
    peers = {
        "wget --warc-file": ("", 6.0, 10.0),
        "wget --warc-file --compression=gzip": ("--compression=gzip", 2.5, 4.0),
    }
    if wget is not None:
        rivals += [
            Rival(
                name=name,
                run=partial(_run_wget, ground, wget, option, grouped, len(urls)),
            )
            for name, (option, _, _) in peers.items()
        ]
    else:
        yield Note(topic=TOPIC, words="wget is not installed: left out")
    taken = run_in_turn(rivals, rounds=ground.options.rounds)
    per_page = 1000 / len(urls)
    for name, (_, firm, stretch) in peers.items() if wget else ():
        yield compare(
            TOPIC,
            "CPU a page",
            taken[OURS],
            taken[name],
            against=name,
            scale=Scale(quantity="cpu", unit="ms", factor=per_page),
            goal=Goal(number=9, sense=">=", firm=firm, stretch=stretch),
        )
    for name in peers if wget else ():
        yield compare(
            TOPIC,
            "size of WARC",
            taken[OURS],
            taken[name],
            against=name,
            scale=MEGABYTES,
            goal=Goal(sense="<=", firm=1.15),
        )
    yield compare(
        TOPIC,
        "CPU a page",
        taken[OURS],
        taken[_BARE],
        against="floor: asyncio fetch, nothing kept",
        scale=Scale(quantity="cpu", unit="ms", factor=per_page),
        goal=Goal(sense="<="),
    )
    wall = sorted(sample.wall for sample in taken[OURS])[len(taken[OURS]) // 2]
    yield Figure(topic=TOPIC, what="pages a second, wall", unit="/s", ours=len(urls) / wall)


def make_our_rival(ground: Ground, urls: Path, pages: int) -> Rival:
    """Return the capture of a list into a new archive each time."""

    def run() -> Sample:
        archive = ground.make_archive()
        sample = capture_list(archive, urls, pages=pages)
        remove_folder(archive)
        return sample

    return Rival(name=OURS, run=run)


def _run_wget(ground: Ground, wget: str, option: str, urls: Path, pages: int) -> Sample:
    folder = ground.make_folder()
    command = [wget, "-q", "-i", str(urls), "-O", "/dev/null", "--warc-file", str(folder / "peer")]
    sample = run_metered([*command, *([option] if option else [])], cwd=folder)
    sample = add_size(sample, folder, pages=pages)
    remove_folder(folder)
    return sample


def _fetch_barely(urls: Path) -> Sample:
    return run_metered([sys.executable, PEERS / "bare_fetch.py", urls, "40"])
