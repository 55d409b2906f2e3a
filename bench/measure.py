"""Measuring: one run of a command, and rounds of rivals in turn.

Rules:

1. CPU is user and system time of the whole tree of processes, those of workers included.
2. Rivals run in turn (A B A B …) after a round that is not counted, so that what else the
   machine does falls on all of them; a figure is the median of its runs.
3. Python programs find their modules compiled, as an installed program does: a developer's
   PYTHONDONTWRITEBYTECODE would have ours compiled anew in every run.
4. A run that fails, or did not do the work, ends the benchmark.

Not for: what is run (`bench.goals`), or how figures are shown (`bench.report`).
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

METER = Path(__file__).with_name("meter.py")
_LONGEST = 900.0
_DEVELOPERS = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"})
_BYTECODE = tempfile.TemporaryDirectory(prefix="bench-bytecode-")  # removed as the process ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one run took: seconds of CPU and of the wall clock, bytes of memory, bytes written."""

    cpu: float
    wall: float
    rss: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One side of a comparison: its name, and what runs it once."""

    name: str
    run: Callable[[], Sample]


class BenchError(Exception):
    """A run failed, or did not do the work; what it said is in the message."""


def run_metered(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    allowed_codes: Sequence[int] = (0,),
    out: Path | None = None,
) -> Sample:
    """Run a command to its end, and return what it and everything it started took.

    What it prints goes to the file ``out``, if one is named.

    Raises:
        BenchError: it ended with another code, or not at all.
    """
    with tempfile.TemporaryDirectory(prefix="bench-meter-") as folder:
        report, said = Path(folder, "report"), Path(folder, "said")
        with said.open("wb") as errors, (out or Path(os.devnull)).open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", METER, report, *command],
                cwd=cwd,
                env=_make_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            try:
                code = process.wait(_LONGEST)
            except BaseException as error:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if isinstance(error, subprocess.TimeoutExpired):
                    raise BenchError(f"{_name(command)}: took over {_LONGEST:g} s") from error
                raise
        if code not in allowed_codes:
            words = said.read_text("utf-8", "replace")[-2000:]
            raise BenchError(f"{_name(command)}: ended with {code}\n{words}")
        cost = json.loads(report.read_text("utf-8"))
    return Sample(cpu=cost["cpu"], wall=cost["wall"], rss=cost["rss"])


def run_in_turn(
    rivals: Sequence[Rival], *, rounds: int, warm_up: bool = True
) -> dict[str, tuple[Sample, ...]]:
    """Run all rivals in turn, ``rounds`` times after a warm-up; return the samples of each."""
    samples: dict[str, list[Sample]] = {rival.name: [] for rival in rivals}
    for number in range(-1 if warm_up else 0, rounds):
        for rival in rivals:
            what = f"round {number + 1} of {rounds}" if number >= 0 else "warm-up"
            show_progress(f"{rival.name}: {what}")
            sample = rival.run()
            if number >= 0:
                samples[rival.name].append(sample)
    show_progress("")
    return {name: tuple(taken) for name, taken in samples.items()}


def take_median(samples: Sequence[Sample]) -> Sample:
    """Return the medians of all quantities, each by itself."""
    return Sample(
        cpu=statistics.median(sample.cpu for sample in samples),
        wall=statistics.median(sample.wall for sample in samples),
        rss=int(statistics.median(sample.rss for sample in samples)),
        size=int(statistics.median(sample.size for sample in samples)),
    )


def show_progress(words: str) -> None:
    """Say on a terminal what runs now, in a line that the next one overwrites."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{words}")
        sys.stderr.flush()


def _make_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _DEVELOPERS}
    return {**kept, "PYTHONPYCACHEPREFIX": _BYTECODE.name}


def _name(command: Sequence[str | Path]) -> str:
    return " ".join(str(word) for word in command)[:200]
