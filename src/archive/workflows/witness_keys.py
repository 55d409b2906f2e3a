"""The keys with which this archive signs as a witness: made on first use, followed by another.

Others know a witness by its keys, so a new one is announced in this archive's own log, and its
keeper tells it to those who ask.  What an older key signed goes on to hold.  Not for: judging
what is asked (`archive.workflows.witness`), or the keys of the log (`archive.workflows.keys`).
"""

from archive.core.event import KeyChange
from archive.core.key import (
    KeyPair,
    PublicKey,
    format_verifier_key,
    make_key_pair,
)
from archive.errors import InputError
from archive.store.keys import (
    NEW,
    read_key_pairs,
    read_public_keys,
    rename_key_pair,
    write_key_pair,
    write_public_key,
)
from archive.store.log import read_origin
from archive.store.witness import find_witness_name, hold_witness, open_witness_keys
from archive.workflows.events import store_event
from archive.workflows.key_ring import list_changes, parse_keys, read_changes, read_key_changes
from archive.workflows.keys import KeyMove, require_reason
from archive.workflows.opening import Archive, OpenArchive, World, find_key_folder


def open_keys(archive: Archive, world: World) -> tuple[KeyPair, ...]:
    """Return the keys that this archive signs with as a witness; on first use one is made.

    Raises:
        InputError: the archive has no log of its own yet, or the private key is not there.
        StoreError: the disk refuses.
    """
    origin = read_origin(archive.layout.log)
    if origin is None:
        raise InputError(
            f"{archive.layout.root} has no log yet, so that as a witness it has no name",
            remedy="begin it: archive rebuild",
        )
    return open_witness_keys(
        archive.layout,
        world.disk,
        folder=find_key_folder(archive, world.key_folder, origin),
        origin=origin,
        new_seed=lambda: world.identity.new_salt() + world.identity.new_salt(),
        passphrase=world.passphrase,
    )


def make_witness_key(archive: Archive, world: World) -> tuple[PublicKey, ...]:
    """Return the public keys of this witness; on first use one is made.

    Raises:
        InputError: as `open_keys`.
    """
    with hold_witness(archive.layout, world.disk):
        return tuple(pair.public for pair in open_keys(archive, world))


def rotate_witness_key(archive: OpenArchive, *, reason: str, by: str | None = None) -> KeyMove:
    """Take a new witness key into use, or finish what an interrupted command began.

    Keys whose private halves are at hand sign beside it; the others are lost, and are retired.

    Raises:
        InputError: no reason is given, there is no key yet, or one at hand cannot be used.
        StoreError: the disk refuses; the same command finishes the work.
    """
    require_reason(reason)
    layout, world, folder = archive.layout, archive.world, archive.signer.folder
    name = find_witness_name(archive.origin)
    with hold_witness(layout, world.disk):
        known = read_public_keys(layout.keys, "witness", name=name)
        at_hand = _read_pairs(archive, name)
        waiting = _read_pairs(archive, name, suffix=NEW)
        if not (known or at_hand or waiting):
            raise InputError(
                "this archive has no witness key yet", remedy="make one: archive witness show"
            )
        if waiting:
            pair = waiting[0]
        else:
            seed = world.identity.new_salt() + world.identity.new_salt()
            pair = make_key_pair(name, "witness", seed)
            write_key_pair(folder, world.disk, pair, passphrase=world.passphrase, suffix=NEW)
        rows = _find_announcements(archive, pair.public)
        finished = bool(rows)
        if rows:
            change, leaf = rows[0]
        else:
            _, gone = list_changes(read_key_changes(archive.index))
            kept = {one.public for one in at_hand} | {pair.public} | set(gone)
            change = KeyChange(
                added=(format_verifier_key(pair.public),),
                retired=tuple(format_verifier_key(key) for key in known if key not in kept),
                reason=reason,
            )
            leaf = store_event(archive, change, by=by).leaf
        rename_key_pair(folder, world.disk, pair.public, old=NEW, new="")
        write_public_key(layout.keys, world.disk, pair.public)
    retired = parse_keys(change.retired)
    return KeyMove(added=pair.public, retired=retired, leaf=leaf, finished=finished)


def _read_pairs(archive: OpenArchive, name: str, *, suffix: str = "") -> tuple[KeyPair, ...]:
    return read_key_pairs(
        archive.signer.folder,
        "witness",
        name=name,
        passphrase=archive.world.passphrase,
        suffix=suffix,
    )


def _find_announcements(archive: OpenArchive, key: PublicKey) -> list[tuple[KeyChange, int]]:
    """Return the change that announces a key, and its leaf, if it was announced."""
    return [
        (change, leaf)
        for change, leaf in read_changes(archive.index)
        if key in parse_keys(change.added)
    ]
