"""Being a witness: whom this archive is one for, and answering what their logs ask.

Follows ``docs/format.md``, "Being a witness", and C2SP tlog-witness.  Whoever keeps the witness
says which logs it knows; nobody else can, and a log that it does not know gets no word.  Not for:
asking witnesses (`archive.workflows.log_witness`), or listening (`archive.service.witness`).
"""

from collections.abc import Callable, Sequence

from archive.core.checkpoint import Checkpoint
from archive.core.key import (
    PublicKey,
    format_verifier_key,
    sign_note,
)
from archive.core.note import Note, format_signatures
from archive.errors import ArchiveError, DamageError, InputError
from archive.service.witness import WitnessService
from archive.store.witness import (
    WitnessedLog,
    hold_witness,
    list_witnessed_logs,
    read_witnessed_log,
    write_cosigned,
    write_fork,
    write_trusted_keys,
)
from archive.witness.cosign import (
    PATH,
    TEXT_TYPE,
    Accepted,
    CosignRequest,
    OtherRoot,
    WitnessReply,
    describe_rejection,
    format_rejection,
    judge_checkpoint,
    parse_cosign_request,
    parse_cosigned_checkpoint,
)
from archive.workflows.opening import Archive, World
from archive.workflows.verifier_keys import parse_typed_key
from archive.workflows.witness_keys import make_witness_key, open_keys

Tell = Callable[[str], None]


def add_logs(archive: Archive, world: World, lines: Sequence[str]) -> tuple[WitnessedLog, ...]:
    """Trust the keys in ``lines`` for the logs that they name, beside those trusted before.

    Raises:
        InputError: a line is no key of a log; nothing was changed then.
    """
    keys = tuple(map(parse_log_key, lines))
    origins = tuple(dict.fromkeys(key.name for key in keys))
    with hold_witness(archive.layout, world.disk):
        for origin in origins:
            known = read_witnessed_log(archive.layout, origin)
            own = tuple(key for key in keys if key.name == origin)
            wanted = tuple(dict.fromkeys((*known.keys, *own)))
            write_trusted_keys(archive.layout, world.disk, origin, wanted)
        return tuple(read_witnessed_log(archive.layout, origin) for origin in origins)


def remove_log(archive: Archive, world: World, origin: str) -> WitnessedLog:
    """Trust no key of the log ``origin`` any more; what was cosigned is remembered for good.

    Raises:
        InputError: it is not trusted.
    """
    with hold_witness(archive.layout, world.disk):
        known = read_witnessed_log(archive.layout, origin)
        if not known.keys:
            raise InputError(
                f"this archive is no witness of {origin}", remedy="see: archive witness list"
            )
        write_trusted_keys(archive.layout, world.disk, origin, ())
        return read_witnessed_log(archive.layout, origin)


def list_logs(archive: Archive) -> tuple[WitnessedLog, ...]:
    """Return the logs that this archive is a witness of, or was.

    Raises:
        DamageError: what is remembered is damaged.
    """
    return list_witnessed_logs(archive.layout)


def answer_checkpoint(
    archive: Archive, world: World, body: bytes, *, tell: Tell = lambda _line: None
) -> WitnessReply:
    """Judge a question, remember what is accepted, and return the answer.

    ``tell`` gets a line about each question for whoever keeps the witness.

    Raises:
        StoreError: the disk refuses, or what is remembered is damaged: nothing was signed.
        InputError: the witness's private key is not there.
    """
    try:
        request = parse_cosign_request(body)
    except DamageError as error:
        return WitnessReply(status=400, media_type=TEXT_TYPE, body=f"{error}\n".encode())
    with hold_witness(archive.layout, world.disk):
        return _judge(archive, world, request, tell)


def answer_safely(archive: Archive, world: World, body: bytes, *, tell: Tell) -> WitnessReply:
    """Return the answer like `answer_checkpoint`; where that fails, tell, and answer so."""
    try:
        return answer_checkpoint(archive, world, body, tell=tell)
    except ArchiveError as error:
        tell(f"cannot answer: {error} ({error.remedy})")
        return WitnessReply(
            status=500, media_type=TEXT_TYPE, body=b"this witness cannot answer now\n"
        )


def make_service(archive: Archive, world: World, *, tell: Tell) -> WitnessService:
    """Return what this witness serves; its key is made on first use.

    Raises:
        InputError: as `open_keys`.
    """

    def answer(body: bytes) -> tuple[int, str, bytes]:
        reply = answer_safely(archive, world, body, tell=tell)
        return reply.status, reply.media_type, reply.body

    keys = make_witness_key(archive, world)
    lines = (
        f"This is the witness {keys[0].name} (c2sp.org/tlog-witness).",
        *(f"Its verifier key is {format_verifier_key(key)}" for key in keys),
        f"Checkpoints of logs that it knows are cosigned at {PATH}.",
    )
    return WitnessService(
        path=PATH,
        about="".join(f"{line}\n" for line in lines),
        answer=answer,
        clock=world.clock,
        tell=tell,
    )


def find_known_checkpoint(log: WitnessedLog) -> Checkpoint | None:
    """Return the latest checkpoint of a log that was cosigned, or None."""
    return None if log.note is None else parse_cosigned_checkpoint(log.note)


def parse_log_key(line: str) -> PublicKey:
    """Read the key of a log, as its archive shows it.

    Raises:
        InputError: it is none.
    """
    return parse_typed_key(
        line,
        "log",
        source="take the whole line of metadata/keys/log-ID.vkey of that archive, in quotes",
    )


def _judge(archive: Archive, world: World, request: CosignRequest, tell: Tell) -> WitnessReply:
    """Judge, remember and sign, in this order; under the lock."""
    new = request.checkpoint
    known = read_witnessed_log(archive.layout, new.origin)
    judged = judge_checkpoint(request, known=find_known_checkpoint(known), keys=known.keys)
    if not isinstance(judged, Accepted):
        if isinstance(judged, OtherRoot):
            write_fork(archive.layout, world.disk, new.origin, judged.note)
        tell(f"refused {new.origin} at size {new.size}: {describe_rejection(judged)}")
        return format_rejection(judged)
    signed = Note(text=judged.note.text)
    time = world.clock()
    for pair in open_keys(archive, world):
        signed = sign_note(signed, pair, time=time)
    both = Note(text=signed.text, signatures=(*judged.note.signatures, *signed.signatures))
    write_cosigned(archive.layout, world.disk, new.origin, both)
    tell(f"cosigned {new.origin} at size {new.size}")
    return WitnessReply(
        status=200, media_type=TEXT_TYPE, body=format_signatures(signed.signatures).encode()
    )
