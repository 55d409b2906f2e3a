"""What bounds a date from above is the first capture of a statement, not the latest one."""

from datetime import UTC, datetime

import pytest

from archive.index.search import open_reader
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from tests.support.archives import capture_all, dump_index, make_world, run_archive
from tests.support.clock import make_clock
from tests.support.raw_server import answer_page, serve_raw

RUN = CaptureRun(batch=None, read=True, wait=True)
HTML = ("Content-Type: text/html; charset=utf-8",)
YEARS = (datetime(2024, 2, 28, 9, tzinfo=UTC), datetime(2025, 5, 4, 9, tzinfo=UTC))


def make_page(head: str, text: str) -> bytes:
    return (
        f"<!doctype html><html lang='en'><head><title>Library hours</title></head><body><article>"
        f"{head}<h1>Library hours</h1><p>The town library of Norrvik opens at nine from Monday to"
        f" Saturday. On Sundays it stays closed. {text}</p></article></body>"
    ).encode()


PAGES = {
    "nothing dates it": ("", None, None, "2024-02-28"),
    "a picture bounds it": (
        '<img src="/wp-content/uploads/2023/11/hall.jpg">',
        "2023-11-01/2024-02-28",
        "2023-11-01",
        "2024-02-28",
    ),
    "a day is stated": (
        '<time class="published" datetime="2024-02-20">20 February 2024</time>',
        "2024-02-20",
        "2024-02-20",
        "2024-02-20",
    ),
    "a day after the first capture is stated": (
        '<time class="published" datetime="2024-08-20">20 August 2024</time>',
        "2024-08-20",
        "2024-08-20",
        "2024-08-20",
    ),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_capture_of_next_year_bounds_nothing_that_this_years_did(
    kind: str, empty_archive: Archive
) -> None:
    head, value, earliest, latest = PAGES[kind]
    answers = {"/a": b""}
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        for year, moment in enumerate(YEARS):
            answers["/a"] = answer_page(make_page(head, f"Room {year} is open."), fields=HTML)
            world = make_world(clock=make_clock(moment), seed=str(year))
            capture_all(empty_archive, [server.url("/a")], world=world, run=RUN)
    with open_reader(empty_archive.layout.database) as reader:
        (row,) = reader.query("SELECT * FROM statements")
    assert (row["published"], row["published_earliest"], row["published_latest"]) == (
        value,
        earliest,
        latest,
    )
    before = dump_index(empty_archive)
    assert run_archive(["rebuild"], root=empty_archive.layout.root).returncode == 0
    assert dump_index(empty_archive) == before
