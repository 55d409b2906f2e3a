"""Other people's programs: where they are, if they are.

A peer that is absent is left out and named in the report; nothing is installed.  Not for:
running them (`bench.measure`).
"""

import os
import shutil
import sys
from pathlib import Path

PEERS = Path(__file__).with_name("peers")


def find_program(name: str) -> str | None:
    """Return the path of a program, or None.

    First counts the environment variable ``BENCH_NAME``, for a peer that lives in an
    environment of its own, then the folder of this interpreter, then the path.
    """
    named = os.environ.get(f"BENCH_{name.upper().replace('-', '_')}")
    if named:
        return named
    own = str(Path(sys.executable).parent)
    places = [own, os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"]
    return shutil.which(name, path=os.pathsep.join(places))


def archive_command() -> list[str]:
    """Return the command that starts the archive: the installed script, as people call it."""
    script = Path(sys.executable).with_name("archive")
    return [str(script)] if script.exists() else [sys.executable, "-m", "archive"]
