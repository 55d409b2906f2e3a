"""Events in the life of the archive itself: checks, key changes, time stamps, cosignatures.

Follows ``docs/format.md``, "Events".  Each is a WARC ``metadata`` record and has a leaf of its
own.  Not for: what people say about captures (`archive.core.annotation`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from archive.core.annotation import parse_agent
from archive.core.canonical import format_canonical, parse_count, parse_object, parse_text
from archive.core.instant import format_instant, parse_instant
from archive.errors import ArchiveError, DamageError

FORMAT = "statement-archive/event/1"

EventKind = Literal["fixity", "key-change", "timestamp", "cosignature"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
Outcome = Literal["success", "damage", "undecided"]  # damage outweighs what is undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class FixityRun:
    """That stored bytes were checked against their digests, how thoroughly, and what came out.

    Of the leaves from ``start`` up to, not including, ``end``, the records of ``leaves`` were
    read; ``findings`` are the first few, in words.
    """

    level: str
    start: int
    end: int
    leaves: int
    outcome: Outcome
    damages: int
    undecided: int
    findings: tuple[str, ...] = ()
    software: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """That keys began or ceased to sign for the log; each is a verifier key on one line."""

    added: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamping:
    """That an authority (RFC 3161) stamped the text of a checkpoint.

    ``note`` is the whole signed note; ``response`` the id of the record whose payload is the
    authority's answer; ``stated`` the token's time; ``ends`` when the authority's certificate
    ends; ``roots`` the certificates (PEM) that it was verified with; ``judge`` who verified it.
    """

    authority: str
    note: str
    response: str
    stated: datetime
    ends: datetime | None
    roots: tuple[str, ...]
    judge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigning:
    """That a witness (C2SP tlog-witness) saw a checkpoint and found it consistent.

    ``note`` is the signed note with the witness's signature; ``witness`` its verifier key;
    ``address`` where it was asked; ``response`` the id of the record with its answer, if it
    was asked over the network.
    """

    note: str
    witness: str
    address: str
    response: str | None = None


Act = FixityRun | KeyChange | Timestamping | Cosigning


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, when, and by whom: ``agent`` is a stable URN, ``agent_name`` its name."""

    act: Act
    time: datetime
    agent: str
    agent_name: str

    @property
    def kind(self) -> EventKind:
        """The word for it, which is also the type of its leaf."""
        match self.act:
            case FixityRun():
                return "fixity"
            case KeyChange():
                return "key-change"
            case Timestamping():
                return "timestamp"
            case Cosigning():
                return "cosignature"


def format_event(event: Event) -> bytes:
    """Return the event's block: canonical JSON; a key that has nothing to say is absent."""
    value = {
        "format": FORMAT,
        "kind": event.kind,
        "time": format_instant(event.time),
        "agent": {"id": event.agent, "name": event.agent_name},
        **_list_fields(event.act),
    }
    return format_canonical({key: item for key, item in value.items() if item not in (None, [])})


def parse_event(block: bytes) -> Event:
    """Read an event.

    Raises:
        DamageError: the block is none.
    """
    try:
        data = parse_object(block)
        if data.get("format") != FORMAT:
            raise DamageError(f"unknown format {data.get('format')!r}")
        agent, name = parse_agent(data["agent"])
        return Event(
            act=_parse_act(parse_text(data["kind"]), data),
            time=parse_instant(parse_text(data["time"])),
            agent=agent,
            agent_name=name,
        )
    except (KeyError, ArchiveError) as error:
        raise DamageError(f"an event is not what it should be: {error}") from error


def _list_fields(act: Act) -> dict[str, object]:
    match act:
        case FixityRun():
            return {
                "level": act.level,
                "start": act.start,
                "end": act.end,
                "leaves": act.leaves,
                "outcome": act.outcome,
                "damages": act.damages,
                "undecided": act.undecided,
                "findings": list(act.findings),
                "software": act.software,
            }
        case KeyChange():
            return {"added": list(act.added), "retired": list(act.retired), "reason": act.reason}
        case Timestamping():
            return {
                "authority": act.authority,
                "note": act.note,
                "response": act.response,
                "stated": format_instant(act.stated),
                "ends": None if act.ends is None else format_instant(act.ends),
                "roots": list(act.roots),
                "judge": act.judge,
            }
        case Cosigning():
            return {
                "note": act.note,
                "witness": act.witness,
                "address": act.address,
                "response": act.response,
            }


def _parse_act(kind: str, data: Mapping[str, object]) -> Act:
    match kind:
        case "fixity":
            return FixityRun(
                level=parse_text(data["level"]),
                start=parse_count(data["start"]),
                end=parse_count(data["end"]),
                leaves=parse_count(data["leaves"]),
                outcome=_parse_outcome(data["outcome"]),
                damages=parse_count(data["damages"]),
                undecided=parse_count(data["undecided"]),
                findings=_parse_texts(data.get("findings")),
                software=parse_text(data["software"]),
            )
        case "key-change":
            return KeyChange(
                added=_parse_texts(data.get("added")),
                retired=_parse_texts(data.get("retired")),
                reason=parse_text(data["reason"]),
            )
        case "timestamp":
            return Timestamping(
                authority=parse_text(data["authority"]),
                note=parse_text(data["note"]),
                response=parse_text(data["response"]),
                stated=parse_instant(parse_text(data["stated"])),
                ends=parse_instant(parse_text(data["ends"])) if "ends" in data else None,
                roots=_parse_texts(data.get("roots")),
                judge=parse_text(data["judge"]),
            )
        case "cosignature":
            return Cosigning(
                note=parse_text(data["note"]),
                witness=parse_text(data["witness"]),
                address=parse_text(data["address"]),
                response=parse_text(data["response"]) if "response" in data else None,
            )
        case _:
            raise DamageError(f"unknown kind of event: {kind!r}")


def _parse_texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DamageError(f"this is no list: {value!r}")
    return tuple(map(parse_text, value))


def _parse_outcome(text: object) -> Outcome:
    outcomes: tuple[Outcome, ...] = ("success", "damage", "undecided")
    for outcome in outcomes:
        if text == outcome:
            return outcome
    raise DamageError(f"unknown outcome {text!r}")
