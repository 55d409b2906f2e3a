"""Copies for everybody: nothing of what is closed is in the file, and no run leaves half of one.

Not for: what is served of a copy (``tests/datasette_plugin/test_published.py``).
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from archive.core.access import parse_access
from archive.errors import ArchiveError, BusyError, DamageError, InputError
from archive.index.copied import list_copied, list_decided
from archive.index.database import open_readonly
from archive.index.publish import open_copying
from archive.workflows.access import say_access
from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from archive.workflows.publish import (
    Published,
    choose_excluded,
    find_manifest,
    publish_index,
    read_manifest,
)
from archive.workflows.rebuild import rebuild_index
from archive.workflows.settings import RequisiteSettings
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.datasette_plugin.sample import write_sample
from tests.support.archives import capture_all, make_archive, make_world, write_to
from tests.support.clock import START, make_clock
from tests.support.faults import FailingDisk, RecordingDisk
from tests.support.raw_server import Answer, RawServer, answer_page, answer_redirect, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)
RUN = CaptureRun(batch="the-secret-list.txt", read=True, wait=True, requisites=RequisiteSettings())
WHY = "The council asked for it."
# What is closed: words that stand nowhere else, in page, title, address, picture and publisher.
HIDDEN = ("lighthousekeeper", "zanzibarian", "quokkaberry", "undisclosed-slug", "hush-picture")


def make_page(title: str, words: str, *, shows: str = "", publisher: str = "Council") -> bytes:
    return answer_page(
        f'<!doctype html><html lang=en><title>{title}</title><meta property="og:site_name"'
        f' content="{publisher}"><article><h1>{title}</h1><p>{words} It was said at noon, by the'
        f" council, to everybody who came.</p>{shows}</article>".encode(),
        fields=HTML,
    )


ANSWERS: dict[str, Answer] = {
    "/ferry": make_page("Ferry", "The ferry leaves at nine.", shows='<img src="/boat.png">'),
    "/undisclosed-slug": make_page(
        "Zanzibarian plans",
        "The lighthousekeeper moves to the quokkaberry field.",
        shows='<img src="/hush-picture.png">',
        publisher="Bureau of Quiet",
    ),
    "/short": answer_redirect("/undisclosed-slug", status="302 Found"),
    # One more than is followed.
    **{f"/r{n}": answer_redirect(f"/r{n + 1}", status="302 Found") for n in range(10)},
    "/r10": answer_redirect("/undisclosed-slug", status="302 Found"),
    "/boat.png": answer_page(b"\x89PNG\r\n\x1a\nboat", fields=("Content-Type: image/png",)),
    "/hush-picture.png": answer_page(b"\x89PNG\r\n\x1a\nhush", fields=("Content-Type: image/png",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An archive with an open statement and one that tests close."""

    archive: Archive
    server: RawServer
    target: Path

    def capture(self, *targets: str, day: int = 0) -> list[str]:
        world = make_world(clock=make_clock(START + timedelta(days=day)), seed=f"{day}{targets}")
        addresses = [self.server.url(target) for target in targets]
        return [one.last.id for one in capture_all(self.archive, addresses, world=world, run=RUN)]

    def close(self, access: str = "private") -> None:
        with write_to(self.archive) as writing:
            address = self.server.url("/undisclosed-slug")
            say_access(writing, address, parse_access(access), reason=WHY)

    def publish(self, *exclude: str, day: int = 0, **more: object) -> Published:
        world = make_world(clock=make_clock(START + timedelta(days=day)))
        return publish_index(
            self.archive,
            world,
            self.target,
            exclude=exclude,
            **more,  # type: ignore[arg-type]  # the caller names arguments of it
        )


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    with serve_raw(lambda request: ANSWERS.get(request.split(b" ")[1].decode())) as server:
        held = Held(
            archive=make_archive(tmp_path / "archive"), server=server, target=tmp_path / "out.db"
        )
        held.capture("/ferry", "/undisclosed-slug")
        yield held


