"""Publishing: a copy of the index for everybody, without what is closed or is to be left out.

Rules:

1. What is private or under embargo stays out, and so does every statement that led to one of
   these, in the same visit or not, since a redirect names its address.
2. Whatever is asked to be left out must mean something: a mistyped name publishes nothing.
3. The copy gets its name when it is whole, its manifest after it; `read_manifest` refuses a copy
   that is not the one its manifest describes, so what an interrupted run left is never served.

Not for: which rows and columns a copy has (`archive.index.publish`), or serving it
(`archive.workflows.serve`).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive.core.access import Embargo
from archive.core.canonical import parse_object
from archive.core.identity import normalise_capture_id
from archive.core.instant import format_instant
from archive.core.typed import shorten_typed
from archive.core.uri import format_statement_key, parse_url, resolve_location
from archive.errors import ArchiveError, BusyError, DamageError, InputError
from archive.index.access import select_closed, select_unplaced
from archive.index.database import Index, read_indexed_leaves
from archive.index.exclusions import (
    select_addresses,
    select_keys,
    select_leading_to,
    select_pages,
    select_published_by,
    select_redirects,
    select_requisites_at,
    select_statements_at,
)
from archive.index.lookup import find_by_id, find_holder, find_statement_of
from archive.index.overview import read_about
from archive.index.publish import Counts, Filter, finish_copy, open_copying, write_copy
from archive.replay.requisites import Requisites
from archive.store.disk import Disk, explain_error
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.regular import open_regular, read_regular
from archive.workflows.opening import Archive, World
from archive.workflows.settings import SOFTWARE
from archive.workflows.static_page import read_requisites

FORMAT = "statement-archive/public-copy/1"
_MANIFEST = ".manifest.json"
_TEMPORARY = ".tmp"
_LONGEST_MANIFEST = 1 << 20
_PIECE = 1 << 20
_ROUNDS = 3  # sheets, sheets that they import, what these show
_PUBLISHER = "publisher:"
_HOST = "host:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A copy as its manifest describes it; ``left_out`` counts statements by why."""

    path: Path
    sha256: str
    length: int
    made: str
    origin: str
    leaves: int
    holds: Counts
    left_out: Mapping[str, int]


def find_manifest(copy: Path) -> Path:
    """Return where the manifest of a copy lies: beside it."""
    return copy.with_name(copy.name + _MANIFEST)


def publish_index(
    archive: Archive,
    world: World,
    target: Path,
    *,
    exclude: Sequence[str] = (),
    notes: bool = False,
    force: bool = False,
) -> Published:
    """Write the copy of the index that everybody may see to ``target``, and its manifest.

    ``exclude`` names statements as `choose_excluded` reads it.

    Raises:
        InputError: something to be left out means nothing, or ``target`` must not be written.
        BusyError: the index has not read the whole log.
        StoreError: the disk refuses, or the index is not what it should be.
    """
    target = target.absolute()
    _require_free(archive.layout, target, force=force)
    temporary = target.with_name(target.name + _TEMPORARY)
    disk = world.disk
    disk.remove(temporary)
    moment = world.clock()
    size = read_log(archive.layout.log).size
    try:
        with open_copying(archive.layout.database, temporary) as index:
            _require_whole(index, size)
            left_out = _choose_closed(index, world) | choose_excluded(index, exclude)
            for statement_id in _choose_leading(index, left_out):
                left_out[statement_id] = "leads there"
            chosen = Filter(
                statements=frozenset(left_out),
                requisites=name_requisites(archive.layout, index, left_out),
                notes=notes,
            )
            holds = write_copy(index, chosen)
            about = read_about(index)
        finish_copy(temporary)
        sha256, length = _digest_file(temporary)
        published = Published(
            path=target,
            sha256=sha256,
            length=length,
            made=format_instant(moment),
            origin=about.get("origin", ""),
            leaves=int(about["leaves"]),
            holds=holds,
            left_out=dict(sorted(Counter(left_out.values()).items())),
        )
        _put_in_place(disk, temporary, published)
    finally:
        with suppress(ArchiveError):
            disk.remove(temporary)
    return published


