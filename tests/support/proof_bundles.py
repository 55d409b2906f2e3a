"""Running the commands of a proof bundle as a stranger would.

Not for: authorities and their tokens (`tests.support.timestamp_authority`).
"""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.programs import REQUIRE, program

_STRANGER = {"PATH": "/usr/bin:/bin"}


def require_stranger() -> None:
    """Skip where the system has none of the programs that a stranger needs."""
    program("openssl")
    if not Path("/usr/bin/python3").exists():
        reason = "/usr/bin/python3 is not installed (Debian: apt-get install python3)"
        if os.environ.get(REQUIRE, "") not in {"", "0"}:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


def read_commands(bundle: Path) -> str:
    """The one fenced block of shell commands of the bundle's page; empty if there is none."""
    page = (bundle / "VERIFY.md").read_bytes().decode("utf-8", "surrogateescape")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) <= 1
    return blocks[0] if blocks else ""


def run_commands(bundle: Path, commands: str | None = None) -> "subprocess.CompletedProcess[bytes]":
    """Run them in a clean shell: no environment, none of our programs."""
    if commands is None:
        commands = read_commands(bundle) or "exit 99"
    return subprocess.run(
        ["/bin/sh", "-e"],
        input=commands.encode("utf-8", "surrogateescape"),
        cwd=bundle,
        env=_STRANGER,
        capture_output=True,
        timeout=60,
        check=False,
    )


def seal(bundle: Path) -> None:
    """Write the list of digests anew, as somebody does who changes a file on purpose."""
    names = sorted(path.name for path in bundle.iterdir() if path.name != "SHA256SUMS")
    lines = (
        f"{hashlib.sha256((bundle / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )
    (bundle / "SHA256SUMS").write_text("".join(lines))
