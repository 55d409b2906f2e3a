"""Proving one leaf of the log to a stranger: gathering what he needs.

Whatever is chosen must be a checkpoint of this log, signed by a key of this log.  Not for: which
checkpoint that is (`archive.workflows.evidence`), or the form of the bundle
(`archive.interchange.bundle`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.core.capture import parse_capture_metadata
from archive.core.checkpoint import parse_checkpoint
from archive.core.identity import derive_capture_id
from archive.core.key import (
    PublicKey,
    check_note,
    find_witness_time,
)
from archive.core.leaf import Leaf
from archive.core.note import Note
from archive.core.proof import InclusionProof, prove_inclusion
from archive.errors import ArchiveError, DamageError, InputError, StoreError
from archive.index.database import Index
from archive.index.lookup import find_record
from archive.interchange.bundle import (
    Bundle,
    Token,
    format_bundle,
    require_free,
    write_bundle,
)
from archive.store.check_log import find_overwritten
from archive.store.keys import read_public_keys
from archive.store.log import CaptureLog, read_log, read_note
from archive.store.read import read_members, read_record
from archive.workflows.evidence import (
    Cosignature,
    Evidence,
    Stamp,
    choose_evidence,
    list_cosignatures,
    list_stamps,
)
from archive.workflows.key_ring import list_changes, read_key_changes
from archive.workflows.log import find_sequence
from archive.workflows.opening import Archive, open_index
from archive.workflows.stated_time import find_time_problem
from archive.workflows.tokens import read_answer

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A bundle that was written, and where."""

    folder: Path
    bundle: Bundle


def prove_leaf(archive: Archive, name: str, folder: Path | None, *, tell: Tell) -> Proven:
    """Write the proof of the leaf that ``name`` means into ``folder``, or one named after it.

    ``tell`` is told of evidence that had to be left out.

    Raises:
        InputError: no leaf goes by that name, what it lists is withdrawn, or the folder is taken.
        DamageError: the log, or what it lists, is not what it was.
    """
    log = read_log(archive.layout.log)
    sequence = find_sequence(archive, log, name)
    leaf = log.read_leaf(sequence)
    bundle = gather_bundle(archive, log, leaf, tell)
    if folder is None:
        folder = Path(_name_folder(bundle, archive))
    require_free(folder)
    write_bundle(folder, format_bundle(bundle), _read_stored(archive, leaf))
    return Proven(folder=folder, bundle=bundle)


def gather_bundle(archive: Archive, log: CaptureLog, leaf: Leaf, tell: Tell) -> Bundle:
    """Return what proves a leaf, without writing it; ``tell`` as in `prove_leaf`.

    Raises:
        InputError: what the leaf lists is withdrawn.
        DamageError: the log, or what it lists, is not what it was.
    """
    known = read_public_keys(archive.layout.keys, "log")
    newest = read_note(archive.layout.log)
    with closing(open_index(archive)) as index:
        _, retired = list_changes(read_key_changes(index))

        def covers(one: Stamp | Cosignature, stated: float, where: str) -> bool:
            problem = _find_problem(one.note, log, leaf.sequence, known)
            if problem == "":
                size = parse_checkpoint(one.note.text).size
                problem = find_time_problem(log, size, stated, arrived=one.arrived) or ""
            if problem:
                tell(f"{where} is left out: {problem}")
            return problem == ""

        # a checkpoint from before the leaf is no problem, and says nothing of it
        stamps = [
            stamp
            for stamp in list_stamps(index)
            if covers(
                stamp,
                stamp.act.stated.timestamp(),
                f"the time stamp of {stamp.act.authority}",
            )
        ]
        cosignatures = [
            item
            for item in list_cosignatures(index)
            if covers(item, item.time, f"the signature of the witness {item.key.name}")
        ]
        problem = "it is missing" if newest is None else ""
        if newest is None or (problem := _find_problem(newest, log, leaf.sequence, known) or ""):
            raise DamageError(
                f"the newest checkpoint proves nothing: {problem}", remedy="run `archive verify`"
            )
        evidence, tokens = _choose_readable(archive, index, newest, stamps, cosignatures, tell)
    note, key = _sign_off(evidence, known, retired)
    index_size = parse_checkpoint(note.text).size
    proof = InclusionProof(
        index=leaf.sequence,
        hashes=prove_inclusion(log.read_node, leaf.sequence, index_size),
        checkpoint=note,
    )
    bundle = Bundle(
        leaf=leaf,
        entry=next(log.read_entries(leaf.sequence)),
        proof=proof,
        key=key,
        retired=retired.get(key),
        witnesses=tuple(item.key for item in evidence.cosignatures),
        tokens=tokens,
    )
    return _describe_capture(archive, bundle)


