"""Whether the time that an outsider states can be true, judged by what it is stated of.

A witness or authority signs a checkpoint; whoever has its key can state any time with it.  The
log says when it stored the newest leaf that the checkpoint covers, and nobody can have signed
that before.  The log's time is its own word too, so this settles nothing by itself: it says that
the two words do not agree.  Not for: an answer that comes now, which is compared with our clock
(`archive.witness.cosign`).
"""

from datetime import timedelta

from archive.core.checkpoint import parse_checkpoint
from archive.core.event import Cosigning, Timestamping
from archive.core.key import find_witness_time, parse_verifier_key
from archive.core.note import parse_note
from archive.errors import StoreError
from archive.store.log import CaptureLog

TOLERANCE = timedelta(days=1)  # clocks differ, and some are set wrongly for a while
_MAX_TIME = 253402300799  # the end of the year 9999


def find_time_problem(log: CaptureLog, size: int, stated: float) -> str | None:
    """Return why nobody can have signed the checkpoint of ``size`` leaves then, or None.

    Raises:
        StoreError: the log cannot be read.
    """
    if stated > _MAX_TIME:
        return "it states a time that no calendar has"
    if size and stated < (log.read_leaf(size - 1).time - TOLERANCE).timestamp():
        return "it states a time before what it covers was stored"
    return None


def find_act_problem(log: CaptureLog, act: Timestamping | Cosigning) -> str | None:
    """Return the same of an event; None too where note or log are damaged: others tell that."""
    try:
        note = parse_note(act.note)
        size = parse_checkpoint(note.text).size
        if isinstance(act, Timestamping):
            return find_time_problem(log, size, act.stated.timestamp())
        stated = find_witness_time(note, parse_verifier_key(act.witness))
        return None if stated is None else find_time_problem(log, size, stated)
    except StoreError:
        return None
