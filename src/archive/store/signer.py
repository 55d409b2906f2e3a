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
from archive.core.key import KeyPair, PublicKey, check_note, make_key_pair, sign_note
from archive.core.note import Note, format_note, parse_note
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
from archive.store.regular import read_regular

SEEN = "signed"
_MOST_SEEN = 1 << 20

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
            seen = _read_seen(self.folder)
            problem = self._find_divergence(seen, checkpoint)
            known = read_public_keys(self._layout.keys, "log", name=checkpoint.origin)
            pairs = self._load(checkpoint.origin, known, is_older=problem is not None)
            stored = read_note(self._layout.log)
            self._require_ours(stored, seen, known, pairs)
            for pair in pairs:
                if pair.public not in known:
                    write_public_key(self._layout.keys, self._disk, pair.public)
            self.joining = _list_joining(pairs, stored, seen)
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

    def _load(
        self, origin: str, known: tuple[PublicKey, ...], *, is_older: bool
    ) -> tuple[KeyPair, ...]:
        pairs = self.read_pairs(origin)
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

    def _require_ours(
        self,
        stored: Note | None,
        seen: Note | None,
        known: tuple[PublicKey, ...],
        pairs: tuple[KeyPair, ...],
    ) -> None:
        """Refuse to sign over what somebody else published: no crash leaves such a checkpoint.

        What is stored is signed by a key that is in use here; or is what is remembered; or
        nothing was ever signed.  Where a new key is to sign alone, any key of the log will do.
        """
        if stored is None or (seen is not None and seen.text == stored.text):
            return
        if not stored.signatures and seen is None:
            return  # from before there were keys
        keys = known if self.succession is not None else [pair.public for pair in pairs]
        if check_note(stored, keys).good:
            return
        raise DamageError(
            f"{self._layout.log / 'checkpoint'} is signed by none of the keys in {self.folder}:"
            " somebody else published it",
            remedy="run `archive verify`; compare the archive with a copy, and do not use it until"
            " you know who did that",
        )

    def _find_divergence(self, seen: Note | None, checkpoint: Checkpoint) -> str | None:
        """Return why the log does not continue what was signed last, if a person knows of it."""
        problem = None
        if seen is not None:
            log = CaptureLog(folder=self._layout.log, checkpoint=checkpoint)
            problem = explain_divergence(_parse_seen(self.folder, seen), log)
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


def read_seen(folder: Path) -> Checkpoint | None:
    """Return the checkpoint that was signed last, as it is remembered in ``folder``, or None.

    Raises:
        InputError: what is remembered cannot be read.
    """
    note = _read_seen(folder)
    return None if note is None else _parse_seen(folder, note)


def _parse_seen(folder: Path, note: Note) -> Checkpoint:
    try:
        return parse_checkpoint(note.text)
    except DamageError as error:
        raise _explain_seen(folder, error) from error


def _read_seen(folder: Path) -> Note | None:
    path = folder / SEEN
    try:
        return parse_note(read_regular(path, _MOST_SEEN).decode())
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
