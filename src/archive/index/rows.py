"""The one pure path from stored records to rows.

Capturing, rebuilding and importing all take it: a leaf and its records as they are stored
go in, rows come out.  Over 300 lines, because a row of ``captures`` is spelt out three times: its
type, from records, and from a leaf alone.  Not for: writing rows (`archive.index.write`).
"""

import hashlib
from dataclasses import dataclass

from archive.core.annotation import Annotation, parse_annotation
from archive.core.capture import CaptureMetadata, parse_capture_metadata
from archive.core.claim import Assertion, Claim
from archive.core.digest import digest_bytes
from archive.core.exchange import Connection
from archive.core.http import Head, parse_head
from archive.core.identity import derive_capture_id
from archive.core.instant import format_instant
from archive.core.leaf import Leaf, Placed
from archive.core.organisation import find_organisation_id
from archive.core.record import Record
from archive.core.uri import (
    Url,
    format_statement_key,
    format_surt,
    is_home,
    parse_url,
    resolve_location,
)
from archive.core.version import Digests, PageFacts, Stated
from archive.core.watch import find_watch_id
from archive.errors import DamageError, InputError
from archive.index.events import EventRow

# Outcomes of which only the leaf is left to tell.
BARE = frozenset({"withdrawn", "damaged"})

# Of a conversion record: a companion that was read with the page.
COMPANION_FIELD = "Archive-Companion"

# How much of a block is looked at for the head of its message, stored or not.
HEAD_BYTES = 1 << 17

