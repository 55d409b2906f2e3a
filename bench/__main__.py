"""``python -m bench [NAME…]``: measure, and print the table.

Not for: measuring itself (`bench.goals`, `bench.measure`).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from bench.goals import (
    capture,
    history,
    latency,
    limits,
    log,
    memory,
    python_peers,
    reading,
    records,
    site,
    startup,
    verify,
)
from bench.ground import Ground, Options
from bench.measure import BenchError, show_progress
from bench.profile import PROFILES, print_profile
from bench.report import Line, Note, format_json, format_table

GOALS: dict[str, Callable[[Ground], Iterator[Line]]] = {
    "startup": startup.measure,
    "records": records.measure,
    "capture": capture.measure,
    "peers": python_peers.measure,
    "latency": latency.measure,
    "reading": reading.measure,
    "verify": verify.measure,
    "history": history.measure,
    "memory": memory.measure,
    "log": log.measure,
    "site": site.measure,
    "limits": limits.measure,
}
_PAGES, _ROUNDS = 1000, 5
_QUICK_PAGES, _QUICK_ROUNDS = 120, 2
_CAPTURES, _QUICK_CAPTURES = 1_000_000, 20_000


def main(arguments: list[str] | None = None) -> int:
    """Measure what is named, or everything; 1 if a goal was missed or could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Each figure beside its peer or limit, as medians of runs in turn.",
        epilog="A peer in an environment of its own is named by a variable, as in"
        " BENCH_WARCPROX=/path/to/warcprox; one that is absent is left out, and named.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(GOALS))
    parser.add_argument("--pairs", type=int, help=f"counted rounds (default {_ROUNDS})")
    parser.add_argument("--pages", type=int, help=f"pages of the corpus (default {_PAGES})")
    parser.add_argument("--captures", type=int, help="of site; a million takes half an hour")
    parser.add_argument("--crowd", type=Path, help="folder that keeps them from run to run")
    parser.add_argument("--quick", action="store_true", help="few of both: not to be quoted")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--profile", choices=PROFILES, help="print where the time goes instead")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in GOALS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; known: {', '.join(GOALS)}")
    pages, rounds = (_QUICK_PAGES, _QUICK_ROUNDS) if given.quick else (_PAGES, _ROUNDS)
    options = Options(
        pages=given.pages or pages,
        rounds=given.pairs or rounds,
        captures=given.captures or (_QUICK_CAPTURES if given.quick else _CAPTURES),
        crowd=given.crowd,
    )
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Ground(Path(folder), options) as ground,
    ):
        if given.profile:
            print_profile(ground, given.profile)
            return 0
        lines, failed = _measure(ground, given.names or list(GOALS))
        if given.json:
            print(format_json(lines, options={**_list_options(options), "quick": given.quick}))
        else:
            print(_describe(ground, quick=given.quick))
            print(format_table(lines))
    return 1 if failed or any("MISSED" in getattr(line, "verdict", "") for line in lines) else 0


def _measure(ground: Ground, names: list[str]) -> tuple[list[Line], bool]:
    lines: list[Line] = []
    failed = False
    for name in names:
        started = time.monotonic()
        try:
            lines.extend(GOALS[name](ground))
        except BenchError as error:
            failed = True
            show_progress("")
            print(f"{name}: {error}", file=sys.stderr)
            lines.append(Note(topic=name, words=f"not measured: {str(error).splitlines()[0]}"))
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return lines, failed


def _list_options(options: Options) -> dict[str, object]:
    return {name: value for name, value in asdict(options).items() if name != "crowd"}


def _describe(ground: Ground, *, quick: bool) -> str:
    options = ground.options
    words = f"{options.pages} pages, medians of {options.rounds} runs in turn after a warm-up"
    return f"{words}; quick, not to be quoted" if quick else words


if __name__ == "__main__":
    sys.exit(main())
