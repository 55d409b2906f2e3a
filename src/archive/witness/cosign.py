"""Asking a witness to cosign a checkpoint, judging such a question, and reading the answer.

Follows C2SP tlog-witness (``add-checkpoint``) and C2SP tlog-cosignature (Ed25519, type 0x04).
Both sides are here, so that an archive can be a witness and ask one.  Rules:

1. The witness judges in the order of the specification: origin, signature, old size, what it
   knows, proof.  It never signs what it has not seen to continue what it signed before.
2. Keys that are not known are passed over; a known one whose signature does not hold spoils all.
3. What a refusal means is said exactly: that the log was forked, or rolled back, follows from
   the witness's answer only if our own proof is sound, so whoever asks checks that first.
4. A cosignature is fresh: its time is our clock's, give or take a day.

Over 300 lines, because question, judgement and answer are one protocol.  Not for: what the
witness remembers (`archive.store.witness`), carrying bytes (`archive.workflows`), or sockets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.core.checkpoint import EMPTY_ROOT, Checkpoint, parse_checkpoint
from archive.core.instant import format_instant
from archive.core.key import PublicKey, check_note, find_witness_time, format_verifier_key
from archive.core.note import Note, Signature, format_note, parse_note, parse_signatures
from archive.core.proof import check_consistency, format_hash, parse_hash, parse_size
from archive.errors import DamageError

PATH = "/add-checkpoint"
TEXT_TYPE = "text/plain; charset=utf-8"
SIZE_TYPE = "text/x.tlog.size"
MAX_BYTES = 65536
MAX_HASHES = 63
_MAX_TIME = 253402300799  # the end of the year 9999
TOLERANCE = timedelta(days=1)  # clocks differ, and some are set wrongly for a while
_SHOWN = 200  # characters of what an unknown witness says


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignRequest:
    """A question: the log's signed note, and proof that it continues its first ``old`` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The checkpoint continues what is known; ``note`` has the signatures that were checked."""

    checkpoint: Checkpoint
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownOrigin:
    """The witness has no key of that log."""

    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """No key that is trusted for the log signed, or one's signature does not hold."""

    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OldTooLarge:
    """The question speaks of more leaves than the checkpoint has."""

    old: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSize:
    """The witness knows the log at another size than the question begins from."""

    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRoot:
    """The witness knows that many leaves with another root: two histories, both signed."""

    known: Checkpoint
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """The proof does not lead from what is known to the checkpoint."""

    known: int
    size: int


Rejected = UnknownOrigin | Unsigned | OldTooLarge | OtherSize | OtherRoot | Unproved
Judgement = Accepted | Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessReply:
    """What a witness answers, as HTTP says it."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """``note`` carries the witness's signature; ``time`` is its word, in seconds since 1970."""

    note: Note
    key: PublicKey
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """The question has to begin from another size: the witness knows ``old`` leaves."""

    old: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The witness did not sign: why, and what to do."""

    why: str
    remedy: str


def format_cosign_request(old: int, proof: Iterable[bytes], note: Note) -> bytes:
    """Return the body of a question."""
    lines = [f"old {old}", *map(format_hash, proof), ""]
    return ("\n".join(lines) + "\n" + format_note(note)).encode()


def parse_cosign_request(body: bytes) -> CosignRequest:
    """Read the body of a question.

    Raises:
        DamageError: it is none.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise DamageError("the request is not UTF-8") from error
    head, blank, rest = text.partition("\n\n")
    first, *lines = head.split("\n")
    if not blank or not first.startswith("old "):
        raise DamageError("the request does not begin with an old size, a proof and an empty line")
    if len(lines) > MAX_HASHES:
        raise DamageError(f"the proof has more than {MAX_HASHES} hashes")
    note = parse_note(rest)
    return CosignRequest(
        old=parse_size(first.removeprefix("old ")),
        proof=tuple(map(parse_hash, lines)),
        note=note,
        checkpoint=parse_cosigned_checkpoint(note),
    )


