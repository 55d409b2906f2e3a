"""``archive.toml``: its template, and its reading; a missing file means the defaults.

The template and the tables stand side by side, so that they agree.  Not for: a table that is more
than numbers (`archive.workflows.settings_tables`).
"""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.capture.settings import Limits, Politeness
from archive.errors import InputError
from archive.store.regular import read_regular
from archive.workflows.setting_values import (
    check_number,
    check_text,
    refuse_unknown,
    replace_numbers,
)
from archive.workflows.settings import (
    CompanionSettings,
    ExtractionSettings,
    RequisiteSettings,
    Settings,
    parse_network,
)
from archive.workflows.settings_tables import (
    parse_citation,
    parse_switched,
    parse_timestamp,
    parse_webhooks,
    parse_witnesses,
)

_MOST_BYTES = 1 << 20  # of the file

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


def _parse_settings(data: dict[str, Any]) -> Settings:
    data = dict(data)
    webhooks = data.pop("webhook", [])
    known = {"archive", "limits", "politeness", "network", "extraction", "timestamp", "witness"}
    known |= {"companions", "requisites", "citation"}
    refuse_unknown(data, known, "table")
    for name, table in data.items():
        if not isinstance(table, dict):
            raise InputError(f"{name} is a table: write [{name}], and its keys below")
    own = data.get("archive", {})
    network = data.get("network", {})
    refuse_unknown(
        own, {"operator", "organisation", "contact", "rotate_bytes", "key_path"}, "[archive]"
    )
    refuse_unknown(network, {"allow", "ca_file"}, "[network]")
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
        operator=check_text("operator", own.get("operator", "")),
        organisation=check_text("organisation", own.get("organisation", "")),
        contact=check_text("contact", own.get("contact", ""), ascii_only=True),
        rotate_bytes=check_number("rotate_bytes", own.get("rotate_bytes", base.rotate_bytes), int),
        key_path=check_text("key_path", own.get("key_path", "")),
        limits=replace_numbers(base.limits, limits, "[limits]"),
        politeness=replace_numbers(base.politeness, data.get("politeness", {}), "[politeness]"),
        allow_networks=tuple(parse_network(str(item)) for item in allow),
        ca_file=check_text("ca_file", network.get("ca_file", "")) or None,
        extraction=replace_numbers(base.extraction, data.get("extraction", {}), "[extraction]"),
        companions=parse_switched(CompanionSettings(), data, "companions"),
        requisites=parse_switched(RequisiteSettings(), data, "requisites"),
        timestamp=parse_timestamp(data.get("timestamp", {})),
        citation=parse_citation(data.get("citation", {})),
        witnesses=parse_witnesses(data.get("witness", {})),
        webhooks=parse_webhooks(webhooks),
    )


def _escape(name: str, text: str) -> str:
    return check_text(name, text).replace("\\", "\\\\").replace('"', '\\"')
