"""Many pages on which nothing changes but what surrounds the statement, or the program that reads.

Both on made-up pages and on real ones where they lie beside the repository: a sample of them, and
all with ``make torture`` (ARCHIVE_TESTS_TORTURE).  Not for: one kind of change after the other
(``test_kinds_of_change.py`` beside it).
"""

import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from archive.capture.settings import Limits
from archive.extract.charset import decode_page
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from archive.workflows.settings import ExtractionSettings
from tests.extract.test_noise import make_statement
from tests.support.archives import dump_index, make_archive, make_world
from tests.support.histories import HTML, READ, UNREAD, capture_on, read_as, select
from tests.support.noise import add_noise, rotate_blocks
from tests.support.raw_server import answer_page, serve_raw

TORTURE = "ARCHIVE_TESTS_TORTURE" in os.environ
REAL = 200 if TORTURE else 12
MADE = 500 if TORTURE else 24
CAPTURES = (
    "SELECT count(*) FROM captures WHERE purpose = 'statement' AND outcome IN"
    " ('response', 'revisit')"
)

Serve = Callable[[str, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was recorded: statements that have versions, their captures, and what was too much."""

    statements: int
    captures: int
    false: tuple[tuple[object, ...], ...]
    pending: int


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that gives pages the time that a busy machine needs to read them."""
    made = make_archive(tmp_path / "archive", limits=Limits(backoff_seconds=0.01))
    patient = ExtractionSettings(workers=2, seconds=120)
    return replace(made, settings=replace(made.settings, extraction=patient))


@pytest.fixture(scope="module")
def real_pages(shared_data: Path) -> list[str]:
    paths = sorted((shared_data / "pages").glob("*.html.gz"))[:REAL]
    return [decode_page(gzip.decompress(path.read_bytes()), None) for path in paths]


@pytest.fixture(scope="module")
def made_pages() -> list[str]:
    return [make_statement(seed) for seed in range(MADE)]


@contextmanager
def publish(pages: Sequence[str], serve: Serve) -> Iterator[tuple[list[str], list[int]]]:
    """Serve pages as ``serve`` makes them for the day in the list; give their addresses and it."""
    day = [0]

    def answer(request: bytes) -> bytes | None:
        name = request.split(b" ")[1].removeprefix(b"/")
        if not name.isdigit():
            return None
        text = serve(pages[int(name)], day[0])
        return answer_page(text.encode("utf-8", "replace"), fields=HTML)

    with serve_raw(answer) as server:
        yield [server.url(f"/{number}") for number in range(len(pages))], day


def capture_days(archive: Archive, pages: Sequence[str], days: int, serve: Serve) -> None:
    """Capture all pages on so many days."""
    with publish(pages, serve) as (urls, day):
        for day[0] in range(days):
            capture_on(archive, day[0], *urls)


def serve_noisy(page: str, day: int) -> str:
    """Return a page as it is asked for on a day: other furniture, and its own turned."""
    return rotate_blocks(add_noise(page, day), day)


def count(archive: Archive) -> Counted:
    (captures,) = select(archive, CAPTURES)[0]
    (pending,) = select(archive, "SELECT count(*) FROM pending_comparisons")[0]
    (statements,) = select(archive, "SELECT count(*) FROM statements WHERE versions > 0")[0]
    false = select(
        archive,
        "SELECT statements.url, edits.number, class, facts, spans FROM edits"
        " JOIN statements ON statements.id = edits.statement_id ORDER BY 1, 2",
    )
    told = tuple(
        (*row[:4], [span for span in str(row[4]).split("],[") if "equal" not in span])
        for row in false
    )
    assert isinstance(captures, int)
    assert isinstance(pending, int)
    assert isinstance(statements, int)
    return Counted(statements=statements, captures=captures, false=told, pending=pending)


def require_quiet(counted: Counted, pages: int, days: int) -> None:
    """Of all captures after the first of each page, one in a hundred at most made an edit."""
    again = counted.captures - pages
    assert again == pages * (days - 1)
    assert counted.statements >= 0.97 * pages
    assert len(counted.false) <= again // 100, counted.false


@pytest.mark.slow
def test_noise_makes_no_edit_on_made_up_pages(archive: Archive, made_pages: list[str]) -> None:
    capture_days(archive, made_pages, 2, add_noise)
    require_quiet(count(archive), len(made_pages), 2)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_noise_makes_no_edit_on_real_pages(archive: Archive, real_pages: list[str]) -> None:
    days = 4 if TORTURE else 2
    capture_days(archive, real_pages, days, serve_noisy)
    require_quiet(count(archive), len(real_pages), days)
    before = dump_index(archive)
    rebuild_index(archive, make_world(seed="again"))
    assert dump_index(archive) == before


def read_older(text: str) -> str:
    """Return what an older program makes of a text: a line more, one less, other letters."""
    lines = text.split("\n")
    return "\n".join(["Skip to content", *lines[:-1], lines[-1].upper()])


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_another_extractor_makes_no_version_and_no_edit(
    archive: Archive, real_pages: list[str]
) -> None:
    with publish(real_pages, add_noise) as (urls, day):
        capture_on(archive, 0, *urls, run=UNREAD)
        assert read_as(archive, "older/1", read_older) == len(urls)
        assert select(archive, "SELECT DISTINCT extractor FROM conversions") == [("older/1",)]
        before = count(archive)
        day[0] = 1
        capture_on(archive, 1, *urls, run=READ)
    after = count(archive)
    labels = "SELECT count(DISTINCT extractor) FROM conversions"
    assert select(archive, labels) == [(2,)]
    assert after.captures == 2 * len(urls)
    assert before.statements >= 0.97 * len(urls)
    assert (after.false, after.pending) == ((), 0)
    assert select(archive, "SELECT max(versions) FROM statements") == [(1,)]
