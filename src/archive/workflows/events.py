"""Recording what happened to the archive itself: an event, its record, its leaf and its row.

Not for: what each event says (`archive.core.event`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.core.event import Act, Event
from archive.index.events import EventRow, make_event_row
from archive.workflows.annotate import choose_agent
from archive.workflows.opening import OpenArchive
from archive.workflows.records import make_event_group


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What was done, and the id of the record that shows it, if there is one."""

    act: Act
    refers_to: str | None = None


def store_event(
    archive: OpenArchive, act: Act, *, by: str | None = None, refers_to: str | None = None
) -> EventRow:
    """Store what was done by the operator, or by whom ``by`` names, now; return its row.

    Raises:
        InputError: the name is not fit to be stored.
        StoreError: the disk refuses.
    """
    return store_events(archive, [Happening(act=act, refers_to=refers_to)], by=by)[0]


def store_events(
    archive: OpenArchive, happenings: Sequence[Happening], *, by: str | None = None
) -> tuple[EventRow, ...]:
    """Store several, all of them durable at once; return their rows.

    Raises:
        InputError: the name is not fit to be stored.
        StoreError: the disk refuses.
    """
    if not happenings:
        return ()
    agent, name = choose_agent(archive, by)
    time = archive.world.clock()
    made = [
        make_event_group(
            Event(act=each.act, time=time, agent=agent, agent_name=name),
            record_id=archive.world.identity.new_id(),
            refers_to=each.refers_to,
        )
        for each in happenings
    ]
    records = [record for _, record in made]
    leaves = archive.store(
        [group for group, _ in made],
        lambda leaves: map(make_event_row, leaves, records),
    )
    return tuple(map(make_event_row, leaves, records))
