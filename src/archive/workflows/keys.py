"""The life of the log's keys: made, announced, joined by another, retired, moved.

Follows ``docs/format.md``, "Keys".  Rules:

1. The log speaks first: a key is announced before it signs, and retired before its file goes.
2. What is done to a key can be stopped at any point, and is finished by doing it again.
3. Where the old key must not sign (it is lost, or the log was restored from an older copy) the
   new one signs alone, and the same event retires the old.

Not for: listing keys (`archive.workflows.key_ring`), trying them (`archive.workflows.key_trial`),
key files (`archive.store.keys`) or signing (`archive.store.signer`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.event import Event, KeyChange
from archive.core.key import (
    PublicKey,
    format_verifier_key,
)
from archive.errors import InputError
from archive.store.keys import (
    NEW,
    PRIVATE,
    RETIRED,
    name_key,
    read_public_keys,
    rename_key_pair,
    write_public_key,
)
from archive.store.log import CaptureLog, read_log, read_origin
from archive.store.memory import find_divergence, read_place
from archive.workflows.events import store_event
from archive.workflows.key_ring import (
    NEXT,
    find_key,
    list_changes,
    parse_keys,
    read_changes,
    read_key_changes,
)
from archive.workflows.opening import (
    Archive,
    OpenArchive,
    World,
    find_home,
    open_for_writing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMove:
    """What a rotation or a retirement did.

    ``leaf`` announces it; it was there already where ``finished`` says that an earlier command
    had been interrupted.
    """

    added: PublicKey | None
    retired: tuple[PublicKey, ...]
    leaf: int
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMove:
    """Where the private keys lie now, and where they were before, if that was remembered."""

    old: Path | None
    new: Path


def make_first_key(archive: Archive, world: World) -> PublicKey:
    """Make the archive's first key, and have it sign the log; return its public half.

    Raises:
        InputError: there is a key already.
    """
    known = read_public_keys(archive.layout.keys, "log", name=read_origin(archive.layout.log))
    if known:
        raise InputError(
            f"this archive has a key already: {known[0].id.hex()}", remedy=f"another one: {NEXT}"
        )
    with open_for_writing(archive, world, options="key new"):
        origin = read_origin(archive.layout.log)
        return read_public_keys(archive.layout.keys, "log", name=origin)[0]


def confirm_place(archive: Archive, world: World) -> PlaceMove:
    """Confirm that the private keys lie where the settings say; return whence and whither.

    Raises:
        InputError: there is no log yet, or no private key of it lies there.
        DamageError: the log does not continue what was signed before.
    """
    origin = read_log(archive.layout.log).origin
    old = read_place(find_home(world.key_folder, origin))
    with open_for_writing(archive, world, options="key move", moved=True) as writing:
        new = writing.signer.folder
    return PlaceMove(old=None if old is None else old.keys, new=new)


def find_loss(archive: OpenArchive) -> str | None:
    """Return in words what was signed but is not in this copy of the log, or None."""
    seen = archive.signer.read_seen()
    now = archive.writer.checkpoint
    problem = find_divergence(seen, CaptureLog(folder=archive.layout.log, checkpoint=now))
    if problem is None:
        return None
    lost = max(one.checkpoint.size for one in seen) - now.size
    more = f": {lost} leaves, and what they name, are not in this copy" if lost > 0 else ""
    return problem + more


def rotate_key(archive: OpenArchive, *, reason: str, by: str | None = None) -> KeyMove:
    """Announce a new key and take it into use, or finish what an earlier command began.

    Without a succession the old keys go on signing beside it; with one, they are retired.

    Raises:
        InputError: no reason is given, or no succession is called for.
        StoreError: the disk refuses; the same command finishes the work.
    """
    require_reason(reason)
    signer, origin = archive.signer, archive.origin
    changes = read_key_changes(archive.index)
    waiting = signer.read_pairs(origin, suffix=NEW)
    done = next((row for row in _list_rows(archive, [pair.public for pair in waiting])), None)
    if done is None and signer.succession is None and not waiting and signer.joining:
        rows = _list_rows(archive, signer.joining)  # opening the archive finished the rotation
        if rows:
            return KeyMove(added=signer.joining[0], retired=(), leaf=rows[0][1], finished=True)
    old = _list_active(archive, changes)
    finished = done is not None
    if done is None:
        loss = find_loss(archive) if signer.succession == "restored" else None
        if signer.succession == "restored" and loss is None:
            raise InputError(
                "the log continues what was signed last: it is not older than that",
                remedy=f"leave --restored out: {NEXT}",
            )
        pair = waiting[0] if waiting else signer.make_pair(origin, suffix=NEW)
        old = tuple(key for key in old if key != pair.public)
        change = KeyChange(
            added=(format_verifier_key(pair.public),),
            retired=tuple(map(format_verifier_key, old)) if signer.succession else (),
            reason=f"{reason} ({loss})" if signer.succession == "restored" else reason,
        )
        done = change, store_event(archive, change, by=by).leaf
    change, leaf = done
    key, retired = parse_keys(change.added)[0], parse_keys(change.retired)
    _put_away(archive, retired)
    if signer.succession is not None:
        signer.succeed(archive.writer.checkpoint)
    rename_key_pair(signer.folder, archive.world.disk, key, old=NEW, new="")
    write_public_key(archive.layout.keys, archive.world.disk, key)
    signer.reload()
    archive.writer.sign_again()
    return KeyMove(added=key, retired=retired, leaf=leaf, finished=finished)


def retire_key(archive: OpenArchive, name: str, *, reason: str, by: str | None = None) -> KeyMove:
    """Announce that the key whose id begins with ``name`` signs no more, and put it away.

    Raises:
        InputError: there is no such key, it is retired, or nothing would be left to sign with.
        StoreError: the disk refuses; the same command finishes the work.
    """
    require_reason(reason)
    key = find_key(read_public_keys(archive.layout.keys, "log", name=archive.origin), name)
    changes = read_key_changes(archive.index)
    at_hand = [pair.public for pair in archive.signer.read_pairs(archive.origin)]
    finished = key in list_changes(changes)[1]
    if finished and key not in at_hand:
        raise InputError(f"{key.id.hex()} is retired already", remedy="see: archive key show")
    if finished:
        leaf = next(
            leaf
            for change, leaf in read_changes(archive.index)
            if key in parse_keys(change.retired)
        )
    else:
        others = [other for other in _list_active(archive, changes) if other != key]
        if not others:
            raise InputError(
                f"{key.id.hex()} is the last key in use; the log could not be signed without it",
                remedy=f"first take another one into use: {NEXT}",
            )
        if not any(other in at_hand for other in others):
            raise InputError(
                "no private key of the other keys in use is at hand, so none could sign",
                remedy=f"first take another one into use: {NEXT}",
            )
        change = KeyChange(retired=(format_verifier_key(key),), reason=reason)
        leaf = store_event(archive, change, by=by).leaf
    _put_away(archive, (key,))
    archive.signer.reload()
    archive.writer.sign_again()
    return KeyMove(added=None, retired=(key,), leaf=leaf, finished=finished)


def _put_away(archive: OpenArchive, keys: Iterable[PublicKey]) -> None:
    """Rename the private keys that are at hand and sign no more."""
    for key in keys:
        if (archive.signer.folder / (name_key(key) + PRIVATE)).exists():
            rename_key_pair(archive.signer.folder, archive.world.disk, key, old="", new=RETIRED)


def _list_rows(archive: OpenArchive, keys: Iterable[PublicKey]) -> list[tuple[KeyChange, int]]:
    """Return the changes that announce one of the keys, and their leaves."""
    wanted = set(keys)
    return [item for item in read_changes(archive.index) if wanted & set(parse_keys(item[0].added))]


def _list_active(archive: OpenArchive, changes: Sequence[Event]) -> tuple[PublicKey, ...]:
    """Return the keys that are not retired."""
    _, retired = list_changes(changes)
    known = read_public_keys(archive.layout.keys, "log", name=archive.origin)
    return tuple(key for key in known if key not in retired)


def require_reason(reason: str) -> None:
    """Refuse a change of keys without a reason.

    Raises:
        InputError: it is empty.
    """
    if not reason.strip():
        raise InputError("a change of keys needs a reason", remedy="give --reason TEXT")
