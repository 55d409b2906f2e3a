"""From what the network gave to the records that are stored: pure, and the same for all.

Follows ``docs/format.md``, "Records", which has one section for each function here; that is why
it is over 300 lines.  Not for: writing them (`archive.store.write`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archive.core.annotation import Annotation, format_annotation
from archive.core.capture import CaptureMetadata, Place, format_capture_metadata
from archive.core.digest import digest_bytes
from archive.core.event import Event, format_event
from archive.core.exchange import EVIDENCE, Answer, Connection, Exchange, Purpose, Visit
from archive.core.extraction import Extraction
from archive.core.http import Head, is_transfer_encoded, parse_head
from archive.core.identity import derive_capture_id
from archive.core.instant import format_instant
from archive.core.leaf import LeafKind, Overwritten, digest_address
from archive.core.organisation import find_organisation_id
from archive.core.record import REVISIT_PROFILE, Block, Draft, Record
from archive.core.watch import find_watch_id
from archive.index.lookup import Original
from archive.index.rows import COMPANION_FIELD, HEAD_BYTES
from archive.store.groups import GroupDraft
from archive.workflows.settings import SOFTWARE

_HTTP_RESPONSE = "application/http; msgtype=response"
_HTTP_REQUEST = "application/http; msgtype=request"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Where chance comes from: new record ids, and salts of 16 bytes."""

    new_id: Callable[[], str]
    new_salt: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureGroup:
    """A capture's group as it is to be stored, and what its row is made from."""

    draft: GroupDraft
    metadata: CaptureMetadata
    head: Head | None


def make_visit_groups(
    visit: Visit,
    *,
    batch: str | None,
    identity: Identity,
    find_original: Callable[[str, Purpose], Original | None],
) -> tuple[CaptureGroup, ...]:
    """Return the groups of a visit, in order.

    ``find_original`` tells which earlier response for that purpose has a payload of that digest.
    """
    principals = [identity.new_id() for _ in visit.exchanges]
    fresh: dict[str, Original] = {}  # two hops of one visit may carry the same payload
    groups: list[CaptureGroup] = []
    for position, exchange in enumerate(visit.exchanges):
        answer = exchange.outcome if isinstance(exchange.outcome, Answer) else None
        original = None
        if answer is not None and visit.purpose not in EVIDENCE and _may_be_revisit(answer):
            payload = str(answer.payload)
            original = fresh.get(payload) or find_original(payload, visit.purpose)
            if original is None:
                fresh[payload] = Original(
                    record_id=principals[position],
                    url=exchange.address,
                    captured_at=format_instant(exchange.started),
                )
        metadata = _make_metadata(
            visit,
            exchange,
            principal=principals[position],
            place=Place(
                visit=principals[0],
                address=visit.address,
                position=position,
                hops=len(visit.exchanges),
            ),
            batch=visit.batch or batch,
            salt=identity.new_salt(),
            original=original,
        )
        groups.append(_make_group(exchange, metadata, original, identity))
    return tuple(groups)


def list_originals(groups: tuple[CaptureGroup, ...]) -> dict[str, Original]:
    """Return the responses among ``groups`` that a later revisit can refer to, by payload."""
    return {
        str(group.metadata.payload): Original(
            record_id=group.metadata.principal,
            url=group.metadata.url,
            captured_at=format_instant(group.metadata.started),
        )
        for group in groups
        if group.metadata.payload is not None
        and group.metadata.revisit_of is None
        and group.metadata.payload_length
        and group.metadata.truncated is None
        and group.metadata.malformed is None
    }


def make_conversion_group(
    extraction: Extraction,
    *,
    principal: str,
    date: datetime,
    record_id: str,
    companions: tuple[str, ...] = (),
) -> tuple[GroupDraft, Record]:
    """Return the group of a conversion, and its record as it will be read back.

    ``companions`` are the record ids of those that were read with the page.
    """
    fields: Fields = (
        ("WARC-Target-URI", _name_part("text", principal)),
        ("WARC-Refers-To", f"<{principal}>"),
        ("Archive-Extractor", extraction.extractor),
        ("Archive-Extraction", extraction.outcome),
    )
    fields += tuple((COMPANION_FIELD, f"<{companion}>") for companion in companions)
    if extraction.detail:
        detail = "".join(letter if letter.isprintable() else " " for letter in extraction.detail)
        fields += (("Archive-Extraction-Detail", detail.encode("ascii", "replace").decode()[:500]),)
    block = extraction.text.encode() if extraction.outcome == "text" else b""
    return _make_single(
        "conversion", "conversion", record_id, date, fields, block, "text/plain; charset=utf-8"
    )


