"""What a person may set about the network, as values.

Not for: reading options or configuration files (`archive.cli`).
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much, how often and how long; every limit that is reached is said in the record.

    ``wire_bytes`` counts what one answer may bring as it travels, ``content_bytes`` what it may
    become when decoded.  ``redirects`` and ``attempts`` are those of one visit and one address;
    ``total_seconds`` is for one exchange, its connection included.
    """

    head_bytes: int = 65536
    wire_bytes: int = 256 * _MIB
    content_bytes: int = 64 * _MIB
    redirects: int = 10
    connect_seconds: float = 20
    idle_seconds: float = 30
    drain_seconds: float = 2  # of silence, after which a message that broke the rules is over
    total_seconds: float = 300
    attempts: int = 3
    backoff_seconds: float = 1
    retry_after_seconds: float = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """How gently: ``delay_seconds`` lie between the starts of two visits to one host."""

    delay_seconds: float = 1.0
    per_host: int = 1
    in_flight: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """Everything a `Transport` is told; ``headers`` and ``cookies_file`` come from a person.

    ``spool_folder`` takes answers that are too large for memory, on the file system where they
    will be stored.
    """

    user_agent: str
    spool_folder: str
    limits: Limits = field(default_factory=Limits)
    politeness: Politeness = field(default_factory=Politeness)
    allow_networks: tuple[Network, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    cookies_file: str | None = None
    accept_bad_certificate: bool = False
    ca_file: str | None = None
