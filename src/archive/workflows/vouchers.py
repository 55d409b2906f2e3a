"""Checking what vouches for the capture log: signatures, keys, cosignatures, time stamps.

Rules:

1. Every key of ``metadata/keys/`` that is not retired has signed the newest checkpoint, no
   signature is bad, and none is by a key of the log that is not there.  Every key but the first
   is announced by the log.
2. Where this machine remembers what was signed last, the log continues it.
3. The checkpoint of every cosignature and time stamp is one of this log: its root is that of
   so many leaves, and so many were there before the event.  The time stated is not before the
   newest of them was stored; else one of the two clocks was wrong, or somebody lies.
4. Events of a log that was lost and made again are about the lost one, and cannot be checked
   against this one.

Slightly over 300 lines, one check after another.  Not for: entries, tiles and files
(`archive.store.check`), or the index.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import Checkpoint, parse_checkpoint
from archive.core.event import Cosigning, Event, KeyChange, Timestamping, parse_event
from archive.core.finding import Finding, Severity
from archive.core.http import decode_body, parse_head
from archive.core.key import PublicKey, check_note, parse_verifier_key
from archive.core.leaf import Leaf
from archive.core.note import Note, parse_note
from archive.core.proof import read_root
from archive.errors import ArchiveError, DamageError, InputError, StoreError
from archive.store.keys import (
    NEW,
    has_private_key,
    list_private_names,
    name_key,
    read_public_keys,
)
from archive.store.layout import Layout
from archive.store.log import CaptureLog, list_leaves, read_note
from archive.store.read import read_record
from archive.store.signer import find_divergence, read_seen
from archive.workflows.stated_time import find_act_problem
from archive.workflows.tokens import judge_token, make_token_finding

_LOG = "metadata/log/checkpoint"
_KEYS = "metadata/keys"
_HOLDS = "digests and tree, which say what was stored; only who vouches for it is in question"
_COMPARE = "compare the archive with a copy, and its key with the one that was published"
_FINISH = (
    "if a change of keys was stopped half-way, run the same `archive key rotate` again; if not,"
    " find out who put the key there"
)
_RESTORE_KEY = (
    "if its private key is lost, give it up: archive key retire ID --reason TEXT; if not,"
    " compare the archive with a copy"
)
_SIGN = "run any command that writes: it signs with every key in use"
_CLOCKS = (
    "ask the witness or authority what it signed then; the archive's clock may be what is wrong"
)
_ANSWER_BYTES = 1 << 20
_NEAR = 64  # leaves: an answer is stored just before the event that tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """An event, and the leaf that places it."""

    leaf: Leaf
    event: Event


def check_vouchers(layout: Layout, *, keys: Path | None, is_full: bool) -> Iterator[Finding]:
    """Give what is wrong with what vouches for the log, or worth knowing.

    ``keys`` is where the private keys of this log would lie on this machine, if that is known.
    What cannot be read of the log itself is not told here.  Tokens and cosignatures are looked
    at where ``is_full``.
    """
    memory = _Memory(keys)  # before the checkpoint: a writer publishes first, then remembers
    try:
        note = read_note(layout.log)
        checkpoint = None if note is None else parse_checkpoint(note.text)
    except StoreError:
        return
    if note is None or checkpoint is None:
        return
    log = CaptureLog(folder=layout.log, checkpoint=checkpoint)
    problems: list[Finding] = []
    events = tuple(_read_events(layout, log, problems))
    yield from problems
    try:
        known = read_public_keys(layout.keys, "log")
    except StoreError as error:
        yield _report(str(error), _KEYS, remedy=error.remedy)
        return
    known = tuple(key for key in known if key.name == log.origin)
    yield from _check_keys(note, known, events, keys)
    yield from _check_signatures(log, note, known, events, keys)
    yield from _check_memory(log, note, memory)
    if is_full:
        for stored in events:
            yield from _check_event(layout, log, known, stored)


def _read_events(layout: Layout, log: CaptureLog, problems: list[Finding]) -> Iterator[_Stored]:
    """Yield the events that vouch for the log; note those that cannot be read."""
    try:
        for leaf in list_leaves(log, ("key-change", "timestamp", "cosignature")):
            placed = leaf.records[-1]
            try:
                record = read_record(layout, leaf.warc, placed.offset, placed.length)
                yield _Stored(leaf=leaf, event=parse_event(record.block))
            except StoreError as error:
                what = f"{leaf.kind} event cannot be read: {error}"
                problems.append(_report_event(leaf, what, "restore the file from a copy"))
    except StoreError:  # told by the check of the log
        return


def _list_keys(events: tuple[_Stored, ...], *, is_retired: bool) -> set[str]:
    return {
        line
        for stored in events
        if isinstance(stored.event.act, KeyChange) and not stored.leaf.rederived
        for line in (stored.event.act.retired if is_retired else stored.event.act.added)
    }


def _check_keys(
    note: Note, known: tuple[PublicKey, ...], events: tuple[_Stored, ...], keys: Path | None
) -> Iterator[Finding]:
    """Compare the public keys that are there with those that the log announces.

    A change of keys that was stopped half-way is no damage: its key is announced, and does not
    sign yet; or it signs before it is announced, and then its private key is on this machine.
    """
    if not known:
        if note.signatures:
            yield _report("there is no public key of this log", _KEYS, remedy=_COMPARE)
        else:
            what = "the log is not signed: it is from before there were keys, or they were taken"
            remedy = "sign it from now on: archive key new"
            yield _report(what, _LOG, severity="undecidable", remedy=remedy)
        return
    announced = {key for key in map(_parse_key, _list_keys(events, is_retired=False)) if key}
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
        begun = [key for key in strangers if keys and has_private_key(keys, key, NEW)]
        others = [key for key in strangers if not (keys and has_private_key(keys, key))]
        is_ours = len(others) < 2 and not any(key.id in signers for key in others)
        if is_ours or len(begun) == len(strangers) - 1:
            yield _report(what, _KEYS, severity="note", remedy=_FINISH)
        else:
            yield _report(what, _KEYS, remedy=_COMPARE)


def _check_signatures(
    log: CaptureLog,
    note: Note,
    known: tuple[PublicKey, ...],
    events: tuple[_Stored, ...],
    keys: Path | None,
) -> Iterator[Finding]:
    retired = {_parse_key(line) for line in _list_keys(events, is_retired=True)}
    signed = check_note(note, known)
    for key in signed.bad:
        yield _report(f"the signature by {name_key(key)} does not hold", _LOG, remedy=_COMPARE)
    for key in known:
        if key in retired or key in signed.good or key in signed.bad:
            continue
        what = f"the checkpoint is not signed by {name_key(key)}, which is not retired"
        # A change of keys that was stopped here is put right here.
        is_here = _is_here(keys, key, "", NEW) or any(
            _is_here(keys, one, NEW) for one in signed.good
        )
        if is_here and signed.good:
            yield _report(what, _LOG, severity="note", remedy=_SIGN)
        else:
            yield _report(what, _LOG, remedy=_RESTORE_KEY)
    for item in note.signatures:
        if item.name == log.origin and item.key_id not in {key.id for key in known}:
            what = f"the checkpoint is signed by a key {item.key_id.hex()} that is not there"
            yield _report(what, _KEYS, remedy="restore metadata/keys from a copy of the archive")
    if known and set(known) <= retired:
        yield _report("every key of metadata/keys is retired", _KEYS, remedy=_COMPARE)


def _is_here(keys: Path | None, key: PublicKey, *suffixes: str) -> bool:
    return keys is not None and any(has_private_key(keys, key, end) for end in suffixes)


class _Memory:
    """What this machine knows of the log: what it signed last, and which keys it signs with.

    ``in_use`` and ``begun`` are the names of private keys (`name_key`).
    """

    def __init__(self, folder: Path | None) -> None:
        self.seen: Checkpoint | None = None
        self.problem: InputError | None = None
        self.in_use = frozenset[str]()
        self.begun = frozenset[str]()
        if folder is not None:
            self.in_use = list_private_names(folder, "log")
            self.begun = list_private_names(folder, "log", NEW)
            try:
                self.seen = read_seen(folder)
            except InputError as error:
                self.problem = error
            except StoreError:
                self.problem = InputError(f"{folder} cannot be read")


def _check_memory(log: CaptureLog, note: Note, memory: _Memory) -> Iterator[Finding]:
    """Compare the log with what this machine remembers to have signed, and with which keys."""
    if memory.problem is not None:
        error = memory.problem
        yield _report(str(error), _LOG, severity="undecidable", remedy=error.remedy)
    elif memory.seen is None:
        what = "nothing on this machine remembers what was signed last: an older log would pass"
        yield _report(what, _LOG, severity="note", remedy="verify it where its private key is")
    else:
        with contextlib.suppress(StoreError):  # told by the check of the log
            problem = find_divergence(memory.seen, log.checkpoint, log.folder)
            if problem is not None:
                yield _report(problem, _LOG, remedy="restore the newest copy of the archive")
    signers = {f"log-{item.key_id.hex()}" for item in note.signatures}
    if memory.in_use and not signers & (memory.in_use | memory.begun):
        what = "the checkpoint is signed by none of the private keys on this machine"
        yield _report(what, _LOG, remedy=_COMPARE)


def _check_event(
    layout: Layout, log: CaptureLog, known: tuple[PublicKey, ...], stored: _Stored
) -> Iterator[Finding]:
    leaf, act = stored.leaf, stored.event.act
    if not isinstance(act, Timestamping | Cosigning):
        return
    if leaf.rederived:
        what = f"this {leaf.kind} is of the log that was lost, and says nothing of this one"
        yield _report_event(leaf, what, "none is needed", severity="note")
        return
    problem = _find_strangeness(log, known, act, leaf)
    if problem is not None:
        yield _report_event(leaf, problem, _COMPARE)
        return
    early = find_act_problem(log, act)
    if early is not None:
        yield _report_event(leaf, early, _CLOCKS, severity="undecidable")
    if isinstance(act, Timestamping):
        yield from _check_token(layout, log, leaf, act)


def _find_strangeness(
    log: CaptureLog, known: tuple[PublicKey, ...], act: Timestamping | Cosigning, leaf: Leaf
) -> str | None:
    """Return why the note that ``act`` is about is none of this log, or None."""
    try:
        note = parse_note(act.note)
        problem = _find_difference(log, parse_checkpoint(note.text), leaf)
        if problem is None and not check_note(note, known).good:
            return "its checkpoint is signed by no key of this log"
        if problem is None and isinstance(act, Cosigning):
            witness = parse_verifier_key(act.witness)
            if check_note(note, [witness]).good != (witness,):
                return f"the witness's signature ({witness.name}) does not hold"
    except DamageError as error:
        return str(error)
    return problem


def _find_difference(log: CaptureLog, checkpoint: Checkpoint, leaf: Leaf) -> str | None:
    """Return why ``checkpoint`` is none that this log had before ``leaf``, or None."""
    if checkpoint.origin != log.origin:
        return f"it is for the log {checkpoint.origin!r}"
    if checkpoint.size > leaf.sequence:
        return f"it is for {checkpoint.size} leaves, more than there were"
    if read_root(log.read_node, checkpoint.size) != checkpoint.root:
        return f"its checkpoint's root is not that of the first {checkpoint.size} leaves"
    return None


def _check_token(
    layout: Layout, log: CaptureLog, leaf: Leaf, act: Timestamping
) -> Iterator[Finding]:
    placed = leaf.records[-1]
    try:
        judgement = judge_token(
            _read_answer(layout, log, act.response, leaf),
            data=parse_note(act.note).text.encode(),
            nonce=None,
            roots=tuple(root.encode() for root in act.roots),
        )
    except ArchiveError as error:
        what = f"the authority's answer cannot be read: {error}"
        yield _report_event(leaf, what, error.remedy)
        return
    file = f"warcs/{leaf.warc}"
    finding = make_token_finding(
        judgement, file=file, offset=placed.offset, record_id=placed.record_id
    )
    if finding is not None:
        yield finding


def _read_answer(layout: Layout, log: CaptureLog, record_id: str, leaf: Leaf) -> bytes:
    """Return the payload of the response ``record_id``, which was stored just before ``leaf``.

    Raises:
        DamageError: it is not there.
    """
    for sequence in range(leaf.sequence - 1, max(leaf.sequence - _NEAR, 0) - 1, -1):
        earlier = log.read_leaf(sequence)
        for placed in earlier.records:
            if placed.record_id == record_id:
                record = read_record(layout, earlier.warc, placed.offset, placed.length)
                head = parse_head(record.block)
                return decode_body(head, record.block[head.length :], _ANSWER_BYTES) or b""
    raise DamageError(
        f"no leaf shortly before {leaf.sequence} lists the record {record_id}", remedy=_COMPARE
    )


def _parse_key(line: str) -> PublicKey | None:
    try:
        return parse_verifier_key(line)
    except DamageError:
        return None


def _report(what: str, file: str, *, remedy: str, severity: Severity = "damage") -> Finding:
    return Finding(severity=severity, what=what, file=file, holds=_HOLDS, remedy=remedy)


def _report_event(leaf: Leaf, what: str, remedy: str, *, severity: Severity = "damage") -> Finding:
    placed = leaf.records[-1]
    return Finding(
        severity=severity,
        what=f"{leaf.kind} at leaf {leaf.sequence}: {what}",
        file=f"warcs/{leaf.warc}",
        offset=placed.offset,
        record_id=placed.record_id,
        holds=_HOLDS,
        remedy=remedy,
    )
