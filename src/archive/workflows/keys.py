"""The life of the log's keys: made, announced, joined by another, retired, tested.

Follows ``docs/format.md``, "Keys".  Rules:

1. The log speaks first: a key is announced before it signs, and retired before its file goes.
2. What is done to a key can be stopped at any point, and is finished by doing it again.
3. Where the old key must not sign (it is lost, or the log was restored from an older copy) the
   new one signs alone, and the same event retires the old.

Not for: key files (`archive.store.keys`) or signing (`archive.store.signer`).
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archive.core.event import Event, KeyChange
from archive.core.key import (
    PublicKey,
    check_note,
    format_verifier_key,
    parse_verifier_key,
    sign_note,
)
from archive.core.note import Note
from archive.errors import InputError
from archive.index.database import Index
from archive.index.events import select_events
from archive.store.disk import explain_error
from archive.store.keys import (
    NEW,
    PRIVATE,
    RETIRED,
    name_key,
    read_key_pair,
    read_public_keys,
    rename_key_pair,
    write_public_key,
)
from archive.store.log import CaptureLog, read_log
from archive.store.signer import explain_divergence, read_seen
from archive.workflows.events import store_event
from archive.workflows.opening import (
    Archive,
    OpenArchive,
    World,
    find_key_folder,
    open_for_writing,
    open_index,
)

YEAR = timedelta(days=365)
OVERLAP = timedelta(days=90)  # how long an old key signs beside its successor
_NEXT = "archive key rotate --reason TEXT"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """What is known of one public key.

    ``since`` is when it was announced, None for the key that the log began with and for one
    that nothing announces; ``private`` is the file of the private key, if it is at hand.
    """

    key: PublicKey
    is_first: bool
    since: datetime | None
    retired: datetime | None
    private: Path | None
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """All keys of an archive; ``waiting`` are private keys of a rotation that was begun."""

    folder: Path
    keys: tuple[KeyState, ...]
    waiting: tuple[Path, ...]


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
class KeyTest:
    """What testing one key gave; no problem is the good answer."""

    key: PublicKey
    problems: tuple[str, ...]


def make_first_key(archive: Archive, world: World) -> PublicKey:
    """Make the archive's first key, and have it sign the log; return its public half.

    Raises:
        InputError: there is a key already.
    """
    known = read_public_keys(archive.layout.keys, "log")
    if known:
        raise InputError(
            f"this archive has a key already: {known[0].id.hex()}", remedy=f"another one: {_NEXT}"
        )
    with open_for_writing(archive, world, options="key new"):
        return read_public_keys(archive.layout.keys, "log")[0]


def read_key_ring(archive: Archive, world: World) -> KeyRing:
    """Return what is known of the archive's keys; the private ones are not opened.

    Raises:
        InputError: there is no log yet.
        DamageError: a public key is broken, or there is no index.
    """
    log = read_log(archive.layout.log)
    with closing(open_index(archive)) as index:
        changes = read_key_changes(index)
    folder = find_key_folder(archive, world.key_folder, log.origin)
    keys = (
        *read_public_keys(archive.layout.keys, "log"),
        *read_public_keys(archive.layout.keys, "witness"),
    )
    states = describe_keys(
        keys,
        changes,
        files=_list_files(folder),
        began=log.read_leaf(0).time if log.size else None,
        now=world.clock(),
    )
    waiting = (path for path in _list_files(folder) if path.name.endswith(PRIVATE + NEW))
    return KeyRing(folder=folder, keys=states, waiting=tuple(waiting))


def describe_keys(
    keys: Iterable[PublicKey],
    changes: Sequence[Event],
    *,
    files: Iterable[Path],
    began: datetime | None,
    now: datetime,
) -> tuple[KeyState, ...]:
    """Return the state of each key that follows from key changes and private files: pure."""
    added, retired = list_changes(changes)
    present = {path.name: path for path in files}
    keys = tuple(keys)
    unannounced = [key for key in keys if key.use == "log" and key not in added]
    states: list[KeyState] = []
    for key in keys:
        base = name_key(key) + PRIVATE
        since = added.get(key)
        is_first = key in unannounced and len(unannounced) == 1
        newer = [time for other, time in added.items() if _is_older(since, time, other, keys)]
        advice = ""
        if key.use == "log" and key not in retired:
            if newer and now - min(newer) >= OVERLAP:
                advice = f"retire it: archive key retire {key.id.hex()} --reason TEXT"
            elif not newer and (born := since or began) and now - born >= YEAR:
                advice = f"it is over a year old: {_NEXT}"
            elif key in unannounced and not is_first:
                advice = f"no leaf of the log announces it: repeat the command, as in {_NEXT}"
        states.append(
            KeyState(
                key=key,
                is_first=is_first,
                since=since,
                retired=retired.get(key),
                private=present.get(base) or present.get(base + RETIRED),
                advice=advice,
            )
        )
    return tuple(states)


def list_changes(
    changes: Sequence[Event],
) -> tuple[dict[PublicKey, datetime], dict[PublicKey, datetime]]:
    """Return when each key was announced, and when each was retired."""
    added: dict[PublicKey, datetime] = {}
    retired: dict[PublicKey, datetime] = {}
    for event in changes:
        if isinstance(event.act, KeyChange):
            added |= dict.fromkeys(parse_keys(event.act.added), event.time)
            retired |= dict.fromkeys(parse_keys(event.act.retired), event.time)
    return added, retired


def parse_keys(lines: Iterable[str]) -> tuple[PublicKey, ...]:
    """Read the verifier keys of a key change.

    Raises:
        DamageError: a line is none.
    """
    return tuple(map(parse_verifier_key, lines))


def read_key_changes(index: Index) -> tuple[Event, ...]:
    """Return the key changes that the log tells of, in its order."""
    return tuple(row.event for row in select_events(index, "key-change"))


def find_loss(archive: OpenArchive) -> str | None:
    """Return in words what was signed but is not in this copy of the log, or None."""
    seen = read_seen(archive.signer.folder)
    now = archive.writer.checkpoint
    log = CaptureLog(folder=archive.layout.log, checkpoint=now)
    if seen is None or (problem := explain_divergence(seen, log)) is None:
        return None
    lost = seen.size - now.size
    more = f": {lost} leaves, and what they name, are not in this copy" if lost > 0 else ""
    return problem + more


def rotate_key(archive: OpenArchive, *, reason: str, by: str | None = None) -> KeyMove:
    """Announce a new key and take it into use, or finish what an earlier command began.

    Without a succession the old keys go on signing beside it; with one, they are retired.

    Raises:
        InputError: no reason is given, or no succession is called for.
        StoreError: the disk refuses; the same command finishes the work.
    """
    _require_reason(reason)
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
                remedy=f"leave --restored out: {_NEXT}",
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
    _require_reason(reason)
    key = find_key(read_public_keys(archive.layout.keys, "log"), name)
    changes = read_key_changes(archive.index)
    at_hand = [pair.public for pair in archive.signer.read_pairs(archive.origin)]
    finished = key in list_changes(changes)[1]
    if finished and key not in at_hand:
        raise InputError(f"{key.id.hex()} is retired already", remedy="see: archive key show")
    if finished:
        leaf = next(
            leaf for change, leaf in _read_changes(archive) if key in parse_keys(change.retired)
        )
    else:
        others = [other for other in _list_active(archive, changes) if other != key]
        if not others:
            raise InputError(
                f"{key.id.hex()} is the last key in use; the log could not be signed without it",
                remedy=f"first take another one into use: {_NEXT}",
            )
        if not any(other in at_hand for other in others):
            raise InputError(
                "no private key of the other keys in use is at hand, so none could sign",
                remedy=f"first take another one into use: {_NEXT}",
            )
        change = KeyChange(retired=(format_verifier_key(key),), reason=reason)
        leaf = store_event(archive, change, by=by).leaf
    _put_away(archive, (key,))
    archive.signer.reload()
    archive.writer.sign_again()
    return KeyMove(added=None, retired=(key,), leaf=leaf, finished=finished)


def find_key(keys: Sequence[PublicKey], name: str) -> PublicKey:
    """Return the key whose id begins with ``name``, or that is named ``USE-ID``.

    Raises:
        InputError: there is none, or more than one.
    """
    wanted = name.lower()
    found = [key for key in keys if key.id.hex().startswith(wanted) or name_key(key) == wanted]
    if len(found) != 1 or not wanted:
        what = "more than one key goes" if found else "no key goes"
        raise InputError(f"{what} by {name!r}", remedy="`archive key show` lists their ids")
    return found[0]


def check_keys(archive: Archive, world: World) -> tuple[KeyTest, ...]:
    """Have every key in use sign a text, check that, and look at its files.

    Raises:
        InputError: there is no log yet, or the private keys would lie inside the archive.
    """
    ring = read_key_ring(archive, world)
    active = [state.key for state in ring.keys if state.retired is None]
    return tuple(
        KeyTest(key=key, problems=tuple(_test_key(key, ring.folder, world))) for key in active
    )


def _test_key(key: PublicKey, folder: Path, world: World) -> Iterable[str]:
    path = folder / (name_key(key) + PRIVATE)
    try:
        mode = folder.stat().st_mode
        if mode & 0o022:
            yield f"others may change the folder {folder}: chmod go-w {folder}"
        if not path.exists():
            yield f"the private key is not at hand: {path} is missing"
            return
    except FileNotFoundError:
        yield f"the private key is not at hand: {path} is missing"
        return
    except OSError as error:
        yield str(explain_error(error, "read", path))
        return
    try:
        pair = read_key_pair(path, key.use, name=key.name, passphrase=world.passphrase)
    except InputError as error:
        yield f"{error} ({error.remedy})"
        return
    if pair.public != key:
        yield f"{path} is not the private key of {key.id.hex()}"
        return
    now = world.clock()
    text = f"archive key test\n{now.isoformat()}\n"  # no checkpoint, so it can be none's signature
    if check_note(sign_note(Note(text=text), pair, time=now), [key]).good != (key,):
        yield "what it signed does not hold"


def _put_away(archive: OpenArchive, keys: Iterable[PublicKey]) -> None:
    """Rename the private keys that are at hand and sign no more."""
    for key in keys:
        if (archive.signer.folder / (name_key(key) + PRIVATE)).exists():
            rename_key_pair(archive.signer.folder, archive.world.disk, key, old="", new=RETIRED)


def _read_changes(archive: OpenArchive) -> tuple[tuple[KeyChange, int], ...]:
    rows = select_events(archive.index, "key-change")
    return tuple((row.event.act, row.leaf) for row in rows if isinstance(row.event.act, KeyChange))


def _list_rows(archive: OpenArchive, keys: Iterable[PublicKey]) -> list[tuple[KeyChange, int]]:
    """Return the changes that announce one of the keys, and their leaves."""
    wanted = set(keys)
    return [item for item in _read_changes(archive) if wanted & set(parse_keys(item[0].added))]


def _list_active(archive: OpenArchive, changes: Sequence[Event]) -> tuple[PublicKey, ...]:
    """Return the keys that are not retired."""
    _, retired = list_changes(changes)
    known = read_public_keys(archive.layout.keys, "log")
    return tuple(key for key in known if key not in retired)


def _list_files(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(folder.iterdir()))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise explain_error(error, "read", folder) from error


def _is_older(
    since: datetime | None, time: datetime, other: PublicKey, keys: Sequence[PublicKey]
) -> bool:
    return other.use == "log" and other in keys and (since is None or time > since)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InputError("a change of keys needs a reason", remedy="give --reason TEXT")
