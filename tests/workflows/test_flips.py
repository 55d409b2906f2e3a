"""Flipped bytes, cuts, changed rows: of a small archive with everything in it.

Of every few bytes one bit is flipped, and every few bytes it is cut; ``make torture``
(ARCHIVE_TESTS_TORTURE) flips every bit, and cuts everywhere.  What is checked: the WARC files at
level ``stored``, log, checkpoint and keys at level ``quick``, the index at level ``full``.
"""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.core.finding import Finding
from archive.store.check import check_archive
from archive.store.log import read_log
from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.fixity import record_fixity
from archive.workflows.keys import rotate_key
from archive.workflows.opening import Archive
from archive.workflows.settings import AuthoritySettings
from archive.workflows.signers import read_memory
from archive.workflows.timestamp import stamp_checkpoint
from archive.workflows.vouchers import check_vouchers
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    list_findings,
    make_archive,
    make_transport,
    make_world,
    write_to,
)
from tests.support.clock import make_clock
from tests.support.histories import read_as
from tests.support.raw_server import answer_page, serve_raw
from tests.support.timestamp_authority import make_authority, serve_authority

TORTURE = "ARCHIVE_TESTS_TORTURE" in os.environ
STEP = 1 if TORTURE else 3  # bytes
HTML = ("Content-Type: text/html",)
PAGE = answer_page(b"<title>Ferry</title><article><p>The ferry leaves at nine.", fields=HTML)
OTHER = answer_page(b"<title>Ferry</title><article><p>The ferry leaves at ten.", fields=HTML)


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive with every kind of record, and of its keys."""
    folder = tmp_path_factory.mktemp("complete")
    archive = make_archive(folder / "archive")
    authority = make_authority(folder / "authority")
    root = AuthoritySettings(url="", root=str(authority.folder / "root.pem"))
    run = CaptureRun(batch=None, read=True, wait=True)
    with serve_raw({"/a": PAGE, "/b": answer_page(b"<p>To be withdrawn.")}) as server:
        (first,) = capture_all(archive, [server.url("/a")], run=run)
        capture_all(archive, [server.url("/a")], run=run)
        (other,) = capture_all(archive, [server.url("/b")])
    now = make_world(clock=make_clock(datetime.now(UTC)), seed="stamped")
    with serve_authority(authority) as served, write_to(archive, now) as writing:
        annotate_capture(writing, first.last.id, "A note.")
        withdraw_capture(writing, plan_withdrawal(writing, other.last.id), reason="an order")
        (stamped,) = stamp_checkpoint(
            writing,
            [AuthoritySettings(url=served.url, root=root.root)],
            transport=make_transport(archive),
        )
        assert stamped.stamped is not None
        rotate_key(writing, reason="every year")
    record_fixity(archive, make_world(seed="fixity"), level="full", found=[], coverage=None)
    kinds = {leaf.kind for leaf in read_log(archive.layout.log).read_leaves()}
    assert kinds >= {
        "capture",
        "conversion",
        "annotation",
        "withdrawal",
        "timestamp",
        "fixity",
        "key-change",
    }
    assert list_findings(archive) == []
    return folder


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive with an edit, an absence, and two captures not comparable yet."""
    folder = tmp_path_factory.mktemp("followed")
    archive = make_archive(folder / "archive")
    run = CaptureRun(batch=None, read=True, wait=True)
    pages = {"/a": PAGE}
    with serve_raw(pages) as server:
        capture_all(archive, [server.url("/a")], run=run)
        pages["/a"] = OTHER
        capture_all(archive, [server.url("/a")], run=run)
        del pages["/a"]
        capture_all(archive, [server.url("/a")], run=run)
        for label, page in (("older/1", PAGE), ("another/1", OTHER)):
            pages["/b"] = answer_page(page.partition(b"\r\n\r\n")[2] + b"!", fields=HTML)
            capture_all(archive, [server.url("/b")])
            read_as(archive, label)
    assert list_findings(archive) == []
    return folder


@pytest.fixture
def archive(complete: Path, scratch: Path) -> Archive:
    shutil.copytree(complete, scratch / "work")
    return make_archive(scratch / "work" / "archive")


Check = Callable[[Archive], list[Finding]]


def check_files(archive: Archive) -> list[Finding]:
    return list(check_archive(archive.layout, level="stored"))


def check_log(archive: Archive) -> list[Finding]:
    (keys,) = archive.layout.root.with_name("archive-keys").iterdir()
    return [
        *check_archive(archive.layout, level="quick"),
        *check_vouchers(archive.layout, memory=read_memory(keys), is_full=False),
    ]