def choose_excluded(index: Index, names: Sequence[str]) -> dict[str, str]:
    """Return the statements that names mean, each with the word for why.

    A name is an address, ``publisher:NAME``, a host (``host:NAME`` where it has no dot), ``*.HOST``
    for it and all below it, or the id of a statement or capture.

    Raises:
        InputError: a name means no statement of the archive.
    """
    found: dict[str, str] = {}
    hosts: dict[str, set[str]] = {}
    for name in names:
        if "://" in name:
            url = parse_url(name)
            meant = set(select_statements_at(index, str(url), format_statement_key(url)))
        elif name.startswith(_PUBLISHER):
            meant = set(select_published_by(index, name.removeprefix(_PUBLISHER).strip()))
        elif name.startswith(_HOST) or "." in name:
            hosts = hosts or _list_hosts(index)
            host = name.removeprefix(_HOST)
            meant = {one for held, ids in hosts.items() if _is_meant(held, host) for one in ids}
        else:
            one = _find_by_id(index, name)
            meant = {one} if one is not None else set()
        if not meant:
            raise InputError(
                f"no statement is left out by {shorten_typed(name)}",
                remedy="give an address, a host, *.HOST, publisher:NAME or an id;"
                " `archive list` shows what there is",
            )
        found |= dict.fromkeys(meant, "asked")
    return found


def name_requisites(layout: Layout, index: Index, left_out: Mapping[str, str]) -> frozenset[str]:
    """Return the addresses of sheets, pictures and fonts that pages not left out show."""
    named: set[str] = set()
    waiting = list(select_pages(index, left_out))
    seen = set(waiting)
    for number in range(_ROUNDS):
        sheets: list[str] = []
        for capture_id in waiting:
            shows = _read_requisites(layout, index, capture_id)
            named |= {*shows.sheets, *shows.others}
            if number < _ROUNDS - 1:
                sheets += [one for at in shows.sheets for one in select_requisites_at(index, at)]
        waiting = [one for one in dict.fromkeys(sheets) if one not in seen]
        seen.update(waiting)
    return frozenset(named)


def read_manifest(copy: Path) -> Published:
    """Return what the manifest of a copy says; the copy is read whole, and is what it says.

    Raises:
        InputError: there is no copy, or no manifest beside it.
        DamageError: they do not belong together.
        StoreError: they cannot be read.
    """
    path = copy.absolute()
    manifest = find_manifest(path)
    if not path.is_file() or not manifest.is_file():
        raise InputError(
            f"{path if not path.is_file() else manifest} is not there",
            remedy="make a copy and its manifest: archive publish OUT.db",
        )
    try:
        said = _parse_manifest(path, read_regular(manifest, _LONGEST_MANIFEST))
    except OSError as error:
        raise explain_error(error, "read", manifest) from error
    if _digest_file(path) != (said.sha256, said.length):
        raise DamageError(
            f"{path} is not the copy that {manifest.name} describes",
            remedy="publish anew: archive publish --force",
        )
    return said


def format_manifest(published: Published) -> bytes:
    """Return the manifest as it lies beside a copy: JSON with sorted keys."""
    said = {
        "format": FORMAT,
        "file": published.path.name,
        "sha256": published.sha256,
        "length": published.length,
        "made": published.made,
        "software": SOFTWARE,
        "log": {"origin": published.origin, "leaves": published.leaves},
        "holds": asdict(published.holds),
        "left_out": dict(published.left_out),
    }
    return json.dumps(said, indent=2, sort_keys=True).encode() + b"\n"


def _parse_manifest(path: Path, data: bytes) -> Published:
    try:
        said: dict[str, Any] = parse_object(data)
        if said["format"] != FORMAT:
            raise DamageError(f"unknown format {str(said['format'])[:80]!r}")
        return Published(
            path=path,
            sha256=str(said["sha256"]),
            length=int(said["length"]),
            made=str(said["made"]),
            origin=str(said["log"]["origin"]),
            leaves=int(said["log"]["leaves"]),
            holds=Counts(**said["holds"]),
            left_out=dict(said["left_out"]),
        )
    except (KeyError, TypeError, ValueError, ArchiveError) as error:
        raise DamageError(
            f"{find_manifest(path)} is no manifest of a copy: {error}",
            remedy="publish anew: archive publish --force",
        ) from error