def make_annotation_group(
    annotation: Annotation,
    *,
    record_id: str,
    overwrites: tuple[Overwritten, ...] = (),
) -> tuple[GroupDraft, Record]:
    """Return the group of an annotation; with ``overwrites`` that of a withdrawal."""
    fields: Fields = (("WARC-Target-URI", _name_part("annotation", record_id)),)
    named = find_organisation_id(annotation.target) or find_watch_id(annotation.target)
    if named is None:  # WARC/1.1 §5.8: records alone
        fields += (("WARC-Refers-To", f"<{annotation.target}>"),)
    return _make_single(
        "withdrawal" if overwrites else "annotation",
        "metadata",
        record_id,
        annotation.time,
        fields,
        format_annotation(annotation),
        "application/json",
        overwrites,
    )


def make_event_group(
    event: Event, *, record_id: str, refers_to: str | None = None
) -> tuple[GroupDraft, Record]:
    """Return the group of an event; ``refers_to`` is the record that shows it, if there is one."""
    fields: Fields = (("WARC-Target-URI", _name_part("event", record_id)),)
    if refers_to is not None:
        fields += (("WARC-Refers-To", f"<{refers_to}>"),)
    block = format_event(event)
    return _make_single(
        event.kind, "metadata", record_id, event.time, fields, block, "application/json"
    )


def _make_single(
    leaf: LeafKind,
    kind: str,
    record_id: str,
    date: datetime,
    fields: Fields,
    block: bytes,
    content_type: str,
    overwrites: tuple[Overwritten, ...] = (),
) -> tuple[GroupDraft, Record]:
    draft = _make_draft(kind, record_id, date, fields, block, content_type)
    group = GroupDraft(kind=leaf, drafts=(draft,), address=None, overwrites=overwrites)
    return group, _foresee(draft, block)


def _may_be_revisit(answer: Answer) -> bool:
    """Tell whether the answer's bytes can be had back from its head and an equal payload."""
    return (
        answer.payload is not None
        and answer.payload_length > 0
        and answer.truncated is None
        and answer.malformed is None
        and answer.length == answer.head_length + answer.payload_length
    )


def _make_metadata(
    visit: Visit,
    exchange: Exchange,
    *,
    principal: str,
    place: Place,
    batch: str | None,
    salt: bytes,
    original: Original | None,
) -> CaptureMetadata:
    outcome = exchange.outcome
    answer = outcome if isinstance(outcome, Answer) else None
    return CaptureMetadata(
        principal=principal,
        url=exchange.address,
        salt=salt,
        started=exchange.started,
        finished=exchange.finished,
        place=place,
        purpose=visit.purpose,
        batch=batch,
        software=SOFTWARE,
        connection=exchange.connection,
        resolved=exchange.resolved,
        left_out=exchange.left_out,
        interim=answer.interim if answer else (),
        attempts=exchange.attempts,
        failure=None if isinstance(outcome, Answer) else outcome,
        payload=answer.payload if answer else None,
        payload_length=answer.payload_length if answer and answer.payload else None,
        content=answer.content if answer else None,
        content_length=answer.content_length if answer else None,
        truncated=answer.truncated if answer else None,
        malformed=answer.malformed if answer else None,
        revisit_of=original.record_id if original else None,
        condition=exchange.condition,
        robots=visit.robots,
    )


