"""Adding a note to a capture.

Not for: withdrawing one (`archive.workflows.withdraw`).
"""

from archive.core.annotation import Annotation
from archive.core.identity import derive_agent_id
from archive.errors import InputError
from archive.index.lookup import find_capture
from archive.index.rows import AnnotationRow, make_annotation_row
from archive.workflows.opening import OpenArchive
from archive.workflows.records import make_annotation_group


def annotate_capture(
    archive: OpenArchive, name: str, note: str, *, by: str | None = None
) -> AnnotationRow:
    """Store ``note`` about the capture that ``name`` means; return its row.

    Raises:
        InputError: nothing goes by that name, or the note is empty.
        StoreError: the disk refuses.
    """
    found = find_capture(archive.index, name)
    if not note.strip():
        raise InputError("an empty note says nothing", remedy="give the note's text")
    annotation = make_annotation(archive, "note", target=found.record_id, body=note, by=by)
    group, record = make_annotation_group(annotation, record_id=archive.world.identity.new_id())
    leaves = archive.store([group], lambda leaves: [make_annotation_row(leaves[0], record)])
    return make_annotation_row(leaves[0], record)


def make_annotation(
    archive: OpenArchive,
    kind: str,
    *,
    target: str,
    body: str,
    by: str | None,
    reason: str | None = None,
) -> Annotation:
    """Return an annotation by the operator, or by whom ``by`` names, made now."""
    agent = by or archive.settings.operator or "unnamed operator"
    return Annotation(
        kind=kind,
        target=target,
        body=body,
        agent=derive_agent_id(archive.origin, agent),
        agent_name=agent,
        time=archive.world.clock(),
        reason=reason,
    )
