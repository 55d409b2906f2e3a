"""``archive.toml``: who keeps this archive, and how it behaves on the network.

A missing file means the defaults below.  Over 300 lines: the template, the values and their
reading stand side by side, so that they agree.  Not for: settings of one run, which are options of
a verb.
"""

import re
import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeVar

from archive import __version__
from archive.capture.settings import Limits, Politeness, TransportSettings
from archive.core.change import KINDS
from archive.core.key import KeyUse, PublicKey, parse_verifier_key
from archive.core.uri import parse_url
from archive.errors import DamageError, InputError
from archive.store.regular import read_regular

SOFTWARE = f"statement-archive/{__version__}"
# What a setting may be at most: a number that every clock and counter can take.
_MOST = 1e15
_MOST_BYTES = 1 << 20  # of the file
_MAY_BE_ZERO = frozenset(
    {"every_seconds", "delay_seconds", "redirects", "workers", "retry_after_seconds"}
)
_NAAN = re.compile(r"[0-9bcdfghjkmnpqrstvwxz]{5,16}")  # of the ARK specification's own digits

Network = IPv4Network | IPv6Network
Numbers = TypeVar(
    "Numbers",
    bound="Limits | Politeness | ExtractionSettings | CompanionSettings | RequisiteSettings",
)
Switched = TypeVar("Switched", bound="CompanionSettings | RequisiteSettings")

TEMPLATE = """\
# Settings of this archive. Every key may be left out; what stands here are the defaults.

[archive]
operator = "{operator}"       # who runs it; stands in every WARC file and under every annotation
organisation = "{organisation}"   # for whom
contact = "{contact}"        # mail or web address for the user agent, so that publishers reach you
rotate_bytes = 1_000_000_000  # size at which a WARC file is finished
key_path = "{key_path}"                 # folder of private keys; "": in your configuration folder

[limits]                      # of one exchange; at a limit the record is kept and marked truncated
header_bytes = 65_536
wire_bytes = 268_435_456
decoded_bytes = 67_108_864
redirects = 10
connect_seconds = 20
idle_seconds = 30
total_seconds = 300
attempts = 3                  # on connection failures, 429 and 503
retry_after_seconds = 120     # longest Retry-After that is waited for

[politeness]
delay_seconds = 1.0           # between the starts of two visits to one host
per_host = 1                  # visits at once to one host
in_flight = 64                # visits at once to all hosts

[network]
allow = []                    # ranges to open, as in ["10.0.0.0/8"]; only public ones are
ca_file = ""                  # further certificate authorities (PEM), for an intranet

[companions]                  # what stands beside a page and dates it: REST record, feed, sitemap
enabled = true                # fetch them after each new page that links them
every_seconds = 3600.0        # a feed or a sitemap is fetched again no sooner
wire_bytes = 4_194_304        # of one of them, as it travels and decoded

[requisites]                  # what a page shows: its style sheets, pictures and fonts
enabled = true                # fetch them after each new page
every_seconds = 3600.0        # the same one is fetched again no sooner
number = 200                  # of one page; never more than 500 of a kind
wire_bytes = 16_777_216       # of one of them, as it travels and decoded
page_bytes = 134_217_728      # of one page, together; beyond it no further one is asked for
page_seconds = 120.0          # on the network for one page, together, without the pauses between

[extraction]
workers = 0                   # processes that read pages; 0 means one for each processor
seconds = 5.0                 # time that one page may take
memory_bytes = 1_073_741_824  # memory that one page may take

[timestamp]                   # trusted time (RFC 3161): outsiders sign that the log existed by then
after_capture = false         # ask the authorities below at the end of every capture
restamp_days = 90             # stamp anew that long before a certificate under a time stamp ends

[citation]
base_url = ""                 # where this archive is served, as in "https://archive.example/"
archive = ""                  # its name in citations; "": the organisation, or the log's name
naan = ""                     # number of an ARK naming authority, for identifiers ark:NAAN/ID

# One table for each authority; two are better than one. Its root certificate (PEM or DER) is what
# its answers are judged by, and lies in this folder, so that they can be judged for good.
# [[timestamp.authority]]
# url = "https://tsa.example/tsr"
# root = "metadata/authorities/tsa.example.pem"

# One table for each address that is told of edits and disappearances, once a second capture
# confirms them. The file holds the secret that both sides share (whsec_…, or any text); it lies
# outside this folder, or relative to it.
# [[webhook]]
# url = "https://desk.example/hooks/archive"
# secret_file = "../secrets/desk.txt"
# kinds = ["unannounced", "gone"]   # as `archive edits --kind` takes; left out: all
# since = "2026-11-22"              # tell nothing older; left out: seven days back

# One table for each witness that `archive log witness` asks: its address, and its verifier key.
# [[witness.known]]
# address = "https://witness.example/"
# key = "witness.example/w1+e42b2f2c+BDtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
"""

