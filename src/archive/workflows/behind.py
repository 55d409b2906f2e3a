"""Reading pages behind another command: in a process of its own, which nobody waits for.

Not for: what that process does (`archive.workflows.extract`), which loads much that a capture
has no need of.
"""

import subprocess
import sys

from archive.workflows.opening import Archive


def extract_behind(archive: Archive) -> None:
    """Start a process of its own that reads what waits, and do not wait for it."""
    command = [sys.executable, "-m", "archive", "extract", "--archive", str(archive.layout.root)]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
