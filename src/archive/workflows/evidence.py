"""What outsiders said of the log's checkpoints, and which of it a proof rests on.

Rules of the choice, in which outsiders' words come first:

1. The checkpoint that was time-stamped first, of those that cover the leaf; with it, every time
   stamp over the same text.
2. Else the one that a witness signed first; else the newest.
3. Whatever is chosen must be a checkpoint of this log, signed by a key of this log; and the time
   it states must be possible: not before what it covers was stored, and about when it came
   (`archive.workflows.stated_time`).

Not for: writing a proof (`archive.workflows.prove`), judging tokens (`archive.workflows.tokens`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.core.event import Cosigning, Event, EventKind, Timestamping
from archive.core.key import PublicKey, find_witness_time, parse_verifier_key
from archive.core.note import Note, parse_note
from archive.index.database import Index
from archive.index.events import select_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time stamp as the log tells of it: what was done, and the note whose text was stamped.

    ``arrived`` is when the answer was there, by our clock.
    """

    act: Timestamping
    note: Note
    arrived: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A witness's signature as the log tells of it; ``arrived`` is by our clock."""

    key: PublicKey
    note: Note
    time: int
    arrived: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The checkpoint that a proof leads to, and what outsiders said of it."""

    note: Note
    stamps: tuple[Stamp, ...]
    cosignatures: tuple[Cosignature, ...]


def choose_evidence(
    newest: Note, stamps: Sequence[Stamp], cosignatures: Sequence[Cosignature]
) -> Evidence:
    """Choose a checkpoint by the rules of this module; all those given cover the leaf: pure."""
    if stamps:
        note = min(stamps, key=lambda stamp: stamp.act.stated).note
    elif cosignatures:
        note = min(cosignatures, key=lambda item: item.time).note
    else:
        note = newest
    chosen = sorted(
        (stamp for stamp in stamps if stamp.note.text == note.text),
        key=lambda stamp: stamp.act.stated,
    )
    by_key = {item.key: item for item in cosignatures if item.note.text == note.text}
    return Evidence(note=note, stamps=tuple(chosen), cosignatures=tuple(by_key.values()))


def list_stamps(index: Index) -> Iterator[Stamp]:
    """Yield the time stamps that the log tells of, in its order."""
    for event in _list_events(index, "timestamp"):
        if isinstance(event.act, Timestamping):
            yield Stamp(act=event.act, note=parse_note(event.act.note), arrived=event.time)


def list_cosignatures(index: Index) -> Iterator[Cosignature]:
    """Yield the cosignatures of witnesses that the log tells of, in its order."""
    for event in _list_events(index, "cosignature"):
        if isinstance(event.act, Cosigning):
            key, note = parse_verifier_key(event.act.witness), parse_note(event.act.note)
            time = find_witness_time(note, key)
            if time is not None and key.use == "witness":
                yield Cosignature(key=key, note=note, time=time, arrived=event.time)


def _list_events(index: Index, kind: EventKind) -> Iterator[Event]:
    return (row.event for row in select_events(index, kind))
