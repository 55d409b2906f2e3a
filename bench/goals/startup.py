"""What ``archive --help`` costs, beside importing click alone.

Not for: what a verb costs to load, which is part of each capture measured elsewhere.
"""

import sys
from collections.abc import Iterator

from bench.ground import Ground
from bench.measure import Rival, run_in_turn, run_metered
from bench.programs import archive_command
from bench.report import Goal, Line, Scale, compare

TOPIC = "start-up"
_HELP, _CLICK, _BARE = "archive --help", "python -c 'import click'", "python -c pass"
_ROUNDS = 4  # times as many as elsewhere: each is short


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goal 18."""
    taken = run_in_turn(
        [
            Rival(name=_HELP, run=lambda: run_metered([*archive_command(), "--help"])),
            Rival(name=_CLICK, run=lambda: run_metered([sys.executable, "-c", "import click"])),
            Rival(name=_BARE, run=lambda: run_metered([sys.executable, "-c", "pass"])),
        ],
        rounds=ground.options.rounds * _ROUNDS,
    )
    goals = {_CLICK: Goal(number=18, sense="<=", firm=3.0, stretch=2.0), _BARE: Goal(sense="<=")}
    for name, goal in goals.items():
        yield compare(
            TOPIC,
            _HELP,
            taken[_HELP],
            taken[name],
            against=name,
            scale=Scale(quantity="cpu", unit="ms", factor=1000),
            goal=goal,
        )
