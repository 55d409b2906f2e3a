"""All that is known of one capture and its statement, gathered from index, log and records.

Not for: laying it out (`archive.cli.show`).
"""

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from archive.core.capture import CaptureMetadata, parse_capture_metadata
from archive.core.claim import Assertion, Claim
from archive.core.curation import PUBLISHER_FIELDS
from archive.core.instant import format_instant
from archive.core.leaf import Leaf
from archive.errors import ArchiveError
from archive.index.database import Index
from archive.index.lookup import Found, find_capture, select_visit
from archive.index.organisations import (
    find_named,
    find_statement_organisation,
    select_organisation,
)
from archive.index.rows import BARE
from archive.index.search import (
    find_statement,
    find_text,
    make_assertion,
    make_claim,
    open_reader,
    read_leisurely,
    select_annotations,
    select_assertions,
    select_capture,
    select_captures,
    select_claims,
)
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.read import read_record
from archive.workflows.history import NOWHERE, find_place
from archive.workflows.opening import Archive, open_index

Card = dict[str, Any]
_CAPTURES_SHOWN = 1000


def read_card(archive: Archive, name: str) -> Card:
    """Return what is known of the capture that ``name`` means, as plain values.

    Keys: ``capture`` (row, with ``records``, ``connection`` and more from its metadata record;
    the number of the ``version`` that it shows, or what it ``says`` instead), ``statement``,
    ``organisation`` (that curators know under the statement's host), ``captures`` (of the
    statement, the latest first), ``visit``, ``assertions`` (those of curators first; one that
    names a publisher has the ``organisation`` that curators know by that name), ``claims``,
    ``annotations`` (the latest first), ``text``, ``log``.

    Raises:
        InputError: nothing, or more than one capture, goes by that name.
    """
    log = read_log(archive.layout.log)
    with open_reader(archive.layout.database) as reader:
        found = find_capture(reader.conn, name)
        statement = found.statement_id
        rows = select_card(reader.conn, found)
        leaf = log.read_leaf(found.leaf)
        return rows | {
            "capture": rows["capture"] | read_facts(archive.layout, leaf, found.outcome),
            "captures": list(
                select_captures(reader, statement=statement, host=None, limit=_CAPTURES_SHOWN)
            )
            if statement
            else [],
            "log": {"origin": log.origin, "leaf": found.leaf, "size": log.size},
        }


def select_card(index: Index, found: Found) -> Card:
    """Return what the index knows of one capture: `read_card` without captures, log and records."""
    reader = read_leisurely(index)
    visit = select_visit(index, found)
    capture = select_capture(reader, found.id)
    if found.revisit_of:
        original = select_capture(reader, found.revisit_of)
        capture["payload_withdrawn"] = original["outcome"] == "withdrawn"
    statement = found.statement_id
    place = find_place(index, statement, found.id) if statement else NOWHERE
    return {
        "capture": capture | place,
        "statement": find_statement(reader, statement) if statement else None,
        "organisation": find_statement_organisation(index, statement),
        "visit": [
            {"id": hop.id, "url": hop.url, "status": hop.status, "outcome": hop.outcome}
            for hop in visit
        ],
        "assertions": [
            _name_organisation(index, row) for row in select_assertions(reader, found.id)
        ],
        "claims": select_claims(reader, found.id),
        "annotations": select_annotations(reader, found.id),
        "text": find_text(reader, found.text_id),
    }


def _name_organisation(index: Index, row: Card) -> Card:
    """Return an assertion with the organisation that it names, where curators know one."""
    if row["field"] not in PUBLISHER_FIELDS or row["value"] is None:
        return row
    key = find_named(index, row["value"])
    found = select_organisation(index, key) if key else None
    named = {"id": found.id, "name": found.organisation.name} if found else None
    return row | {"organisation": named}


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind the answers on a capture.

    ``curated`` are the rows of what curators assert of its statement, the displayed one of a
    field before the others.
    """

    capture: str
    url: str
    claims: tuple[Claim, ...]
    assertions: tuple[Assertion, ...]
    curated: tuple[Card, ...]


def read_claims_of(archive: Archive, name: str) -> Behind:
    """Return claims and assertions of the capture that ``name`` means, or whose payload it shares.

    Raises:
        InputError: nothing, or more than one capture, goes by that name.
    """
    with closing(open_index(archive)) as index:
        found = find_capture(index, name)
    with open_reader(archive.layout.database) as reader:
        claims = tuple(make_claim(row) for row in select_claims(reader, found.id))
        rows = select_assertions(reader, found.id)
        curated = tuple(
            _name_organisation(reader.conn, row) for row in rows if row["asserted_by"] is not None
        )
        assertions = tuple(make_assertion(row) for row in rows if row["asserted_by"] is None)
    return Behind(
        capture=found.id, url=found.url, claims=claims, assertions=assertions, curated=curated
    )


def read_facts(layout: Layout, leaf: Leaf, outcome: str) -> Card:
    """Return what only the records and the leaf know: connection, failed tries, digests."""
    records = [
        {
            "id": placed.record_id,
            "type": placed.kind,
            "offset": placed.offset,
            "length": placed.length,
            "member": str(placed.member),
            "record": str(placed.record),
            "block": str(placed.block),
        }
        for placed in leaf.records
        if placed.kind != "warcinfo"
    ]
    card: Card = {"records": records, "recovered": leaf.recovered}
    if outcome in BARE:
        return card
    last = leaf.records[-1]
    try:
        record = read_record(layout, leaf.warc, last.offset, last.length)
        return card | _describe_metadata(parse_capture_metadata(record.block))
    except ArchiveError as error:
        return card | {"damage": str(error)}


def _describe_metadata(metadata: CaptureMetadata) -> Card:
    tls = metadata.connection.tls if metadata.connection else None
    return {
        "finished": format_instant(metadata.finished),
        "software": metadata.software,
        "resolved": list(metadata.resolved),
        "left_out": list(metadata.left_out),
        "interim": [raw.decode("latin-1") for raw in metadata.interim],
        "attempts": [
            {
                "started": format_instant(item.started),
                "kind": item.failure.kind,
                "message": item.failure.message,
            }
            for item in metadata.attempts
        ],
        "truncated": metadata.truncated,
        "malformed": metadata.malformed,
        "certificate_error": tls.error if tls else None,
        "certificates": len(tls.chain) if tls else 0,
        "robots_allowed": metadata.robots.allowed if metadata.robots else None,
    }
