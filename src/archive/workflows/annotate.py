"""Adding a note to a capture, and what every annotation needs: who, when and why.

Not for: withdrawing one (`archive.workflows.withdraw`), or correcting what is said of a
statement (`archive.workflows.curate`).
"""

from collections.abc import Sequence

from archive.core.annotation import Annotation, Body
from archive.core.identity import derive_agent_id
from archive.core.typed import MOST_NAME, MOST_TEXT, parse_typed
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
    said = parse_typed(note, "the note", most=MOST_TEXT, lines=True)
    annotation = make_annotation(archive, "note", target=found.record_id, body=said, by=by)
    return store_annotations(archive, [annotation])[0]


def make_annotation(
    archive: OpenArchive,
    kind: str,
    *,
    target: str,
    body: Body,
    by: str | None,
    reason: str | None = None,
    supersedes: str | None = None,
) -> Annotation:
    """Return an annotation by the operator, or by whom ``by`` names, made now.

    Raises:
        InputError: the name or the reason is not fit to be stored.
    """
    agent, agent_name = choose_agent(archive, by)
    return Annotation(
        kind=kind,
        target=target,
        body=body,
        agent=agent,
        agent_name=agent_name,
        time=archive.world.clock(),
        reason=None if reason is None else parse_reason(reason),
        supersedes=supersedes,
    )


def choose_agent(archive: OpenArchive, by: str | None) -> tuple[str, str]:
    """Return the stable id and the name of the operator, or of whom ``by`` names.

    Raises:
        InputError: the name is not fit to be stored.
    """
    typed = (archive.settings.operator or "unnamed operator") if by is None else by
    name = parse_typed(typed, "the name of who says so", most=MOST_NAME)
    return derive_agent_id(archive.origin, name), name


def parse_reason(text: str) -> str:
    """Return a reason as it is stored.

    Raises:
        InputError: it is empty, too long, or holds characters that hide something.
    """
    return parse_typed(text, "the reason", most=MOST_TEXT, lines=True)


def store_annotations(
    archive: OpenArchive, annotations: Sequence[Annotation]
) -> tuple[AnnotationRow, ...]:
    """Store annotations, all of them durable at once; return their rows.

    Raises:
        StoreError: the disk refuses.
    """
    ids = [archive.world.identity.new_id() for _ in annotations]
    return store_named(archive, list(zip(ids, annotations, strict=True)))


def store_named(
    archive: OpenArchive, annotations: Sequence[tuple[str, Annotation]]
) -> tuple[AnnotationRow, ...]:
    """Store annotations under record ids that were drawn before, as `store_annotations` does."""
    made = [make_annotation_group(said, record_id=record_id) for record_id, said in annotations]
    records = [record for _, record in made]
    leaves = archive.store(
        [group for group, _ in made],
        lambda leaves: map(make_annotation_row, leaves, records),
    )
    return tuple(map(make_annotation_row, leaves, records))