def parse_cosigned_checkpoint(note: Note) -> Checkpoint:
    """Read the checkpoint of a note, which may have extension lines: of these nothing is said.

    Raises:
        DamageError: it is none.
    """
    *lines, end = note.text.split("\n")
    if len(lines) < 3 or end or not all(lines):
        raise DamageError("the note is no checkpoint")
    return parse_checkpoint("\n".join(lines[:3]) + "\n")


def judge_checkpoint(
    request: CosignRequest, *, known: Checkpoint | None, keys: Iterable[PublicKey]
) -> Judgement:
    """Judge whether a witness that ``known`` is the latest it cosigned may cosign the request.

    ``keys`` are those that it trusts for the origin, none where it does not know the log.
    """
    new, old = request.checkpoint, request.old
    trusted = tuple(key for key in keys if key.use == "log" and key.name == new.origin)
    if not trusted:
        return UnknownOrigin(origin=new.origin)
    signed = check_note(request.note, trusted)
    if not signed.good or signed.bad:
        return Unsigned(origin=new.origin)
    if old > new.size:
        return OldTooLarge(old=old, size=new.size)
    latest = known or Checkpoint(origin=new.origin, size=0, root=EMPTY_ROOT)
    if old != latest.size:
        return OtherSize(known=latest.size)
    if old == new.size and latest.root != new.root:
        return OtherRoot(known=latest, note=_keep_signatures(request.note, signed.good))
    if not check_consistency(old, latest.root, new.size, new.root, request.proof):
        return Unproved(known=latest.size, size=new.size)
    return Accepted(checkpoint=new, note=_keep_signatures(request.note, signed.good))


def format_rejection(rejected: Rejected) -> WitnessReply:
    """Return the answer that says so."""
    match rejected:
        case UnknownOrigin():
            return _reply(404, f"this witness has no key of the log {rejected.origin}")
        case Unsigned():
            return _reply(403, f"no key that is trusted for the log {rejected.origin} signed this")
        case OldTooLarge():
            return _reply(400, f"old size {rejected.old} is larger than {rejected.size}")
        case OtherSize():
            body = f"{rejected.known}\n".encode()
            return WitnessReply(status=409, media_type=SIZE_TYPE, body=body)
        case OtherRoot():
            return _reply(409, f"this log has {rejected.known.size} leaves with another root")
        case Unproved():
            return _reply(
                422, f"the proof does not lead from {rejected.known} to {rejected.size} leaves"
            )


def describe_rejection(rejected: Rejected) -> str:
    """Return what the witness's keeper is told: one line."""
    match rejected:
        case UnknownOrigin():
            return "it is not known here"
        case Unsigned():
            return "no trusted key signed"
        case OldTooLarge():
            return f"old size {rejected.old} is larger than {rejected.size}"
        case OtherSize():
            return f"it was told that size {rejected.known} is known here"
        case OtherRoot():
            return "FORKED: another root was cosigned for this size; both notes are kept"
        case Unproved():
            return f"no proof that it continues what is known here, of size {rejected.known}"


def read_witness_reply(
    request: CosignRequest,
    reply: WitnessReply,
    *,
    keys: Iterable[PublicKey],
    now: datetime,
    own: Iterable[PublicKey] = (),
) -> Cosigned | AskAgain | Refused:
    """Return what a witness's answer to a sound request means.

    ``keys`` are the witness's; ``now`` is when it answered, by our clock; ``own`` are the log's
    keys, for its keeper to be told.
    """
    new, old = request.checkpoint, request.old
    add = "archive witness add " + (" ".join(f"'{format_verifier_key(key)}'" for key in own))
    match reply.status:
        case 200:
            return _read_cosignature(request.note, reply.body, tuple(keys), now)
        case 409 if _is_type(reply.media_type, SIZE_TYPE):
            return _read_known_size(request, reply.body)
        case 409 if old == new.size:
            return _refuse_fork(old)
        case 422 if old:
            return _refuse_fork(old)
        case 404:
            return Refused(
                why=f"the witness does not know the log {new.origin}",
                remedy=f"its keeper adds the log's key: {add}",
            )
        case 403:
            return Refused(
                why="the witness does not trust the key that signed the checkpoint",
                remedy=f"its keeper adds the key, as after a key change: {add}",
            )
        case _:
            said = reply.body.decode("utf-8", "replace")[:_SHOWN].strip()
            return Refused(
                why=f"the witness answered with status {reply.status}"
                + (f": {said}" if said else ""),
                remedy="tell its keeper",
            )


