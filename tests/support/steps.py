"""How much work SQLite does for a question, which no busy machine changes."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
_EACH = 100  # steps after which SQLite tells


def count_steps(index: sqlite3.Connection, ask: Callable[[], Answer]) -> tuple[Answer, int]:
    """The answer to a question, and about how many steps SQLite's machine took for it."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _EACH
        return 0

    index.set_progress_handler(count, _EACH)
    try:
        answer = ask()
    finally:
        index.set_progress_handler(None, 0)
    return answer, steps
