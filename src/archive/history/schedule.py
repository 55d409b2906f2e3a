"""When an address is due again: from the order, the date of publication, and the visits so far.

Rules:

1. Nothing is due before the order was given, or after its end.  What was never visited is due at
   once.
2. The younger a statement is, the more often it is visited: `STEPS`, by its age at the last
   visit.  It is as old as its publication, where that is known and not after the first visit, else
   as its first visit.
3. An edit makes it young again, but not younger than the second step; so does going away and
   coming back, and noise does not.  What is gone is visited ever more seldom, and still visited.
4. An order that says how often has that in place of steps 2 and 3; a list is visited hourly.
5. Each failure in a row doubles the time to the next visit, up to a day or the time that it would
   be anyway, whichever is longer.  Nothing ends the visits but the order.
6. Once a day the whole page is asked for, else only a page that is not as it was: servers may be
   wrong about that.

Not for: making visits (`archive.workflows.watch`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from archive.core.watch import LONGEST, SHORTEST, WatchOrder

# Up to this age, this often; then as `LATER`.
STEPS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=3), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=3)),
    (timedelta(days=30), timedelta(days=3)),
)
LATER = timedelta(days=30)
AFTER_CHANGE = STEPS[1][1]  # how often at most, for the sake of a change
LIST_EVERY = timedelta(hours=1)
LONGEST_BACKOFF = timedelta(days=1)
WHOLE_EVERY = timedelta(days=1)  # how often at least the whole page is asked for
ENOUGH = 160  # visits: more than the steps after a change have, so that older ones decide nothing

# What one visit showed, beside the one before: `same` where it is not known to be otherwise.
Outcome = Literal["same", "changed", "gone", "failed"]
_GONE = (404, 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a visit brought: the status, the digest of the payload, and what that says.

    ``is_whole`` tells that an answer came, and all of it.  ``version`` names the state of the
    statement, which noise leaves as it is; it is None where there are no words to compare, which
    may come later: ``is_pending``.  ``is_other`` tells that something else came, as a block page;
    ``is_missing`` that the statement was there and is gone, or moved.
    """

    moment: datetime
    status: int | None
    is_whole: bool
    payload: str | None
    version: str | None
    is_other: bool = False
    is_missing: bool = False
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A visit, and what it showed."""

    moment: datetime
    outcome: Outcome


def judge_visits(visits: Sequence[Seen]) -> tuple[Judged, ...]:
    """Return what each of an address's visits showed, the earliest first.

    For the schedule and for a second look; what is not read yet is not known to differ.
    """
    judged: list[Judged] = []
    good: Seen | None = None
    is_gone = False
    for seen in visits:
        if not seen.is_whole or seen.status is None or seen.is_other:
            outcome: Outcome = "failed"
        elif seen.status in _GONE:
            outcome = "gone"
            is_gone = True
        elif not 200 <= seen.status < 300:
            outcome = "failed"
        elif seen.is_missing:
            outcome = "gone"
            is_gone = True
        else:
            changed = is_gone or (good is not None and differs(good, seen))
            outcome = "changed" if changed else "same"
            good, is_gone = seen, False
        judged.append(Judged(moment=seen.moment, outcome=outcome))
    return tuple(judged)


def differs(before: Seen, after: Seen) -> bool:
    """Tell whether the statement was edited between two good visits, as its versions tell.

    The one place that decides it for the watch.  What has no words differs by its bytes; what is
    not read yet, or has words on one side alone, is not known to.
    """
    if before.version is None and after.version is None:
        is_pending = before.is_pending or after.is_pending
        return not is_pending and before.payload != after.payload
    if before.version is None or after.version is None:
        return False
    return before.version != after.version


def choose_next_visit(
    order: WatchOrder,
    *,
    since: datetime,
    visits: Sequence[Judged],
    first: datetime | None = None,
    published: datetime | None = None,
) -> datetime | None:
    """Return when an address is due under an order given at ``since``; None: never again.

    ``visits`` are the last ones, the earliest first; `ENOUGH` of them suffice.  ``first`` is the
    moment of the very first.
    """
    if not visits:
        due = since
    else:
        last = visits[-1].moment
        regular = _choose_interval(order, visits, first or visits[0].moment, published)
        due = last + _back_off(regular, visits)
    due = max(due, since)
    return None if order.until is not None and due > order.until else due


def _choose_interval(
    order: WatchOrder, visits: Sequence[Judged], first: datetime, published: datetime | None
) -> timedelta:
    if order.every is not None:
        return min(max(order.every, SHORTEST), LONGEST)
    if order.kind != "url":
        return LIST_EVERY
    return choose_interval(visits, first=first, published=published)


def choose_interval(
    visits: Sequence[Judged], *, first: datetime, published: datetime | None
) -> timedelta:
    """Return how long after the last visit to a statement the next one is due, failures aside."""
    last = visits[-1].moment
    born = first if published is None or published > first else published
    interval = find_step(last - born)
    change = _find_change(visits)
    if change is not None:
        interval = min(interval, max(find_step(last - change), AFTER_CHANGE))
    return interval


def find_step(age: timedelta) -> timedelta:
    """Return how often a statement of that age is visited."""
    return next((often for until, often in STEPS if age < until), LATER)


def _find_change(visits: Sequence[Judged]) -> datetime | None:
    """Return the moment of the last change, or of going away; None where there was none."""
    found = None
    is_gone = False
    for visit in visits:
        if visit.outcome == "changed" or (visit.outcome == "gone" and not is_gone):
            found = visit.moment
        if visit.outcome != "failed":
            is_gone = visit.outcome == "gone"
    return found


def _back_off(regular: timedelta, visits: Sequence[Judged]) -> timedelta:
    failures = sum(1 for _ in takewhile(lambda visit: visit.outcome == "failed", visits[::-1]))
    most = max(regular, LONGEST_BACKOFF)
    interval = regular
    for _ in range(failures):
        if interval >= most:
            break
        interval *= 2
    return min(interval, most)


def list_schedule() -> tuple[tuple[str, str], ...]:
    """Return the steps in words: age of the statement, and how often it is visited."""
    rows = [(f"up to {_say(until)}", f"every {_say(often)}") for until, often in STEPS]
    return (*rows, ("older", f"every {_say(LATER)}"))


def _say(length: timedelta) -> str:
    units = (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    )
    for name, unit in units:
        if not length % unit:
            count = length // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    raise ValueError(length)