def _read_cosignature(
    note: Note, body: bytes, keys: tuple[PublicKey, ...], now: datetime
) -> Cosigned | Refused:
    remedy = "ask its keeper for its verifier key, and for what happened"
    try:
        signatures = parse_signatures(body.decode())
    except (DamageError, UnicodeDecodeError) as error:
        return Refused(why=f"the witness's answer is no signature: {error}", remedy=remedy)
    witnesses = tuple(key for key in keys if key.use == "witness")
    answered = Note(text=note.text, signatures=signatures)
    checked = check_note(answered, witnesses)
    if checked.bad:
        return Refused(why="the witness's signature does not hold", remedy=remedy)
    if not checked.good:
        names = ", ".join(dict.fromkeys(item.name for item in signatures)) or "nobody"
        return Refused(
            why=f"the answer is signed with no known key of the witness, but by {names}",
            remedy=remedy,
        )
    key = checked.good[0]
    time = find_witness_time(answered, key)
    if time is None or time > _MAX_TIME:
        return Refused(why="the witness states a time that no calendar has", remedy=remedy)
    if abs(time - now.timestamp()) > TOLERANCE.total_seconds():
        stated = datetime.fromtimestamp(time, UTC)
        return Refused(
            why=f"the witness states the time {format_instant(stated)}, more than a day from"
            f" this machine's clock, {format_instant(now)}",
            remedy="set the clock that is wrong: this machine's, or have its keeper set the"
            " witness's",
        )
    ours = _keep_signatures(answered, (key,)).signatures
    return Cosigned(
        note=Note(text=note.text, signatures=(*note.signatures, *ours)), key=key, time=time
    )


def _read_known_size(request: CosignRequest, body: bytes) -> AskAgain | Refused:
    new, old = request.checkpoint, request.old
    try:
        known = parse_size(body.decode().removesuffix("\n"))
    except (DamageError, UnicodeDecodeError):
        return Refused(
            why="the witness says that it knows another size, but not which",
            remedy="tell its keeper",
        )
    if known > new.size:
        return Refused(
            why=f"the log was rolled back: it has {new.size} leaves, the witness saw {known}",
            remedy="restore the newest copy of the archive, and find out who set it back",
        )
    if known != old:
        return AskAgain(old=known)
    if known == new.size:
        return _refuse_fork(known)
    return Refused(
        why=f"the witness says that it knows {known} leaves, which is what it was asked from",
        remedy="tell its keeper",
    )


def _refuse_fork(size: int) -> Refused:
    return Refused(
        why=f"the witness has seen {size} leaves with another root: the log was forked",
        remedy="compare with copies of the archive, and find out which history is the true one",
    )


def _reply(status: int, text: str) -> WitnessReply:
    return WitnessReply(status=status, media_type=TEXT_TYPE, body=f"{text}\n".encode())


def _keep_signatures(note: Note, keys: Iterable[PublicKey]) -> Note:
    """Return the note with one signature for each of these keys, and no other."""
    kept: dict[tuple[str, bytes], Signature] = {}
    names = {(key.name, key.id) for key in keys}
    for item in note.signatures:
        if (item.name, item.key_id) in names:
            kept.setdefault((item.name, item.key_id), item)
    return Note(text=note.text, signatures=tuple(kept.values()))


def _is_type(text: str, media_type: str) -> bool:
    return text.partition(";")[0].strip().lower() == media_type
