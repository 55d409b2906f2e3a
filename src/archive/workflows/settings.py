"""Who keeps this archive, and how it behaves on the network: what ``archive.toml`` can say.

Not for: reading the file (`archive.workflows.settings_file`), or settings of one run, which are
options of a verb.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from archive import __version__
from archive.capture.settings import Limits, Politeness, TransportSettings
from archive.core.key import PublicKey
from archive.errors import InputError

SOFTWARE = f"statement-archive/{__version__}"

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionSettings:
    """Bounds of the processes that read pages."""

    workers: int = 0
    seconds: float = 5.0
    memory_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionSettings:
    """Whether companions of pages are fetched, how often at most, and how much of them."""

    enabled: bool = True
    every_seconds: float = 3600
    wire_bytes: int = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RequisiteSettings:
    """Whether what pages show is fetched, how often at most, and how much of it.

    ``number``, ``page_bytes`` and ``page_seconds`` are those of one page.
    """

    enabled: bool = True
    every_seconds: float = 3600
    number: int = 200
    wire_bytes: int = 16 << 20
    page_bytes: int = 128 << 20
    page_seconds: float = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySettings:
    """A time-stamping authority: where it is asked, and whose word makes us trust it.

    ``root`` is the path of a file of certificates, below the archive folder unless absolute.
    """

    url: str
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampSettings:
    """Who is asked for the time, and when."""

    authorities: tuple[AuthoritySettings, ...] = ()
    after_capture: bool = False
    restamp_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationSettings:
    """Under which address and name this archive is cited; ``naan`` mints its ARKs."""

    base_url: str = ""
    archive: str = ""
    naan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWitness:
    """A witness: where it is asked (a URL, or another archive's folder), and its key."""

    address: str
    key: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Who is told of changes: ``secret_file`` is a path, below the archive folder unless absolute.

    ``kinds`` are those of `archive.core.change.KINDS`, all where there are none; ``since`` is a
    day.
    """

    url: str
    secret_file: str
    kinds: tuple[str, ...] = ()
    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that ``archive.toml`` can say."""

    operator: str = ""
    organisation: str = ""
    contact: str = ""
    rotate_bytes: int = 1_000_000_000
    key_path: str = ""
    limits: Limits
    politeness: Politeness
    allow_networks: tuple[Network, ...] = ()
    ca_file: str | None = None
    extraction: ExtractionSettings
    companions: CompanionSettings = CompanionSettings()
    requisites: RequisiteSettings = RequisiteSettings()
    timestamp: TimestampSettings = TimestampSettings()
    citation: CitationSettings = CitationSettings()
    witnesses: tuple[KnownWitness, ...] = ()
    webhooks: tuple[WebhookSettings, ...] = ()

    @property
    def user_agent(self) -> str:
        """What we call ourselves to servers."""
        return f"{SOFTWARE} (+{self.contact})" if self.contact else SOFTWARE


def make_transport(
    settings: Settings, *, spool_folder: Path, networks: tuple[Network, ...] = ()
) -> TransportSettings:
    """Return how to behave on the network; ``networks`` are opened beside those of the settings."""
    return TransportSettings(
        user_agent=settings.user_agent,
        spool_folder=str(spool_folder),
        limits=settings.limits,
        politeness=settings.politeness,
        allow_networks=(*settings.allow_networks, *networks),
        ca_file=settings.ca_file,
    )


def parse_network(text: str) -> Network:
    """Read a range in CIDR form.

    Raises:
        InputError: it is none.
    """
    try:
        return ip_network(text)
    except ValueError as error:
        raise InputError(
            f"not a network range: {error}", remedy="write it as 10.0.0.0/8 or fd00::/8"
        ) from error
