"""Run the archive's command line under cProfile: ``profiled.py RESULT ARGUMENTS…``.

Threads get a profile each, which `threading.setprofile` starts as they start; the sums go to the
file RESULT.  The clock is the CPU time of the thread, so waiting for another thread, for the
network or the disk counts as nothing.  Not for: showing them (`bench.profile`).
"""

import cProfile
import pstats
import sys
import threading
import time
from types import FrameType

from archive.cli.main import main

_profiles: list[cProfile.Profile] = []


def start_profile(_frame: FrameType, _event: str, _argument: object) -> None:
    """Replace this function, in the thread that calls it, by a profile of its own."""
    profile = cProfile.Profile(time.thread_time)
    _profiles.append(profile)
    profile.enable()


def run(result: str, arguments: list[str]) -> None:
    """Run the command, and write the sums of all threads."""
    threading.setprofile(start_profile)
    profile = cProfile.Profile(time.thread_time)
    try:
        profile.runcall(main, arguments)
    finally:
        threading.setprofile(None)
        stats = pstats.Stats(profile)
        for other in _profiles:
            other.create_stats()
            stats.add(other)
        stats.dump_stats(result)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2:])
