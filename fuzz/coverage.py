"""Running a target with inputs that atheris finds by watching which lines they reach.

A program of its own, because atheris ends the process: ``python -m fuzz.coverage NAME SECONDS``.
Not for: machines without atheris (`fuzz.drawn` runs everywhere).
"""

import importlib
import sys


def main() -> None:
    """Fuzz one target until the time is over; atheris prints what it finds, and ends with 77."""
    name, seconds = sys.argv[1], max(1, round(float(sys.argv[2])))  # to libFuzzer, 0 means for ever
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["archive"]):
        targets = importlib.import_module("fuzz.targets")
    options = ("-timeout=60", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1")
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", *options, *sys.argv[3:]],
        lambda data: targets.try_input(name, data),
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
