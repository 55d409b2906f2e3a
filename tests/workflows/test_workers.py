"""Readers under limits: a page may cost its worker, never the capture or the other pages."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from archive.core.extraction import Extraction
from archive.workflows.opening import Archive
from archive.workflows.settings import ExtractionSettings
from archive.workflows.workers import ReadingTask, Task, Workers, read_or_fail
from tests.support.archives import capture_all
from tests.support.raw_server import answer_page, serve_raw

HTML = ("Content-Type: text/html",)
PAGE = b"<title>Tram</title><article><p>The tram stops at the market again.</p></article>"


def make_task(archive: Archive, body: bytes, status: str = "200 OK") -> ReadingTask:
    """Capture a page, and return the task of reading it."""
    with serve_raw({"/a": answer_page(body, fields=HTML, status=status)}) as server:
        (result,) = capture_all(archive, [server.url("/a")])
    last = result.last
    return ReadingTask(
        root=str(archive.layout.root),
        warc=last.warc,
        offset=last.offset,
        length=last.length,
        url=last.url,
    )


@pytest.fixture
def task(empty_archive: Archive) -> ReadingTask:
    """A page that can be read."""
    return make_task(empty_archive, PAGE)


def make_slow_page(archive: Archive) -> ReadingTask:
    """A page that takes far longer than the limits of these tests."""
    return make_task(archive, b"<p>word " * 400_000)


def test_a_page_is_read(task: ReadingTask) -> None:
    with Workers(ExtractionSettings(workers=1)) as workers:
        extraction = workers.submit(task).result(60)
    assert extraction.outcome == "text"
    assert "market" in extraction.text
    assert extraction.extractor.startswith("trafilatura/")


def test_a_refusal_is_known_by_its_status_also_where_the_text_is_left_out(
    empty_archive: Archive,
) -> None:
    task = make_task(empty_archive, b"<p>Come back later.</p>", "403 Forbidden")
    with Workers(ExtractionSettings(workers=1)) as workers:
        whole = workers.submit(task).result(60)
        again = workers.submit(replace(task, claims_only=True)).result(60)
    assert whole.page is not None
    assert whole.page.quality == "block page"
    assert whole.page.reason == "block page/4: status 403, 16 letters of text"
    assert again.page == whole.page
    assert (again.text, again.claims) == ("", whole.claims)


def test_a_slow_page_is_given_up_and_the_next_one_read(
    empty_archive: Archive, task: ReadingTask
) -> None:
    slow = make_slow_page(empty_archive)
    with Workers(ExtractionSettings(workers=1, seconds=0.05)) as workers:
        assert workers.submit(slow).result(60).outcome == "timeout"
    with Workers(ExtractionSettings(workers=1)) as workers:
        assert workers.submit(task).result(60).outcome == "text"


def test_a_worker_that_dies_is_replaced(task: ReadingTask, tmp_path: Path) -> None:
    with Workers(ExtractionSettings(workers=1)) as workers:
        assert workers.submit(task).result(60).outcome == "text"
        for process in list_children():
            os.kill(process, signal.SIGKILL)
        time.sleep(0.2)
        outcomes = [workers.submit(task).result(60).outcome for _ in range(2)]
    assert outcomes[-1] == "text"


def test_memory_has_a_limit(empty_archive: Archive) -> None:
    slow = make_slow_page(empty_archive)
    with Workers(ExtractionSettings(workers=1, memory_bytes=50 << 20, seconds=30)) as workers:
        extraction = workers.submit(slow).result(60)
    assert extraction.outcome in ("memory", "failed")
    assert not extraction.text


def test_what_is_not_there_is_a_failure(task: ReadingTask) -> None:
    missing = ReadingTask(
        root=task.root, warc="missing.warc.gz", offset=0, length=100, url="http://a.example/"
    )
    with Workers(ExtractionSettings(workers=1)) as workers:
        extraction = workers.submit(missing).result(60)
    assert extraction.outcome == "failed"
    assert "missing" in extraction.detail


def test_a_file_that_cannot_be_read_does_not_cost_the_worker(task: ReadingTask) -> None:
    (Path(task.root) / "warcs" / "folder.warc.gz").mkdir()
    unreadable = ReadingTask(
        root=task.root, warc="folder.warc.gz", offset=0, length=100, url="http://a.example/"
    )
    with Workers(ExtractionSettings(workers=1)) as workers:
        assert workers.submit(task).result(60).outcome == "text"
        before = list_children()
        extraction = workers.submit(unreadable).result(60)
        assert workers.submit(task).result(60).outcome == "text"
        assert list_children() == before
    assert extraction.outcome == "failed"
    assert "cannot read" in extraction.detail
    assert "folder.warc.gz" in extraction.detail


def test_an_error_of_the_disk_is_not_taken_for_the_end_of_the_pipe(task: ReadingTask) -> None:
    def break_off(_: Task) -> Extraction:
        raise OSError(5, "Input/output error")

    extraction = read_or_fail(break_off, task, 1 << 20, "reader/1")
    assert (extraction.outcome, extraction.extractor) == ("failed", "reader/1")
    assert "Input/output error" in extraction.detail


def test_closing_does_not_wait_for_pages(empty_archive: Archive) -> None:
    slow = make_slow_page(empty_archive)
    workers = Workers(ExtractionSettings(workers=1, seconds=60))
    futures = [workers.submit(slow) for _ in range(5)]
    begun = time.monotonic()
    workers.close()
    assert time.monotonic() - begun < 30
    assert all(future.cancelled() or future.result().outcome != "text" for future in futures)


def list_children() -> list[int]:
    """Return the processes that read pages: children of the fork server, itself a child of ours."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    return [leaf for server in children.get(os.getpid(), []) for leaf in children.get(server, [])]
