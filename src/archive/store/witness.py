"""What an archive that is a witness remembers: whom it trusts, and what it signed last.

Follows ``docs/format.md``, "Being a witness".  For each log there are, in ``metadata/witness/``,
files named by the SHA-256 of its origin: ``.keys``, the keys that are trusted; ``.note``, the
latest checkpoint that was cosigned; ``.fork``, if the log ever showed another root for as many
leaves, that signed note.  Rules:

1. Judging and writing happen under one lock, so that no two requests overtake each other.
2. What was cosigned is durable before anybody is told.
3. It is never forgotten: a log that is not trusted any more loses its keys, and nothing else.

Not for: judging (`archive.witness.cosign`), or asking witnesses (`archive.workflows`).
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.core.key import (
    KeyPair,
    PublicKey,
    check_note,
    format_verifier_key,
    make_key_pair,
    parse_verifier_key,
)
from archive.core.note import Note, format_note, parse_note
from archive.errors import DamageError, InputError, StoreError
from archive.store.disk import Disk, explain_error
from archive.store.keys import (
    read_key_pairs,
    read_public_keys,
    write_key_pair,
    write_public_key,
)
from archive.store.layout import Layout
from archive.store.lock import take_lock
from archive.store.regular import read_regular

_KEYS = ".keys"
_NOTE = ".note"
_FORK = ".fork"
_LOCK_SECONDS = 10.0
_MOST = 1 << 20  # bytes of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedLog:
    """A log as a witness knows it: ``keys`` are none where it is not trusted any more."""

    origin: str
    keys: tuple[PublicKey, ...] = ()
    note: Note | None = None
    fork: Note | None = None


@contextmanager
def hold_witness(layout: Layout, disk: Disk) -> Iterator[None]:
    """Hold the lock under which a witness judges and remembers.

    Raises:
        BusyError: another process held it for too long.
        StoreError: the disk refuses.
    """
    disk.make_folder(layout.witness)
    lock = take_lock(layout.witness / "lock", command="as a witness", seconds=_LOCK_SECONDS)
    try:
        yield
    finally:
        os.close(lock)


def read_witnessed_log(layout: Layout, origin: str) -> WitnessedLog:
    """Return what is known of the log ``origin``: nothing, where it was never heard of.

    Raises:
        DamageError: what is stored is not of that log, or not what was signed here.
        StoreError: it cannot be read.
    """
    path = _find_file(layout, origin, _NOTE)
    note = _read_note(path, origin)
    if note is not None:
        signed = check_note(note, read_public_keys(layout.keys, "witness"))
        if not signed.good or signed.bad:
            raise _damage(path, "it is not what this witness signed")
    return WitnessedLog(
        origin=origin,
        keys=_read_keys(_find_file(layout, origin, _KEYS), origin),
        note=note,
        fork=_read_note(_find_file(layout, origin, _FORK), origin),
    )


def list_witnessed_logs(layout: Layout) -> tuple[WitnessedLog, ...]:
    """Return every log that is or was known, in the order of their names.

    Raises:
        DamageError: as `read_witnessed_log`.
    """
    origins = list_origins(layout, _raise)
    return tuple(read_witnessed_log(layout, origin) for origin in origins)


def list_origins(layout: Layout, hear: Callable[[StoreError], None]) -> tuple[str, ...]:
    """Return the logs that files are there of; ``hear`` is told of files that are of none."""
    origins: set[str] = set()
    for path in sorted(layout.witness.glob("*")):
        if path.suffix not in (_KEYS, _NOTE, _FORK):
            continue
        try:
            text = _read_text(path) or ""
            origin = text.partition("+" if path.suffix == _KEYS else "\n")[0]
            if path != _find_file(layout, origin, path.suffix):
                raise _damage(path, "it is not of the log that its name says")
            origins.add(origin)
        except StoreError as error:
            hear(error)
    return tuple(sorted(origins))


def list_strangers(layout: Layout) -> tuple[str, ...]:
    """Return the names of files that no witness keeps; a crash may leave one that ends in .tmp."""
    kept = (_KEYS, _NOTE, _FORK, ".tmp")
    found = (path for path in sorted(layout.witness.glob("*")) if path.suffix not in kept)
    return tuple(path.name for path in found if path.name != "lock")


def write_trusted_keys(
    layout: Layout, disk: Disk, origin: str, keys: tuple[PublicKey, ...]
) -> None:
    """Trust these keys, and no others, for the log ``origin``; none: do not trust it.

    Raises:
        StoreError: the disk refuses.
    """
    path = _find_file(layout, origin, _KEYS)
    if keys:
        lines = "".join(f"{format_verifier_key(key)}\n" for key in keys)
        disk.replace_file(path, lines.encode())
    else:
        disk.remove(path)
        disk.sync_folder(path.parent)


def write_cosigned(layout: Layout, disk: Disk, origin: str, note: Note) -> None:
    """Remember the checkpoint that is cosigned now.

    Raises:
        StoreError: the disk refuses; it must not be told to anybody.
    """
    path = _find_file(layout, origin, _NOTE)
    disk.replace_file(path, format_note(note).encode())


def write_fork(layout: Layout, disk: Disk, origin: str, note: Note) -> None:
    """Keep the signed note of another history: the first one, which nobody can deny.

    Raises:
        StoreError: the disk refuses.
    """
    path = _find_file(layout, origin, _FORK)
    if not path.exists():
        disk.replace_file(path, format_note(note).encode())


def find_witness_name(origin: str) -> str:
    """Return the name under which the archive whose log is ``origin`` is a witness."""
    return f"{origin}/witness"


def open_witness_keys(
    layout: Layout,
    disk: Disk,
    *,
    folder: Path,
    origin: str,
    new_seed: Callable[[], bytes],
    passphrase: bytes | None = None,
) -> tuple[KeyPair, ...]:
    """Return the keys that sign for this witness; on first use one is made.

    ``folder`` holds the private keys of this archive's own log, ``origin``.

    Raises:
        InputError: the private key is not there, or cannot be used.
        StoreError: the disk refuses.
    """
    name = find_witness_name(origin)
    pairs = read_key_pairs(folder, "witness", name=name, passphrase=passphrase)
    known = read_public_keys(layout.keys, "witness", name=name)
    if not pairs and not known:
        pair = make_key_pair(name, "witness", new_seed())
        write_key_pair(folder, disk, pair, passphrase=passphrase)
        pairs = (pair,)
    if not pairs:
        raise InputError(
            f"the private key of this witness is not in {folder}",
            remedy="copy it from where it is kept, or set key_path in archive.toml; if it is lost:"
            " archive witness rotate --reason TEXT",
        )
    for pair in pairs:
        if pair.public not in known:
            write_public_key(layout.keys, disk, pair.public)
    return pairs


def _find_file(layout: Layout, origin: str, suffix: str) -> Path:
    return layout.witness / (hashlib.sha256(origin.encode()).hexdigest() + suffix)


def _read_keys(path: Path, origin: str) -> tuple[PublicKey, ...]:
    *lines, end = (_read_text(path) or "").split("\n")
    try:
        keys = tuple(map(parse_verifier_key, lines))
    except DamageError as error:
        raise _damage(path, str(error)) from error
    if end or not all(key.name == origin and key.use == "log" for key in keys):
        raise _damage(path, "it has a key of something else than this log")
    return keys


def _read_note(path: Path, origin: str) -> Note | None:
    text = _read_text(path)
    if text is None:
        return None
    try:
        note = parse_note(text)
    except DamageError as error:
        raise _damage(path, str(error)) from error
    if note.text.partition("\n")[0] != origin:
        raise _damage(path, f"it is not of the log {origin}")
    return note


def _read_text(path: Path) -> str | None:
    try:
        return read_regular(path, _MOST).decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise _damage(path, "it is no text") from error
    except OSError as error:
        raise explain_error(error, "read", path) from error


def _raise(error: StoreError) -> None:
    raise error


def _damage(path: Path, what: str) -> DamageError:
    return DamageError(
        f"{path}: {what}",
        remedy="restore metadata/witness from the newest copy; an older one would sign what"
        " forks the log",
    )