def select(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(open_readonly(path)) as index:
        return index.execute(query).fetchall()


def require_hidden(path: Path, *words: str) -> None:
    data = path.read_bytes().lower()
    assert b"ferry" in data
    for word in words or HIDDEN:
        assert word.encode() not in data, word


def test_nothing_of_a_private_statement_is_in_the_bytes_of_a_copy(held: Held) -> None:
    assert b"zanzibarian" in held.archive.layout.database.read_bytes().lower()
    held.close()
    published = held.publish()
    require_hidden(held.target)
    require_hidden(held.target, "bureau of quiet", WHY.lower())
    assert published.left_out == {"private": 1}
    assert select(held.target, "SELECT count(*) FROM statements") == [(1,)]
    # Full-text search was made from what is there: its index finds the one, and holds no other.
    found = "SELECT rowid FROM texts_fts WHERE texts_fts MATCH '{}'"
    assert len(select(held.target, found.format("ferry"))) == 1
    assert select(held.target, found.format("zanzibarian")) == []


def test_pictures_of_the_copy_are_those_that_its_pages_show(held: Held) -> None:
    held.close()
    held.publish()
    rows = select(held.target, "SELECT url FROM captures WHERE purpose = 'requisite'")
    assert [str(url).rpartition("/")[2] for (url,) in rows] == ["boat.png"]


def test_an_embargo_ends_when_its_day_begins(held: Held) -> None:
    day = (START + timedelta(days=9)).date()
    held.close(f"embargo {day}")
    assert held.publish(day=8).left_out == {"embargo": 1}
    require_hidden(held.target)
    assert held.publish(day=9, force=True).left_out == {}
    assert b"zanzibarian" in held.target.read_bytes().lower()


def test_what_was_closed_can_be_opened_again(held: Held) -> None:
    held.close()
    held.close("open")
    assert held.publish().left_out == {}


def test_a_redirect_to_a_private_page_told_its_address(held: Held) -> None:
    held.capture("/short", day=1)
    held.close()
    assert held.publish().left_out == {"leads there": 1, "private": 1}
    require_hidden(held.target)


def test_an_address_that_a_closed_one_led_to_does_not_name_it(held: Held) -> None:
    held.capture("/short", day=1)
    held.publish(held.server.url("/short"))
    assert b"/short" not in held.target.read_bytes()
    assert select(held.target, "SELECT count(*) FROM statements") == [(2,)]


@pytest.mark.parametrize(
    "name",
    ["publisher:bureau of QUIET", "ADDRESS", "STATEMENT", "CAPTURE"],
)
def test_what_is_named_is_left_out(held: Held, name: str) -> None:
    (row,) = select(
        held.archive.layout.database,
        "SELECT url, statement_id, id FROM captures WHERE url LIKE '%undisclosed-slug'",
    )
    known = dict(zip(("ADDRESS", "STATEMENT", "CAPTURE"), map(str, row), strict=True))
    assert held.publish(known.get(name, name)).left_out == {"asked": 1}
    require_hidden(held.target)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ministry.example", 1),
        ("MINISTRY.example.", 1),
        ("*.ministry.example", 1),
        ("*.example", 7),
        ("host:gone.example", 1),
        ("publisher:example courier group", 1),
        ("publisher:Stadtwerke Beispielstadt", 1),
        ("http://ministry.example/press/2026/school-meals", 1),
        ("example", 0),
        ("*.inistry.example", 0),
        ("ry.example", 0),
        ("publisher:", 0),
        ("publisher:nobody", 0),
        ("%", 0),
        ("*", 0),
        ("", 0),
    ],
)
def test_names_mean_statements_or_are_refused(tmp_path: Path, name: str, count: int) -> None:
    source = write_sample(tmp_path / "held.db")
    with open_copying(source, tmp_path / "out.db") as index:
        if count:
            assert len(choose_excluded(index, [name])) == count
        else:
            with pytest.raises(InputError):
                choose_excluded(index, [name])


def test_equal_archives_give_equal_bytes(held: Held) -> None:
    held.close()
    first = held.publish()
    again = held.publish(force=True, day=3)
    rebuild_index(held.archive, make_world())
    rebuilt = held.publish(force=True)
    assert first.sha256 == again.sha256 == rebuilt.sha256
    assert first.sha256 == hashlib.sha256(held.target.read_bytes()).hexdigest()


def test_the_manifest_says_which_file_it_is(held: Held) -> None:
    published = held.publish()
    said = json.loads(find_manifest(held.target).read_bytes())
    assert (said["file"], said["sha256"]) == ("out.db", published.sha256)
    assert read_manifest(held.target).sha256 == published.sha256
    data = bytearray(held.target.read_bytes())
    data[5000] ^= 1
    held.target.write_bytes(data)
    with pytest.raises(DamageError, match="is not the copy"):
        read_manifest(held.target)
    find_manifest(held.target).unlink()
    with pytest.raises(InputError, match="is not there"):
        read_manifest(held.target)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 1}', b"\xff", b"[" * 100_000])
def test_a_manifest_that_is_none_is_refused(held: Held, data: bytes) -> None:
    held.publish()
    find_manifest(held.target).write_bytes(data)
    with pytest.raises(DamageError, match="no manifest of a copy"):
        read_manifest(held.target)


def test_nothing_of_this_machine_or_of_what_is_watched_is_in_a_copy(held: Held) -> None:
    (row,) = select(
        held.archive.layout.database, "SELECT id FROM captures WHERE url LIKE '%/ferry'"
    )
    with write_to(held.archive) as writing:
        annotate_capture(writing, str(row[0]), "Ask the harbourmaster in confidence.")
    held.publish()
    for words in (str(held.archive.layout.root), "the-secret-list", "harbourmaster"):
        assert words.encode() not in held.target.read_bytes(), words
    assert select(held.target, "SELECT count(*) FROM watches") == [(0,)]
    held.publish(notes=True, force=True)
    assert b"harbourmaster" in held.target.read_bytes()


def test_every_table_was_thought_of(held: Held) -> None:
    """A table that nobody thought of stays empty; this tells whoever adds one."""
    rows = select(
        held.archive.layout.database,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE '%\\_fts%' ESCAPE '\\'",
    )
    assert {name for (name,) in rows} == set(list_decided())


