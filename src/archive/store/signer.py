"""Signing the checkpoints of one log, with the keys that lie outside the archive.

Rules:

1. A key is made on first use, when the log has no public key yet.
2. Every key in use signs.
3. What was signed last is remembered beside the private keys and at home
   (`archive.store.memory`).  A checkpoint that is not a continuation of all that is remembered is
   never signed: the log was rolled back, or forked.
4. In a succession (the old key is lost, or must not sign because the log was restored from an
   older copy) a new key signs alone, and nothing that stands before its announcement.
5. Keys in another folder than the one remembered at home sign only after somebody confirmed it:
   the settings that name the folder may be changed by whoever changes the archive.

Not for: key files (`archive.store.keys`) or what is signed (`archive.store.log_append`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from archive.core.checkpoint import Checkpoint, format_checkpoint
from archive.core.key import KeyPair, PublicKey, check_note, make_key_pair, sign_note
from archive.core.note import Note, format_note
from archive.errors import DamageError, InputError
from archive.store.disk import Disk
from archive.store.keys import (
    NEW,
    read_key_pairs,
    read_public_keys,
    write_key_pair,
    write_public_key,
)
from archive.store.layout import Layout
from archive.store.log import CaptureLog, read_note
from archive.store.memory import (
    CONFIRM_PLACE,
    Place,
    Remembered,
    SignedMemory,
    explain_copy,
    explain_place,
    find_divergence,
    read_place,
    read_remembered,
    write_place,
)

# Why a new key signs alone: the old one is gone, or the log is older than what it signed.
Succession = Literal["lost", "restored"]


class CheckpointSigner:
    """Signs for the log of one archive, once it has found the keys and looked at the log.

    ``folder`` holds the private keys of this log, ``home`` is where the user's configuration
    remembers what was signed, ``setting`` the archive's that names the folder; ``new_seed`` gives
    32 random bytes.  ``moved`` says that a person confirms where the keys are.
    ``joining`` are keys in use that had not signed the checkpoint which was found, or the one
    which is remembered: whoever took them into use was interrupted.
    """

    def __init__(  # noqa: PLR0913  # each is given by name
        self,
        layout: Layout,
        *,
        folder: Path,
        disk: Disk,
        new_seed: Callable[[], bytes],
        home: Path | None = None,
        setting: str = "",
        passphrase: bytes | None = None,
        succession: Succession | None = None,
        moved: bool = False,
    ) -> None:
        self.folder = folder
        self.home = home
        self._setting = setting
        self.succession = succession
        self.joining: tuple[PublicKey, ...] = ()
        self._layout = layout
        self._disk = disk
        self._new_seed = new_seed
        self._passphrase = passphrase
        self._pairs: tuple[KeyPair, ...] = ()
        self._is_confirmed = moved
        self._last: tuple[Checkpoint, str] | None = None
        self._memory = SignedMemory(self._list_folders(), disk)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the signed note of a checkpoint of this log.

        Raises:
            InputError: the private key is not there, or cannot be used, or is in another place.
            DamageError: the log is not a continuation of what was signed before.
        """
        stored = None
        if not self._pairs:
            place = self._require_place()
            seen = read_remembered(self._list_folders(place))
            problem = self._find_divergence(seen, checkpoint, place)
            known = read_public_keys(self._layout.keys, "log", name=checkpoint.origin)
            pairs = self._load(checkpoint.origin, known, is_older=problem is not None)
            stored = read_note(self._layout.log)
            self._require_ours(stored, seen, known, pairs)
            for pair in pairs:
                if pair.public not in known:
                    write_public_key(self._layout.keys, self._disk, pair.public)
            self.joining = _list_joining(pairs, stored, *(one.note for one in seen))
            self._pairs = pairs
        if self.succession is not None:
            stored = stored or read_note(self._layout.log)
            if stored is not None and stored.text == format_checkpoint(checkpoint):
                return format_note(stored)  # it stands before the key's announcement
        return self._sign(checkpoint)

    def remember_batch(self, checkpoint: Checkpoint) -> None:
        """Remember a checkpoint that is published, as far as a kill goes; cheap.

        Raises:
            StoreError: the disk refuses.
        """
        if self._pairs and self.succession is None:
            self._memory.write_batch(self._sign(checkpoint))

    def remember(self, checkpoint: Checkpoint) -> None:
        """Remember a checkpoint that was signed, and is published; in a succession, do nothing.

        Raises:
            StoreError: the disk refuses.
        """
        if self._pairs and self.succession is None:
            self._memory.write_last(self._sign(checkpoint))
            if self.home is not None:
                root = self._layout.root.resolve()
                here = Place(setting=self._setting, keys=self.folder, archive=root)
                if read_place(self.home) != here:
                    write_place(self.home, self._disk, here)

    def close(self) -> None:
        """Close the files of the memory."""
        self._memory.close()

    def succeed(self, checkpoint: Checkpoint) -> None:
        """End the succession: the published ``checkpoint`` is what was signed last.

        Raises:
            StoreError: the disk refuses.
        """
        self.succession = None
        self._memory.forget_batches()
        self.remember(checkpoint)

    def reload(self) -> None:
        """Read the keys in use again before the next signature."""
        self._pairs = ()
        self._last = None

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

    def read_seen(self) -> tuple[Remembered, ...]:
        """Return all that is remembered to have been signed, at home and beside the keys.

        Raises:
            InputError: something that is remembered cannot be read.
        """
        return read_remembered(self._list_folders(read_place(self.home)))

    def _list_folders(self, place: Place | None = None) -> tuple[Path, ...]:
        """Return where the memory is; the ``place`` where it may be besides is only read."""
        folders = (self.home, self.folder, None if place is None else place.keys)
        return tuple(dict.fromkeys(folder for folder in folders if folder is not None))

    def _sign(self, checkpoint: Checkpoint) -> str:
        if self._last is None or self._last[0] != checkpoint:
            note = Note(text=format_checkpoint(checkpoint))
            for pair in self._pairs:
                note = sign_note(note, pair)
            self._last = checkpoint, format_note(note)
        return self._last[1]

    def _require_place(self) -> Place | None:
        """Return the place that is remembered; a new key may lie elsewhere, an old one may not."""
        place = read_place(self.home)
        problem = explain_place(place, self.folder, setting=self._setting)
        if problem is not None and not self._is_confirmed and self.succession is None:
            raise InputError(problem, remedy=CONFIRM_PLACE)
        return place

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
        seen: tuple[Remembered, ...],
        known: tuple[PublicKey, ...],
        pairs: tuple[KeyPair, ...],
    ) -> None:
        """Refuse to sign over what somebody else published: no crash leaves such a checkpoint.

        What is stored is signed by a key that is in use here; or is what is remembered; or
        nothing was ever signed.  Where a new key is to sign alone, any key of the log will do.
        """
        if stored is None or any(one.note.text == stored.text for one in seen):
            return
        if not stored.signatures and not seen:
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

    def _find_divergence(
        self, seen: tuple[Remembered, ...], checkpoint: Checkpoint, place: Place | None
    ) -> str | None:
        """Return why the log does not continue what was signed last, if a person knows of it."""
        log = CaptureLog(folder=self._layout.log, checkpoint=checkpoint)
        problem = find_divergence(seen, log)
        if problem is not None and self.succession != "restored":
            other = explain_copy(place, self._layout.root)
            raise DamageError(
                f"{problem}; {other}" if other else problem,
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
