"""What one exchange over the network gave: an answer, or a failure, and the connection.

The transport (`archive.capture`) makes these values and knows nothing of WARC; the
workflow turns them into records.  Not for: visits and their records
(`archive.core.capture`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from archive.core.condition import Condition
from archive.core.digest import Digest
from archive.core.record import Block
from archive.core.uri import Url

# Why bytes are missing, in the words of WARC/1.1 §5.13.
Truncation = Literal["length", "time", "disconnect", "unspecified"]

# What kept an answer from us.  FAILURES names them all.
FailureKind = Literal[
    "blocked",  # our network guard, before a byte was sent
    "dns",  # the name has no address, or the resolver failed
    "connect",  # no address took the connection
    "tls",  # no TLS, or a certificate that does not verify
    "timeout",  # the connection stood, the answer did not begin in time
    "disconnect",  # the connection ended before the answer began
]


FAILURES: frozenset[FailureKind] = frozenset(get_args(FailureKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """The TLS facts of a connection; ``chain`` holds DER certificates, the leaf first.

    ``error`` is why the certificate did not verify, where a person let that pass.
    """

    version: str
    cipher: str
    chain: tuple[bytes, ...]
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The connection that an exchange used: the address really connected to."""

    address: str
    port: int
    reused: bool = False
    tls: Tls | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The final response, byte for byte.

    ``block`` holds ``length`` bytes from the status line on, of which ``head_length`` are
    the head.  ``interim`` are the 1xx heads that came before.  ``payload`` is the digest of
    the body after transfer decoding, ``content`` that after content decoding (None where
    the message is malformed, the encoding unknown, or the cap was reached).
    """

    interim: tuple[bytes, ...]
    block: Block
    length: int
    head_length: int
    block_digest: Digest
    payload: Digest | None
    payload_length: int
    content: Digest | None
    content_length: int | None
    truncated: Truncation | None
    malformed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No answer: which step failed, and the words of the system that said so."""

    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An earlier try of the same request that failed before an answer and was repeated."""

    started: datetime
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came of it.

    ``address`` is what was asked for: the parsed address as text, or verbatim what the strict
    parser refused; ``url`` is that address parsed, None where it was refused (then the outcome is a
    ``blocked`` failure).  ``request`` is what was sent, with secret values replaced; empty if
    nothing was sent.  ``left_out`` names the header fields whose values were replaced.
    ``resolved`` lists every address that the name had at that moment; ``condition`` is what the
    request was sent with.
    """

    address: str
    url: Url | None
    started: datetime
    finished: datetime
    request: bytes
    left_out: tuple[str, ...]
    resolved: tuple[str, ...]
    connection: Connection | None
    outcome: Answer | Failure
    attempts: tuple[Attempt, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAdvice:
    """What the host's robots.txt says of an address, and whether we acted on it.

    ``allowed`` is None where no robots.txt could be read.
    """

    address: str
    allowed: bool | None
    applied: bool


Purpose = Literal[
    "statement",
    "robots",  # a robots.txt
    "rest",  # what a page's own system says of it, as data
    "feed",  # a list of new statements
    "sitemap",  # a list of pages, or of such lists
    "requisite",  # a style sheet, picture or font that a page shows
    "timestamp",  # a time-stamping authority's word
    "witness",  # another witness's word
    "webhook",  # what was told to somebody who wants to hear of edits
]

# What stands beside a page and speaks of it.
COMPANIONS: frozenset[Purpose] = frozenset(("rest", "feed", "sitemap"))

# What outsiders say of the archive is evidence by itself: kept whole, also if said before.
EVIDENCE: frozenset[Purpose] = frozenset(("timestamp", "witness"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a request carries, which makes it a POST, and header fields that belong to it."""

    content_type: str
    data: bytes
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A POST that is to be made, and what for; ``batch`` names what it delivers."""

    address: str
    body: Body
    purpose: Purpose
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A visit that is to be made, and what for.

    ``typed`` says that a person gave this address: ports are open and secrets sent as the guard
    and the headers have it.  ``conditional`` allows to ask only for what is not as it was;
    ``batch`` names the list or the order that the visit belongs to.
    """

    address: str
    purpose: Purpose = "statement"
    typed: bool = True
    conditional: bool = False
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The ordered exchanges that one address led to: redirects and repeats, then the page.

    ``address`` is the address as a person or a list gave it.  There is always at least one
    exchange.  ``batch`` is that of its errand.
    """

    address: str
    purpose: Purpose
    exchanges: tuple[Exchange, ...]
    robots: RobotsAdvice | None = None
    batch: str | None = None
