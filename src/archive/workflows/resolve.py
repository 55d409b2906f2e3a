"""Resolving identifiers: from what stands in a citation to the capture that it means.

An identifier is a capture id or a prefix of one, a record id, a URN of ours, an ``ni:`` URI of
a payload, an ARK, the address of an archived page, or an original address as `archive show`
takes it. Not for: finding identifiers in a text (`archive.cite.reading`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.core.citation import CAPTURE_URN
from archive.core.digest import format_ni, parse_digest, parse_ni
from archive.core.identity import SHORT, normalise_capture_id
from archive.errors import InputError
from archive.index.citing import find_converted, select_holders
from archive.index.database import Index
from archive.index.lookup import Found, find_capture
from archive.workflows.settings import CitationSettings

_OURS = re.compile(r"urn:archive:(?:capture|text|screenshot|pdf|dom):([0-9a-z]+)")
_ARK = re.compile(
    r"(?:https?://[^/\s]+/)?ark:/?(?P<naan>[0-9a-z]+)/(?P<id>[0-9a-z-]+)", re.IGNORECASE
)
_ARCHIVED = re.compile(
    rf"https?://.*/(?:capture|replay)/([0-9a-z]{{{SHORT},}})(?:[/?#].*)?", re.DOTALL
)
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The capture that an identifier means, and others that it means as well as that one.

    ``kind`` is what the identifier is.
    """

    kind: str
    found: Found
    others: tuple[str, ...] = ()


def resolve(index: Index, settings: CitationSettings, identifier: str) -> Resolved:
    """Return what an identifier means.

    Raises:
        InputError: nothing goes by it, or it is of another archive.
    """
    said = identifier.strip()
    for kind, matches, find in _KINDS:
        if matches(said):
            return find(index, settings, said, kind)
    if (match := _ARCHIVED.fullmatch(said)) and _is_ours(index, match[1]):
        return Resolved(kind="archived address", found=find_capture(index, match[1]))
    kind = "address" if "://" in said else "capture id"
    return Resolved(kind=kind, found=find_capture(index, said))


def archived_address(settings: CitationSettings, capture: str) -> str:
    """Return where a capture is found: on the web if the archive is served there, else a URN."""
    return f"{settings.base_url}capture/{capture}" if settings.base_url else CAPTURE_URN + capture


def format_ark(settings: CitationSettings, capture: str) -> str | None:
    """Return a capture's ARK, None where the archive has no number to mint it under."""
    return f"ark:{settings.naan}/{capture}" if settings.naan else None


def format_payload_ni(payload: str | None) -> str | None:
    """Return the ``ni:`` URI of a payload digest."""
    return None if payload is None else format_ni(parse_digest(payload))


def _resolve_record(index: Index, _: CitationSettings, said: str, kind: str) -> Resolved:
    name = said.lower()
    about = find_converted(index, name)
    return Resolved(kind=kind, found=find_capture(index, about or name))


def _resolve_digest(index: Index, _: CitationSettings, said: str, kind: str) -> Resolved:
    payload = str(parse_ni(said) if said.startswith("ni:") else parse_digest(said))
    holders = select_holders(index, payload, limit=_MOST_LISTED + 1)
    if not holders:
        raise InputError(
            f"no capture has the payload {payload}",
            remedy="the digest is that of the body, before content decoding",
        )
    return Resolved(kind=kind, found=find_capture(index, holders[0]), others=holders[1:])


def _resolve_urn(index: Index, _: CitationSettings, said: str, kind: str) -> Resolved:
    match = _OURS.fullmatch(said.lower())
    if match is None:
        raise InputError(f"no URN of ours: {said[:120]!r}", remedy="as in urn:archive:capture:ID")
    return Resolved(kind=kind, found=find_capture(index, match[1]))


def _resolve_ark(index: Index, settings: CitationSettings, said: str, kind: str) -> Resolved:
    match = _ARK.fullmatch(said)
    if match is None:
        raise InputError(f"no ARK: {said[:120]!r}", remedy="as in ark:12345/kx0aess6mwg99vfd")
    if match["naan"].lower() != settings.naan:
        raise InputError(
            f"the ARK is of the naming authority {match['naan']}, and this archive's is"
            f" {settings.naan or 'not set'}",
            remedy="ask that authority, or set naan under [citation] in archive.toml",
        )
    return Resolved(kind=kind, found=find_capture(index, match["id"].replace("-", "")))


Resolver = Callable[[Index, CitationSettings, str, str], Resolved]
_KINDS: tuple[tuple[str, Callable[[str], bool], Resolver], ...] = (
    ("record id", lambda said: said.lower().startswith("urn:uuid:"), _resolve_record),
    ("URN", lambda said: said.lower().startswith("urn:archive:"), _resolve_urn),
    ("payload digest", lambda said: said.startswith(("ni:", "sha256:")), _resolve_digest),
    ("ARK", lambda said: _ARK.fullmatch(said) is not None or said.startswith("ark:"), _resolve_ark),
)


def _is_ours(index: Index, capture: str) -> bool:
    """Tell whether an archived address names a capture here, under whatever host it was served."""
    if normalise_capture_id(capture) is None:
        return False
    try:
        find_capture(index, capture)
    except InputError:
        return False
    return True