def _make_group(
    exchange: Exchange, metadata: CaptureMetadata, original: Original | None, identity: Identity
) -> CaptureGroup:
    drafts: list[Draft] = []
    head: Head | None = None
    shared = _describe_connection(exchange)
    answer = exchange.outcome if isinstance(exchange.outcome, Answer) else None
    metadata_id = identity.new_id() if answer else metadata.principal
    request_id = identity.new_id() if exchange.request else None
    date = exchange.started
    if request_id is not None:
        fields = (*shared, ("WARC-Concurrent-To", f"<{metadata.principal}>"))
        drafts.append(
            _make_draft("request", request_id, date, fields, exchange.request, _HTTP_REQUEST)
        )
    if answer is not None:
        head = parse_head(_read_start(answer.block, HEAD_BYTES))
        framed = is_transfer_encoded(head)
        drafts.append(_make_answer_draft(metadata, answer, shared, original, framed=framed))
    target = (("WARC-Target-URI", _name_part("capture", metadata.principal)),)
    concurrent = metadata.principal if answer else request_id
    partner = (("WARC-Concurrent-To", f"<{concurrent}>"),) if concurrent else ()
    block = format_capture_metadata(metadata)
    drafts.append(
        _make_draft("metadata", metadata_id, date, (*target, *partner), block, "application/json")
    )
    group = GroupDraft(
        kind="capture",
        drafts=tuple(drafts),
        address=digest_address(metadata.salt, metadata.url),
        overwrites=(),
    )
    return CaptureGroup(draft=group, metadata=metadata, head=head)


def _make_answer_draft(
    metadata: CaptureMetadata,
    answer: Answer,
    shared: Fields,
    original: Original | None,
    *,
    framed: bool,
) -> Draft:
    """Return the draft of a response, or of a revisit that refers to ``original``."""
    date = metadata.started
    fields = shared
    whole = answer.truncated is None and answer.malformed is None
    if answer.payload is not None and whole and not framed:
        fields += (("WARC-Payload-Digest", str(answer.payload)),)
    if original is not None:
        fields += (
            ("WARC-Profile", REVISIT_PROFILE),
            ("WARC-Refers-To", f"<{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.captured_at),
        )
        head = _read_start(answer.block, answer.head_length)
        return _make_draft(
            "revisit", metadata.principal, date, fields, head, _HTTP_RESPONSE, metadata
        )
    if answer.truncated is not None:
        fields += (("WARC-Truncated", answer.truncated),)
    return Draft(
        record_id=metadata.principal,
        kind="response",
        date=date,
        fields=fields,
        content_type=_HTTP_RESPONSE,
        block=answer.block,
        length=answer.length,
        block_digest=answer.block_digest,
        payload=answer.payload,
        content=answer.content,
        compressed=answer.content_length != answer.payload_length,
    )


def _make_draft(
    kind: str,
    record_id: str,
    date: datetime,
    fields: Fields,
    block: bytes,
    content_type: str,
    metadata: CaptureMetadata | None = None,
) -> Draft:
    return Draft(
        record_id=record_id,
        kind=kind,
        date=date,
        fields=fields,
        content_type=content_type,
        block=block,
        length=len(block),
        block_digest=digest_bytes(block),
        payload=metadata.payload if metadata else None,
        content=metadata.content if metadata else None,
    )


def _foresee(draft: Draft, start: bytes) -> Record:
    """Return the record as it will be read back, with the start of its block."""
    return Record(
        fields=(
            ("WARC-Type", draft.kind),
            ("WARC-Record-ID", f"<{draft.record_id}>"),
            *draft.fields,
        ),
        block=start,
    )


def _name_part(kind: str, record_id: str) -> str:
    """Return the URN of what we made ourselves: indexers take an address for the page itself."""
    return f"urn:archive:{kind}:{derive_capture_id(record_id)}"


def _describe_connection(exchange: Exchange) -> Fields:
    connection = exchange.connection
    fields: Fields = (("WARC-Target-URI", str(exchange.url)),) if exchange.url else ()
    if connection is None:
        return fields
    fields += (("WARC-IP-Address", connection.address), ("WARC-Protocol", "http/1.1"))
    return fields + _describe_tls(connection)


def _describe_tls(connection: Connection) -> Fields:
    if connection.tls is None:
        return ()
    version = connection.tls.version.lower().replace("tlsv", "tls/")
    return (("WARC-Protocol", version), ("WARC-Cipher-Suite", connection.tls.cipher))


def _read_start(block: Block, length: int) -> bytes:
    if isinstance(block, bytes):
        return block if len(block) <= length else block[:length]
    block.seek(0)
    return block.read(length)
