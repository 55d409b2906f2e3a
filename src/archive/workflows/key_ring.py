"""What is known of an archive's keys: since when, until when, and whether they are at hand.

Follows ``docs/format.md``, "Keys".  Not for: changing keys (`archive.workflows.keys`) or trying
them (`archive.workflows.key_trial`).
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archive.core.event import Event, KeyChange
from archive.core.key import PublicKey, parse_verifier_key
from archive.errors import InputError
from archive.index.database import Index
from archive.index.events import select_events
from archive.store.disk import explain_error
from archive.store.keys import NEW, PRIVATE, RETIRED, name_key, read_public_keys
from archive.store.log import read_log
from archive.store.witness import find_witness_name
from archive.workflows.opening import Archive, World, find_key_folder, open_index

YEAR = timedelta(days=365)
OVERLAP = timedelta(days=90)  # how long an old key signs beside its successor
NEXT = "archive key rotate --reason TEXT"


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
    # By name: those of a log that was lost, and made again under another name, stay as they are.
    keys = (
        *read_public_keys(archive.layout.keys, "log", name=log.origin),
        *read_public_keys(archive.layout.keys, "witness", name=find_witness_name(log.origin)),
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
                advice = f"it is over a year old: {NEXT}"
            elif key in unannounced and not is_first:
                advice = f"no leaf of the log announces it: repeat the command, as in {NEXT}"
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


def read_changes(index: Index) -> tuple[tuple[KeyChange, int], ...]:
    """Return what the log tells of keys, and in which leaf, in its order."""
    rows = select_events(index, "key-change")
    return tuple((row.event.act, row.leaf) for row in rows if isinstance(row.event.act, KeyChange))


def read_key_changes(index: Index) -> tuple[Event, ...]:
    """Return the key changes that the log tells of, in its order."""
    return tuple(row.event for row in select_events(index, "key-change"))


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