_LIMIT_NAMES = {
    "header_bytes": "head_bytes",
    "wire_bytes": "wire_bytes",
    "decoded_bytes": "content_bytes",
}


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


def format_settings(*, operator: str, organisation: str, contact: str, key_path: str = "") -> str:
    """Return the text of a new ``archive.toml``."""
    return TEMPLATE.format(
        operator=_escape("operator", operator),
        organisation=_escape("organisation", organisation),
        contact=_escape("contact", contact),
        key_path=_escape("key_path", key_path),
    )


def read_settings(path: Path) -> Settings:
    """Read ``archive.toml``; a missing file gives the defaults.

    Raises:
        InputError: the file cannot be read, is no TOML, or says what is not known.
    """
    try:
        return _parse_settings(tomllib.loads(read_regular(path, _MOST_BYTES).decode()))
    except FileNotFoundError:
        return _parse_settings({})
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", remedy="check what it is, and its mode"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, InputError) as error:
        raise InputError(f"{path}: {error}", remedy="correct the file") from error


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


def _parse_settings(data: dict[str, Any]) -> Settings:
    data = dict(data)
    webhooks = data.pop("webhook", [])
    known = {"archive", "limits", "politeness", "network", "extraction", "timestamp", "witness"}
    known |= {"companions", "requisites", "citation"}
    _refuse_unknown(data, known, "table")
    for name, table in data.items():
        if not isinstance(table, dict):
            raise InputError(f"{name} is a table: write [{name}], and its keys below")
    own = data.get("archive", {})
    network = data.get("network", {})
    _refuse_unknown(
        own, {"operator", "organisation", "contact", "rotate_bytes", "key_path"}, "[archive]"
    )
    _refuse_unknown(network, {"allow", "ca_file"}, "[network]")
    limits = data.get("limits", {})
    for name in _LIMIT_NAMES.values():
        if name in limits and name not in _LIMIT_NAMES:
            raise InputError(f"[limits]: {name!r} is not known")
    limits = {_LIMIT_NAMES.get(name, name): value for name, value in limits.items()}
    base = Settings(limits=Limits(), politeness=Politeness(), extraction=ExtractionSettings())
    allow = network.get("allow", [])
    if not isinstance(allow, list):
        raise InputError(f"[network] allow must be a list of ranges, not {allow!r}")
    return replace(
        base,
        operator=_check_text("operator", own.get("operator", "")),
        organisation=_check_text("organisation", own.get("organisation", "")),
        contact=_check_text("contact", own.get("contact", ""), ascii_only=True),
        rotate_bytes=_check_number("rotate_bytes", own.get("rotate_bytes", base.rotate_bytes), int),
        key_path=_check_text("key_path", own.get("key_path", "")),
        limits=_replace_numbers(base.limits, limits, "[limits]"),
        politeness=_replace_numbers(base.politeness, data.get("politeness", {}), "[politeness]"),
        allow_networks=tuple(parse_network(str(item)) for item in allow),
        ca_file=_check_text("ca_file", network.get("ca_file", "")) or None,
        extraction=_replace_numbers(base.extraction, data.get("extraction", {}), "[extraction]"),
        companions=_parse_switched(CompanionSettings(), data, "companions"),
        requisites=_parse_switched(RequisiteSettings(), data, "requisites"),
        timestamp=_parse_timestamp(data.get("timestamp", {})),
        citation=_parse_citation(data.get("citation", {})),
        witnesses=_parse_witnesses(data.get("witness", {})),
        webhooks=_parse_webhooks(webhooks),
    )


