"""Checking what vouches for the capture log: who signed it, cosignatures, time stamps.

Rules:

1. The checkpoint of every cosignature and time stamp is one of this log: its root is that of
   so many leaves, and so many were there before the event.  The time stated is not before the
   newest of them was stored, and is about when the answer came; else one of the two clocks was
   wrong, or somebody lies.  The event says of a token the time that the token says.
2. Events of a log that was lost and made again are about the lost one, and cannot be checked
   against this one.

Not for: the log's own keys and signatures (`archive.workflows.signers`), entries, tiles and files
(`archive.store.check`), or the index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from archive.core.checkpoint import Checkpoint, parse_checkpoint
from archive.core.event import Cosigning, Event, KeyChange, Timestamping, parse_event
from archive.core.finding import Finding, Severity
from archive.core.instant import format_instant
from archive.core.key import PublicKey, check_note, parse_verifier_key
from archive.core.leaf import Leaf
from archive.core.note import parse_note
from archive.errors import ArchiveError, DamageError, StoreError
from archive.store.keys import read_public_keys
from archive.store.layout import Layout
from archive.store.log import CaptureLog, list_leaves, read_note
from archive.store.read import read_record
from archive.workflows.signers import COMPARE, HOLDS, Memory, check_signers
from archive.workflows.stated_time import find_act_problem
from archive.workflows.tokens import Proven, judge_token, make_token_finding, read_answer

_CLOCKS = (
    "ask the witness or authority what it signed then; the archive's clock may be what is wrong"
)
_ROUNDING = timedelta(seconds=1)  # of the time of a token
_NEAR = 64  # leaves: an answer is stored just before the event that tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """An event, and the leaf that places it."""

    leaf: Leaf
    event: Event


def check_vouchers(layout: Layout, *, memory: Memory, is_full: bool) -> Iterator[Finding]:
    """Give what is wrong with what vouches for the log, or worth knowing.

    ``memory`` is what this machine knows of the log, read before anything of the log is: a writer
    publishes first, and then remembers.  What cannot be read of the log itself is not told here.
    Tokens and cosignatures are looked at where ``is_full``.
    """
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
        known = read_public_keys(layout.keys, "log", name=log.origin)
    except StoreError as error:
        yield Finding(
            severity="damage",
            what=str(error),
            file="metadata/keys",
            holds=HOLDS,
            remedy=error.remedy,
        )
        return
    changes = [
        stored.event.act
        for stored in events
        if isinstance(stored.event.act, KeyChange) and not stored.leaf.rederived
    ]
    yield from check_signers(log, note, known, changes=changes, memory=memory, root=layout.root)
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
        yield _report_event(leaf, problem, COMPARE)
        return
    untimely = find_act_problem(log, act, arrived=stored.event.time)
    if untimely is not None:
        yield _report_event(leaf, untimely, _CLOCKS, severity="undecidable")
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
    divergence = log.find_divergence(checkpoint)
    if divergence == "other log":
        return f"it is for the log {checkpoint.origin!r}"
    if divergence == "longer" or checkpoint.size > leaf.sequence:
        return f"it is for {checkpoint.size} leaves, more than there were"
    if divergence == "other root":
        return f"its checkpoint's root is not that of the first {checkpoint.size} leaves"
    return None


def _check_token(
    layout: Layout, log: CaptureLog, leaf: Leaf, act: Timestamping
) -> Iterator[Finding]:
    placed = leaf.records[-1]
    try:
        judgement = judge_token(
            _find_answer(layout, log, act.response, leaf),
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
    elif isinstance(judgement, Proven) and abs(judgement.stamped.time - act.stated) > _ROUNDING:
        what = f"its token states {format_instant(judgement.stamped.time)}, and not what it says"
        yield _report_event(leaf, what, COMPARE)


def _find_answer(layout: Layout, log: CaptureLog, record_id: str, leaf: Leaf) -> bytes:
    """Return the payload of the response ``record_id``, which was stored just before ``leaf``.

    Raises:
        DamageError: it is not there.
    """
    for sequence in range(leaf.sequence - 1, max(leaf.sequence - _NEAR, 0) - 1, -1):
        earlier = log.read_leaf(sequence)
        for placed in earlier.records:
            if placed.record_id == record_id:
                return read_answer(layout, earlier.warc, placed.offset, placed.length)
    raise DamageError(
        f"no leaf shortly before {leaf.sequence} lists the record {record_id}", remedy=COMPARE
    )


def _report_event(leaf: Leaf, what: str, remedy: str, *, severity: Severity = "damage") -> Finding:
    placed = leaf.records[-1]
    return Finding(
        severity=severity,
        what=f"{leaf.kind} at leaf {leaf.sequence}: {what}",
        file=f"warcs/{leaf.warc}",
        offset=placed.offset,
        record_id=placed.record_id,
        holds=HOLDS,
        remedy=remedy,
    )
