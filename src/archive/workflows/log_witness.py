"""Asking witnesses to cosign the newest checkpoint of the log, and keeping their word.

Follows ``docs/format.md``, "Events", and C2SP tlog-witness.  Rules:

1. Our own proof is checked before it is sent, so that a refusal speaks of the log's history and
   not of damage here.
2. Where the witness stands is taken from its last cosignature that we hold; if it says otherwise
   it is asked again.
3. What a witness refused leaves no cosignature; nor does an answer whose time is not our clock's.

Not for: judging (`archive.witness.cosign`), or being a witness (`archive.workflows.witness`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.capture.settings import TransportSettings
from archive.core.checkpoint import Checkpoint
from archive.core.event import Cosigning
from archive.core.key import PublicKey, format_verifier_key
from archive.core.note import Note, format_note, parse_note
from archive.core.proof import check_consistency, prove_consistency, read_root
from archive.errors import DamageError, InputError
from archive.index.events import select_events
from archive.store.keys import read_public_keys
from archive.store.log import CaptureLog, read_note
from archive.witness.cosign import (
    AskAgain,
    Cosigned,
    CosignRequest,
    Refused,
    parse_cosigned_checkpoint,
    read_witness_reply,
)
from archive.workflows.asking import (
    Answered,
    Witness,
    carry_questions,
    find_witness_keys,
)
from archive.workflows.events import Happening, store_events
from archive.workflows.opening import OpenArchive

_ROUNDS = 4  # of asking one witness; others of the same log may ask it in between


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessResult:
    """What asking one witness gave; ``record_id`` is that of the stored cosignature.

    ``forgotten`` is the number of leaves it had cosigned, where it remembers fewer.
    """

    address: str
    outcome: Cosigned | Refused
    record_id: str | None = None
    forgotten: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialogue:
    """One witness, where it is thought to stand, and what came of it so far."""

    witness: Witness
    old: int
    response: str | None = None
    forgotten: int | None = None
    outcome: Cosigned | Refused | None = None


def ask_witnesses(
    archive: OpenArchive, witnesses: Sequence[Witness], *, transport: TransportSettings
) -> tuple[WitnessResult, ...]:
    """Ask for cosignatures of the newest checkpoint, and store them; in the same order.

    What is asked over the network, and what is answered, is stored too.

    Raises:
        DamageError: the log does not agree with itself, so that nothing was asked.
        StoreError: the disk refuses.
    """
    note = read_note(archive.layout.log)
    if note is None:
        raise InputError("there is no checkpoint yet", remedy="capture a page: archive capture URL")
    checkpoint = parse_cosigned_checkpoint(note)
    own = read_public_keys(archive.layout.keys, "log")
    signers = {item.key_id for item in note.signatures}
    own = tuple(key for key in own if key.id in signers)
    archive.signer.remember(archive.writer.checkpoint)  # before anybody else has seen it
    dialogues = [
        _Dialogue(witness=witness, old=_find_old_size(archive, witness, checkpoint.size))
        for witness in witnesses
    ]
    for _ in range(_ROUNDS):
        waiting = [place for place, item in enumerate(dialogues) if item.outcome is None]
        asked = [
            (item.witness, _make_request(archive, checkpoint, note, item.old))
            for item in map(dialogues.__getitem__, waiting)
        ]
        answers = carry_questions(archive, asked, transport=transport)
        for place, (_, request), answer in zip(waiting, asked, answers, strict=True):
            now = archive.world.clock()
            dialogues[place] = _take_answer(dialogues[place], request, answer, own, now=now)
    return _store_results(archive, dialogues)


def _find_old_size(archive: OpenArchive, witness: Witness, size: int) -> int:
    """Return how many leaves the witness cosigned last, as far as we hold its word."""
    keys = {format_verifier_key(key) for key in find_witness_keys(witness)}
    for row in reversed(select_events(archive.index, "cosignature")):
        act = row.event.act
        if isinstance(act, Cosigning) and act.witness in keys:
            old = parse_cosigned_checkpoint(parse_note(act.note)).size
            return old if old <= size else 0
    return 0


def _make_request(
    archive: OpenArchive, checkpoint: Checkpoint, note: Note, old: int
) -> CosignRequest:
    log = CaptureLog(folder=archive.layout.log, checkpoint=checkpoint)
    proof = prove_consistency(log.read_node, old, checkpoint.size)
    root = read_root(log.read_node, old)
    if not check_consistency(old, root, checkpoint.size, checkpoint.root, proof):
        raise DamageError(
            "the hash tiles of the capture log do not agree with its checkpoint",
            remedy="run `archive verify`; restore metadata/log from a copy of the archive",
        )
    return CosignRequest(old=old, proof=proof, note=note, checkpoint=checkpoint)


def _take_answer(
    dialogue: _Dialogue,
    request: CosignRequest,
    answer: Answered | Refused,
    own: tuple[PublicKey, ...],
    *,
    now: datetime,
) -> _Dialogue:
    if isinstance(answer, Refused):
        return replace(dialogue, outcome=answer)
    meaning = read_witness_reply(
        request, answer.reply, keys=find_witness_keys(dialogue.witness), now=now, own=own
    )
    heard = replace(dialogue, response=answer.response)
    if not isinstance(meaning, AskAgain):
        return replace(heard, outcome=meaning)
    forgotten = dialogue.old if meaning.old < dialogue.old else dialogue.forgotten
    return replace(heard, old=meaning.old, forgotten=forgotten)


def _store_results(
    archive: OpenArchive, dialogues: Sequence[_Dialogue]
) -> tuple[WitnessResult, ...]:
    stored = iter(
        store_events(
            archive,
            [
                Happening(act=_make_act(dialogue, dialogue.outcome), refers_to=dialogue.response)
                for dialogue in dialogues
                if isinstance(dialogue.outcome, Cosigned)
            ],
        )
    )
    return tuple(
        WitnessResult(
            address=dialogue.witness.address,
            outcome=dialogue.outcome or _REPEATED,
            record_id=next(stored).record_id if isinstance(dialogue.outcome, Cosigned) else None,
            forgotten=dialogue.forgotten,
        )
        for dialogue in dialogues
    )


_REPEATED = Refused(
    why=f"the witness named another size {_ROUNDS} times", remedy="run the command again"
)


def _make_act(dialogue: _Dialogue, cosigned: Cosigned) -> Cosigning:
    return Cosigning(
        note=format_note(cosigned.note),
        witness=format_verifier_key(cosigned.key),
        address=dialogue.witness.address,
        response=dialogue.response,
    )
