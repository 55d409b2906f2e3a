"""Checking what an archive remembers as a witness: ``metadata/witness``.

Follows ``docs/format.md``, "Being a witness".  Rules:

1. Every file is one that a witness keeps, and of the log that its name says.
2. The note of a log is a checkpoint, signed by this witness, and by no key wrongly.
3. Where keys are trusted for the log, one of them signed its note, and the note of its fork.

That a note is the newest one cannot be seen here: the logs' own archives hold what was signed.
Not for: reading and writing these files (`archive.store.witness`).
"""

from collections.abc import Iterator

from archive.core.checkpoint import parse_checkpoint
from archive.core.finding import Finding, Severity
from archive.core.key import PublicKey, check_note
from archive.core.note import Note
from archive.errors import DamageError, StoreError
from archive.store.keys import read_public_keys
from archive.store.layout import Layout
from archive.store.witness import WitnessedLog, list_origins, list_strangers, read_witnessed_log

_FOLDER = "metadata/witness"
_HOLDS = "this archive's own records and log; only what it vouches for of others is in question"
_RESTORE = (
    "restore metadata/witness from the newest copy; an older one would sign what forks the log"
)
_ASK = "ask the log's keeper for its keys, and compare them: archive witness list"


def check_witness(layout: Layout) -> Iterator[Finding]:
    """Give what is wrong with what this archive remembers as a witness, if it is one."""
    if not layout.witness.exists():
        return
    problems: list[StoreError] = []
    origins = list_origins(layout, problems.append)
    for problem in problems:
        yield _report(str(problem), remedy=problem.remedy)
    for name in list_strangers(layout):
        what = f"{name!a} is no file that a witness keeps"
        yield _report(what, remedy="find out who put it there", severity="note")
    try:
        own = read_public_keys(layout.keys, "witness")
    except StoreError:  # told where keys are checked, and for each note below
        own = ()
    for origin in origins:
        try:
            known = read_witnessed_log(layout, origin)
        except StoreError as error:
            yield _report(str(error), remedy=error.remedy)
        else:
            yield from _check_log(known, own)


def _check_log(known: WitnessedLog, own: tuple[PublicKey, ...]) -> Iterator[Finding]:
    notes = {"the checkpoint that was cosigned last": known.note, "the kept fork": known.fork}
    for name, note in notes.items():
        if note is None:
            continue
        what = f"of the log {known.origin}: {name}"
        try:
            parse_checkpoint("".join(note.text.splitlines(keepends=True)[:3]))
        except DamageError as error:
            yield _report(f"{what} is no checkpoint: {error}", remedy=_RESTORE)
        if known.keys:
            yield from _check_signatures(what, note, known.keys, own)


def _check_signatures(
    what: str, note: Note, keys: tuple[PublicKey, ...], own: tuple[PublicKey, ...]
) -> Iterator[Finding]:
    signed = check_note(note, keys)
    named = {(key.name, key.id) for key in (*keys, *own)}
    if signed.bad:
        yield _report(f"{what} has a signature of the log that does not hold", remedy=_RESTORE)
    elif not signed.good or any((item.name, item.key_id) not in named for item in note.signatures):
        # So it is too where the log's keys were taken away, and others are trusted since.
        what = f"{what} is signed by a key that is not trusted for it"
        yield _report(what, remedy=_ASK, severity="undecidable")


def _report(what: str, *, remedy: str, severity: Severity = "damage") -> Finding:
    return Finding(severity=severity, what=what, file=_FOLDER, holds=_HOLDS, remedy=remedy)
