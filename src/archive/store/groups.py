"""Which records belong together: the rule that makes a group whole.

A group is whole if it is

1. one ``conversion`` record; or
2. records of which the last is of type ``metadata``, whose ``WARC-Concurrent-To`` fields name
   only records of the group, while each other record is named by it, or itself names
   (``WARC-Concurrent-To``) one that is.

The writer stores no group that breaks the rule, so that after a crash the records alone say
which groups are whole.  Follows ``docs/format.md``, "Records".  Not for: the ``warcinfo`` record
that begins a file, which belongs to no group though the first leaf lists it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from archive.core.digest import Digest
from archive.core.leaf import LeafKind, Overwritten
from archive.core.record import Draft, Record
from archive.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """Records about to be stored together under one leaf.

    ``address`` is the salted digest of the captured address; ``overwrites`` what a withdrawal
    overwrites.
    """

    kind: LeafKind
    drafts: tuple[Draft, ...]
    address: Digest | None = None
    overwrites: tuple[Overwritten, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What the rule looks at in a record: its id, type and the records it names."""

    record_id: str
    kind: str
    names: frozenset[str]


def read_tie(record: Record | Draft) -> Tie:
    """Return what the rule looks at."""
    return Tie(
        record_id=record.record_id,
        kind=record.kind,
        names=frozenset(
            value.strip("<>")
            for name, value in record.fields
            if name.lower() == "warc-concurrent-to"
        ),
    )


def find_group_end(ties: Sequence[Tie], start: int) -> int | None:
    """Return where the largest whole group that begins at ``start`` ends, or None.

    The largest, because a record of somebody else inside a group may look like its last.
    """
    found = None
    ids: set[str] = set()
    for place in range(start, len(ties)):
        last = ties[place]
        if last.kind == "warcinfo":
            break
        if last.kind == "metadata" and _is_tied(ties[start], last) and last.names <= ids:
            others = ties[start:place]
            if all(_is_tied(other, last) for other in others):
                found = place + 1
        ids.add(last.record_id)
    if found is None and start < len(ties) and ties[start].kind == "conversion":
        return start + 1
    return found


def _is_tied(record: Tie, last: Tie) -> bool:
    return (
        record is last or record.record_id in last.names or not record.names.isdisjoint(last.names)
    )


def require_whole(group: GroupDraft, *, alone: bool) -> None:
    """Refuse a group that a crash would leave unrecognisable; ``alone`` says it is the batch.

    Raises:
        InputError: the group breaks the rule of this module, or is a withdrawal in disguise.
    """
    ties = [read_tie(draft) for draft in group.drafts]
    if find_group_end(ties, 0) != len(ties):
        raise InputError(
            "a group must be one conversion record, or end with a metadata record that its"
            f" others are tied to; this one is: {', '.join(tie.kind for tie in ties) or 'empty'}"
        )
    if (group.kind == "withdrawal") != bool(group.overwrites):
        raise InputError("a withdrawal names what it overwrites, and nothing else does")
    if group.kind == "withdrawal" and not (alone and _says_withdrawal(group.drafts[-1])):
        raise InputError(
            'a withdrawal is stored alone, and its metadata record says "kind": "withdrawal"'
        )


def _says_withdrawal(draft: Draft) -> bool:
    if not isinstance(draft.block, bytes):
        return False
    try:
        value = json.loads(draft.block)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("kind") == "withdrawal"
