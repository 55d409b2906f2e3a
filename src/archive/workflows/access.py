"""Saying who may see a statement: everybody, nobody before a day, or only who keeps the archive.

Not for: leaving out what is closed (`archive.workflows.publish`).
"""

from archive.core.access import Access
from archive.core.annotation import Annotation
from archive.errors import InputError
from archive.index.access import (
    SaidAccess,
    select_access_of,
    select_access_within,
    select_addressed,
)
from archive.index.lookup import Found, find_capture
from archive.index.rows import AnnotationRow
from archive.workflows.annotate import make_annotation, store_annotations
from archive.workflows.opening import OpenArchive


def say_access(
    archive: OpenArchive, name: str, access: Access, *, reason: str, by: str | None = None
) -> tuple[AnnotationRow, ...]:
    """Store who may see the statement that ``name`` means; return a row for each address.

    Whatever was said before, by whomever, is superseded.

    Raises:
        InputError: nothing goes by that name, or it is no capture of a statement.
        StoreError: the disk refuses.
    """
    found = find_capture(archive.index, name)
    if found.statement_id is None:
        raise InputError(
            f"{found.id} is no capture of a statement ({found.outcome}, {found.purpose})",
            remedy="name the statement itself; other captures are published with the pages that"
            " show them, or not at all",
        )
    before = select_access_within(archive.index, found.statement_id)
    said = [
        _make(archive, one.capture_record, access, reason=reason, by=by, instead_of=one)
        for one in before
    ]
    done = {one.key for one in before}
    for key, (_, record_id) in select_addressed(archive.index, found.statement_id).items():
        if key not in done:
            said.append(_make(archive, record_id, access, reason=reason, by=by))
    return store_annotations(archive, said)


def move_access(archive: OpenArchive, found: Found) -> tuple[AnnotationRow, ...]:
    """Say the access that names ``found``, which is to be withdrawn, of another capture instead.

    The address of a withdrawn capture is not known, so what closes its statement would be lost.

    Raises:
        StoreError: the disk refuses.
    """
    named = select_access_of(archive.index, found.id)
    if found.statement_id is None or not named:
        return ()
    others = select_addressed(archive.index, found.statement_id, apart_from=found.id)
    moved: list[Annotation] = []
    for said in named:
        same = others.get(said.key or "")
        for _, record_id in [same] if same else others.values():
            moved.append(
                _make(
                    archive,
                    record_id,
                    said.access,
                    reason=f"as was said of capture {said.capture_id}, before it was withdrawn",
                    by=None,
                    instead_of=said,
                )
            )
    return store_annotations(archive, moved) if moved else ()


def _make(
    archive: OpenArchive,
    target: str,
    access: Access,
    *,
    reason: str,
    by: str | None,
    instead_of: SaidAccess | None = None,
) -> Annotation:
    return make_annotation(
        archive,
        "access",
        target=target,
        body=access,
        by=by,
        reason=reason,
        supersedes=instead_of.record_id if instead_of else None,
    )
