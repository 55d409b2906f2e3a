"""Curators: asserting what is true of a statement, and taking back what somebody said.

Both are annotations, so nothing is overwritten (``docs/format.md``, "Annotations").  Not for:
organisations (`archive.workflows.organisations`), or what rules conclude.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from archive.core.annotation import Annotation
from archive.core.curation import CuratorAssertion, Evidence, parse_curated_field
from archive.core.identity import normalise_capture_id
from archive.core.organisation import format_organisation_urn
from archive.core.typed import MOST_LINE, parse_typed, shorten_typed
from archive.core.uri import parse_url
from archive.errors import DamageError, InputError
from archive.index.annotations import (
    IN_FORCE,
    FoundAnnotation,
    find_annotation,
    has_locator,
    select_in_force,
)
from archive.index.lookup import Found, find_by_id, find_capture
from archive.index.rows import AnnotationRow
from archive.workflows.annotate import (
    choose_agent,
    make_annotation,
    parse_reason,
    store_annotations,
)
from archive.workflows.opening import OpenArchive
from archive.workflows.reading_tasks import find_held
from archive.workflows.workers import PlaceTask, Workers

_MOST_EVIDENCE = 100
_RETRACTABLE = ("note", "assertion")


def assert_fields(
    archive: OpenArchive,
    name: str,
    assertions: Sequence[CuratorAssertion],
    *,
    reason: str,
    evidence: Sequence[str] = (),
    by: str | None = None,
) -> tuple[AnnotationRow, ...]:
    """Store what a curator asserts of the statement that ``name`` means; return the rows.

    What the same person asserted of the same fields before is superseded.

    Raises:
        InputError: nothing goes by that name, it is no capture of a statement, or a reason or
            piece of evidence cannot be used.
        StoreError: the disk refuses.
    """
    found = find_capture(archive.index, name)
    if found.statement_id is None:
        raise InputError(
            f"{found.id} is no capture of a statement ({found.outcome}, {found.purpose})",
            remedy="assert of another capture, or annotate this one",
        )
    if len(evidence) > _MOST_EVIDENCE:
        raise InputError(f"more than {_MOST_EVIDENCE} pieces of evidence", remedy="name the best")
    pieces = tuple(_find_evidence(archive, found, text) for text in evidence)
    annotations = [
        make_annotation(
            archive,
            "assertion",
            target=found.record_id,
            body=replace(one, evidence=pieces),
            by=by,
            reason=reason,
        )
        for one in assertions
    ]
    if not annotations:
        raise InputError("nothing is asserted", remedy="as in published=2024-03-06")
    return store_annotations(
        archive, [_supersede(archive, found.statement_id, one) for one in annotations]
    )


def retract(
    archive: OpenArchive,
    name: str,
    field: str | None = None,
    *,
    reason: str,
    by: str | None = None,
) -> tuple[AnnotationRow, ...]:
    """Take back the annotation that ``name`` means; with ``field``, what is asserted of it.

    With ``field``, ``name`` means a capture, and what is retracted is what the person who
    retracts asserts of its statement, or else what the only other one does.

    Raises:
        InputError: there is nothing to take back, or more than one thing.
        StoreError: the disk refuses.
    """
    told = parse_reason(reason)
    if field is None:
        chosen: tuple[FoundAnnotation, ...] = (_find_retractable(archive, name),)
    else:
        chosen = _choose_asserted(archive, name, parse_curated_field(field), by)
    return store_annotations(
        archive, [make_retraction(archive, one, reason=told, by=by) for one in chosen]
    )


def make_retraction(
    archive: OpenArchive, found: FoundAnnotation, *, reason: str, by: str | None
) -> Annotation:
    """Return the annotation that takes ``found`` back.

    Raises:
        DamageError: the index does not know what it is about.
    """
    target = (
        found.capture_record
        if found.organisation_id is None
        else format_organisation_urn(found.organisation_id)
    )
    if target is None:
        raise DamageError(
            f"annotation {found.id} is about a capture that is not in the index",
            remedy="run `archive rebuild`, and `archive verify`",
        )
    return make_annotation(
        archive,
        "retraction",
        target=target,
        body=f"{found.kind} retracted",
        by=by,
        reason=reason,
        supersedes=found.record_id,
    )


def _supersede(archive: OpenArchive, statement_id: str, annotation: Annotation) -> Annotation:
    """Let an assertion supersede the one that the same person made of the field before."""
    if not isinstance(annotation.body, CuratorAssertion):
        return annotation
    earlier = select_in_force(archive.index, statement_id, annotation.body.field)
    own = next((one for one in earlier if one.agent == annotation.agent), None)
    return replace(annotation, supersedes=own.record_id if own else None)


def _find_retractable(archive: OpenArchive, name: str) -> FoundAnnotation:
    found = find_annotation(archive.index, name)
    if found.state != IN_FORCE:
        raise InputError(
            f"annotation {found.id} is {found.state} already", remedy="nothing is left to do"
        )
    if found.kind == "organisation":
        raise InputError(
            f"annotation {found.id} describes an organisation",
            remedy="archive publisher remove",
        )
    if found.kind == "watch":
        raise InputError(f"annotation {found.id} is a watch order", remedy="archive watch remove")
    if found.kind == "access":
        raise InputError(
            f"annotation {found.id} says who may see a statement",
            remedy=f"archive access {found.capture_id} open",
        )
    if found.kind not in _RETRACTABLE:
        raise InputError(
            f"a {found.kind} cannot be retracted",
            remedy="say anew what holds: archive assert, archive annotate",
        )
    return found


def _choose_asserted(
    archive: OpenArchive, name: str, field: str, by: str | None
) -> tuple[FoundAnnotation, ...]:
    found = find_capture(archive.index, name)
    listed = (
        ()
        if found.statement_id is None
        else select_in_force(archive.index, found.statement_id, field)
    )
    agent, _ = choose_agent(archive, by)
    own = tuple(one for one in listed if one.agent == agent)
    if own or len(listed) == 1:
        return own or listed
    if not listed:
        raise InputError(
            f"no curator asserts {field} of the statement of {found.id}",
            remedy=f"`archive annotations {found.id}` lists what was said",
        )
    some = ", ".join(f"{one.id} by {one.agent_name}" for one in listed)
    raise InputError(
        f"several people assert {field}: {some}", remedy="retract by the annotation's id"
    )


def _find_evidence(archive: OpenArchive, found: Found, text: str) -> Evidence:
    """Return what a piece of evidence means: an address, a capture of ours, or a place.

    An address that was captured leads to its latest capture.

    Raises:
        InputError: it looks like a capture's id, and there is none; or it is no place in the
            capture.
    """
    said = parse_typed(text, "the evidence", most=MOST_LINE)
    if said.lower().startswith(("http://", "https://")):
        parse_url(said)
        try:
            return Evidence(url=said, record=find_capture(archive.index, said).record_id)
        except InputError:
            return Evidence(url=said)
    if has_locator(archive.index, found.id, said):
        return Evidence(locator=said)
    if said.startswith("urn:uuid:") or normalise_capture_id(said) is not None:
        try:
            return Evidence(record=find_capture(archive.index, said).record_id)
        except InputError as error:
            raise InputError(
                f"evidence {shorten_typed(said)} is no place that a claim names: {error}",
                remedy="`archive show --json` lists locators and ids; an address begins with http",
            ) from error
    if not _stands_at(archive, found, said):
        raise InputError(
            f"nothing stands at {shorten_typed(said)} in {found.id}",
            remedy="`archive claims ID` prints places; an address begins with http;"
            " what cannot be pointed to goes into --reason",
        )
    return Evidence(locator=said)


def _stands_at(archive: OpenArchive, found: Found, locator: str) -> bool:
    """Tell whether a locator that no claim names leads to some text of the capture."""
    held = find_held(found, partial(find_by_id, archive.index))
    if held is None or held.outcome not in ("response", "truncated", "malformed"):
        return False
    task = PlaceTask(
        root=str(archive.layout.root),
        warc=held.warc,
        offset=held.offset,
        length=held.length,
        url=found.url,
        locator=locator,
    )
    with Workers(archive.settings.extraction) as workers:
        return workers.submit(task).result().outcome == "text"