_PERMANENT = (301, 308)
_UNMODIFIED = 304
_READABLE = frozenset({"text/html", "application/xhtml+xml", "text/plain", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """One row of ``captures``; its statement follows from the keys of all captures."""

    id: str
    record_id: str
    key: str | None
    alias_of: str | None
    url: str
    surt: str | None
    captured_at: str
    year: int
    outcome: str
    status: int | None
    media_type: str | None
    location: str | None
    payload: str | None
    payload_length: int | None
    content: str | None
    content_length: int | None
    revisit_of: str | None
    unmodified_of: str | None
    text_outcome: str | None
    error: str | None
    peer: str | None
    tls: str | None
    purpose: str
    visit: str
    address: str
    hop: int
    hops: int
    batch: str | None
    warc: str
    offset: int
    length: int
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """What the row of ``readings`` holds beside the conversion that it comes from.

    ``title`` and ``stated`` are what the page itself states; ``rules`` are those of the digests.
    ``page`` is None where the page as a whole was not judged.
    """

    title: str | None
    stated: Stated
    digests: Digests
    rules: str
    page: PageFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """What one conversion says of one capture: text, claims, assertions."""

    record_id: str
    capture_id: str
    extractor: str
    outcome: str
    detail: str | None
    warc: str
    offset: int
    length: int
    leaf: int
    text_hash: int | None
    digest: str | None
    title: str
    text: str
    claims: tuple[Claim, ...]
    assertions: tuple[Assertion, ...]
    reading: ReadingRow | None = None
    companions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRow:
    """A capture that waits to be read again: a companion that it was read with is withdrawn."""

    capture_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationRow:
    """One row of ``annotations``: about a capture, an organisation or a watch order."""

    id: str
    record_id: str
    annotation: Annotation
    capture_id: str | None
    organisation_id: str | None
    watch_id: str | None
    supersedes: str | None
    warc: str
    offset: int
    length: int
    leaf: int


Row = CaptureRow | TextRow | UnreadRow | AnnotationRow | EventRow


def read_capture_row(leaf: Leaf, records: tuple[Record, ...]) -> CaptureRow:
    """Return the row of a capture group as stored; of a response the start of its block suffices.

    Raises:
        DamageError: the group is not what ``docs/format.md`` says.
    """
    answer = next((record for record in records if record.kind in ("response", "revisit")), None)
    head = parse_head(answer.block) if answer else None
    return make_capture_row(leaf, parse_capture_metadata(records[-1].block), head)


def make_capture_row(leaf: Leaf, metadata: CaptureMetadata, head: Head | None) -> CaptureRow:
    """Return the row of a capture: ``metadata`` as stored, ``head`` of its answer if it has one.

    Raises:
        DamageError: the leaf does not list the principal record.
    """
    place = _find_principal(leaf, metadata.principal)
    url = _parse_or_none(metadata.url)
    key = format_statement_key(url) if url else None
    groups = key is not None and metadata.purpose == "statement"
    outcome = _choose_outcome(metadata, place)
    media_type = (head.find("content-type") or "").partition(";")[0].strip().lower() if head else ""
    return CaptureRow(
        id=derive_capture_id(metadata.principal),
        record_id=metadata.principal,
        key=key if groups else None,
        alias_of=_find_alias(url, head) if groups else None,
        url=metadata.url,
        surt=format_surt(url) if url else None,
        captured_at=format_instant(metadata.started),
        year=metadata.started.year,
        outcome=outcome,
        status=head.status if head else None,
        media_type=media_type or None,
        location=head.find("location") if head else None,
        payload=str(metadata.payload) if metadata.payload else None,
        payload_length=metadata.payload_length,
        content=str(metadata.content) if metadata.content else None,
        content_length=metadata.content_length,
        revisit_of=derive_capture_id(metadata.revisit_of) if metadata.revisit_of else None,
        unmodified_of=_find_unmodified(metadata, outcome, head),
        text_outcome="pending" if _is_readable(metadata, outcome, head, media_type) else None,
        error=_describe_error(metadata),
        peer=metadata.connection.address if metadata.connection else None,
        tls=_describe_tls(metadata.connection),
        purpose=metadata.purpose,
        visit=derive_capture_id(metadata.place.visit),
        address=metadata.place.address,
        hop=metadata.place.position,
        hops=metadata.place.hops,
        batch=metadata.batch,
        warc=leaf.warc,
        offset=place.offset,
        length=place.length,
        leaf=leaf.sequence,
    )


def make_withdrawn_row(leaf: Leaf) -> CaptureRow:
    """Return the row of a capture whose records are withdrawn: what its leaf alone says."""
    return _make_bare_row(leaf, "withdrawn", None)


def make_damaged_row(leaf: Leaf, error: str) -> CaptureRow:
    """Return the row of a capture whose records cannot be read: what its leaf alone says."""
    return _make_bare_row(leaf, "damaged", error)


def _make_bare_row(leaf: Leaf, outcome: str, error: str | None) -> CaptureRow:
    place = next(
        (placed for placed in leaf.records if placed.kind in ("response", "revisit")),
        leaf.records[-1],
    )
    capture_id = derive_capture_id(place.record_id)
    return CaptureRow(
        id=capture_id,
        record_id=place.record_id,
        key=None,
        alias_of=None,
        url="",
        surt=None,
        captured_at=format_instant(leaf.time),
        year=leaf.time.year,
        outcome=outcome,
        status=None,
        media_type=None,
        location=None,
        payload=None,
        payload_length=None,
        content=None,
        content_length=None,
        revisit_of=None,
        unmodified_of=None,
        text_outcome=None,
        error=error,
        peer=None,
        tls=None,
        purpose="statement",
        visit=capture_id,
        address="",
        hop=0,
        hops=1,
        batch=None,
        warc=leaf.warc,
        offset=place.offset,
        length=place.length,
        leaf=leaf.sequence,
    )


def make_text_row(
    leaf: Leaf,
    record: Record,
    claims: tuple[Claim, ...],
    assertions: tuple[Assertion, ...],
    reading: ReadingRow | None = None,
) -> TextRow:
    """Return the row of a conversion, with what was read from its capture by today's rules.

    Raises:
        DamageError: the record refers to nothing, or is no UTF-8.
    """
    target = (record.find("WARC-Refers-To") or "").strip("<>")
    outcome = record.find("Archive-Extraction") or "failed"
    try:
        capture_id = derive_capture_id(target)
        companions = tuple(map(derive_capture_id, list_companion_records(record)))
        text = record.block.decode()
    except (InputError, UnicodeDecodeError) as error:
        raise DamageError(f"conversion record {record.record_id}: {error}") from error
    title = next((item.value for item in assertions if item.field == "title"), None) or ""
    has_text = outcome == "text"
    place = _find_principal(leaf, record.record_id)
    return TextRow(
        record_id=record.record_id,
        capture_id=capture_id,
        extractor=record.find("Archive-Extractor") or "",
        outcome=outcome,
        detail=record.find("Archive-Extraction-Detail"),
        warc=leaf.warc,
        offset=place.offset,
        length=place.length,
        leaf=leaf.sequence,
        text_hash=derive_text_hash(title, text) if has_text else None,
        digest=str(digest_bytes(record.block)) if has_text else None,
        title=title,
        text=text,
        companions=companions,
        claims=claims,
        assertions=assertions,
        reading=reading,
    )


def list_companion_records(record: Record) -> tuple[str, ...]:
    """Return the record ids of the companions that a conversion record names."""
    wanted = COMPANION_FIELD.lower()
    return tuple(value.strip("<>") for name, value in record.fields if name.lower() == wanted)


def make_annotation_row(leaf: Leaf, record: Record) -> AnnotationRow:
    """Return the row of an annotation, a withdrawal's announcement included.

    Raises:
        DamageError: the record is no annotation.
    """
    annotation = parse_annotation(record.block)
    place = _find_principal(leaf, record.record_id)
    organisation_id = find_organisation_id(annotation.target)
    watch_id = find_watch_id(annotation.target)
    named = organisation_id or watch_id
    replaced = annotation.supersedes
    try:
        capture_id = derive_capture_id(annotation.target) if named is None else None
        supersedes = derive_capture_id(replaced) if replaced is not None else None
    except InputError as error:
        raise DamageError(f"annotation {record.record_id}: {error}") from error
    return AnnotationRow(
        id=derive_capture_id(record.record_id),
        record_id=record.record_id,
        annotation=annotation,
        capture_id=capture_id,
        organisation_id=organisation_id,
        watch_id=watch_id,
        supersedes=supersedes,
        warc=leaf.warc,
        offset=place.offset,
        length=place.length,
        leaf=leaf.sequence,
    )


def derive_text_hash(title: str, text: str) -> int:
    """Return what tells a text from others: 63 bits of SHA-256 over title, zero byte and text."""
    raw = hashlib.sha256(title.encode() + b"\0" + text.encode()).digest()
    return int.from_bytes(raw[:8], "big") >> 1


def _find_principal(leaf: Leaf, record_id: str) -> Placed:
    for placed in leaf.records:
        if placed.record_id == record_id:
            return placed
    raise DamageError(f"leaf {leaf.sequence} does not list its principal record {record_id}")


def _choose_outcome(metadata: CaptureMetadata, place: Placed) -> str:
    if metadata.failure:
        return metadata.failure.kind
    if metadata.malformed:
        return "malformed"
    if metadata.truncated:
        return "truncated"
    return place.kind


def _find_unmodified(metadata: CaptureMetadata, outcome: str, head: Head | None) -> str | None:
    """Return the capture that the server says is as it was: one that we named, by a 304."""
    answered = outcome == "response" and head is not None and head.status == _UNMODIFIED
    if metadata.condition is None or not answered:
        return None
    return derive_capture_id(metadata.condition.record)


def _is_readable(
    metadata: CaptureMetadata, outcome: str, head: Head | None, media_type: str
) -> bool:
    """Tell whether there is a main text to read; a revisit may share the reading of another."""
    return (
        head is not None
        and outcome in ("response", "revisit", "truncated", "malformed")
        and metadata.purpose == "statement"
        and (head.status is None or not 300 <= head.status < 400)
        and media_type in _READABLE
    )


def _describe_error(metadata: CaptureMetadata) -> str | None:
    if metadata.failure:
        return metadata.failure.message
    parts = [
        metadata.malformed or "",
        f"truncated: {metadata.truncated}" if metadata.truncated else "",
        _describe_certificate(metadata.connection),
    ]
    return "; ".join(part for part in parts if part) or None


def _describe_certificate(connection: Connection | None) -> str:
    if connection is None or connection.tls is None or not connection.tls.error:
        return ""
    return f"certificate not verified: {connection.tls.error}"


def _describe_tls(connection: Connection | None) -> str | None:
    if connection is None or connection.tls is None:
        return None
    return f"{connection.tls.version} {connection.tls.cipher}"


def _parse_or_none(text: str) -> Url | None:
    try:
        return parse_url(text)
    except InputError:
        return None


def _find_alias(url: Url | None, head: Head | None) -> str | None:
    """Return the key that ``url`` permanently redirects to within its host, or None.

    None too where a page leads to the home page, which is how removed pages are often answered.
    """
    location = head.find("location") if head and head.status in _PERMANENT else None
    if url is None or not location:
        return None
    try:
        target = resolve_location(url, location)
    except InputError:
        return None
    if target.host != url.host or (is_home(target) and not is_home(url)):
        return None
    key = format_statement_key(target)
    return key if key != format_statement_key(url) else None
