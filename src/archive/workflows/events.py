"""Recording what happened to the archive itself: an event, its record, its leaf and its row.

Not for: what each event says (`archive.core.event`).
"""

from collections.abc import Sequence

from archive.core.event import Act, Event
from archive.core.identity import derive_agent_id
from archive.core.leaf import Leaf
from archive.index.events import EventRow, make_event_row
from archive.workflows.opening import OpenArchive
from archive.workflows.records import make_event_group


def store_event(
    archive: OpenArchive, act: Act, *, by: str | None = None, refers_to: str | None = None
) -> EventRow:
    """Store what was done by the operator, or by whom ``by`` names, now; return its row.

    Raises:
        StoreError: the disk refuses.
    """
    group, record = make_event_group(
        make_event(archive, act, by=by),
        record_id=archive.world.identity.new_id(),
        refers_to=refers_to,
    )

    def make_rows(leaves: Sequence[Leaf]) -> list[EventRow]:
        return [make_event_row(leaves[0], record)]

    return make_rows(archive.store([group], make_rows))[0]


def make_event(archive: OpenArchive, act: Act, *, by: str | None = None) -> Event:
    """Return what was done by the operator, or by whom ``by`` names, now."""
    agent = by or archive.settings.operator or "unnamed operator"
    return Event(
        act=act,
        time=archive.world.clock(),
        agent=derive_agent_id(archive.origin, agent),
        agent_name=agent,
    )
