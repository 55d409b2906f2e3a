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
