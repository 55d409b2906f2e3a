"""Run one command and write down what it and everything it started has used.

``python -I -S meter.py REPORT COMMAND…`` ends as the command ends, and leaves a line of JSON in
the file REPORT.  It is a process of its own, for three reasons: it can adopt every orphan of the
command (a worker pool outlives its parent for a moment) and wait for it without taking other
children of the benchmark; it is small, and on Linux a child's peak memory is never below that of
the process that started it; and nothing of its own start-up is counted.  Where orphans cannot be
adopted (not Linux) their time is missing, and the report says so.

Not for: choosing what to run (`bench.measure`).  Imports the standard library alone.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

_SET_CHILD_SUBREAPER = 36  # prctl(2)


def main(arguments: list[str]) -> int:
    """Run the command and write the report; the command's exit code."""
    report, *command = arguments
    adopts = adopt_orphans()
    started = time.monotonic()
    child = subprocess.Popen(command)
    code, ended = 0, started
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            break
        if pid == child.pid:
            ended = time.monotonic()
            code = os.waitstatus_to_exitcode(status)
    child.returncode = code  # it has been waited for, behind the object's back
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {
        "adopts": adopts,
        "cpu": used.ru_utime + used.ru_stime,
        "rss": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "wall": ended - started,
    }
    Path(report).write_text(json.dumps(cost), encoding="utf-8")
    return code if code >= 0 else 128 - code


def adopt_orphans() -> bool:
    """Become the parent of every descendant whose own parent ends; False where that is unknown."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