def _choose_closed(index: Index, world: World) -> dict[str, str]:
    unplaced = select_unplaced(index)
    if unplaced:
        raise DamageError(
            f"capture {unplaced[0]} is private or under embargo, and its statement is not known",
            remedy="run `archive verify`, and say again what is closed: archive access",
        )
    return {
        statement_id: "embargo" if isinstance(access, Embargo) else "private"
        for statement_id, access in select_closed(index, world.clock().date()).items()
    }


def _choose_leading(index: Index, left_out: Mapping[str, str]) -> set[str]:
    """Return other statements whose redirects name one of these, followed or not."""
    leading = set(select_leading_to(index, left_out))
    keys = select_keys(index, left_out)
    for statement_id, url, location in select_redirects(index) if keys else ():
        if statement_id in leading or statement_id in left_out:
            continue
        with suppress(InputError):
            if format_statement_key(resolve_location(parse_url(url), location)) in keys:
                leading.add(statement_id)
    return leading


def _require_whole(index: Index, size: int) -> None:
    """Refuse an index that has not read the whole log: what closes a statement may be missing."""
    leaves = read_indexed_leaves(index)
    if leaves < size:
        raise BusyError(
            f"the index reflects {leaves} of {size} leaves of the log",
            remedy="wait for who is writing; where nobody is, `archive rebuild` reads the rest",
        )


def _require_free(layout: Layout, target: Path, *, force: bool) -> None:
    for folder in (layout.metadata, layout.warcs, layout.quarantine):
        if folder.absolute() in (target, *target.parents):
            raise InputError(
                f"{target} lies where the archive keeps its own files",
                remedy="choose another place",
            )
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", remedy="make it first")
    for path in (target, find_manifest(target)):
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise InputError(f"{path} is no plain file", remedy="choose another name")
        if path.exists() and not force:
            raise InputError(
                f"{path} is there already", remedy="choose another name, or give --force"
            )


def _put_in_place(disk: Disk, temporary: Path, published: Published) -> None:
    """Give a copy that is whole its name, then write its manifest; at no time do two disagree."""
    file = disk.open_file(temporary)
    try:
        disk.sync(file)
    finally:
        file.close()
    manifest = find_manifest(published.path)
    if manifest.exists():
        disk.remove(manifest)
        disk.sync_folder(manifest.parent)
    disk.rename(temporary, published.path)
    disk.sync_folder(published.path.parent)
    disk.replace_file(manifest, format_manifest(published))


def _digest_file(path: Path) -> tuple[str, int]:
    """Return SHA-256 and length of a file."""
    digest, length = hashlib.sha256(), 0
    try:
        with open_regular(path) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                length += len(piece)
    except OSError as error:
        raise explain_error(error, "read", path) from error
    return digest.hexdigest(), length


def _list_hosts(index: Index) -> dict[str, set[str]]:
    """Return the statements of each host that was captured."""
    hosts: dict[str, set[str]] = {}
    for statement_id, url in select_addresses(index):
        with suppress(InputError):
            hosts.setdefault(parse_url(url).host.lower(), set()).add(statement_id)
    return hosts


def _is_meant(host: str, pattern: str) -> bool:
    name = pattern.lower().rstrip(".")
    below = name.removeprefix("*.")
    return host == below or (below != name and host.endswith("." + below))


def _find_by_id(index: Index, name: str) -> str | None:
    return find_statement_of(index, name) if normalise_capture_id(name) is not None else None


def _read_requisites(layout: Layout, index: Index, capture_id: str) -> Requisites:
    """Return what a stored page or sheet shows; what cannot be read shows nothing."""
    found, holder = find_by_id(index, capture_id), find_holder(index, capture_id)
    if found is None or holder is None:
        return Requisites()
    try:
        return read_requisites(layout, found, holder)
    except ArchiveError:
        return Requisites()
