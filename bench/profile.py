"""Where a capture spends its time: ``python -m bench --profile capture``.

The command runs in a process of its own under cProfile, each of its threads with a profile, and
the sums are printed.  cProfile makes small functions look dearer than they are: use it to find
places, and the benchmarks to judge changes.

Not for: figures.
"""

import io
import pstats
import sys
from pathlib import Path

from bench.ground import Ground, remove_folder
from bench.measure import run_metered

_SCRIPT = Path(__file__).parent / "peers" / "profiled.py"
_LINES = 45
PROFILES = ("capture", "extract", "help")


def print_profile(ground: Ground, name: str) -> None:
    """Run the command that ``name`` means under a profile, and print where its time went."""
    folder = ground.make_archive()
    if name == "help":
        arguments = ["--help"]
    else:
        urls = ground.write_list(ground.list_pages())
        arguments = ["capture", "--from", str(urls), "--no-companions", "--no-requisites"]
        arguments += ["--no-extract"] if name == "capture" else ["--wait"]
    result = ground.make_folder() / "profile"
    sample = run_metered([sys.executable, _SCRIPT, result, *arguments], cwd=folder)
    remove_folder(folder)
    print(f"archive {' '.join(arguments)}: {sample.cpu:.2f} s CPU under the profile")
    for order in ("tottime", "cumulative"):
        text = io.StringIO()
        stats = pstats.Stats(str(result), stream=text)
        stats.strip_dirs().sort_stats(order).print_stats(_LINES)
        print(text.getvalue())
