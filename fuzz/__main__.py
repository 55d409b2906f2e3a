"""Runs every target for a while, one line each: ``python -m fuzz [SECONDS]``, as `make fuzz` does.

Half of the time goes to drawn inputs, half to those that coverage leads to, where atheris is there.
Not for: the short run that belongs to the tests (`tests.fuzz`).
"""

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.drawn import run_drawn
from fuzz.inputs import SEEDS
from fuzz.targets import TARGETS

_TRIED = re.compile(r"number_of_executed_units: (\d+)")


def main(arguments: list[str]) -> int:
    """Fuzz, and return 1 if anything was found."""
    seconds = float(arguments[0]) if arguments else 60.0
    has_atheris = importlib.util.find_spec("atheris") is not None
    share = seconds / 2 if has_atheris else seconds
    found = 0
    for name in TARGETS:
        try:
            told = f"{run_drawn(name, seconds=share)} drawn"
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
            print(f"{name:<8} FOUND by drawing: {error!r}\n{getattr(error, '__notes__', '')}")
            found += 1
            continue
        if has_atheris:
            code, tried = _run_coverage(name, share)
            told += f", {tried} by coverage"
            found += code != 0
            told += "" if code == 0 else f"; FOUND (exit code {code}), see above"
        else:
            told += " (no atheris here)"
        print(f"{name:<8} {seconds:g} s: {told}; {'no finding' if 'FOUND' not in told else ''}")
    return min(found, 1)


def _run_coverage(name: str, seconds: float) -> tuple[int, str]:
    """Return the exit code of atheris, and how many inputs it tried."""
    with tempfile.TemporaryDirectory(prefix=f"archive-fuzz-{name}-") as corpus:
        for place, data in enumerate(SEEDS[name]):
            (Path(corpus) / str(place)).write_bytes(data)
        prefix = f"-artifact_prefix={tempfile.gettempdir()}/archive-fuzz-{name}-"
        command = [sys.executable, "-m", "fuzz.coverage", name, f"{seconds:g}", prefix, corpus]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = _TRIED.search(done.stderr)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-4000:], file=sys.stderr)
    return done.returncode, match[1] if match else "?"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