def _find_problem(
    note: Note, log: CaptureLog, sequence: int, known: Sequence[PublicKey]
) -> str | None:
    """Return why a note cannot be used: words; None if it is only too old; empty if it can."""
    try:
        stated = parse_checkpoint(note.text)
    except DamageError as error:
        return str(error)
    match log.find_divergence(stated):
        case "other log" | "longer":
            return "its checkpoint is not one of this log; run `archive verify`"
        case "other root":
            return "its checkpoint has another root than this log; run `archive verify`"
        case None:
            pass
    signed = check_note(note, known)
    if signed.bad or not signed.good:
        return "no key of this log signed its checkpoint"
    return "" if sequence < stated.size else None


def _choose_readable(
    archive: Archive,
    index: Index,
    newest: Note,
    stamps: list[Stamp],
    cosignatures: list[Cosignature],
    tell: Tell,
) -> tuple[Evidence, tuple[Token, ...]]:
    """Choose among the time stamps whose answers can be read."""
    while True:
        evidence = choose_evidence(newest, stamps, cosignatures)
        tokens: list[Token] = []
        unread: list[Stamp] = []
        for stamp in evidence.stamps:
            try:
                tokens.append(_read_token(archive, index, stamp))
            except ArchiveError as error:
                tell(f"the time stamp of {stamp.act.authority} is left out: {error}")
                unread.append(stamp)
        if not unread:
            return evidence, tuple(tokens)
        stamps = [stamp for stamp in stamps if stamp not in unread]


def _read_token(archive: Archive, index: Index, stamp: Stamp) -> Token:
    found = find_record(index, stamp.act.response)
    if found is None:
        raise DamageError(f"its answer {stamp.act.response} is not in the archive")
    data = read_answer(archive.layout, found.warc, found.offset, found.length)
    if not data or not stamp.act.roots:
        raise DamageError("its answer, or the certificates to verify it with, are not there")
    return Token(
        authority=stamp.act.authority,
        response=data,
        roots=stamp.act.roots,
        stated=stamp.act.stated,
    )


def _sign_off(
    evidence: Evidence, known: Sequence[PublicKey], retired: dict[PublicKey, datetime]
) -> tuple[Note, PublicKey]:
    """Return the note with the signatures that hold alone, and the key to check it with."""
    note = evidence.note
    good = check_note(note, known).good
    key = next((key for key in good if key not in retired), good[-1])
    wanted = {(key.name, key.id) for key in good}
    signatures = [item for item in note.signatures if (item.name, item.key_id) in wanted]
    for item in evidence.cosignatures:
        name = (item.key.name, item.key.id)
        signatures += [one for one in item.note.signatures if (one.name, one.key_id) == name][:1]
    return replace(note, signatures=tuple(signatures)), key


def _describe_capture(archive: Archive, bundle: Bundle) -> Bundle:
    """Return the bundle with the address and time that a capture's metadata record states."""
    leaf = bundle.leaf
    if leaf.kind != "capture":
        return bundle
    last = leaf.records[-1]
    try:
        record = read_record(archive.layout, leaf.warc, last.offset, last.length)
        said = parse_capture_metadata(record.block)
    except StoreError as error:
        raise _explain_unread(archive, leaf, error) from error
    return replace(bundle, address=said.url, captured=said.started, revisit_of=said.revisit_of)


def _name_folder(bundle: Bundle, archive: Archive) -> str:
    leaf = bundle.leaf
    if leaf.kind != "capture":
        return f"leaf-{leaf.sequence}-proof"
    last = leaf.records[-1]
    record = read_record(archive.layout, leaf.warc, last.offset, last.length)
    return f"{derive_capture_id(parse_capture_metadata(record.block).principal)}-proof"


def _read_stored(archive: Archive, leaf: Leaf) -> Iterator[bytes]:
    try:
        yield from read_members(archive.layout, leaf)
    except StoreError as error:
        raise _explain_unread(archive, leaf, error) from error


def _explain_unread(archive: Archive, leaf: Leaf, error: StoreError) -> ArchiveError:
    """Return what it means that the stored bytes are others: a withdrawal, or damage."""
    gone = find_overwritten(archive.layout.log)
    if not any(placed.record_id in gone for placed in leaf.records):
        return error
    return InputError(
        f"what leaf {leaf.sequence} lists is withdrawn: its bytes are gone, and cannot be proved",
        remedy=f"archive log show {leaf.sequence} shows what the log keeps of it",
    )


def describe_time(bundle: Bundle) -> datetime | None:
    """Return the earliest moment that an outsider puts to the bundle's checkpoint, or None."""
    times = [token.stated for token in bundle.tokens]
    for key in bundle.witnesses:
        time = find_witness_time(bundle.proof.checkpoint, key)
        if time is not None:
            times.append(datetime.fromtimestamp(time, UTC))
    return min(times, default=None)
