"""Visiting statements of the archive again, at their latest address.

Rules:

1. A person who names statements is not bound by robots.txt; a choice such as "all" names none, so
   it is automatic, and bound.
2. A port that is not 80 or 443 is open where a server answered on it before.
3. Requests are conditional unless the whole page is asked for.

Not for: watching (`archive.workflows.watch`), or whether a text changed, which is found out behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from archive.capture.settings import TransportSettings
from archive.core.exchange import Errand
from archive.core.instant import format_instant
from archive.errors import InputError
from archive.index.database import Index
from archive.index.lookup import find_capture, find_statement_of
from archive.index.recapture import (
    Target,
    find_target,
    select_done_statements,
    select_targets,
)
from archive.index.rows import CaptureRow
from archive.workflows.batches import Batch
from archive.workflows.capture import CaptureResult, CaptureRun, capture_addresses
from archive.workflows.opening import OpenArchive

# What can be known at once: whether a text changed, only its reading tells.
AtOnce = Literal["unchanged", "changed?", "gone", "failed"]
_GONE = (404, 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recapture:
    """A visit to a statement that was captured before, and what can be said of it at once."""

    result: CaptureResult
    standing: AtOnce


def select_named(index: Index, names: Sequence[str]) -> tuple[Target, ...]:
    """Return the statements that ids and addresses mean, each once.

    Raises:
        InputError: one of them means no statement of the archive.
    """
    found: dict[str, Target] = {}
    for name in names:
        statement_id = find_statement_of(index, name)
        target = None if statement_id is None else find_target(index, statement_id)
        if target is None:
            capture = find_capture(index, name)
            raise InputError(
                f"{capture.id} is no capture of a statement ({capture.outcome}, {capture.purpose})",
                remedy="archive capture URL",
            )
        found.setdefault(target.statement_id, target)
    return tuple(found.values())


def select_older(archive: OpenArchive, age: timedelta | None) -> tuple[Target, ...]:
    """Return the statements whose last capture is older than ``age``; None: all of them."""
    before = None if age is None else format_instant(archive.world.clock() - age)
    return tuple(select_targets(archive.index, captured_before=before))


def leave_out_done(index: Index, targets: Sequence[Target], batch: Batch) -> tuple[Target, ...]:
    """Return the targets that an interrupted run has still before it."""
    done = select_done_statements(index, batch.name, batch.done)
    return tuple(target for target in targets if target.statement_id not in done)


def recapture(
    archive: OpenArchive,
    targets: Sequence[Target],
    *,
    transport: TransportSettings,
    run: CaptureRun,
    tell: Callable[[Sequence[Recapture]], None],
) -> bool:
    """Visit statements again; call ``tell`` with what became of them once it is durable.

    Returns False if the run was interrupted.

    Raises:
        StoreError: the disk refused; what was told before is safe.
    """
    payloads = {target.address: target.payload for target in targets}

    def judge(results: Sequence[CaptureResult]) -> None:
        asked = [result for result in results if result.purpose == "statement"]
        if asked:
            tell(
                [
                    Recapture(
                        result=result,
                        standing=judge_at_once(payloads.get(result.address), result.last),
                    )
                    for result in asked
                ]
            )

    errands = (
        Errand(address=target.address, typed=target.has_answered, conditional=run.conditional)
        for target in targets
    )
    return capture_addresses(archive, errands, transport=transport, run=run, tell=judge)


def judge_at_once(payload: str | None, last: CaptureRow) -> AtOnce:
    """Return what a capture says beside the payload of the last whole page before it."""
    if last.unmodified_of is not None:
        return "unchanged"
    if last.status in _GONE and last.outcome in ("response", "revisit"):
        return "gone"
    if last.outcome not in ("response", "revisit") or not 200 <= (last.status or 0) < 300:
        return "failed"
    return "unchanged" if last.payload == payload else "changed?"
