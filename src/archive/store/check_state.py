"""What earlier runs of `archive verify` found sound, and where they stopped.

Kept in ``metadata/verify.json``.

Derived, and may be deleted at any time: then nothing is skipped, and the next run begins at the
first leaf.  Whoever can write it can have checks skipped, so it counts only where somebody asks
for that (``--max-age``, ``--max-seconds``), and it is no evidence.

Not for: evidence of fixity.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archive.core.instant import format_instant, parse_instant
from archive.errors import InputError
from archive.store.disk import explain_error
from archive.store.layout import Layout

FORMAT = "statement-archive/verify/1"
_LEVELS = ("stored", "full")
_MOST_RANGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundRange:
    """Leaves from ``start`` up to ``stop``, found sound at a level and a moment."""

    start: int
    stop: int
    level: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """What was found sound; ``resume`` is the leaf at which the last run in time stopped.

    ``parts`` says, for each number of parts, which part comes next.
    """

    ranges: tuple[SoundRange, ...] = ()
    resume: int = 0
    parts: dict[int, int] = field(default_factory=dict)

    def find_fresh(self, level: str, now: datetime, age: timedelta) -> list[range]:
        """Return the leaves that were sound at this level, or a stricter one, within the age."""
        levels = _LEVELS[_LEVELS.index(level) :]
        return [
            range(one.start, one.stop)
            for one in self.ranges
            if one.level in levels and timedelta(0) <= now - one.time <= age
        ]


def read_state(layout: Layout) -> CheckState:
    """Return the state; an empty one where there is none, or it cannot be read."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, InputError):
        value = json.loads(_find_path(layout).read_bytes())
        if value["format"] == FORMAT:
            return CheckState(
                ranges=tuple(
                    SoundRange(
                        start=int(one["from"]),
                        stop=int(one["to"]) + 1,
                        level=str(one["level"]),
                        time=parse_instant(one["time"]),
                    )
                    for one in value["sound"]
                ),
                resume=int(value["resume"]),
                parts={int(count): int(part) for count, part in value["parts"].items()},
            )
    return CheckState()


def write_state(layout: Layout, state: CheckState) -> None:
    """Write the state in place of the one before.

    Raises:
        StoreError: the folder does not take it.
    """
    value = {
        "format": FORMAT,
        "sound": [
            {
                "from": one.start,
                "to": one.stop - 1,
                "level": one.level,
                "time": format_instant(one.time),
            }
            for one in state.ranges
        ],
        "resume": state.resume,
        "parts": {str(count): part for count, part in state.parts.items()},
    }
    path = _find_path(layout)
    temporary = path.with_suffix(".json.tmp")
    try:
        temporary.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", "utf-8")
        os.replace(temporary, path)  # noqa: PTH105  # replaces on every system
    except OSError as error:
        raise explain_error(error, "write", path) from error


def add_ranges(
    before: Sequence[SoundRange], leaves: Iterable[int], *, level: str, time: datetime
) -> tuple[SoundRange, ...]:
    """Return the ranges with these leaves, newly found sound; the newest come last."""
    added: list[SoundRange] = []
    for leaf in sorted(set(leaves)):
        if added and added[-1].stop == leaf:
            added[-1] = SoundRange(start=added[-1].start, stop=leaf + 1, level=level, time=time)
        else:
            added.append(SoundRange(start=leaf, stop=leaf + 1, level=level, time=time))
    kept = [
        one
        for one in before
        if not any(
            new.start <= one.start and one.stop <= new.stop
            for new in added
            if one.level in ("stored", level)
        )
    ]
    return tuple([*kept, *added][-_MOST_RANGES:])


def _find_path(layout: Layout) -> Path:
    return layout.metadata / "verify.json"
