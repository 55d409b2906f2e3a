"""Checking a part of an archive: some of its leaves, for so long, or what was not read lately.

The log is small and is always checked whole; what is chosen is of which leaves the records are
read.  What was found sound, and where a run in time stopped, is remembered in
``metadata/verify.json`` (`archive.store.check_state`).

Not for: the checks (`archive.workflows.verify`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.core.finding import Finding
from archive.store.check import Choice
from archive.store.check_state import CheckState, add_ranges, read_state, write_state
from archive.store.layout import Layout
from archive.store.log import has_log, read_log

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is asked for: part ``number`` of ``count`` equal ones, and bounds of time.

    Where ``number`` is None, it is the part after the one of the run before.
    """

    number: int | None = None
    count: int = 1
    seconds: float | None = None
    age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a run read: ``leaves`` from ``first`` to ``last`` of ``total``, and what it passed over.

    ``resume`` is the leaf at which the next run goes on, 0 for the beginning.
    """

    total: int
    part: str
    leaves: int
    first: int | None
    last: int | None
    fresh: int
    resume: int


class Selection:
    """Chooses leaves while a check goes on, and remembers what was found sound."""

    def __init__(self, layout: Layout, part: Part, *, level: str, clock: Clock) -> None:
        self._layout = layout
        self._part = part
        self._level = level
        self._clock = clock
        self._begun = clock()
        self._state: CheckState = read_state(layout)
        self._size = read_log(layout.log).size if has_log(layout.log) else 0
        self._number = part.number or self._state.parts.get(part.count, 1)
        self._bounds = range(
            (self._number - 1) * self._size // part.count, self._number * self._size // part.count
        )
        resume = self._state.resume if part.seconds is not None else 0
        self._start = resume if resume < self._bounds.stop else 0
        self._fresh = (
            self._state.find_fresh(level, self._begun, part.age) if part.age is not None else []
        )
        self._passed = 0
        self._stopped: int | None = None
        self._read: set[int] = set()
        self._unsound: set[int] = set()
        self._is_located = True
        self._has_begun = False

    @property
    def choice(self) -> Choice:
        """What the check asks."""
        return Choice(wants=self._wants, tell=self._tell)

    def hear(self, finding: Finding) -> None:
        """Take in a finding: one that names no record may be of any."""
        if finding.severity != "note" and finding.record_id is None:
            self._is_located = False

    def finish(self) -> Coverage:
        """Remember what was found sound, and say what was read.

        Raises:
            StoreError: it cannot be remembered.
        """
        part = self._part
        sound = self._read - self._unsound if self._is_located else set()
        state = replace(
            self._state,
            ranges=add_ranges(self._state.ranges, sound, level=self._level, time=self._begun),
            parts={**self._state.parts, part.count: self._number % part.count + 1},
        )
        if part.seconds is not None:
            state = replace(state, resume=self._stopped or 0)
        write_state(self._layout, state)
        return Coverage(
            total=self._size,
            part=f"{self._number}/{part.count}",
            leaves=len(self._read),
            first=min(self._read, default=None),
            last=max(self._read, default=None),
            fresh=self._passed,
            resume=self._stopped or 0,
        )

    def _wants(self, leaf: int) -> bool:
        if leaf not in self._bounds or leaf < self._start or self._stopped is not None:
            return False
        if any(leaf in fresh for fresh in self._fresh):
            self._passed += 1
            return False
        if self._is_over():
            self._stopped = leaf
            return False
        self._has_begun = True
        return True

    def _is_over(self) -> bool:
        # The first leaf is always read, so that many short runs come to an end.
        seconds = self._part.seconds
        if seconds is None or not self._has_begun:
            return False
        return (self._clock() - self._begun).total_seconds() >= seconds

    def _tell(self, read: frozenset[int], found: frozenset[int]) -> None:
        self._read |= read
        self._unsound |= found
