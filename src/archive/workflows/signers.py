"""Checking who signs for the capture log: keys, signatures, and what this machine remembers.

Rules:

1. Every key of ``metadata/keys/`` that is not retired has signed the newest checkpoint, no
   signature is bad, and none is by a key of the log that is not there.  Every key but the first
   is announced by the log.
2. Where this machine remembers what was signed last, beside the private keys or at home, the log
   continues all of it; where it holds private keys of the log, one of them signed; and they lie
   where they lay when they signed last.

Not for: what outsiders signed (`archive.workflows.vouchers`).
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.event import KeyChange
from archive.core.finding import Finding, Severity
from archive.core.key import PublicKey, check_note, parse_verifier_key
from archive.core.note import Note
from archive.errors import DamageError, InputError, StoreError
from archive.store.keys import NEW, list_private_names, name_key
from archive.store.log import CaptureLog
from archive.store.memory import (
    CONFIRM_PLACE,
    Place,
    Remembered,
    explain_copy,
    explain_place,
    find_divergence,
    read_place,
    read_remembered,
)

HOLDS = "digests and tree, which say what was stored; only who vouches for it is in question"
COMPARE = "compare the archive with a copy, and its key with the one that was published"
_LOG = "metadata/log/checkpoint"
_KEYS = "metadata/keys"
_SETTINGS = "archive.toml"
_FINISH = (
    "if a change of keys was stopped half-way, run the same `archive key rotate` again; if not,"
    " find out who put the key there"
)
_RESTORE_KEY = (
    "if its private key is lost, give it up: archive key retire ID --reason TEXT; if not,"
    " compare the archive with a copy"
)
_SIGN = "run any command that writes: it signs with every key in use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What this machine knows of the log: what it signed last, and which keys it signs with.

    ``in_use`` and ``begun`` are the names of private keys (`name_key`); ``folder`` is where they
    would lie by the ``setting``, ``place`` where they lay last; ``problems`` are why some of this
    cannot be known.
    """

    seen: tuple[Remembered, ...] = ()
    problems: tuple[InputError, ...] = ()
    folder: Path | None = None
    setting: str = ""
    place: Place | None = None
    in_use: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()


def read_memory(
    folder: Path | None,
    home: Path | None = None,
    problem: InputError | None = None,
    *,
    setting: str = "",
) -> Memory:
    """Return what the folder of the log's private keys tells, and what is remembered at home.

    ``problem`` is why the folder is not known, where the settings name one that cannot be.
    """
    problems = [] if problem is None else [problem]
    place: Place | None = None
    seen: list[Remembered] = []
    with _note_error(problems):
        place = read_place(home)
    for path in dict.fromkeys((home, folder, None if place is None else place.keys)):
        with _note_error(problems):
            seen += () if path is None else read_remembered([path])
    if folder is None:
        return Memory(seen=tuple(seen), problems=tuple(problems), place=place)
    return Memory(
        seen=tuple(seen),
        problems=tuple(problems),
        folder=folder,
        setting=setting,
        place=place,
        in_use=list_private_names(folder, "log"),
        begun=list_private_names(folder, "log", NEW),
    )


@contextlib.contextmanager
def _note_error(problems: list[InputError]) -> Iterator[None]:
    """Note why something cannot be read; the rest is read all the same."""
    try:
        yield
    except InputError as error:
        problems.append(error)
    except StoreError as error:
        problems.append(InputError(str(error), remedy=error.remedy))


def check_signers(
    log: CaptureLog,
    note: Note,
    known: tuple[PublicKey, ...],
    *,
    changes: Sequence[KeyChange],
    memory: Memory,
    root: Path,
) -> Iterator[Finding]:
    """Give what is wrong with who signed the newest checkpoint, ``note``.

    ``known`` are the public keys of this log, ``changes`` the key changes that it tells of;
    ``memory`` was read before the checkpoint was: a writer publishes first, and then remembers.
    ``root`` is the archive's folder.
    """
    yield from _check_keys(note, known, changes, memory)
    yield from _check_signatures(log, note, known, changes, memory)
    yield from _check_memory(log, note, memory, root)


