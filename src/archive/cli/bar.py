"""A progress bar on a terminal, with rate and time left.

Loaded only where somebody looks (`archive.cli.progress`).  Not for: plain output.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


class _Bar:
    """One bar; answers are printed above it."""

    def __init__(self, progress: Progress, task: str, total: int) -> None:
        self._progress = progress
        self._answers = Console(soft_wrap=True, markup=False, highlight=False, emoji=False)
        self._task = progress.add_task(task, total=total, failed="")

    def update(self, done: int, total: int, *, failed: int = 0) -> None:
        """Move the bar."""
        told = f"{failed} failed" if failed else ""
        self._progress.update(self._task, completed=done, total=total, failed=told)

    def print_answer(self, text: str) -> None:
        """Print lines above the bar, or to wherever standard output goes."""
        if self._answers.is_terminal:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            self._answers.print(text)


@contextmanager
def open_bar(task: str, total: int, *, bytewise: bool) -> Iterator[_Bar]:
    """Show a bar on standard error while the work goes on."""
    counts: tuple[ProgressColumn, ...] = (
        (DownloadColumn(), TransferSpeedColumn()) if bytewise else (MofNCompleteColumn(), _Rate())
    )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        *counts,
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress, task, total)
