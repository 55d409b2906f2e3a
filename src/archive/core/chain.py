"""The chain of a statement: every act that stands behind what the archive says of it, as values.

Each value is one fact that other programs' models of provenance have a word for.  Moments are
UTC in the spelling of the index; identifiers are URNs.  Rules:

1. What is not known is None, never today's answer: who captured is what the WARC file says.
2. Captures come before what was made from them; an agent may be named by any of them.

Not for: the forms that the chain is written in (`archive.interchange.prov_json` and its
neighbours), or gathering it (`archive.index.chain`).
"""

from dataclasses import dataclass
from typing import Literal

AgentKind = Literal["software", "person", "organisation"]
SignatureKind = Literal["log key", "time stamp", "witness"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who or what acted."""

    id: str
    kind: AgentKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFact:
    """That there is a statement, and the address of its latest capture."""

    id: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFact:
    """That an address was asked, and what was stored of that.

    ``record`` is the principal record; ``repeats`` the record that holds the same payload.
    """

    id: str
    record: str
    statement: str | None
    url: str
    time: str
    outcome: str
    status: int | None
    media_type: str | None
    payload: str | None
    payload_length: int | None
    peer: str | None
    tls: str | None
    visit: str
    hop: int
    repeats: str | None
    warc: str
    offset: int
    length: int
    leaf: int
    agents: tuple[Agent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFact:
    """That a program read a captured page, and what record keeps the text."""

    record: str
    source: str
    extractor: str
    outcome: str
    digest: str | None
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFact:
    """That consecutive captures show one version; all but the first differ from the one before.

    The edit came about after ``not_before`` and by ``not_after``.
    """

    statement: str
    number: int
    record: str
    first: str
    last: str
    captures: int
    not_before: str | None
    not_after: str | None
    change: str | None
    verdict: str | None
    method: str | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionFact:
    """That a rule concluded something from the claims of one capture."""

    capture: str
    record: str
    field: str
    value: str | None
    rule: str
    confidence: float | None
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionFact:
    """That a person asserted something of a statement; ``state`` tells whether it is in force.

    ``supersedes`` is the record that it replaces.  ``sources`` are the records and ``addresses``
    the addresses that the person points to.
    """

    record: str
    about: str
    statement: str | None
    field: str
    value: str
    reason: str | None
    agent: Agent
    time: str
    state: str
    supersedes: str | None
    sources: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalFact:
    """That the bytes of a record were overwritten, and why."""

    record: str
    withdrawn: str
    reason: str | None
    agent: Agent
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixityFact:
    """That stored bytes of the leaves from ``start`` to before ``end`` were checked."""

    record: str
    time: str
    agent: Agent
    software: str
    origin: str
    level: str
    start: int
    end: int
    outcome: str
    damages: int
    undecided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFact:
    """That somebody signed the log at a size; ``time`` is what is stated, or the newest leaf's."""

    id: str
    kind: SignatureKind
    origin: str
    size: int
    root: str
    agent: Agent
    time: str


Fact = (
    StatementFact
    | CaptureFact
    | ReadingFact
    | VersionFact
    | ConclusionFact
    | AssertionFact
    | WithdrawalFact
    | FixityFact
    | SignatureFact
)
