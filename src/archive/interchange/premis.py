"""PREMIS 3.0 (Library of Congress): stored records as objects, and what happened to them as events.

Event types are labels of the controlled vocabulary at id.loc.gov.  Rules:

1. Records are bitstreams within WARC files, statements and the log are intellectual entities.
2. Objects come first, then events, then agents, as the schema wants it; events wait meanwhile in a
   file that has no name, so that an archive of any size can be written.
3. A failure that was recorded has an event and no digest; a version has no event: PREMIS has no
   word for what a publisher does.

Not for: PROV (`archive.interchange.prov`).
"""

import tempfile
from collections.abc import Iterable, Iterator
from html import escape
from typing import IO

from archive.core.chain import (
    Agent,
    AssertionFact,
    CaptureFact,
    Fact,
    FixityFact,
    ReadingFact,
    SignatureFact,
    StatementFact,
    WithdrawalFact,
)
from archive.core.digest import parse_digest
from archive.core.text import show_hidden
from archive.interchange.prov import name_urn

NAMESPACE = "http://www.loc.gov/premis/v3"
_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<premis xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' version="3.0">\n'
)
_PIECE = 1 << 16
_ALGORITHMS = {"sha256": "SHA-256"}
_OUTCOMES = {"success": "success", "damage": "fail", "undecided": "undecided"}
Spool = IO[str]


def format_premis(facts: Iterable[Fact]) -> Iterator[str]:
    """Yield a PREMIS document in pieces."""
    agents: dict[str, Agent] = {}
    logs: set[str] = set()
    yield _START
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as events:
        for fact in facts:
            if isinstance(fact, FixityFact | SignatureFact) and fact.origin not in logs:
                logs.add(fact.origin)
                yield _format_entity(_name_log(fact.origin), fact.origin)
            yield from _list_objects(fact)
            events.writelines(_list_events(fact))
            agents.update({name_urn(agent.id): agent for agent in _list_agents(fact)})
        events.seek(0)
        while piece := events.read(_PIECE):
            yield piece
    for urn, agent in agents.items():
        yield _wrap(
            "agent",
            _identify("agent", urn) + _tag("agentName", agent.name) + _tag("agentType", agent.kind),
        )
    yield "</premis>\n"


def _list_agents(fact: Fact) -> tuple[Agent, ...]:
    match fact:
        case CaptureFact():
            return fact.agents
        case AssertionFact() | WithdrawalFact() | SignatureFact():
            return (fact.agent,)
        case FixityFact():
            return (_name_software(fact.software), fact.agent)
        case _:
            return ()


def _list_objects(fact: Fact) -> Iterator[str]:
    match fact:
        case StatementFact():
            yield _format_entity(f"urn:archive:statement:{fact.id}", fact.url or fact.name)
        case CaptureFact():
            relations = ""
            if fact.statement is not None:
                relations += _relate(
                    "structural", "is Part Of", f"urn:archive:statement:{fact.statement}"
                )
            if fact.repeats is not None:
                relations += _relate("reference", "is Equivalent To", fact.repeats)
            yield _format_bitstream(
                fact.record,
                digest=fact.payload,
                size=fact.payload_length,
                media_type=fact.media_type,
                place=f"{fact.warc}, offset {fact.offset}, length {fact.length}",
                relations=relations,
            )
        case ReadingFact():
            yield _format_bitstream(
                fact.record,
                digest=fact.digest,
                size=None,
                media_type="text/plain",
                place=None,
                relations=_relate("derivation", "has Source", fact.source),
            )
        case _:
            pass


