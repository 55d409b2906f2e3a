"""Running the commands of a proof bundle as a stranger would, and a small authority for tokens.

Not for: judging time stamps.
"""

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.programs import REQUIRE, program

_STRANGER = {"PATH": "/usr/bin:/bin"}
_TSA = """\
[tsa]
default_tsa = own
[own]
serial = serial
crypto_device = builtin
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256
ess_cert_id_alg = sha256
"""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAuthority:
    """A folder with keys and certificates of a time-stamping authority, its root in PEM."""

    folder: Path

    @property
    def root(self) -> str:
        """The certificate that its tokens are verified with."""
        return (self.folder / "root.pem").read_text()

    def stamp(self, text: str) -> tuple[bytes, datetime]:
        """An answer with a token over ``text``, and the time that it states."""
        (self.folder / "text").write_text(text)
        self._run("ts -query -data text -sha256 -cert -out query")
        self._run("ts -reply -config ts.cnf -queryfile query -out answer")
        said = self._run("ts -reply -in answer -text")
        stated = next(line for line in said.splitlines() if line.startswith("Time stamp: "))
        moment = datetime.strptime(f"{stated}+0000", "Time stamp: %b %d %H:%M:%S %Y GMT%z")
        return (self.folder / "answer").read_bytes(), moment

    def _run(self, command: str) -> str:
        return run_openssl(self.folder, command)


def make_small_authority(folder: Path) -> SmallAuthority:
    """An authority of its own, made by openssl."""
    folder.mkdir()
    (folder / "ts.cnf").write_text(_TSA)
    (folder / "serial").write_text("01")
    (folder / "use").write_text("extendedKeyUsage = critical,timeStamping\n")
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    run_openssl(folder, f"req -x509 {key} -keyout root.key -out root.pem -subj /CN=Root -days 9")
    run_openssl(folder, f"req -new {key} -keyout signer.key -out signer.csr -subj /CN=TSA")
    sign = "-CA root.pem -CAkey root.key -CAcreateserial -extfile use -days 8"
    run_openssl(folder, f"x509 -req -in signer.csr {sign} -out signer.pem")
    return SmallAuthority(folder=folder)


def run_openssl(folder: Path, command: str) -> str:
    """What ``openssl`` prints."""
    done = subprocess.run(
        [program("openssl"), *command.split()],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
