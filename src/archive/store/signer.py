"""Signing the checkpoints of one log, with the keys that lie outside the archive.

Rules:

1. A key is made on first use, when the log has no public key yet.
2. Every key in use signs.
3. What was signed last is remembered beside the private keys.  A checkpoint that is not a
   continuation of it is never signed: the log was rolled back, or forked.

Not for: key files (`archive.store.keys`) or what is signed (`archive.store.log_append`).
"""

from collections.abc import Callable
from pathlib import Path

from archive.core.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from archive.core.key import KeyPair, make_key_pair, sign_note
from archive.core.note import Note, format_note, parse_note
from archive.core.proof import read_root
from archive.errors import DamageError, InputError
from archive.store.disk import Disk, explain_error
from archive.store.keys import (
    read_key_pairs,
    read_public_keys,
    write_key_pair,
    write_public_key,
)
from archive.store.layout import Layout
from archive.store.log import CaptureLog
from archive.store.regular import read_regular

SEEN = "signed"
_MOST_SEEN = 1 << 20


class CheckpointSigner:
    """Signs for the log of one archive, once it has found the keys and looked at the log.

    ``folder`` holds the private keys of this log; ``new_seed`` gives 32 random bytes.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        folder: Path,
        disk: Disk,
        new_seed: Callable[[], bytes],
        passphrase: bytes | None = None,
    ) -> None:
        self._layout = layout
        self._folder = folder
        self._disk = disk
        self._new_seed = new_seed
        self._passphrase = passphrase
        self._pairs: tuple[KeyPair, ...] = ()

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the signed note of a checkpoint of this log.

        Raises:
            InputError: the private key is not there, or cannot be used.
            DamageError: the log is not a continuation of what was signed before.
        """
        if not self._pairs:
            self._pairs = self._load(checkpoint.origin)
            self._require_continuation(checkpoint)
        return format_note(self._sign(checkpoint))

    def remember(self, checkpoint: Checkpoint) -> None:
        """Remember a checkpoint that was signed, and is published.

        Raises:
            StoreError: the disk refuses.
        """
        if self._pairs:
            note = format_note(self._sign(checkpoint)).encode()
            self._disk.replace_file(self._folder / SEEN, note)

    def _sign(self, checkpoint: Checkpoint) -> Note:
        note = Note(text=format_checkpoint(checkpoint))
        for pair in self._pairs:
            note = sign_note(note, pair)
        return note

    def _load(self, origin: str) -> tuple[KeyPair, ...]:
        pairs = read_key_pairs(self._folder, "log", name=origin, passphrase=self._passphrase)
        known = [key for key in read_public_keys(self._layout.keys, "log") if key.name == origin]
        if not pairs and not known:
            pair = make_key_pair(origin, "log", self._new_seed())
            write_key_pair(self._folder, self._disk, pair, passphrase=self._passphrase)
            pairs = (pair,)
        if not pairs:
            raise InputError(
                f"the private key of this archive is not in {self._folder}",
                remedy="copy it from where it is kept, or set key_path in archive.toml; if it is"
                " lost: archive key rotate --lost --reason TEXT",
            )
        for pair in pairs:
            if pair.public not in known:
                write_public_key(self._layout.keys, self._disk, pair.public)
        return pairs

    def _require_continuation(self, checkpoint: Checkpoint) -> None:
        seen = read_seen(self._folder)
        if seen is None:
            return
        problem = find_divergence(seen, checkpoint, self._layout.log)
        if problem is not None:
            raise DamageError(
                problem,
                remedy="restore the newest copy of the archive; if there is none that is newer:"
                " archive key rotate --restored --reason TEXT",
            )


def find_divergence(seen: Checkpoint, now: Checkpoint, log: Path) -> str | None:
    """Return why the log as it is ``now`` does not continue what was ``seen``, or None.

    Raises:
        StoreError: the log's tiles cannot be read.
    """
    if seen.origin != now.origin:
        return f"it is named {now.origin!r}, but {seen.origin!r} was signed"
    if seen.size > now.size:
        return (
            f"the capture log was rolled back: it has {now.size} leaves, but {seen.size} were"
            " signed with this archive's key"
        )
    root = now.root
    if seen.size < now.size:
        root = read_root(CaptureLog(folder=log, checkpoint=now).read_node, seen.size)
    if root != seen.root:
        return (
            f"the capture log was forked: its first {seen.size} leaves are not those that were"
            " signed with this archive's key"
        )
    return None


def read_seen(folder: Path) -> Checkpoint | None:
    """Return the checkpoint that was signed last, as it is remembered in ``folder``, or None.

    Raises:
        InputError: what is remembered cannot be read.
    """
    path = folder / SEEN
    try:
        return parse_checkpoint(parse_note(read_regular(path, _MOST_SEEN).decode()).text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise explain_error(error, "read", path) from error
    except (DamageError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: {error}",
            remedy="run `archive verify`; if all holds, remove the file: it is made anew",
        ) from error


def forget_seen(folder: Path, disk: Disk) -> None:
    """Forget what was signed last: a person says that the log was restored from a copy.

    Raises:
        StoreError: the disk refuses.
    """
    disk.remove(folder / SEEN)
    disk.sync_folder(folder)
