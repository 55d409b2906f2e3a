"""The chain of statements in the words of W3C PROV (PROV-DM): nodes and relations between them.

Rules:

1. A capture is an activity, its principal record an entity that it generated.  A conversion was
   derived from the record that was read, a version from its first capture's record.
2. A version is a revision of the one before; the edit came about between the two moments given.
3. What a rule concludes and what a person asserts are entities of their own, beside each other.
   A primary source is named where a person asserts an origin that is in force, and nowhere else.
4. Kinds, fields and numbers that PROV has no word for stand in a namespace of ours (`TERMS`).

Not for: how they are written (`archive.interchange.prov_json`, `archive.interchange.prov_o`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from archive.core.chain import (
    Agent,
    AssertionFact,
    CaptureFact,
    ConclusionFact,
    Fact,
    FixityFact,
    ReadingFact,
    SignatureFact,
    StatementFact,
    VersionFact,
    WithdrawalFact,
)

TERMS = "urn:archive:term:"
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:[A-Za-z0-9._:/+=-]{1,200}")
_SAFE = re.compile(r"[A-Za-z0-9._-]{1,80}")

NodeKind = Literal["entity", "activity", "agent"]
Value = str | int | float
RelationKind = Literal[
    "wasGeneratedBy",
    "used",
    "wasAssociatedWith",
    "wasAttributedTo",
    "wasDerivedFrom",
    "wasRevisionOf",
    "hadPrimarySource",
    "wasInvalidatedBy",
    "alternateOf",
    "specializationOf",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An entity, activity or agent; ``type`` is a term of ours, or of PROV for agents."""

    kind: NodeKind
    id: str
    type: str
    label: str | None = None
    began: str | None = None
    ended: str | None = None
    said: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """That ``subject`` stands to ``object`` as the word says; ``time`` where the word takes one."""

    kind: RelationKind
    subject: str
    object: str
    time: str | None = None


Part = Node | Relation
AGENTS = {
    "software": "prov:SoftwareAgent",
    "person": "prov:Person",
    "organisation": "prov:Organization",
}


def list_parts(facts: Iterable[Fact]) -> Iterator[Part]:
    """Yield the nodes and relations that facts come to; agents and the log once, at first."""
    known: set[str] = set()
    for fact in facts:
        for part in _list_parts(fact):
            if isinstance(part, Node) and (part.kind == "agent" or part.type == "Log"):
                if part.id in known:
                    continue
                known.add(part.id)
            yield part


def name_urn(text: str) -> str:
    """Return an identifier that is a URN of harmless characters, whatever a record holds."""
    if _URN.fullmatch(text):
        return text
    if _SAFE.fullmatch(text):
        return f"urn:archive:name:{text}"
    return f"urn:archive:name:sha256-{sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _list_parts(fact: Fact) -> Iterator[Part]:
    match fact:
        case StatementFact():
            yield Node(
                kind="entity",
                id=_name("statement", fact.id),
                type="Statement",
                label=fact.name,
                said=_say(url=fact.url),
            )
        case CaptureFact():
            yield from _list_capture(fact)
        case ReadingFact():
            yield from _list_reading(fact)
        case VersionFact():
            yield from _list_version(fact)
        case ConclusionFact():
            yield from _list_conclusion(fact)
        case AssertionFact():
            yield from _list_assertion(fact)
        case WithdrawalFact():
            act = name_urn(fact.record)
            yield Node(
                kind="activity",
                id=act,
                type="Withdrawal",
                began=fact.time,
                ended=fact.time,
                said=_say(reason=fact.reason),
            )
            yield from _list_agents(act, (fact.agent,))
            yield Relation(
                kind="wasInvalidatedBy",
                subject=name_urn(fact.withdrawn),
                object=act,
                time=fact.time,
            )
        case FixityFact():
            yield from _list_fixity(fact)
        case SignatureFact():
            yield from _list_signature(fact)


def _list_capture(fact: CaptureFact) -> Iterator[Part]:
    act, record = _name("capture", fact.id), name_urn(fact.record)
    yield Node(
        kind="activity",
        id=act,
        type="Capture",
        began=fact.time,
        said=_say(
            url=fact.url,
            outcome=fact.outcome,
            status=fact.status,
            peer=fact.peer,
            tls=fact.tls,
            visit=fact.visit,
            hop=fact.hop,
        ),
    )
    yield Node(
        kind="entity",
        id=record,
        type="Record",
        said=_say(
            payload=fact.payload,
            payloadLength=fact.payload_length,
            mediaType=fact.media_type,
            warc=fact.warc,
            offset=fact.offset,
            length=fact.length,
            leaf=fact.leaf,
        ),
    )
    yield Relation(kind="wasGeneratedBy", subject=record, object=act, time=fact.time)
    yield from _list_agents(act, fact.agents)
    if fact.statement is not None:
        yield Relation(kind="used", subject=act, object=_name("statement", fact.statement))
    if fact.repeats is not None:
        yield Relation(kind="alternateOf", subject=record, object=name_urn(fact.repeats))


def _list_reading(fact: ReadingFact) -> Iterator[Part]:
    record, source = name_urn(fact.record), name_urn(fact.source)
    act = f"{record}:reading"
    reader = Agent(
        id=f"urn:archive:software:{fact.extractor}", kind="software", name=fact.extractor
    )
    yield Node(kind="activity", id=act, type="Reading", said=_say(outcome=fact.outcome))
    yield Node(
        kind="entity",
        id=record,
        type="Conversion",
        said=_say(text=fact.digest, extractor=fact.extractor, leaf=fact.leaf),
    )
    yield Relation(kind="used", subject=act, object=source)
    yield Relation(kind="wasGeneratedBy", subject=record, object=act)
    yield Relation(kind="wasDerivedFrom", subject=record, object=source)
    yield from _list_agents(act, (reader,))


