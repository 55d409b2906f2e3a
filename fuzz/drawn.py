"""Running a target with inputs that Hypothesis draws, and shrinks when one breaks a promise.

Not for: what the inputs are (`fuzz.inputs`).
"""

import time
from itertools import count

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.inputs import INPUTS
from fuzz.targets import try_input

_ROUND = 200  # inputs a round: the clock is looked at between rounds


def run_drawn(name: str, *, seconds: float, first_seed: int = 0) -> int:
    """Try drawn inputs until the time is over, and return how many.

    Raises:
        Broken: one breaks a promise; its smallest form is printed.
    """
    tried = 0
    end = time.monotonic() + seconds
    for number in count(first_seed):

        @seed(number)
        @settings(
            max_examples=_ROUND,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(INPUTS[name])
        def try_one(data: bytes) -> None:
            nonlocal tried
            tried += 1
            try_input(name, data)

        try_one()
        if time.monotonic() >= end:
            return tried
    return tried
