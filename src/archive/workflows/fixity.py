"""Recording that an archive was checked, and what came out: a fixity event.

Not for: checking (`archive.workflows.verify`).
"""

from collections.abc import Sequence

from archive.core.event import FixityRun, Outcome
from archive.core.finding import Finding
from archive.index.events import EventRow
from archive.store.log import read_log
from archive.workflows.events import store_event
from archive.workflows.opening import Archive, World, open_for_writing
from archive.workflows.settings import SOFTWARE
from archive.workflows.verify_part import Coverage

_TOLD = 20


def record_fixity(
    archive: Archive,
    world: World,
    *,
    level: str,
    found: Sequence[Finding],
    coverage: Coverage | None,
    by: str | None = None,
) -> EventRow:
    """Store that the archive was checked at this level, and what was ``found``.

    Raises:
        BusyError: another process is writing.
        StoreError: the archive is damaged so that nothing can be added, or the disk refuses.
    """
    size = coverage.total if coverage else read_log(archive.layout.log).size
    start, end, leaves = 0, size, 0 if level == "quick" else size
    if coverage is not None:
        start, end = coverage.first or 0, 0 if coverage.last is None else coverage.last + 1
        leaves = coverage.leaves
    damages = [finding for finding in found if finding.severity == "damage"]
    undecided = [finding for finding in found if finding.severity == "undecidable"]
    outcome: Outcome = "damage" if damages else "undecided" if undecided else "success"
    act = FixityRun(
        level=level,
        start=start,
        end=end,
        leaves=leaves,
        outcome=outcome,
        damages=len(damages),
        undecided=len(undecided),
        findings=tuple(f"{one.file}: {one.what}" for one in (*damages, *undecided)[:_TOLD]),
        software=SOFTWARE,
    )
    with open_for_writing(archive, world, options="verify --record") as writing:
        return store_event(writing, act, by=by)
