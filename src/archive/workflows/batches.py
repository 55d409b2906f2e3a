"""Runs of a list of addresses, so that the same command continues an interrupted one.

A run that has not ended leaves a small file under ``metadata/runs/``, named after the digest
of its list.  Losing that file costs nothing but a fresh start.  Not for: what was captured,
which is in the log.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.index.lookup import select_done_addresses
from archive.store.regular import read_regular
from archive.workflows.opening import OpenArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A run: its name, the file that keeps it open, and the addresses stored before."""

    name: str
    path: Path
    done: frozenset[str]


def open_batch(archive: OpenArchive, addresses: Sequence[str]) -> Batch:
    """Continue the open run of this list, or begin one.

    Raises:
        StoreError: the disk refuses.
    """
    disk = archive.world.disk
    digest = hashlib.sha256("\n".join(addresses).encode("utf-8", "surrogatepass")).hexdigest()
    folder = archive.layout.metadata / "runs"
    path = folder / f"{digest[:32]}.open"
    name = _read_name(path)
    if name is None:
        name = archive.world.identity.new_id()
        disk.make_folder(folder)
        disk.replace_file(path, json.dumps({"batch": name, "addresses": len(addresses)}).encode())
    return Batch(name=name, path=path, done=select_done_addresses(archive.index, name))


def close_batch(archive: OpenArchive, batch: Batch) -> None:
    """Note that a run came to its end: the next one of this list starts afresh."""
    archive.world.disk.remove(batch.path)


def _read_name(path: Path) -> str | None:
    try:
        return str(json.loads(read_regular(path, 1000))["batch"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
