"""Leaves of the capture log: one canonical JSON text for each group of records.

Follows ``docs/format.md``, "The capture log".  A leaf names the records of one group, where
they lie and every digest of them; no URL stands in it in clear.  Not for: hashing leaves
into a tree (`archive.core.checkpoint`) or files (`archive.store.log`).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.core.canonical import format_canonical, parse_count, parse_object, parse_text
from archive.core.digest import Digest, parse_digest
from archive.core.event import EVENT_KINDS, EventKind
from archive.core.instant import format_instant, parse_instant
from archive.errors import DamageError, InputError

FORMAT = "statement-archive/leaf/1"
MAX_BYTES = 65535

LeafKind = Literal["capture", "conversion", "annotation", "withdrawal"] | EventKind
KINDS: tuple[LeafKind, ...] = (
    *("capture", "conversion", "annotation", "withdrawal"),
    *EVENT_KINDS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One stored record: where its gzip member lies in the WARC, and its digests.

    ``offset`` and ``length`` are bytes of the file; ``member`` covers exactly those,
    ``record`` the uncompressed record, ``block`` its block.
    """

    record_id: str
    kind: str
    offset: int
    length: int
    member: Digest
    record: Digest
    block: Digest
    payload: Digest | None = None
    content: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwritten:
    """A record that a withdrawal overwrites with filler: its id, and the filler's digest."""

    record_id: str
    leaf: int
    member: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One group in the log.

    ``sequence`` is its place in the log, from 0; ``warc`` the file's final name;
    ``address`` the salted digest of the captured URL (see `digest_address`), None for
    groups that have none; ``recovered`` says that the group was found whole, but unlogged,
    after a crash; ``rederived`` that the log was lost, and made again from the WARC files.
    """

    sequence: int
    kind: LeafKind
    time: datetime
    warc: str
    records: tuple[Placed, ...]
    address: Digest | None = None
    recovered: bool = False
    rederived: bool = False
    overwrites: tuple[Overwritten, ...] = ()


def digest_address(salt: bytes, url: str) -> Digest:
    """Return the salted digest that stands for ``url`` in a leaf: SHA-256 of salt and URL."""
    return Digest(algorithm="sha256", value=hashlib.sha256(salt + url.encode()).hexdigest())


def format_leaf(leaf: Leaf) -> bytes:
    """Return the leaf's canonical JSON: sorted keys, no white space, UTF-8, absent for None.

    Raises:
        InputError: the leaf is longer than a log entry may be.
    """
    value: dict[str, object] = {
        "format": FORMAT,
        "records": [_format_placed(placed) for placed in leaf.records],
        "sequence": leaf.sequence,
        "time": format_instant(leaf.time),
        "type": leaf.kind,
        "warc": leaf.warc,
    }
    if leaf.address is not None:
        value["address"] = str(leaf.address)
    if leaf.recovered:
        value["recovered"] = True
    if leaf.rederived:
        value["rederived"] = True
    if leaf.overwrites:
        value["overwrites"] = [
            {"id": item.record_id, "leaf": item.leaf, "member": str(item.member)}
            for item in leaf.overwrites
        ]
    data = format_canonical(value)
    if len(data) > MAX_BYTES:
        raise InputError(f"a group of {len(leaf.records)} records is too large for one log entry")
    return data


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf; only the canonical form is accepted.

    Raises:
        DamageError: the bytes are no canonical leaf.
    """
    try:
        value = parse_object(data)
        leaf = Leaf(
            sequence=parse_count(value["sequence"]),
            kind=_parse_kind(value["type"]),
            time=parse_instant(parse_text(value["time"])),
            warc=parse_text(value["warc"]),
            records=tuple(map(_parse_placed, _parse_objects(value["records"]))),
            address=parse_digest(parse_text(value["address"])) if "address" in value else None,
            recovered=bool(value.get("recovered", False)),
            rederived=bool(value.get("rederived", False)),
            overwrites=tuple(
                Overwritten(
                    record_id=parse_text(item["id"]),
                    leaf=parse_count(item["leaf"]),
                    member=parse_digest(parse_text(item["member"])),
                )
                for item in _parse_objects(value.get("overwrites", []))
            ),
        )
        canonical = format_leaf(leaf)
    except (KeyError, InputError, DamageError) as error:
        raise DamageError(f"a log entry is no leaf: {error}") from error
    if canonical != data:
        raise DamageError("a log entry is not in canonical form")
    return leaf


def _parse_kind(text: object) -> LeafKind:
    for kind in KINDS:
        if text == kind:
            return kind
    raise InputError(f"unknown leaf type {text!r}")


def _format_placed(placed: Placed) -> dict[str, object]:
    value: dict[str, object] = {
        "block": str(placed.block),
        "id": placed.record_id,
        "length": placed.length,
        "member": str(placed.member),
        "offset": placed.offset,
        "record": str(placed.record),
        "type": placed.kind,
    }
    if placed.payload is not None:
        value["payload"] = str(placed.payload)
    if placed.content is not None:
        value["content"] = str(placed.content)
    return value


def _parse_objects(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise DamageError("this is no list of objects")
    return value


def _parse_placed(value: dict[str, object]) -> Placed:
    def read(name: str) -> Digest:
        return parse_digest(parse_text(value[name]))

    return Placed(
        record_id=parse_text(value["id"]),
        kind=parse_text(value["type"]),
        offset=parse_count(value["offset"]),
        length=parse_count(value["length"]),
        member=read("member"),
        record=read("record"),
        block=read("block"),
        payload=read("payload") if "payload" in value else None,
        content=read("content") if "content" in value else None,
    )
