"""OpenSSL's word on a time stamp, where the library has none: ``openssl ts`` and ``openssl cms``.

Follows RFC 3161 by way of the manual pages of openssl 1.1.1 and later.  Rules:

1. The program sees a folder of its own, no configuration and no environment but the path.
2. What it refuses is refused; that it is absent, too slow, or says neither yes nor no decides
   nothing.
3. Certificates are judged at the token's own time.  That is read from the token alone, never from
   the answer around it, whose words are signed by nobody.

Not for: the query, or what a verdict means (`archive.witness.timestamp`).
"""

import base64
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SECONDS = 20.0
_INSTALL = "install openssl 1.1.1 or later (Debian: openssl)"
_BY_HAND = "judge it by hand: openssl ts -verify"
_VERSION = re.compile(r"OpenSSL (?:1\.1\.1|[3-9]\.|\d\d)")
# Day and hour are padded by blanks, as in "Jan  1 00:00:00.25 2026 GMT".
_TIME = re.compile(
    r"^Time stamp: +(\w{3}) +(\d+) (\d\d):(\d\d):(\d\d)(?:\.(\d+))? (\d{4}) GMT$", re.MULTILINE
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_POLICY = re.compile(r"^Policy OID: ([\d.]+)$", re.MULTILINE)
_SERIAL = re.compile(r"^Serial number: 0x([0-9A-Fa-f]+)$", re.MULTILINE)
_ACCURACY = re.compile(r"^Accuracy: (\S+) seconds, (\S+) millis, (\S+) micros$", re.MULTILINE)
_PEM = re.compile(
    rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """openssl accepts the token: what it says, who signed it, all certificates in it (DER)."""

    time: datetime
    accuracy: timedelta | None
    serial: int
    policy: str
    signer: bytes
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """openssl refuses the token, in its own words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """openssl could not be asked: why, and what to do."""

    reason: str
    remedy: str


Verdict = Verified | Denied | Undecided


class _CannotAskError(Exception):
    """The program is absent, too slow, or makes no sense."""

    def __init__(self, message: str, *, remedy: str = _INSTALL) -> None:
        super().__init__(message)
        self.remedy = remedy


def verify_timestamp(
    response: bytes,
    *,
    query: bytes,
    roots: tuple[bytes, ...],
    program: str = "openssl",
    seconds: float = _SECONDS,
) -> Verdict:
    """Return what openssl says of the answer to ``query``; ``roots`` (DER) are trusted.

    A query without a nonce lets every nonce pass.  ``seconds`` bounds each step.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="archive-openssl-") as folder:
            asked = _Folder(Path(folder), program, seconds)
            asked.write("response", response)
            asked.write("query", query)
            asked.write("roots", b"".join(_format_pem(root) for root in roots))
            return _verify(asked)
    except _CannotAskError as error:
        return Undecided(reason=str(error), remedy=error.remedy)
    except OSError as error:
        return Undecided(
            reason=f"no temporary folder for openssl: {error}", remedy="free space, or set TMPDIR"
        )


class _Folder:
    """A folder in which openssl runs."""

    def __init__(self, path: Path, program: str, seconds: float) -> None:
        self._path = path
        self._program = program
        self._seconds = seconds

    def write(self, name: str, raw: bytes) -> None:
        (self._path / name).write_bytes(raw)

    def read(self, name: str) -> bytes:
        return (self._path / name).read_bytes()

    def run(self, command: str) -> subprocess.CompletedProcess[bytes]:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "OPENSSL_CONF": os.devnull,
        }
        try:
            return subprocess.run(
                [self._program, *command.split()],
                cwd=self._path,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            words = f"openssl took longer than {self._seconds:g} s"
            raise _CannotAskError(words, remedy=_BY_HAND) from error
        except OSError as error:
            raise _CannotAskError(f"{self._program} cannot be run: {error.strerror}") from error


def _verify(asked: _Folder) -> Verdict:
    version = asked.run("version").stdout.decode("utf-8", "replace")
    if not _VERSION.match(version):
        raise _CannotAskError(f"this is no openssl that we know: {version.strip()[:80]!r}")
    verify = "ts -verify -in response -queryfile query -CAfile roots"
    if (denied := _ask(asked, f"{verify} -no_check_time")) is not None:
        return denied
    _run_well(asked, "ts -reply -in response -token_out -out token")
    take = "cms -verify -noverify -binary -inform DER -in token -out info"
    _run_well(asked, f"{take} -signer signer -certsout all")
    text = _run_well(asked, "ts -reply -in token -token_in -text").decode("latin-1")
    time = _parse_time(text)
    serial, policy = _SERIAL.search(text), _POLICY.search(text)
    signers = _parse_pem(asked.read("signer"))
    if time is None or serial is None or policy is None or len(signers) != 1:
        words = "openssl accepts the token, and describes it in words we do not know"
        raise _CannotAskError(words, remedy=_BY_HAND)
    if (denied := _ask(asked, f"{verify} -attime {int(time.timestamp())}")) is not None:
        return denied
    return Verified(
        time=time,
        accuracy=_parse_accuracy(text),
        serial=int(serial.group(1), 16),
        policy=policy.group(1),
        signer=signers[0],
        certificates=_parse_pem(asked.read("all")),
    )


def _ask(asked: _Folder, command: str) -> Denied | None:
    """Return None where openssl accepts the token.

    Raises:
        _CannotAskError: it says neither.
    """
    done = asked.run(command)
    if b"Verification: OK" in done.stdout and done.returncode == 0:
        return None
    words = _choose_words(done.stderr.decode("utf-8", "replace"))
    if b"Verification: FAILED" in done.stdout:
        return Denied(reason=words)
    raise _CannotAskError(f"openssl says neither yes nor no: {words}")


def _run_well(asked: _Folder, command: str) -> bytes:
    done = asked.run(command)
    if done.returncode:
        words = _choose_words(done.stderr.decode("utf-8", "replace"))
        raise _CannotAskError(
            f"openssl accepts the token, and cannot take it apart: {words}", remedy=_BY_HAND
        )
    return done.stdout


def _choose_words(errors: str) -> str:
    """Return the reason of the line that says most; openssl lists causes before effects.

    A line is: thread:error:code:library:function:reason:file:line:more.
    """
    lines = [line.split(":", 8) for line in errors.splitlines() if ":error:" in line]
    whole = [parts for parts in lines if len(parts) == 9]
    if not whole:
        return errors.strip()[-200:] or "no words"
    parts = next((each for each in whole if each[3] == "time stamp routines"), whole[0])
    more = parts[8].strip().removeprefix("Verify error:")
    return f"{parts[5]}: {more}" if more else parts[5]


def _parse_time(text: str) -> datetime | None:
    found = _TIME.search(text)
    if found is None or found.group(1) not in _MONTHS:
        return None
    month = _MONTHS.index(found.group(1)) + 1
    day, hour, minute, second, year = (int(found.group(place)) for place in (2, 3, 4, 5, 7))
    digits = found.group(6) or "0"
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        # Rounded up: the data existed at that moment, and perhaps not before.
        return whole + timedelta(microseconds=-(-int(digits) * 10**6 // 10 ** len(digits)))
    except (ValueError, OverflowError):
        return None


def _parse_accuracy(text: str) -> timedelta | None:
    """Return the accuracy; what openssl prints as unspecified counts as nothing."""
    found = _ACCURACY.search(text)
    if found is None:
        return None
    seconds, millis, micros = (
        int(part, 16) if part.startswith("0x") else 0 for part in found.groups()
    )
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def _parse_pem(raw: bytes) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(match.group(1)) for match in _PEM.finditer(raw))


def _format_pem(certificate: bytes) -> bytes:
    lines = base64.encodebytes(certificate)
    return b"-----BEGIN CERTIFICATE-----\n" + lines + b"-----END CERTIFICATE-----\n"