def parse_typed_key(line: str, use: KeyUse, *, source: str) -> PublicKey:
    """Read a verifier key that a person gives; ``source`` says where its line is to be had.

    Raises:
        InputError: it is none, or of another use.
    """
    try:
        key = parse_verifier_key(line)
    except DamageError as error:
        raise InputError(f"{line!r} is no verifier key: {error}", remedy=source) from error
    if key.use != use:
        raise InputError(f"{line!r} is the key of a {key.use}, not of a {use}")
    return key


def parse_witness_key(line: str) -> PublicKey:
    """Read the verifier key of a witness.

    Raises:
        InputError: it is none, or not of a witness.
    """
    return parse_typed_key(
        line, "witness", source="take the line that `archive witness show` prints there, in quotes"
    )


def _parse_witnesses(data: dict[str, Any]) -> tuple[KnownWitness, ...]:
    _refuse_unknown(data, {"known"}, "[witness]")
    tables = data.get("known", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError("a witness is a table: write [[witness.known]], address and key")
    for table in tables:
        _refuse_unknown(table, {"address", "key"}, "[[witness.known]]")
        for name in ("address", "key"):
            if not _check_text(f"[[witness.known]] {name}", table.get(name, "")):
                raise InputError(f"[[witness.known]]: {name} is missing")
    return tuple(
        KnownWitness(address=table["address"], key=parse_witness_key(table["key"]))
        for table in tables
    )


def _parse_switched(base: Switched, data: dict[str, Any], table: str) -> Switched:
    """Return numbers, and whether what they bound is wanted at all."""
    own = data.get(table, {})
    enabled = own.get("enabled", base.enabled)
    if not isinstance(enabled, bool):
        raise InputError(f"[{table}] enabled must be true or false, not {enabled!r}")
    numbers = {name: value for name, value in own.items() if name != "enabled"}
    return replace(_replace_numbers(base, numbers, f"[{table}]"), enabled=enabled)


def _parse_citation(data: dict[str, Any]) -> CitationSettings:
    _refuse_unknown(data, {"base_url", "archive", "naan"}, "[citation]")
    base_url, archive, naan = (
        _check_text(f"[citation] {name}", data.get(name, ""))
        for name in ("base_url", "archive", "naan")
    )
    try:
        base_url = str(parse_url(base_url)) if base_url else ""
    except InputError as error:
        raise InputError(f"[citation] base_url: {error}") from error
    if naan and not _NAAN.fullmatch(naan):
        raise InputError(f"[citation] naan is no number of a naming authority: {naan!r}")
    return CitationSettings(
        base_url=base_url if base_url.endswith("/") or not base_url else f"{base_url}/",
        archive=archive,
        naan=naan,
    )


def _parse_timestamp(data: dict[str, Any]) -> TimestampSettings:
    _refuse_unknown(data, {"authority", "after_capture", "restamp_days"}, "[timestamp]")
    base = TimestampSettings()
    tables = data.get("authority", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError("an authority is a table: write [[timestamp.authority]], url and root")
    after_capture = data.get("after_capture", base.after_capture)
    if not isinstance(after_capture, bool):
        raise InputError(f"[timestamp] after_capture must be true or false, not {after_capture!r}")
    authorities = tuple(_parse_authority(table) for table in tables)
    if after_capture and not authorities:
        raise InputError("[timestamp] after_capture needs someone to ask: [[timestamp.authority]]")
    if len({authority.url for authority in authorities}) < len(authorities):
        raise InputError("[[timestamp.authority]]: the same url stands there twice")
    days = data.get("restamp_days", base.restamp_days)
    return TimestampSettings(
        authorities=authorities,
        after_capture=after_capture,
        restamp_days=_check_number("[timestamp] restamp_days", days, int),
    )


def _parse_authority(table: dict[str, Any]) -> AuthoritySettings:
    where = "[[timestamp.authority]]"
    _refuse_unknown(table, {"url", "root"}, where)
    url, root = (_check_text(f"{where} {name}", table.get(name, "")) for name in ("url", "root"))
    if not url or not root:
        raise InputError(f"{where} needs both url and root: its answers are judged by that")
    try:
        return AuthoritySettings(url=str(parse_url(url)), root=root)
    except InputError as error:
        raise InputError(f"{where} url: {error}") from error


def _parse_webhooks(tables: object) -> tuple[WebhookSettings, ...]:
    where = "[[webhook]]"
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError("a webhook is a table: write [[webhook]], url and secret_file")
    hooks = []
    for table in tables:
        _refuse_unknown(table, {"url", "secret_file", "kinds", "since"}, where)
        url, secret = (
            _check_text(f"{where} {name}", table.get(name, "")) for name in ("url", "secret_file")
        )
        if not url or not secret:
            raise InputError(f"{where} needs both url and secret_file: what is told is signed")
        kinds = table.get("kinds", [])
        if not isinstance(kinds, list) or any(kind not in KINDS for kind in kinds):
            raise InputError(f"{where} kinds must be a list of: {', '.join(KINDS)}")
        since = table.get("since")
        if since is not None:
            since = _parse_day(f"{where} since", since)
        hooks.append(
            WebhookSettings(
                url=str(parse_url(url)), secret_file=secret, kinds=tuple(kinds), since=since
            )
        )
    if len({hook.url for hook in hooks}) < len(hooks):
        raise InputError(f"{where}: the same url stands there twice")
    return tuple(hooks)


def _parse_day(name: str, value: object) -> str:
    """Return a day, which TOML may give as a date of its own."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise InputError(f"{name} must be a day, as in 2026-11-22, not {value!r}") from error


def _replace_numbers(value: Numbers, data: dict[str, Any], where: str) -> Numbers:
    kinds = {field.name: int if field.type in (int, "int") else float for field in fields(value)}
    _refuse_unknown(data, set(kinds), where)
    numbers = {
        name: _check_number(f"{where} {name}", number, kinds[name]) for name, number in data.items()
    }
    return replace(value, **numbers)


def _check_number(name: str, number: object, kind: type) -> Any:
    """Return ``number`` where it is one of that kind, and within reason."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InputError(f"{name} must be a number, not {number!r}")
    if kind is int and not isinstance(number, int):
        raise InputError(f"{name} must be a whole number, not {number!r}")
    least = 0 if name.rpartition(" ")[2] in _MAY_BE_ZERO else 1 if kind is int else 0.001
    if not least <= number <= _MOST:
        raise InputError(f"{name} must be from {least:g} to {_MOST:g}, not {number!r}")
    return number


def _refuse_unknown(data: dict[str, Any], known: set[str], where: str) -> None:
    for name in data:
        if name not in known:
            raise InputError(
                f"{where}: {name!r} is not known; known are {', '.join(sorted(known))}"
            )


def _check_text(name: str, text: object, *, ascii_only: bool = False) -> str:
    if not isinstance(text, str) or not text.isprintable():
        raise InputError(f"{name} must be a text on one line, not {text!r}")
    if ascii_only and not text.isascii():
        raise InputError(f"{name} goes into an HTTP header: write {text!r} in ASCII")
    return text


def _escape(name: str, text: str) -> str:
    return _check_text(name, text).replace("\\", "\\\\").replace('"', '\\"')
