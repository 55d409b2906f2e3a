"""Withdrawing a capture: its bytes go, its leaf and the reason stay.

Follows ``docs/format.md``, "Withdrawal".  Not for: what publishers take down themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.core.identity import normalise_capture_id
from archive.core.leaf import Leaf, Overwritten
from archive.errors import InputError
from archive.index.annotations import FoundAnnotation, select_asserted_of
from archive.index.lookup import (
    Found,
    find_by_id,
    find_capture,
    select_conversion_leaves,
    select_resting,
    select_revisits,
    select_visit,
)
from archive.index.rows import Row, make_annotation_row, make_withdrawn_row
from archive.store.log import read_log
from archive.store.withdraw import plan_overwriting, repeat_withdrawals
from archive.workflows.access import move_access
from archive.workflows.annotate import make_annotation
from archive.workflows.extract import read_captures
from archive.workflows.opening import OpenArchive
from archive.workflows.records import make_annotation_group


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalPlan:
    """What would be withdrawn: the capture, the leaves of its records, and what is concerned.

    ``revisits`` lose the payload that they share; ``hops``, the other captures of the visit,
    and revisits go on naming addresses.  ``resting`` are pages that stay, but were read with it or
    shared its reading: they have to be read again.  What curators assert of the capture stays on
    record, but is not displayed for a statement any more, whose address is then not known.
    """

    capture: Found
    leaves: tuple[Leaf, ...]
    revisits: tuple[Found, ...]
    hops: tuple[Found, ...]
    resting: tuple[Found, ...]
    assertions: tuple[FoundAnnotation, ...]

    @property
    def overwrites(self) -> tuple[Overwritten, ...]:
        """Every record whose bytes go."""
        return tuple(item for leaf in self.leaves for item in plan_overwriting(leaf))


def plan_withdrawal(archive: OpenArchive, name: str) -> WithdrawalPlan:
    """Find what withdrawing the capture that ``name`` means would take away.

    Raises:
        InputError: no capture goes by that name, it is withdrawn already, or the name is that of a
            statement or version, of which one capture alone would go.
    """
    found = find_capture(archive.index, name)
    if "://" not in name and not name.startswith("urn:"):
        prefix = normalise_capture_id(name)
        if prefix is None or not found.id.startswith(prefix):
            raise InputError(
                f"{name!r} is no capture; of what it names, {found.id} is one",
                remedy="withdraw captures one by one, by their ids: archive history ID --all",
            )
    if found.outcome == "withdrawn":
        raise InputError(f"{found.id} is withdrawn already", remedy=f"see: archive show {found.id}")
    log = read_log(archive.layout.log)
    sequences = (found.leaf, *select_conversion_leaves(archive.index, found.id))
    return WithdrawalPlan(
        capture=found,
        leaves=tuple(log.read_leaf(sequence) for sequence in sequences),
        revisits=tuple(select_revisits(archive.index, found.id)),
        hops=tuple(hop for hop in select_visit(archive.index, found) if hop.id != found.id),
        resting=tuple(select_resting(archive.index, found.id)),
        assertions=select_asserted_of(archive.index, found.id),
    )


def repeat_withdrawal(archive: OpenArchive, name: str) -> int | None:
    """Carry out again what was withdrawn, where an old copy brought the bytes back.

    Returns how many records were overwritten again, None where ``name`` means a capture that is
    not withdrawn.

    Raises:
        InputError: nothing goes by that name.
        StoreError: the disk refuses.
    """
    if find_capture(archive.index, name).outcome != "withdrawn":
        return None
    return repeat_withdrawals(archive.layout, archive.world.disk, read_log(archive.layout.log))


def withdraw_capture(
    archive: OpenArchive, plan: WithdrawalPlan, *, reason: str, by: str | None = None
) -> Leaf:
    """Announce the withdrawal in the log, then overwrite the bytes; return its leaf.

    Raises:
        InputError: no reason is given.
        StoreError: the disk refuses; opening the archive again finishes the work.
    """
    if not reason.strip():
        raise InputError("a withdrawal needs a reason", remedy="give --reason TEXT")
    annotation = make_annotation(
        archive,
        "withdrawal",
        target=plan.capture.record_id,
        body="content withdrawn",
        by=by,
        reason=reason,
    )
    move_access(archive, plan.capture)
    group, record = make_annotation_group(
        annotation, record_id=archive.world.identity.new_id(), overwrites=plan.overwrites
    )

    def make_rows(leaves: Sequence[Leaf]) -> Iterator[Row]:
        yield make_annotation_row(leaves[0], record)
        yield make_withdrawn_row(plan.leaves[0])

    return archive.store([group], make_rows)[0]


def read_again(archive: OpenArchive, plan: WithdrawalPlan) -> int:
    """Read those pages again that rested on what was withdrawn; return how many were read.

    Raises:
        StoreError: the disk refuses; then `archive extract` reads them.
    """
    found = [find_by_id(archive.index, resting.id) for resting in plan.resting]
    waiting = [item for item in found if item is not None and item.text_outcome == "pending"]
    return read_captures(archive, waiting) if waiting else 0
