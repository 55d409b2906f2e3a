"""Capturing a list without delay, beside what Python programmers use for it.

Not for: wget (`bench.goals.capture`).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.goals.capture import OURS, make_our_rival
from bench.ground import Ground, add_size, remove_folder
from bench.measure import Rival, Sample, run_in_turn, run_metered
from bench.programs import PEERS, find_program
from bench.report import Goal, Line, Note, Scale, compare
from bench.servers import find_free_port

TOPIC = "capture a list, Python peers"
_REQUESTS = "warcio capture_http + requests"
_WARCPROX = "warcprox + 8 curl"


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goal 11."""
    urls = ground.list_pages()
    mixed, grouped = ground.write_list(urls), ground.write_list(sorted(urls))
    rivals = [
        make_our_rival(ground, mixed, len(urls)),
        Rival(name=_REQUESTS, run=lambda: _run_requests(ground, grouped, len(urls))),
    ]
    goals = {_REQUESTS: (4.0, 5.5)}
    warcprox = find_program("warcprox")
    if warcprox is None or find_program("curl") is None:
        yield Note(topic=TOPIC, words="warcprox (BENCH_WARCPROX=…) or curl is absent: left out")
    else:
        goals[_WARCPROX] = (12.0, 18.0)
        rivals.append(
            Rival(
                name=_WARCPROX,
                run=lambda: _run_warcprox(ground, warcprox, grouped, len(urls)),
            )
        )
    taken = run_in_turn(rivals, rounds=ground.options.rounds)
    for name, (firm, stretch) in goals.items():
        yield compare(
            TOPIC,
            "CPU a page",
            taken[OURS],
            taken[name],
            against=name,
            scale=Scale(quantity="cpu", unit="ms", factor=1000 / len(urls)),
            goal=Goal(number=11, sense=">=", firm=firm, stretch=stretch),
        )


def _run_requests(ground: Ground, urls: Path, pages: int) -> Sample:
    folder = ground.make_folder()
    script = PEERS / "capture_http.py"
    sample = run_metered([sys.executable, script, urls, folder / "peer.warc.gz"])
    sample = add_size(sample, folder, pages=pages)
    remove_folder(folder)
    return sample


def _run_warcprox(ground: Ground, warcprox: str, urls: Path, pages: int) -> Sample:
    folder = ground.make_folder()
    script = str(PEERS / "warcprox.sh")
    command = ["sh", script, warcprox, str(urls), str(folder), str(find_free_port())]
    sample = add_size(run_metered(command), folder, pages=pages)
    remove_folder(folder)
    return sample
