"""Signing the checkpoints of one log, with the keys that lie outside the archive.

Rules:

1. A key is made on first use, when the log has no public key yet.
2. Every key in use signs.
3. What was signed last is remembered beside the private keys.  A checkpoint that is not a
   continuation of it is never signed: the log was rolled back, or forked.
4. In a succession (the old key is lost, or must not sign because the log was restored from an
   older copy) a new key signs alone, and nothing that stands before its announcement.

Not for: key files (`archive.store.keys`) or what is signed (`archive.store.log_append`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from archive.core.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from archive.core.key import KeyPair, PublicKey, make_key_pair, sign_note
from archive.core.note import Note, format_note, parse_note
from archive.core.proof import read_root
from archive.errors import DamageError, InputError
from archive.store.disk import Disk, explain_error
from archive.store.keys import (
    NEW,
    read_key_pairs,
    read_public_keys,
    write_key_pair,
    write_public_key,
)
from archive.store.layout import Layout
from archive.store.log import CaptureLog, read_note

SEEN = "signed"

# Why a new key signs alone: the old one is gone, or the log is older than what it signed.
Succession = Literal["lost", "restored"]


class CheckpointSigner:
    """Signs for the log of one archive, once it has found the keys and looked at the log.

    ``folder`` holds the private keys of this log; ``new_seed`` gives 32 random bytes.
    ``joining`` are keys in use that had not signed the checkpoint which was found, or the one
    which is remembered: whoever took them into use was interrupted.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        folder: Path,
        disk: Disk,
        new_seed: Callable[[], bytes],
        passphrase: bytes | None = None,
        succession: Succession | None = None,
    ) -> None:
        self.folder = folder
        self.succession = succession
        self.joining: tuple[PublicKey, ...] = ()
        self._layout = layout
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
        stored = None
        if not self._pairs:
            problem = self._find_divergence(checkpoint)
            pairs = self._load(checkpoint.origin, is_older=problem is not None)
            stored = read_note(self._layout.log)
            self.joining = _list_joining(pairs, stored, _read_seen(self.folder))
            self._pairs = pairs
        if self.succession is not None:
            stored = stored or read_note(self._layout.log)
            if stored is not None and stored.text == format_checkpoint(checkpoint):
                return format_note(stored)  # it stands before the key's announcement
        return format_note(self._sign(checkpoint))

    def remember(self, checkpoint: Checkpoint) -> None:
        """Remember a checkpoint that was signed, and is published; in a succession, do nothing.

        Raises:
            StoreError: the disk refuses.
        """
        if self._pairs and self.succession is None:
            note = format_note(self._sign(checkpoint)).encode()
            self._disk.replace_file(self.folder / SEEN, note)

    def succeed(self, checkpoint: Checkpoint) -> None:
        """End the succession: the published ``checkpoint`` is what was signed last.

        Raises:
            StoreError: the disk refuses.
        """
        self.succession = None
        self.remember(checkpoint)

    def reload(self) -> None:
        """Read the keys in use again before the next signature."""
        self._pairs = ()

    def make_pair(self, origin: str, *, suffix: str = "") -> KeyPair:
        """Make a key of this log, and put the private one into its folder.

        Raises:
            StoreError: the disk refuses.
        """
        pair = make_key_pair(origin, "log", self._new_seed())
        write_key_pair(self.folder, self._disk, pair, passphrase=self._passphrase, suffix=suffix)
        return pair

    def read_pairs(self, origin: str, *, suffix: str = "") -> tuple[KeyPair, ...]:
        """Return the private keys of this log that are at hand: in use, or with ``suffix``.

        Raises:
            InputError: one cannot be used.
        """
        return read_key_pairs(
            self.folder, "log", name=origin, passphrase=self._passphrase, suffix=suffix
        )

    def _sign(self, checkpoint: Checkpoint) -> Note:
        note = Note(text=format_checkpoint(checkpoint))
        for pair in self._pairs:
            note = sign_note(note, pair)
        return note

    def _load(self, origin: str, *, is_older: bool) -> tuple[KeyPair, ...]:
        pairs = self.read_pairs(origin)
        known = [key for key in read_public_keys(self._layout.keys, "log") if key.name == origin]
        if self.succession is not None and not known:
            raise InputError("this archive has no key yet that another could follow")
        if self.succession is not None:
            pairs = (self._load_successor(origin, pairs, is_older=is_older),)
        elif not pairs and not known:
            pairs = (self.make_pair(origin),)
        if not pairs:
            raise InputError(
                f"the private key of this archive is not in {self.folder}",
                remedy="copy it from where it is kept, or set key_path in archive.toml; if it is"
                " lost: archive key rotate --lost --reason TEXT",
            )
        for pair in pairs:
            if pair.public not in known:
                write_public_key(self._layout.keys, self._disk, pair.public)
        return pairs

    def _load_successor(
        self, origin: str, pairs: tuple[KeyPair, ...], *, is_older: bool
    ) -> KeyPair:
        """Return the key that signs alone from now on, made if it is not there yet."""
        if pairs and self.succession == "lost":
            raise InputError(
                f"no key is lost: {pairs[0].public.id.hex()} is in {self.folder}",
                remedy="leave --lost out; archive key retire ID gives up a key that is gone",
            )
        waiting = self.read_pairs(origin, suffix=NEW)
        if self.succession == "restored" and not (is_older or waiting):
            raise InputError(
                "the log continues what was signed last: it is not older than that",
                remedy="leave --restored out",
            )
        return waiting[0] if waiting else self.make_pair(origin, suffix=NEW)

    def _find_divergence(self, checkpoint: Checkpoint) -> str | None:
        """Return why the log does not continue what was signed last, if a person knows of it."""
        seen = read_seen(self.folder)
        problem = None
        if seen is not None:
            problem = find_divergence(seen, checkpoint, self._layout.log)
        if problem is not None and self.succession != "restored":
            raise DamageError(
                problem,
                remedy="restore the newest copy of the archive; if there is none that is newer:"
                " archive key rotate --restored --reason TEXT",
            )
        return problem


def _list_joining(pairs: tuple[KeyPair, ...], *notes: Note | None) -> tuple[PublicKey, ...]:
    """Return the keys that did not sign all of the notes, as far as these are signed."""
    signed = [
        {(item.name, item.key_id) for item in note.signatures}
        for note in notes
        if note is not None and note.signatures
    ]
    keys = (pair.public for pair in pairs)
    return tuple(key for key in keys if any((key.name, key.id) not in item for item in signed))


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
    note = _read_seen(folder)
    try:
        return None if note is None else parse_checkpoint(note.text)
    except DamageError as error:
        raise _explain_seen(folder, error) from error


def _read_seen(folder: Path) -> Note | None:
    path = folder / SEEN
    try:
        return parse_note(path.read_bytes().decode())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise explain_error(error, "read", path) from error
    except (DamageError, UnicodeDecodeError) as error:
        raise _explain_seen(folder, error) from error


def _explain_seen(folder: Path, error: Exception) -> InputError:
    return InputError(
        f"{folder / SEEN}: {error}",
        remedy="run `archive verify`; if all holds, remove the file: it is made anew",
    )
