"""What this machine remembers of having signed for one log, in two places.

Beside the private keys, and in the user's configuration folder ("home"): whoever changes
``key_path`` in the archive's settings leads away from the first, and not from the second.  Files:

- ``signed``: the signed note of the newest checkpoint when a command ended, or before anybody
  outside was asked.  Synced.
- ``signing``: that of the newest batch, behind the SHA-256 of the note.  Not synced, since that
  would cost more than the batch: it outlives the process, and what a power cut leaves of it
  counts only where its digest holds.
- ``place`` (home only): where the private keys lie, by which setting, and the archive that they
  were used for last.

All is written after the checkpoint is published, so that what is remembered was always signed.
Not for: what may be signed (`archive.store.signer`).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import Checkpoint, parse_checkpoint
from archive.core.note import Note, parse_note
from archive.errors import DamageError, InputError
from archive.store.disk import Disk, OpenFile, explain_error
from archive.store.keys import FOLDER_MODE
from archive.store.log import CaptureLog
from archive.store.regular import read_regular

SEEN = "signed"
PENDING = "signing"
PLACE = "place"
_MOST = 1 << 20  # bytes of a file
CONFIRM_PLACE = (
    "correct key_path in archive.toml; if you moved the keys there yourself: archive key move"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A checkpoint that was signed, its note, and the file that remembers it."""

    checkpoint: Checkpoint
    note: Note
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the private keys of a log lie, and the archive that they were used for last.

    ``setting`` is the archive's, which led to ``keys``; empty where it named no folder.
    """

    setting: str
    keys: Path
    archive: Path


class SignedMemory:
    """Writes what was signed into each of ``folders``; to be closed."""

    def __init__(self, folders: Iterable[Path], disk: Disk) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._disk = disk
        self._open: dict[Path, OpenFile] = {}

    def write_batch(self, note: str) -> None:
        """Remember the note of a batch that is published, should the process be killed.

        Raises:
            StoreError: the disk refuses.
        """
        text = note.encode()
        data = f"{hashlib.sha256(text).hexdigest()}\n".encode() + text
        for folder in self._folders:
            file = self._open.get(folder) or self._open_pending(folder)
            if file.size > len(data):
                self._disk.truncate(file, len(data))
            self._disk.overwrite(file, 0, data)

    def write_last(self, note: str) -> None:
        """Remember a note that is published, durably.

        Raises:
            StoreError: the disk refuses.
        """
        for folder in self._folders:
            self._disk.make_folder(folder, mode=FOLDER_MODE)
            self._disk.replace_file(folder / SEEN, note.encode())

    def forget_batches(self) -> None:
        """Forget what `write_batch` wrote, durably: a shorter log is to be signed.

        Raises:
            StoreError: the disk refuses.
        """
        self.close()
        for folder in self._folders:
            if (folder / PENDING).exists():
                self._disk.remove(folder / PENDING)
                self._disk.sync_folder(folder)

    def close(self) -> None:
        """Close the files."""
        for file in self._open.values():
            file.close()
        self._open.clear()

    def _open_pending(self, folder: Path) -> OpenFile:
        path = folder / PENDING
        self._disk.make_folder(folder, mode=FOLDER_MODE)
        known = path.exists()
        file = self._disk.open_file(path) if known else self._disk.create_file(path)
        self._open[folder] = file
        return file


def read_remembered(folders: Iterable[Path]) -> tuple[Remembered, ...]:
    """Return what each of the folders remembers, different checkpoints once.

    Raises:
        InputError: something that is remembered cannot be read.
        StoreError: the disk refuses.
    """
    found: dict[str, Remembered] = {}
    for folder in dict.fromkeys(folders):
        newest = max(_read_folder(folder), key=lambda one: one.checkpoint.size, default=None)
        if newest is not None:
            found.setdefault(newest.note.text, newest)
    return tuple(found.values())


def read_place(home: Path | None) -> Place | None:
    """Return where the keys of a log were when it was signed last, as ``home`` remembers it.

    Where that remembers what was signed and no place, the keys were there.

    Raises:
        InputError: what is remembered cannot be read.
        StoreError: the disk refuses.
    """
    data = None if home is None else _read(home / PLACE)
    if home is None:
        return None
    if data is None:
        return Place(setting="", keys=home, archive=home) if (home / SEEN).exists() else None
    try:
        value = json.loads(data)
        setting, keys, archive = value["key_path"], value["keys"], value["archive"]
        if not all(isinstance(one, str) for one in (setting, keys, archive)):
            raise InputError("it names no folders")
        return Place(setting=setting, keys=Path(keys), archive=Path(archive))
    except (ValueError, KeyError, TypeError, RecursionError, InputError) as error:
        raise _explain(home / PLACE, error) from error


def write_place(home: Path, disk: Disk, place: Place) -> None:
    """Remember where the keys are.

    Raises:
        StoreError: the disk refuses.
    """
    value = {
        "key_path": place.setting,
        "keys": str(place.keys),
        "archive": str(place.archive),
    }
    disk.make_folder(home, mode=FOLDER_MODE)
    disk.replace_file(home / PLACE, json.dumps(value).encode() + b"\n")


def explain_divergence(seen: Checkpoint, log: CaptureLog) -> str | None:
    """Return why the log does not continue what was ``seen``, or None.

    Raises:
        StoreError: the log's tiles cannot be read.
    """
    match log.find_divergence(seen):
        case "other log":
            return f"it is named {log.origin!r}, but {seen.origin!r} was signed"
        case "longer":
            return (
                f"the capture log was rolled back: it has {log.size} leaves, but {seen.size} were"
                " signed with this archive's key"
            )
        case "other root":
            return (
                f"the capture log was forked: its first {seen.size} leaves are not those that were"
                " signed with this archive's key"
            )
        case None:
            return None


def find_divergence(seen: tuple[Remembered, ...], log: CaptureLog) -> str | None:
    """Return why the log does not continue all that is remembered, or None.

    Raises:
        StoreError: the log's tiles cannot be read.
    """
    problems = (
        f"{problem} (remembered in {one.path})"
        for one in seen
        if (problem := explain_divergence(one.checkpoint, log)) is not None
    )
    return next(problems, None)


def explain_copy(place: Place | None, root: Path) -> str | None:
    """Return in words that another copy of the archive was written to last, or None."""
    if place is None or place.archive in (root.resolve(), place.keys):
        return None
    return f"the key signed last for {place.archive}, of which this is another copy"


def explain_place(place: Place | None, folder: Path, *, setting: str) -> str | None:
    """Return why keys in ``folder`` must not be used before somebody confirms it, or None.

    Where the ``setting`` is what it was, archive and keys were moved together.
    """
    if place is None or place.keys == folder or place.setting == setting:
        return None
    return f"the private keys of this log were in {place.keys}; archive.toml now says {folder}"


def _read_folder(folder: Path) -> Iterator[Remembered]:
    seen = _read(folder / SEEN)
    if seen is not None:
        try:
            yield _parse(folder / SEEN, seen)
        except (DamageError, UnicodeDecodeError) as error:
            raise _explain(folder / SEEN, error) from error
    digest, _, note = (_read(folder / PENDING) or b"").partition(b"\n")
    if digest == hashlib.sha256(note).hexdigest().encode():
        try:
            yield _parse(folder / PENDING, note)
        except (DamageError, UnicodeDecodeError) as error:  # no power cut does that
            raise _explain(folder / PENDING, error) from error


def _parse(path: Path, data: bytes) -> Remembered:
    note = parse_note(data.decode())
    return Remembered(checkpoint=parse_checkpoint(note.text), note=note, path=path)


def _read(path: Path) -> bytes | None:
    try:
        return read_regular(path, _MOST)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise explain_error(error, "read", path) from error


def _explain(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path}: {error}",
        remedy="run `archive verify`; if all holds, remove the file: it is made anew",
    )
