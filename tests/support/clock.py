"""A clock for tests: time comes in as an argument, and this is the argument."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

START = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)  # a leap day, so that arithmetic is exercised


def make_clock(start: datetime = START, step: timedelta = timedelta(seconds=1)) -> Clock:
    """A callable that returns the start first, and a step later at each further call."""
    ticks = 0

    def clock() -> datetime:
        nonlocal ticks
        now = start + ticks * step
        ticks += 1
        return now

    return clock


class MovedClock:
    """A clock that a test moves, and a sleep that moves it: no time passes meanwhile.

    A millisecond passes between two looks at it, so that no two moments are the same.
    """

    def __init__(self, start: datetime = START) -> None:
        self.now = start
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        """Return the time."""
        self.now += timedelta(milliseconds=1)
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def sleep(self, seconds: float) -> bool:
        """Let time pass; nobody said stop."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        return False
