"""Organisations as curators know them: names, domains, aliases, identifiers elsewhere.

Rules:

1. An organisation's id is made from the record id of the annotation that first named it; its
   URN is ``urn:archive:organisation:ID``.
2. A domain stands for itself and all names below it; the most exact one decides.  An IP address
   stands for itself alone.  A name of one label is no domain of anybody.
3. Wikidata items are ``Q`` and a number; ROR ids carry a checksum (ISO 7064, MOD 97-10), which
   must be right.

Not for: what a page declares, which this never changes.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.core.identity import derive_capture_id
from archive.core.typed import MOST_NAME, parse_typed, shorten_typed
from archive.core.uri import parse_url
from archive.errors import InputError

_PREFIX = "urn:archive:organisation:"
_MOST = 200  # domains or aliases
_WIKIDATA = re.compile(
    r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9]\d{0,11})", re.ASCII
)
_ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}\d\d)", re.ASCII)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who publishes: what it is called, under which domains, and its ids elsewhere."""

    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    wikidata: str | None = None
    ror: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """That an organisation is the same as another, whose URN is ``into``."""

    into: str


def format_organisation_urn(organisation_id: str) -> str:
    """Return the URN of an organisation, which its annotations have as their target."""
    return _PREFIX + organisation_id


def derive_organisation_id(record_id: str) -> str:
    """Return the id of the organisation that the annotation of this record id first names."""
    return derive_capture_id(record_id)


def find_organisation_id(target: str) -> str | None:
    """Return the id that a target names, or None where it names no organisation."""
    return target.removeprefix(_PREFIX) if target.startswith(_PREFIX) else None


def parse_organisation(
    name: str,
    *,
    aliases: Iterable[str] = (),
    domains: Iterable[str] = (),
    wikidata: str | None = None,
    ror: str | None = None,
) -> Organisation:
    """Return an organisation as a curator describes it.

    Raises:
        InputError: a part of it is not what it should be.
    """
    named = parse_typed(name, "the name", most=MOST_NAME)
    called = [parse_typed(alias, "an alias", most=MOST_NAME) for alias in aliases]
    found = Organisation(
        name=named,
        aliases=tuple(sorted(set(called) - {named})),
        domains=tuple(sorted({parse_domain(domain) for domain in domains})),
        wikidata=None if wikidata is None else parse_wikidata(wikidata),
        ror=None if ror is None else parse_ror(ror),
    )
    return require_bounded(found)


def require_bounded(organisation: Organisation) -> Organisation:
    """Return the organisation, unless it has more names than anybody keeps in view.

    Raises:
        InputError: it has.
    """
    if max(len(organisation.aliases), len(organisation.domains)) > _MOST:
        raise InputError(
            f"more than {_MOST} aliases or domains of one organisation",
            remedy="name the registered domains; names below them belong to them",
        )
    return organisation


def parse_domain(text: str) -> str:
    """Return a domain in lower case and ASCII, or an IP address.

    Raises:
        InputError: it is neither.
    """
    typed = parse_typed(text, "a domain", most=MOST_NAME)
    host = f"[{typed}]" if typed.count(":") > 1 and typed[0] != "[" else typed
    remedy = "give the domain alone, as in aa.com.tr"
    if any(mark in typed for mark in "/?#@"):
        raise InputError(f"no domain: {shorten_typed(typed)}", remedy=remedy)
    url = parse_url(f"http://{host}/")
    if url.port != 80 or (host.endswith(":80") and host[0] != "["):
        raise InputError(f"a domain has no port: {shorten_typed(typed)}", remedy=remedy)
    if "." not in url.host and ":" not in url.host:
        raise InputError(f"no domain of anybody: {shorten_typed(typed)}", remedy=remedy)
    return url.host


def parse_wikidata(text: str) -> str:
    """Return the item of Wikidata that ``text`` names, as in ``Q42``.

    Raises:
        InputError: it names none.
    """
    match = _WIKIDATA.fullmatch(text.strip())
    if match is None:
        raise InputError(f"no item of Wikidata: {shorten_typed(text)}", remedy="as in Q478214")
    return match[1]


def parse_ror(text: str) -> str:
    """Return the ROR id that ``text`` names, as the address that it is.

    Raises:
        InputError: it names none, or its checksum is wrong.
    """
    match = _ROR.fullmatch(text.strip().lower())
    if match is None:
        raise InputError(
            f"no ROR id: {shorten_typed(text)}", remedy="as in https://ror.org/05dxps055"
        )
    number = 0
    for letter in match[1][:7]:
        number = number * 32 + _CROCKFORD.index(letter)
    if 98 - number * 100 % 97 != int(match[1][7:]):
        raise InputError(
            f"the checksum of ROR id {match[1]} is wrong", remedy="look for a mistyped character"
        )
    return f"https://ror.org/{match[1]}"


def list_domains(host: str) -> tuple[str, ...]:
    """Return the domains that a host with an optional port belongs to, the most exact first."""
    name = re.sub(r":\d+$", "", host, flags=re.ASCII) if not host.endswith("]") else host
    name = name.strip("[]").lower()
    try:
        return (str(ipaddress.ip_address(name)),)
    except ValueError:
        labels = name.split(".")
        return tuple(".".join(labels[place:]) for place in range(len(labels) - 1))
