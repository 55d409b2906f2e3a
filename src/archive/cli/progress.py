"""Progress of long work: a bar on a terminal, plain lines elsewhere.

Not for: answers; everything here goes to standard error.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol

import click

_PLAIN_SECONDS = 10.0


class Meter(Protocol):
    """What a verb tells while it works; ``total`` may be corrected on the way."""

    def update(self, done: int, total: int, *, failed: int = 0) -> None:
        """Say how many of how many are done, and how many of those failed."""

    def print_answer(self, text: str) -> None:
        """Print lines of the answer without breaking the display."""


class _Quiet:
    """Shows nothing."""

    def update(self, done: int, total: int, *, failed: int = 0) -> None:
        del done, total, failed

    def print_answer(self, text: str) -> None:
        click.echo(text)


class _Plain:
    """Writes a line now and then, for logs."""

    def __init__(self, task: str, *, bytewise: bool) -> None:
        self._task = task
        self._format = format_bytes if bytewise else _format_steps
        self._start = self._last = time.monotonic()

    def update(self, done: int, total: int, *, failed: int = 0) -> None:
        now = time.monotonic()
        if now - self._last < _PLAIN_SECONDS:
            return
        self._last = now
        rate = done / max(now - self._start, 0.001)
        so_far = f"{self._format(done)} of {self._format(total)}, {self._format(rate)}/s"
        click.echo(f"{self._task}: {so_far}, {failed} failed", err=True)

    def print_answer(self, text: str) -> None:
        click.echo(text)


def format_bytes(count: float) -> str:
    """Return a number of bytes in the unit that suits it, as in ``1.21 GB``."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count:.0f} B"


def _format_steps(count: float) -> str:
    return f"{count:.1f}".removesuffix(".0")


@contextmanager
def open_meter(
    task: str, total: int, *, quiet: bool = False, bytewise: bool = False
) -> Iterator[Meter]:
    """Show the progress of ``task``: a bar where standard error is a terminal.

    Where ``bytewise``, what is counted are bytes.
    """
    if quiet or not total:
        yield _Quiet()
    elif sys.stderr.isatty():
        # rich takes 50 ms to load, which nobody should wait for who does not see it
        with import_module("archive.cli.bar").open_bar(task, total, bytewise=bytewise) as bar:
            yield bar
    else:
        yield _Plain(task, bytewise=bytewise)