def test_a_column_that_nobody_thought_of_is_not_published(held: Held) -> None:
    """It was, as it is.  Whoever adds one says in ``archive.index.copied`` what a copy holds."""
    for table, copied in list_copied().items():
        columns = select(held.archive.layout.database, f"PRAGMA table_info({table})")
        assert {str(column[1]) for column in columns} == copied, table


def test_a_picture_that_is_closed_as_a_statement_was_published_as_a_picture(held: Held) -> None:
    held.capture("/boat.png", day=1)
    with write_to(held.archive) as writing:
        say_access(writing, held.server.url("/boat.png"), parse_access("private"), reason=WHY)
    held.publish()
    require_hidden(held.target, "/boat.png")


def test_a_redirect_that_was_not_followed_told_the_address_of_a_private_page(held: Held) -> None:
    held.capture("/r0", day=1)
    asked = "SELECT count(*) FROM captures WHERE url LIKE '%undisclosed-slug'"
    assert select(held.archive.layout.database, asked) == [(1,)]
    held.close()
    assert held.publish().left_out == {"leads there": 1, "private": 1}
    require_hidden(held.target)


def test_a_copy_is_a_plain_file_that_is_read_without_being_written(held: Held) -> None:
    held.publish()
    assert held.target.read_bytes()[18:20] == b"\x01\x01"  # no write-ahead log
    names = {path.name for path in held.target.parent.iterdir()}
    assert {name for name in names if name.startswith("out")} == {
        "out.db",
        "out.db.manifest.json",
    }
    assert select(held.target, "PRAGMA integrity_check") == [("ok",)]
    assert select(held.target, "PRAGMA foreign_key_check") == []
    assert select(held.target, "PRAGMA freelist_count") == [(0,)]


def test_what_is_there_is_replaced_only_when_asked(held: Held) -> None:
    held.publish()
    with pytest.raises(InputError, match="is there already"):
        held.publish()
    held.publish(force=True)
    layout = held.archive.layout
    for place in (layout.database, layout.metadata / "new.db", layout.warcs / "new.db"):
        with pytest.raises(InputError, match="keeps its own files"):
            publish_index(held.archive, make_world(), place, force=True)
    link = held.target.with_name("link.db")
    link.symlink_to(held.archive.layout.database)
    with pytest.raises(InputError, match="no plain file"):
        publish_index(held.archive, make_world(), link, force=True)


def test_a_run_that_fails_anywhere_leaves_nothing_half(held: Held) -> None:
    """Whatever fails: no copy, or the old one, or the new one; and a manifest only of that."""
    old = held.publish().sha256
    held.close()
    disk = RecordingDisk()
    publish_index(held.archive, make_world(disk=disk), held.target.with_name("try.db"))
    assert len(disk.changes) > 5
    for number in range(len(disk.changes) + 2):
        world = make_world(disk=FailingDisk(number, code=5))
        with suppress(ArchiveError):
            publish_index(held.archive, world, held.target, force=True)
        data = hashlib.sha256(held.target.read_bytes()).hexdigest()
        manifest = find_manifest(held.target)
        if manifest.exists():
            assert json.loads(manifest.read_bytes())["sha256"] == data
        elif data != old:
            require_hidden(held.target)
        find_manifest(held.target).unlink(missing_ok=True)
        held.target.unlink()
        held.publish()
        old = hashlib.sha256(held.target.read_bytes()).hexdigest()
    assert not held.target.with_name("out.db.tmp").exists()


def test_an_index_that_lags_behind_the_log_may_not_know_what_is_closed(held: Held) -> None:
    with closing(sqlite3.connect(held.archive.layout.database)) as index, index:
        index.execute("UPDATE about SET value = '1' WHERE key = 'leaves'")
    with pytest.raises(BusyError, match="reflects 1 of"):
        held.publish()
    assert not held.target.exists()


def test_withdrawing_the_capture_that_closed_a_statement_opened_it(held: Held) -> None:
    held.close()
    held.capture("/undisclosed-slug", day=2)
    (row,) = select(
        held.archive.layout.database, "SELECT capture_id FROM annotations WHERE kind = 'access'"
    )
    with write_to(held.archive) as writing:
        withdraw_capture(writing, plan_withdrawal(writing, str(row[0])), reason=WHY)
    assert held.publish().left_out == {"private": 1}
    require_hidden(held.target)


def test_an_access_whose_statement_is_not_known_publishes_nothing(held: Held) -> None:
    held.close()
    with closing(sqlite3.connect(held.archive.layout.database)) as index, index:
        index.execute("UPDATE captures SET statement_id = NULL, outcome = 'damaged'")
    with pytest.raises(DamageError, match="its statement is not known"):
        held.publish()


def test_access_survives_rebuilding(held: Held) -> None:
    held.close()
    rebuild_index(held.archive, make_world())
    assert held.publish().left_out == {"private": 1}


@pytest.mark.parametrize(
    "text", ["", "closed", "embargo", "embargo 2027-02-30", "embargo  2027-1-1"]
)
def test_an_access_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no such access"):
        parse_access(text)
