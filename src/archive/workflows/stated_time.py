"""Whether the time that an outsider states can be true, judged by what it is stated of.

A witness or authority signs a checkpoint; whoever has its key can state any time with it.  The
log says when it stored the newest leaf that the checkpoint covers, and nobody can have signed
that before; the event that tells of the answer says when it came, by our clock, and an answer
states that time.  The log's times are its own word too, so this settles nothing by itself: it
says that the two words do not agree.  Clocks may differ by `archive.witness.cosign.TOLERANCE`.

Not for: the answer of a witness that comes now (`archive.witness.cosign`).
"""

from datetime import datetime

from archive.core.checkpoint import parse_checkpoint
from archive.core.event import Cosigning, Timestamping
from archive.core.key import find_witness_time, parse_verifier_key
from archive.core.note import parse_note
from archive.errors import StoreError
from archive.store.log import CaptureLog
from archive.witness.cosign import TOLERANCE

_MAX_TIME = 253402300799  # the end of the year 9999


def find_time_problem(
    log: CaptureLog, size: int, stated: float, *, arrived: datetime
) -> str | None:
    """Return why nobody can have signed the checkpoint of ``size`` leaves then, or None.

    ``arrived`` is when that came here, by our clock.

    Raises:
        StoreError: the log cannot be read.
    """
    if stated > _MAX_TIME:
        return "it states a time that no calendar has"
    if size and stated < (log.read_leaf(size - 1).time - TOLERANCE).timestamp():
        return "it states a time before what it covers was stored"
    return find_arrival_problem(stated, arrived)


def find_arrival_problem(stated: float, arrived: datetime) -> str | None:
    """Return why an answer that came at ``arrived`` cannot state that time, or None."""
    apart = stated - arrived.timestamp()
    if abs(apart) <= TOLERANCE.total_seconds():
        return None
    order = "after" if apart > 0 else "before"
    return f"it states a time more than a day {order} it came, by this machine's clock"


def find_act_problem(
    log: CaptureLog, act: Timestamping | Cosigning, *, arrived: datetime
) -> str | None:
    """Return the same of an event; None too where note or log are damaged: others tell that."""
    try:
        note = parse_note(act.note)
        size = parse_checkpoint(note.text).size
        if isinstance(act, Timestamping):
            return find_time_problem(log, size, act.stated.timestamp(), arrived=arrived)
        stated = find_witness_time(note, parse_verifier_key(act.witness))
        if stated is None:
            return None
        return find_time_problem(log, size, stated, arrived=arrived)
    except StoreError:
        return None