def _check_keys(
    note: Note, known: tuple[PublicKey, ...], changes: Sequence[KeyChange], memory: Memory
) -> Iterator[Finding]:
    """Compare the public keys that are there with those that the log announces.

    A change of keys that was stopped half-way is no damage: its key is announced, and does not
    sign yet; or it signs before it is announced, and then its private key is on this machine.
    """
    if not known:
        if note.signatures:
            yield _report("there is no public key of this log", _KEYS, remedy=COMPARE)
        else:
            what = "the log is not signed: it is from before there were keys, or they were taken"
            remedy = "sign it from now on: archive key new"
            yield _report(what, _LOG, severity="undecidable", remedy=remedy)
        return
    announced = _parse_keys(line for change in changes for line in change.added)
    signers = {signature.key_id for signature in note.signatures}
    for key in sorted(announced - set(known), key=name_key):
        what = f"the public key {name_key(key)}, which the log announces, is missing"
        if key.id in signers:
            yield _report(what, _KEYS, remedy="restore metadata/keys from a copy of the archive")
        else:
            yield _report(what, _KEYS, severity="note", remedy=_FINISH)
    strangers = [key for key in known if key not in announced]
    if len(strangers) > 1:
        names = ", ".join(map(name_key, strangers))
        what = f"the log began with one key, and announces none of the others of: {names}"
        begun = [key for key in strangers if name_key(key) in memory.begun]
        others = [key for key in strangers if name_key(key) not in memory.in_use]
        is_ours = len(others) < 2 and not any(key.id in signers for key in others)
        if is_ours or len(begun) == len(strangers) - 1:
            yield _report(what, _KEYS, severity="note", remedy=_FINISH)
        else:
            yield _report(what, _KEYS, remedy=COMPARE)


def _check_signatures(
    log: CaptureLog,
    note: Note,
    known: tuple[PublicKey, ...],
    changes: Sequence[KeyChange],
    memory: Memory,
) -> Iterator[Finding]:
    retired = _parse_keys(line for change in changes for line in change.retired)
    signed = check_note(note, known)
    for key in signed.bad:
        yield _report(f"the signature by {name_key(key)} does not hold", _LOG, remedy=COMPARE)
    for key in known:
        if key in retired or key in signed.good or key in signed.bad:
            continue
        what = f"the checkpoint is not signed by {name_key(key)}, which is not retired"
        # A change of keys that was stopped here is put right here.
        is_here = name_key(key) in memory.in_use | memory.begun
        if signed.good and (is_here or any(name_key(one) in memory.begun for one in signed.good)):
            yield _report(what, _LOG, severity="note", remedy=_SIGN)
        else:
            yield _report(what, _LOG, remedy=_RESTORE_KEY)
    for item in note.signatures:
        if item.name == log.origin and item.key_id not in {key.id for key in known}:
            what = f"the checkpoint is signed by a key {item.key_id.hex()} that is not there"
            yield _report(what, _KEYS, remedy="restore metadata/keys from a copy of the archive")
    if known and set(known) <= retired:
        yield _report("every key of metadata/keys is retired", _KEYS, remedy=COMPARE)


def _check_memory(log: CaptureLog, note: Note, memory: Memory, root: Path) -> Iterator[Finding]:
    """Compare the log with what this machine remembers to have signed, and with which keys."""
    for error in memory.problems:
        yield _report(str(error), _LOG, severity="undecidable", remedy=error.remedy)
    moved = memory.folder and explain_place(memory.place, memory.folder, setting=memory.setting)
    if moved:
        yield _report(moved, _SETTINGS, remedy=CONFIRM_PLACE)
    if not (memory.seen or memory.problems):
        what = "nothing on this machine remembers what was signed last: an older log would pass"
        yield _report(what, _LOG, severity="note", remedy="verify it where its private key is")
    with contextlib.suppress(StoreError):  # told by the check of the log
        problem = find_divergence(memory.seen, log)
        if problem is not None:
            copy = explain_copy(memory.place, root)
            what = f"{problem}; {copy}" if copy else problem
            yield _report(what, _LOG, remedy="restore the newest copy of the archive")
    signers = {f"log-{item.key_id.hex()}" for item in note.signatures}
    if memory.in_use and not signers & (memory.in_use | memory.begun):
        what = "the checkpoint is signed by none of the private keys on this machine"
        yield _report(what, _LOG, remedy=COMPARE)


def _parse_keys(lines: Iterable[str]) -> set[PublicKey]:
    """Return the keys of logs among the lines; one that is none names none."""
    keys: set[PublicKey] = set()
    for line in lines:
        with contextlib.suppress(DamageError):
            keys.add(parse_verifier_key(line))
    return {key for key in keys if key.use == "log"}


def _report(what: str, file: str, *, remedy: str, severity: Severity = "damage") -> Finding:
    return Finding(severity=severity, what=what, file=file, holds=HOLDS, remedy=remedy)
