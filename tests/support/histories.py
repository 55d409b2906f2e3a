"""Statements that change: captures of a page from day to day, and readings under other labels.

Not for: servers (`tests.support.raw_server`).
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count

from archive.index.database import open_readonly
from archive.index.lookup import select_pending
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from archive.workflows.readings import Reading, open_readings
from tests.support.archives import capture_all, make_world, write_to
from tests.support.clock import START, make_clock
from tests.support.raw_server import answer_page

HTML = ("Content-Type: text/html; charset=utf-8",)
READ = CaptureRun(batch=None, read=True, wait=True)
UNREAD = CaptureRun(batch=None)
_runs = count()


def make_page(*paragraphs: str, title: str = "Ferry", head: str = "") -> bytes:
    """Return an answer with a page that says this."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return answer_page(
        f'<html lang="en"><head><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{text}</article></body></html>".encode(),
        fields=HTML,
    )


def capture_on(archive: Archive, day: int, *addresses: str, run: CaptureRun = READ) -> list[str]:
    """Capture addresses on a day, counted from the clock's start; return the captures' ids."""
    world = make_world(
        clock=make_clock(START + timedelta(days=day)), seed=f"{archive.layout.root}{next(_runs)}"
    )
    results = capture_all(archive, addresses, world=world, run=run)
    return [result.last.id for result in results]


def read_as(archive: Archive, label: str, change: Callable[[str], str] = str) -> int:
    """Read what waits, and store it as a program called ``label`` would that reads otherwise.

    ``change`` is what it makes of a text.  Returns how many were read.
    """
    with closing(open_readonly(archive.layout.database)) as index:
        waiting = select_pending(index, after=-1, limit=10_000)
    with open_readings(archive) as readings:
        with closing(open_readonly(archive.layout.database)) as index:
            for found in waiting:
                readings.begin(found, index)
        finished: list[Reading] = []
        while len(readings):
            finished.extend(readings.wait_some(1))
    others = [
        replace(
            reading,
            extraction=replace(
                reading.extraction, extractor=label, text=change(reading.extraction.text)
            ),
        )
        for reading in finished
    ]
    world = make_world(seed=f"read {archive.layout.root}{next(_runs)}")
    with write_to(archive, world) as writing:
        groups = [reading.make_group(world) for reading in others]
        if groups:
            writing.store(
                [draft for draft, _ in groups],
                lambda leaves: [
                    reading.make_row(leaf, record)
                    for leaf, (_, record), reading in zip(leaves, groups, others, strict=True)
                ],
            )
    return len(others)


def select(archive: Archive, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Return rows of the index."""
    with closing(open_readonly(archive.layout.database)) as index:
        return index.execute(sql, values).fetchall()


def tell_days(moments: Sequence[object]) -> list[int | None]:
    """Return the days of moments, counted from the clock's start."""
    start = START.date().toordinal()
    return [
        None
        if moment is None
        else type(START).fromisoformat(str(moment)).date().toordinal() - start
        for moment in moments
    ]
