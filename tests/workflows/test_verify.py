"""Checking the index: beside a writer, and for damage that no row shows.

Not for: damage to WARC files and the log (``tests/store/test_check.py``).
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.core.finding import Finding
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from archive.workflows.verify import verify_archive
from tests.support.archives import capture_all, list_findings, run_archive
from tests.support.raw_server import answer_page, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)


def make_page(words: str) -> bytes:
    return (
        f"<!doctype html><title>Bridge {words}</title><article><p>The bridge over the Nor"
        f" is open again since Monday. Cyclists are asked to walk. {words}</p></article>"
    ).encode()


def answer_with(words: str) -> Callable[[bytes], bytes]:
    """Answers of a server whose every page says these words, and its own target."""

    def answer(request: bytes) -> bytes:
        target = request.split(b" ")[1].decode()
        if target == "/robots.txt":
            return answer_page(b"", status="404 Not Found")
        return answer_page(make_page(f"{words} {target}"), fields=HTML)

    return answer


def read_all(archive: Archive, addresses: list[str]) -> None:
    """Capture addresses, and read their texts."""
    capture_all(archive, addresses, run=CaptureRun(batch=None, read=True, wait=True))


@pytest.fixture
def archive(empty_archive: Archive) -> Archive:
    """An archive of one page."""
    with serve_raw(answer_with("first")) as server:
        read_all(empty_archive, [server.url("/1")])
    assert list_findings(empty_archive) == []
    return empty_archive


@pytest.fixture
def live(archive: Archive) -> Iterator[sqlite3.Connection]:
    """The index, for doing harm to it."""
    with closing(sqlite3.connect(archive.layout.database, isolation_level=None)) as connection:
        yield connection


def forget_readers(archive: Archive) -> None:
    """Take away what readers leave beside the index; there is no writer."""
    for suffix in ("-wal", "-shm"):
        Path(f"{archive.layout.database}{suffix}").unlink(missing_ok=True)


def read_index_findings(archive: Archive) -> list[Finding]:
    found = list_findings(archive)
    assert all(item.file == str(archive.layout.database) for item in found)
    return found


def test_full_text_search_that_finds_nothing_was_not_reported(
    archive: Archive, live: sqlite3.Connection
) -> None:
    live.execute("INSERT INTO texts_fts (texts_fts) VALUES ('delete-all')")
    (finding,) = read_index_findings(archive)
    assert finding.severity == "damage"
    assert "full-text search" in finding.what
    assert "archive rebuild" in finding.remedy
    assert run_archive(["verify", "--level", "full"], root=archive.layout.root).returncode == 1
    assert run_archive(["rebuild"], root=archive.layout.root).returncode == 0
    assert list_findings(archive) == []


def test_one_word_missing_from_full_text_search_was_not_reported(
    archive: Archive, live: sqlite3.Connection
) -> None:
    live.execute(
        "INSERT INTO texts_fts (texts_fts, rowid, title, text)"
        " SELECT 'delete', id, title, text FROM texts"
    )
    live.execute("INSERT INTO texts_fts (rowid, title, text) SELECT id, title, 'else' FROM texts")
    (finding,) = read_index_findings(archive)
    assert "full-text search" in finding.what


def test_an_sqlite_index_without_its_rows_was_not_reported(
    archive: Archive, live: sqlite3.Connection
) -> None:
    live.execute("PRAGMA writable_schema = ON")
    live.execute("UPDATE sqlite_master SET sql = sql || ' WHERE 0' WHERE name = 'captures_url'")
    live.execute("PRAGMA writable_schema = RESET")
    found = read_index_findings(archive)
    assert found
    assert all("archive rebuild" in item.remedy for item in found)


def test_a_changed_row_is_reported(archive: Archive, live: sqlite3.Connection) -> None:
    live.execute("UPDATE captures SET status = 201")
    (finding,) = read_index_findings(archive)
    assert "table captures differs" in finding.what


def test_pages_of_the_index_that_are_noise_are_reported(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.layout.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with archive.layout.database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(1 << 16))
    found = read_index_findings(archive)
    assert {item.severity for item in found} == {"damage"}


def test_verifying_beside_a_writer_reported_damage(archive: Archive) -> None:
    done = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with serve_raw(answer_with("more")) as server:
                number = 0
                while not done.is_set():
                    number += 1
                    read_all(archive, [server.url(f"/{number}-{n}") for n in range(8)])
        except BaseException as error:  # noqa: BLE001  # told by the test
            failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        until = time.monotonic() + 4
        while time.monotonic() < until:
            found = [
                item
                for item in verify_archive(archive, level="full")
                if item.severity == "damage" and item.file == str(archive.layout.database)
            ]
            assert found == []
    finally:
        done.set()
        writer.join()
    assert not failures, failures
    assert list_findings(archive) == []


def test_an_index_that_is_behind_was_called_damaged(archive: Archive) -> None:
    before = archive.layout.database.with_name("before.db")
    shutil.copy(archive.layout.database, before)
    with serve_raw(answer_with("second")) as server:
        read_all(archive, [server.url("/2")])
    forget_readers(archive)
    before.replace(archive.layout.database)
    for level in ("quick", "full"):
        done = run_archive(["verify", "--level", level], root=archive.layout.root)
        assert done.returncode == 3, done.stdout
        assert "reflects 3 of 6 leaves" in done.stdout
    for verb in (["list"], ["list", "--captures", "--json"], ["search", "bridge"]):
        done = run_archive(verb, root=archive.layout.root)
        assert done.returncode == 0
        assert "reflects 3 of 6 leaves; run `archive rebuild`" in done.stderr
        assert "reflects" not in done.stdout
    assert run_archive(["rebuild"], root=archive.layout.root).returncode == 0
    assert "reflects" not in run_archive(["list"], root=archive.layout.root).stderr


def test_an_index_that_is_behind_a_withdrawal_was_called_damaged(archive: Archive) -> None:
    before = archive.layout.database.with_name("before.db")
    shutil.copy(archive.layout.database, before)
    listed = run_archive(["list", "--captures"], root=archive.layout.root).stdout.split()
    withdrawn = run_archive(
        ["withdraw", listed[0], "--reason", "a test", "--yes"], root=archive.layout.root
    )
    assert withdrawn.returncode == 0, withdrawn.stderr
    forget_readers(archive)
    before.replace(archive.layout.database)
    found = read_index_findings(archive)
    assert {item.severity for item in found} == {"undecidable"}


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["search", "bridge"], ["show", "/1"], ["verify", "--level", "full"]],
    ids=lambda arguments: arguments[0],
)
def test_an_archive_on_a_disk_that_is_read_only_could_not_be_read(
    archive: Archive, arguments: list[str]
) -> None:
    root = str(archive.layout.root)
    if arguments[0] == "show":
        listed = run_archive(["list", "--captures"], root=archive.layout.root).stdout
        arguments = ["show", listed.split()[0]]
    forget_readers(archive)
    seal = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && ! touch "$0/x" || exit 99'
    command = ["sh", "-c", f'{{ {seal}; }} 2>/dev/null; exec "$@"', root]
    command += [sys.executable, "-m", "archive", *arguments, "--archive", root]
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare here")
    done = subprocess.run(
        [unshare, "--mount", *command], capture_output=True, text=True, check=False
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("only root may mount")
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert list(archive.layout.metadata.glob("archive.db-*")) == []