def _list_events(fact: Fact) -> Iterator[str]:
    match fact:
        case CaptureFact():
            what = f"{fact.url} by HTTP, from {fact.peer or 'nobody'}"
            outcome = fact.outcome if fact.status is None else f"{fact.outcome}, {fact.status}"
            yield _format_event(
                f"urn:archive:capture:{fact.id}",
                "capture",
                fact.time,
                detail=f"{what}, over {fact.tls}" if fact.tls else what,
                outcome=outcome,
                agents=fact.agents,
                objects=(fact.record,),
            )
            if fact.payload is not None:
                yield _format_event(
                    f"urn:archive:digest:{fact.id}",
                    "message digest calculation",
                    fact.time,
                    detail="payload, after transfer decoding",
                    outcome=fact.payload,
                    agents=fact.agents,
                    objects=(fact.record,),
                )
        case WithdrawalFact():
            yield _format_event(
                fact.record,
                "deletion",
                fact.time,
                detail=f"bytes overwritten: {fact.reason or 'no reason given'}",
                outcome="success",
                agents=(fact.agent,),
                objects=(fact.withdrawn,),
            )
        case AssertionFact():
            yield _format_event(
                fact.record,
                "metadata modification",
                fact.time,
                detail=f"{fact.field}={fact.value}: {fact.reason or 'no reason given'}",
                outcome=fact.state,
                agents=(fact.agent,),
                objects=(fact.about,),
            )
        case FixityFact():
            yield _format_event(
                fact.record,
                "fixity check",
                fact.time,
                detail=f"{fact.level}, leaves {fact.start} to before {fact.end}",
                outcome=_OUTCOMES.get(fact.outcome, fact.outcome),
                note=f"{fact.damages} damaged, {fact.undecided} undecided",
                agents=(_name_software(fact.software), fact.agent),
                objects=(_name_log(fact.origin),),
            )
        case SignatureFact():
            yield _format_event(
                fact.id,
                "digital signature generation",
                fact.time,
                detail=f"{fact.kind} over the log of {fact.size} leaves",
                outcome=fact.root,
                agents=(fact.agent,),
                objects=(_name_log(fact.origin),),
            )
        case _:
            pass


def _name_software(software: str) -> Agent:
    return Agent(id=f"urn:archive:software:{software}", kind="software", name=software)


def _name_log(origin: str) -> str:
    return f"urn:archive:log:{origin}"


def _format_entity(id_: str, name: str) -> str:
    content = _identify("object", id_) + _tag("originalName", name)
    return _wrap('object xsi:type="intellectualEntity"', content)


def _format_bitstream(
    record: str,
    *,
    digest: str | None,
    size: int | None,
    media_type: str | None,
    place: str | None,
    relations: str,
) -> str:
    shape = _tag("compositionLevel", "0")
    if digest is not None:
        parsed = parse_digest(digest)
        algorithm = _ALGORITHMS.get(parsed.algorithm, parsed.algorithm)
        named = _tag("messageDigestAlgorithm", algorithm) + _tag("messageDigest", parsed.value)
        shape += _wrap("fixity", named)
    if size is not None:
        shape += _tag("size", str(size))
    form = _tag("formatName", media_type or "unknown")
    shape += _wrap("format", _wrap("formatDesignation", form))
    content = _identify("object", record) + _wrap("objectCharacteristics", shape)
    if place is not None:
        location = _tag("contentLocationType", "WARC") + _tag("contentLocationValue", place)
        content += _wrap("storage", _wrap("contentLocation", location))
    return _wrap('object xsi:type="bitstream"', content + relations)


def _format_event(
    id_: str,
    kind: str,
    time: str,
    *,
    detail: str,
    outcome: str,
    agents: tuple[Agent, ...],
    objects: tuple[str, ...],
    note: str | None = None,
) -> str:
    content = _identify("event", id_) + _tag("eventType", kind) + _tag("eventDateTime", time)
    content += _wrap("eventDetailInformation", _tag("eventDetail", detail))
    told = _tag("eventOutcome", outcome)
    if note is not None:
        told += _wrap("eventOutcomeDetail", _tag("eventOutcomeDetailNote", note))
    content += _wrap("eventOutcomeInformation", told)
    for agent in agents:
        content += _identify("linkingAgent", agent.id)
    for linked in objects:
        content += _identify("linkingObject", linked)
    return _wrap("event", content)


def _relate(kind: str, closer: str, other: str) -> str:
    content = _tag("relationshipType", kind) + _tag("relationshipSubType", closer)
    return _wrap("relationship", content + _identify("relatedObject", other))


def _identify(what: str, value: str) -> str:
    name = f"{what}Identifier"
    return _wrap(name, _tag(f"{name}Type", "URN") + _tag(f"{name}Value", name_urn(value)))


def _tag(name: str, text: str) -> str:
    """Return an element with text; what XML cannot hold, or what hides, is shown by its number."""
    return f"<{name}>{escape(show_hidden(text), quote=False)}</{name}>"


def _wrap(start: str, content: str) -> str:
    return f"<{start}>{content}</{start.partition(' ')[0]}>\n"