def list_stored(archive: Archive) -> Iterator[tuple[Path, Check]]:
    """Every file that is a record, or vouches for one, and what checks it."""
    layout = archive.layout
    yield from ((path, check_files) for path in sorted(layout.warcs.iterdir()))
    for folder in (layout.log, layout.keys):
        yield from ((path, check_log) for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_is_reported_on_the_untouched_archive(archive: Archive) -> None:
    stored = list(list_stored(archive))
    assert len(stored) > 6
    for _, check in stored:
        assert check(archive) == []


@pytest.mark.parametrize("part", ["warcs", "others"])
def test_flipped_bytes_are_reported(archive: Archive, part: str) -> None:
    chance = random.Random(3)
    for path, check in list_stored(archive):
        if (part == "warcs") != (path.parent.name == "warcs"):
            continue
        data = path.read_bytes()
        path.chmod(0o644)
        for place in range(chance.randrange(STEP), len(data), STEP):
            for bit in range(8) if TORTURE else (chance.randrange(8),):
                with path.open("r+b") as file:
                    file.seek(place)
                    file.write(bytes([data[place] ^ 1 << bit]))
                assert check(archive), f"{path.name}: bit {bit} of byte {place}"
                with path.open("r+b") as file:
                    file.seek(place)
                    file.write(data[place : place + 1])


@pytest.mark.parametrize("part", ["warcs", "others"])
def test_cuts_are_reported(archive: Archive, part: str) -> None:
    for path, _ in list_stored(archive):
        if (part == "warcs") != (path.parent.name == "warcs"):
            continue
        data = path.read_bytes()
        path.chmod(0o644)
        for size in range(len(data) - 1, -1, -STEP):
            os.truncate(path, size)
            assert check_log(archive), f"{path.name}: cut to {size} of {len(data)}"
        path.write_bytes(data)
    assert check_log(archive) == []


def test_every_lost_file_is_reported(archive: Archive) -> None:
    for path, _ in list_stored(archive):
        aside = path.with_name("aside")
        path.rename(aside)
        assert check_log(archive), path.name
        aside.rename(path)


def test_every_changed_row_is_reported(archive: Archive) -> None:
    require_rows_checked(archive)


def test_every_changed_row_of_a_history_is_reported(followed: Path, scratch: Path) -> None:
    shutil.copytree(followed, scratch / "work")
    tables = require_rows_checked(make_archive(scratch / "work" / "archive"))
    assert {"readings", "versions", "edits", "absences", "pending_comparisons"} <= tables


def require_rows_checked(archive: Archive) -> set[str]:
    """Change one seeded column of every row, or leave the row out, in turn; return the tables."""
    chance = random.Random(4)
    database = archive.layout.database
    whole = database.with_name("whole.db")
    with closing(sqlite3.connect(database)) as index:
        index.execute("VACUUM INTO ?", (str(whole),))
        tables = [
            row[0]
            for row in index.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%'"
            )
        ]
        rows = [row for table in tables for row in list_rows(index, table)]
    assert len(rows) > 20
    for table, key, values, columns in rows:
        column = chance.choice(columns)
        for suffix in ("-wal", "-shm"):
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        shutil.copy(whole, database)
        with closing(sqlite3.connect(database)) as index, index:
            change_row(index, f"{table} WHERE {key}", column, values)
        found = [one for one in list_findings(archive) if "archive.db" in one.file]
        assert found, f"{table} {values}, column {column}"
    return {table for table, *_ in rows}


def list_rows(
    index: sqlite3.Connection, table: str
) -> Iterator[tuple[str, str, tuple[object, ...], list[str]]]:
    """Yield, for each row, the table, how it is told from others, by which values, its columns."""
    about = index.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [name for _, name, _, _, _, rank in about if rank] or ["rowid"]
    key = " AND ".join(f'"{name}" IS ?' for name in keys)
    named = ", ".join(f'"{name}"' for name in keys)
    for values in index.execute(f"SELECT {named} FROM {table}").fetchall():  # noqa: S608
        yield table, key, values, [name for _, name, *_ in about]


def change_row(
    index: sqlite3.Connection, row: str, column: str, values: tuple[object, ...]
) -> None:
    """Change one value, or leave the row out where the column takes no other one."""
    table, _, where = row.partition(" ")
    try:
        index.execute(
            f'UPDATE {table} SET "{column}" = CASE typeof("{column}") WHEN \'integer\''  # noqa: S608
            f" THEN \"{column}\" + 1 WHEN 'real' THEN \"{column}\" / 2 + 0.1 WHEN 'null' THEN 1"
            f" ELSE \"{column}\" || 'x' END {where}",
            values,
        )
    except sqlite3.IntegrityError:
        index.execute(f"DELETE FROM {row}", values)  # noqa: S608