def _list_version(fact: VersionFact) -> Iterator[Part]:
    statement = _name("statement", fact.statement)
    version = _name("version", f"{fact.statement}:{fact.number}")
    yield Node(
        kind="entity",
        id=version,
        type="Version",
        label=f"version {fact.number}",
        said=_say(
            number=fact.number,
            firstSeen=fact.first,
            lastSeen=fact.last,
            captures=fact.captures,
            changedAfter=fact.not_before,
            changedBy=fact.not_after,
            change=fact.change,
            announced=fact.verdict,
            method=fact.method,
            confirmed=None if fact.method is None else "yes" if fact.is_confirmed else "no",
        ),
    )
    yield Relation(kind="specializationOf", subject=version, object=statement)
    yield Relation(kind="wasDerivedFrom", subject=version, object=name_urn(fact.record))
    if fact.number > 1:
        before = _name("version", f"{fact.statement}:{fact.number - 1}")
        yield Relation(kind="wasRevisionOf", subject=version, object=before)


def _list_conclusion(fact: ConclusionFact) -> Iterator[Part]:
    entity = _name("conclusion", f"{fact.capture}:{fact.field}:{fact.leaf}")
    rule = Agent(id=f"urn:archive:rule:{fact.rule}", kind="software", name=f"rule {fact.rule}")
    yield Node(
        kind="entity",
        id=entity,
        type="Conclusion",
        said=_say(field=fact.field, answer=fact.value, rule=fact.rule, confidence=fact.confidence),
    )
    yield Relation(kind="wasDerivedFrom", subject=entity, object=name_urn(fact.record))
    yield _make_agent(rule)
    yield Relation(kind="wasAttributedTo", subject=entity, object=name_urn(rule.id))


def _list_assertion(fact: AssertionFact) -> Iterator[Part]:
    entity = name_urn(fact.record)
    yield Node(
        kind="entity",
        id=entity,
        type="Assertion",
        said=_say(
            field=fact.field,
            answer=fact.value,
            reason=fact.reason,
            asserted=fact.time,
            state=fact.state,
        ),
    )
    yield Relation(kind="wasDerivedFrom", subject=entity, object=name_urn(fact.about))
    yield _make_agent(fact.agent)
    yield Relation(kind="wasAttributedTo", subject=entity, object=name_urn(fact.agent.id))
    for source in fact.sources:
        yield Relation(kind="wasDerivedFrom", subject=entity, object=name_urn(source))
    if fact.supersedes is not None:
        yield Relation(kind="wasRevisionOf", subject=entity, object=name_urn(fact.supersedes))
    if fact.field == "origin" and fact.state == "in force" and fact.statement is not None:
        origin = f"{entity}:origin"
        yield Node(
            kind="entity",
            id=origin,
            type="Origin",
            label=fact.value,
            said=tuple(("url", address) for address in fact.addresses),
        )
        yield Relation(
            kind="hadPrimarySource", subject=_name("statement", fact.statement), object=origin
        )


def _list_fixity(fact: FixityFact) -> Iterator[Part]:
    act = name_urn(fact.record)
    software = Agent(
        id=f"urn:archive:software:{fact.software}", kind="software", name=fact.software
    )
    yield Node(
        kind="activity",
        id=act,
        type="FixityCheck",
        began=fact.time,
        said=_say(
            level=fact.level,
            firstLeaf=fact.start,
            endLeaf=fact.end,
            outcome=fact.outcome,
            damages=fact.damages,
            undecided=fact.undecided,
        ),
    )
    yield from _list_agents(act, (software, fact.agent))
    yield _make_log(fact.origin)
    yield Relation(kind="used", subject=act, object=_name("log", fact.origin))


def _list_signature(fact: SignatureFact) -> Iterator[Part]:
    checkpoint = name_urn(fact.id)
    yield Node(
        kind="entity",
        id=checkpoint,
        type="Checkpoint",
        label=f"{fact.origin} with {fact.size} leaves",
        said=_say(
            origin=fact.origin, size=fact.size, root=fact.root, signature=fact.kind, time=fact.time
        ),
    )
    yield _make_agent(fact.agent)
    yield Relation(kind="wasAttributedTo", subject=checkpoint, object=name_urn(fact.agent.id))
    yield _make_log(fact.origin)
    yield Relation(kind="wasDerivedFrom", subject=checkpoint, object=_name("log", fact.origin))


def _list_agents(act: str, agents: tuple[Agent, ...]) -> Iterator[Part]:
    """Yield who acted."""
    for agent in agents:
        yield _make_agent(agent)
        yield Relation(kind="wasAssociatedWith", subject=act, object=name_urn(agent.id))


def _make_log(origin: str) -> Node:
    return Node(kind="entity", id=_name("log", origin), type="Log", label=origin)


def _make_agent(agent: Agent) -> Node:
    return Node(kind="agent", id=name_urn(agent.id), type=AGENTS[agent.kind], label=agent.name)


def _name(kind: str, id_: str) -> str:
    return name_urn(f"urn:archive:{kind}:{id_}")


def _say(**said: Value | None) -> tuple[tuple[str, Value], ...]:
    return tuple((name, value) for name, value in said.items() if value is not None)
