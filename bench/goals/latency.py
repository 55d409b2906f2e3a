"""Capturing from servers that answer late: how near to the bound, in flight ÷ latency.

The bound is reached by a client that costs nothing and starts at once.  Beside it stands a bare
fetch loop, since the server shares the machine.  Not for: CPU a page (`bench.goals.capture`).
"""

import statistics
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.ground import LATE_HOSTS, LATENCY, Ground, capture_list, remove_folder
from bench.measure import Rival, Sample, run_in_turn, run_metered
from bench.programs import PEERS
from bench.report import Figure, Goal, Line

TOPIC = f"capture with {LATENCY * 1000:g} ms latency, {LATE_HOSTS} hosts"
_SHARES = {
    100: Goal(number=10, sense=">=", firm=0.80),
    256: Goal(number=10, sense=">=", firm=0.80, stretch=0.87),
}


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goal 10."""
    urls = ground.list_late_pages()
    listed = ground.write_list(urls)
    for in_flight, goal in _SHARES.items():
        ours = f"archive capture, {in_flight} in flight"
        bare = f"bare fetch, {in_flight} in flight"
        taken = run_in_turn(
            [
                Rival(
                    name=ours,
                    run=partial(_capture, ground, listed, len(urls), in_flight),
                ),
                Rival(name=bare, run=partial(_fetch_barely, listed, in_flight)),
            ],
            rounds=ground.options.rounds,
        )
        bound = in_flight / LATENCY
        for name, wanted in ((ours, goal), (bare, None)):
            yield _make_figure(name, taken[name], len(urls), bound, wanted)


def _make_figure(
    name: str, samples: Sequence[Sample], pages: int, bound: float, goal: Goal | None
) -> Figure:
    rates = [pages / sample.wall for sample in samples]
    return Figure(
        topic=TOPIC,
        what=name,
        unit="/s",
        ours=statistics.median(rates),
        against="bound: in flight ÷ latency",
        peer=bound,
        ratio=statistics.median(rates) / bound,
        low=min(rates) / bound,
        high=max(rates) / bound,
        goal=goal,
    )


def _capture(ground: Ground, urls: Path, pages: int, in_flight: int) -> Sample:
    archive = ground.make_archive(per_host=-(-in_flight // LATE_HOSTS) + 1, in_flight=in_flight)
    sample = capture_list(archive, urls, pages=pages)
    remove_folder(archive)
    return sample


def _fetch_barely(urls: Path, in_flight: int) -> Sample:
    return run_metered([sys.executable, PEERS / "bare_fetch.py", urls, str(in_flight)])
