"""Archives for tests: a folder, the real writer and the real index; clock and chance by argument.

Not for: network servers (`tests.support.raw_server`).
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_network
from itertools import count
from pathlib import Path

from archive.capture.settings import Limits, Politeness, TransportSettings
from archive.core.exchange import Errand
from archive.core.finding import Finding, Level
from archive.core.record import Record
from archive.index.database import open_readonly, read_dump
from archive.store.disk import Disk
from archive.store.layout import Layout, make_folders
from archive.store.read import read_record
from archive.workflows.capture import CaptureResult, CaptureRun, capture_addresses
from archive.workflows.opening import Archive, OpenArchive, World, open_for_writing
from archive.workflows.records import Identity
from archive.workflows.settings import ExtractionSettings, Settings
from archive.workflows.verify import verify_archive
from tests.support.awkward import LIMITS
from tests.support.clock import Clock, make_clock

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HASTY = Politeness(delay_seconds=0, per_host=4, in_flight=64)

SETTINGS = """\
[archive]
operator = "A. Archivist"
key_path = "../{name}-keys"
[politeness]
delay_seconds = 0
per_host = 4
[network]
allow = ["127.0.0.0/8", "::1/128"]
[limits]
backoff_seconds = 0.01
"""


def make_archive(root: Path, *, limits: Limits = LIMITS) -> Archive:
    """Make an empty archive that may capture from loopback."""
    layout = Layout(root=root)
    make_folders(layout, Disk())
    layout.settings.write_text(SETTINGS.format(name=root.name), encoding="utf-8")
    settings = Settings(
        operator="A. Archivist",
        key_path=f"../{root.name}-keys",
        limits=limits,
        politeness=HASTY,
        allow_networks=LOOPBACK,
        extraction=ExtractionSettings(workers=1),
    )
    return Archive(layout=layout, settings=settings)


def make_identity(seed: str = "") -> Identity:
    """Return ids and salts that are the same in every run."""
    numbers = count()

    def draw() -> bytes:
        return sha256(f"{seed}{next(numbers)}".encode()).digest()[:16]

    return Identity(new_id=lambda: uuid.UUID(bytes=draw(), version=4).urn, new_salt=draw)


def make_world(
    *,
    clock: Clock | None = None,
    disk: Disk | None = None,
    seed: str = "",
    key_folder: Path | None = None,
) -> World:
    """Return a world whose clock and chance are the same in every run.

    Each is another machine: nothing of what others signed is remembered, unless ``key_folder``
    is theirs.
    """
    return World(
        clock=clock or make_clock(),
        identity=make_identity(seed),
        disk=disk or Disk(),
        key_folder=key_folder or Path(tempfile.mkdtemp(dir=os.environ["XDG_CONFIG_HOME"])),
    )


@contextmanager
def write_to(archive: Archive, world: World | None = None) -> Iterator[OpenArchive]:
    """Open an archive for writing."""
    with open_for_writing(
        archive, world or make_world(seed=os.urandom(8).hex()), options="test"
    ) as writing:
        yield writing


def capture_all(
    archive: Archive,
    addresses: Iterable[str | Errand],
    *,
    world: World | None = None,
    run: CaptureRun | None = None,
    transport: TransportSettings | None = None,
) -> list[CaptureResult]:
    """Capture addresses; return what was told of statements, in the order of telling."""
    results: list[CaptureResult] = []
    with write_to(archive, world) as writing:
        capture_addresses(
            writing,
            addresses,
            transport=transport or make_transport(archive),
            run=run or CaptureRun(batch=None),
            tell=results.extend,
        )
    return [result for result in results if result.purpose == "statement"]


def make_transport(archive: Archive, **changes: object) -> TransportSettings:
    """Return transport settings that fit the archive's."""
    base = TransportSettings(
        user_agent="statement-archive/test",
        spool_folder=str(archive.layout.warcs),
        limits=archive.settings.limits,
        politeness=archive.settings.politeness,
        allow_networks=archive.settings.allow_networks,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the caller names fields of it


def read_principal(archive: Archive, result: CaptureResult) -> Record:
    """Return the principal record of a result's last capture."""
    last = result.last
    return read_record(archive.layout, last.warc, last.offset, last.length)


def list_findings(archive: Archive, level: Level = "full") -> list[Finding]:
    """Return the findings that are not mere notes."""
    return [item for item in verify_archive(archive, level=level) if item.severity != "note"]


def dump_index(archive: Archive) -> list[str]:
    """Return the canonical dump of the index."""
    with closing(open_readonly(archive.layout.database)) as index:
        return list(read_dump(index))


def list_warcs(archive: Archive) -> list[Path]:
    """Return the WARC files, in order."""
    return sorted(archive.layout.warcs.glob("*.warc.gz*"))


def run_archive(
    arguments: Sequence[str], *, root: Path | None = None, timeout: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Run the command ``archive`` in a process of its own."""
    place = ["--archive", str(root)] if root else []
    return subprocess.run(
        [sys.executable, "-m", "archive", *arguments, *place],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )
