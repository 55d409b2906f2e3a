"""Looking at the capture log, and comparing it with checkpoints that others kept.

Read-only.  Not for: checking it leaf by leaf (`archive.workflows.verify`), or proofs that are
given away (`archive.workflows.prove`).
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.core.checkpoint import Checkpoint, hash_leaf, parse_checkpoint
from archive.core.instant import format_instant
from archive.core.key import PublicKey, check_note
from archive.core.note import Note, format_note, parse_note
from archive.core.proof import (
    check_consistency,
    format_hash,
    prove_consistency,
    read_root,
)
from archive.errors import DamageError, InputError
from archive.index.database import Index
from archive.index.lookup import find_capture, find_leaf
from archive.store.keys import read_public_keys
from archive.store.log import CaptureLog, read_log, read_note
from archive.workflows.key_ring import list_changes, read_key_changes
from archive.workflows.opening import Archive, open_index

Card = dict[str, Any]
_KIND = re.compile(rb'"type":"([a-z-]+)","warc":"[^"]*"\}$')  # how every leaf ends
_DIGITS = 15  # what is longer is a capture id that has no letter in it
_LARGEST = 1 << 16  # a note with 64 signatures is far smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A checkpoint to compare with; ``note`` is None where only a size was given."""

    where: str
    checkpoint: Checkpoint
    note: Note | None
    signers: tuple[PublicKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """Whether ``old`` is the start of ``new``: the proof, and the problem if it is not."""

    old: Kept
    new: Kept
    hashes: tuple[bytes, ...]
    problem: str | None


def read_log_card(archive: Archive) -> Card:
    """Return what there is to say of the log as a whole, as plain values.

    Keys: ``origin``, ``size``, ``root``, ``checkpoint`` (the signed note), ``signatures`` (each
    ``name``, ``id``, ``state``: holds, broken or unknown; ``retired``), ``last`` (a leaf),
    ``types``.

    Raises:
        InputError: there is no log yet.
        DamageError: it is broken, or there is no index.
    """
    log = read_log(archive.layout.log)
    with closing(open_index(archive)) as index:
        _, retired = list_changes(read_key_changes(index))
    note = read_note(archive.layout.log)
    signatures = [] if note is None else _describe_signatures(archive, note)
    gone = {key.id.hex(): format_instant(time) for key, time in retired.items()}
    return {
        "origin": log.origin,
        "size": log.size,
        "root": format_hash(log.root),
        "checkpoint": None if note is None else format_note(note),
        "signatures": [item | {"retired": gone.get(item["id"])} for item in signatures],
        "last": describe_leaf(log, log.size - 1) if log.size else None,
        "types": count_kinds(log.read_entries()),
    }


def read_leaf_card(archive: Archive, name: str) -> Card:
    """Return the leaf that ``name`` means: its number, its hash in the tree, and what it says.

    Raises:
        InputError: no leaf goes by that name.
    """
    log = read_log(archive.layout.log)
    return describe_leaf(log, find_sequence(archive, log, name))


def describe_leaf(log: CaptureLog, sequence: int) -> Card:
    """Return a leaf as plain values."""
    log.read_leaf(sequence)
    entry = next(log.read_entries(sequence))
    return {"sequence": sequence, "hash": format_hash(hash_leaf(entry)), "leaf": json.loads(entry)}


def count_kinds(entries: Iterable[bytes]) -> dict[str, int]:
    """Return how many leaves of each type there are; they are not parsed whole."""
    found = Counter(match[1].decode() for entry in entries if (match := _KIND.search(entry)))
    return dict(sorted(found.items()))


def find_sequence(archive: Archive, log: CaptureLog, name: str) -> int:
    """Return the number of the leaf that ``name`` means.

    ``name`` is such a number; or an id or address as `archive show` takes it; or the record id of
    a conversion, annotation or event.

    Raises:
        InputError: no leaf goes by that name.
    """
    if name.isascii() and name.isdigit() and len(name) <= _DIGITS:
        if int(name) >= log.size:
            raise InputError(f"the log has {log.size} leaves, and none is number {int(name)}")
        return int(name)
    with closing(open_index(archive)) as index:
        return find_named(index, name)


def find_named(index: Index, name: str) -> int:
    """Return the leaf of the capture or record that ``name`` means.

    Raises:
        InputError: nothing goes by that name.
    """
    leaf = find_leaf(index, name) if name.startswith("urn:uuid:") else None
    return find_capture(index, name).leaf if leaf is None else leaf


def compare_checkpoints(archive: Archive, old: str, new: str | None) -> Consistency:
    """Return whether ``old`` is the start of ``new``, and ``new`` one of this log.

    Each is a number of leaves, or a file with a checkpoint; ``new`` is the log as it is, unless
    given.

    Raises:
        InputError: a file is no checkpoint, a number is too large, or the old one the larger.
    """
    log = read_log(archive.layout.log)
    first = _read_kept(archive, log, old)
    last = _read_kept(archive, log, str(log.size) if new is None else new)
    problem = _find_problem(log, first) or _find_problem(log, last)
    sizes = first.checkpoint.size, last.checkpoint.size
    if problem is None and sizes[0] > sizes[1]:
        raise InputError(f"the old checkpoint has {sizes[0]} leaves, the new one only {sizes[1]}")
    hashes: tuple[bytes, ...] = ()
    if sizes[0] <= sizes[1] <= log.size:
        hashes = prove_consistency(log.read_node, *sizes)
    holds = check_consistency(
        sizes[0], first.checkpoint.root, sizes[1], last.checkpoint.root, hashes
    )
    if problem is None and not holds:
        problem = "the proof does not verify"
    return Consistency(old=first, new=last, hashes=hashes, problem=problem)


def _read_kept(archive: Archive, log: CaptureLog, given: str) -> Kept:
    if given.isascii() and given.isdigit() and not Path(given).exists():
        size = int(given)
        if size > log.size:
            raise InputError(f"the log has only {log.size} leaves, not {size}")
        checkpoint = Checkpoint(origin=log.origin, size=size, root=read_root(log.read_node, size))
        return Kept(where=f"the first {size} leaves", checkpoint=checkpoint, note=None)
    try:
        with Path(given).open("rb") as stream:
            text = stream.read(_LARGEST).decode()
        note = parse_note(text) if "\n\n" in text else Note(text=text)
        checkpoint = parse_checkpoint(note.text)
    except OSError as error:
        raise InputError(
            f"{given} cannot be read: {error.strerror}",
            remedy="give a number of leaves, or a file with a checkpoint",
        ) from error
    except (DamageError, UnicodeDecodeError) as error:
        raise InputError(f"{given}: {error}", remedy="give a file with a checkpoint") from error
    keys = read_public_keys(archive.layout.keys, "log")
    signers = check_note(note, keys).good
    return Kept(where=given, checkpoint=checkpoint, note=note, signers=signers)


def _find_problem(log: CaptureLog, kept: Kept) -> str | None:
    """Return why a checkpoint is not one of this log, or None."""
    stated = kept.checkpoint
    match log.find_divergence(stated):
        case "other log":
            return f"{kept.where} is of the log {stated.origin!r}, and this is {log.origin!r}"
        case "longer":
            return (
                f"{kept.where} has {stated.size} leaves, and the log only {log.size}: it was"
                " rolled back, or this is an older copy"
            )
        case "other root":
            return (
                f"{kept.where} has another root than the first {stated.size} leaves of the log:"
                " one of the two was forked"
            )
        case None:
            return None


def _describe_signatures(archive: Archive, note: Note) -> list[Card]:
    keys = [
        *read_public_keys(archive.layout.keys, "log"),
        *read_public_keys(archive.layout.keys, "witness"),
    ]
    signed = check_note(note, keys)
    good = {(key.name, key.id) for key in signed.good} - {(key.name, key.id) for key in signed.bad}
    bad = {(key.name, key.id) for key in signed.bad}
    return [
        {
            "name": item.name,
            "id": item.key_id.hex(),
            "state": "holds"
            if (item.name, item.key_id) in good
            else "broken"
            if (item.name, item.key_id) in bad
            else "unknown",
        }
        for item in note.signatures
    ]
