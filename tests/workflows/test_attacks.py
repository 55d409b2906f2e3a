"""Hostile answers, pages and folders, through the verbs that meet them."""

import os
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.core.canonical import format_canonical
from archive.core.event import parse_event
from archive.core.leaf import parse_leaf
from archive.errors import ArchiveError, DamageError
from archive.index.database import open_readonly
from archive.store.lock import take_lock
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from tests.support.archives import (
    capture_all,
    list_findings,
    make_archive,
    read_principal,
    run_archive,
)
from tests.support.attacks import ANSWERS, ESCAPES, PAGES
from tests.support.raw_server import answer_page, serve_raw

_HTML = ("Content-Type: text/html; charset=utf-8",)
_READ = CaptureRun(batch=None, read=True, wait=True)


def require_plain(shown: str) -> None:
    """Fail if anything is there that moves the cursor or reorders a line."""
    hidden = [
        letter
        for letter in shown
        if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp")
    ]
    assert hidden == []


def test_a_hostile_answer_is_kept_or_marked(empty_archive: Archive) -> None:
    with serve_raw({f"/{name}": script for name, script in ANSWERS.items()}) as server:
        results = capture_all(empty_archive, [server.url(f"/{name}") for name in ANSWERS])
    assert len(results) == len(ANSWERS)
    for result in results:
        if result.captures[0].outcome not in ("response", "revisit"):
            continue
        record = read_principal(empty_archive, result)
        dates = [value for name, value in record.fields if name.lower() == "warc-date"]
        assert len(dates) == 1
        assert dates[0].startswith("2024-02-29")
    assert list_findings(empty_archive) == []


@pytest.mark.slow
def test_a_hostile_page_writes_nothing_to_the_terminal(empty_archive: Archive) -> None:
    root = empty_archive.layout.root
    answers = {f"/{name}": answer_page(page, fields=_HTML) for name, page in PAGES.items()}
    with serve_raw(answers) as server:
        urls = [server.url(target) for target in answers]
        results = capture_all(empty_archive, urls, run=_READ)
        assert len(results) == len(PAGES)
        note = run_archive(
            ["annotate", urls[0], f"no{ESCAPES}te", "--by", f"E{ESCAPES}"], root=root
        )
        assert note.returncode == 2  # a person's words may not hide anything either
        require_plain(note.stdout + note.stderr)
        for arguments in (
            *(["show", url] for url in urls if "escapes" in url or "dates" in url),
            *(["list"], ["list", "--captures"], ["search", "words"], ["search", ESCAPES]),
            *(["verify", "--level", "full"], ["capture", f"http://{ESCAPES}/"], ["show", ESCAPES]),
            ["list", "--limit", ESCAPES],
        ):
            for form in ([], ["--json"]):
                done = run_archive([*arguments, *form], root=root)
                assert "Traceback" not in done.stderr
                require_plain(done.stdout + done.stderr)


def test_names_of_files_write_nothing_to_the_terminal(empty_archive: Archive) -> None:
    with serve_raw({"/a": answer_page(b"x")}) as server:
        capture_all(empty_archive, [server.url("/a")])
    root = empty_archive.layout.root
    for name in (f"{ESCAPES}.warc.gz".encode(), b"\xff\xfe.warc.gz"):
        (root / "warcs" / os.fsdecode(name)).write_bytes(b"x")
    for form in ([], ["--json"]):
        done = run_archive(["verify", *form], root=root)
        assert done.returncode == 1
        require_plain(done.stdout + done.stderr)


def test_half_a_character_in_json_ld_cost_a_page_its_text(empty_archive: Archive) -> None:
    page = PAGES["half-a-character-in-json-ld"]
    with serve_raw({"/a": answer_page(page, fields=_HTML)}) as server:
        (result,) = capture_all(empty_archive, [server.url("/a")], run=_READ)
    shown = run_archive(["show", result.last.id, "--json"], root=empty_archive.layout.root)
    assert '"text_outcome": "text"' in shown.stdout


def test_a_host_in_another_script_shows_its_ascii_form(empty_archive: Archive) -> None:
    """The first letter is Cyrillic."""
    root = empty_archive.layout.root
    done = run_archive(["capture", "http://аpple.invalid:1/"], root=root)
    assert "http://xn--pple-43d.invalid:1/" in done.stdout


# --- a folder from somebody else -----------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = make_archive(tmp_path_factory.mktemp("hostile") / "archive")
    with serve_raw({"/a": answer_page(b"x")}) as server:
        capture_all(archive, [server.url("/a")])
    return archive.layout.root


def run_all(root: Path, *, verify_code: int = 1) -> None:
    """Run the verbs that read everything; each ends in words, in time."""
    for arguments in (["verify"], ["list"], ["annotate", "http://x/", "n"], ["rebuild"]):
        done = run_archive(arguments, root=root, timeout=60)
        assert "Traceback" not in done.stderr, arguments
        if arguments == ["verify"]:
            assert done.returncode == verify_code
        else:
            assert done.returncode in (0, 1, 2, 5)


def restore(path: Path, change: Callable[[Path], object], check: Callable[[], None]) -> None:
    """Check what happens with something else in a file's place, and put the file back."""
    aside = path.with_name("aside")
    path.rename(aside)
    try:
        change(path)
        check()
    finally:
        path.unlink(missing_ok=True)
        aside.rename(path)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("archive.toml", 2),
        ("metadata/archive.db", 1),
        ("metadata/log/checkpoint", 1),
        ("metadata/log/origin", 1),
        ("metadata/log/tile/entries/000.open", 3),
        ("metadata/keys/*", 1),
        ("warcs/*", 3),
    ],
)
def test_a_pipe_in_a_files_place_is_not_waited_for(built: Path, name: str, code: int) -> None:
    (path,) = built.glob(name)
    restore(path, os.mkfifo, lambda: run_all(built, verify_code=code))


@pytest.mark.parametrize("size", ["1" + "0" * 17, "9" * 18, "9" * 5000, "-1"])
def test_a_checkpoint_of_absurd_size_ended_in_a_hang_or_a_traceback(built: Path, size: str) -> None:
    path = built / "metadata/log/checkpoint"
    origin, _, rest = path.read_text().split("\n", 2)
    restore(
        path,
        lambda place: place.write_text(f"{origin}\n{size}\n{rest}"),
        lambda: run_all(built),
    )


def test_a_lock_that_is_a_link_emptied_its_target(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "lock").symlink_to(precious)
    with pytest.raises(ArchiveError, match="lock"):
        take_lock(tmp_path / "lock", command="test", seconds=0)
    assert precious.read_text() == "precious"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t AFTER INSERT ON captures BEGIN DELETE FROM captures; END",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE texts; CREATE VIEW texts AS WITH RECURSIVE c AS (SELECT 1) SELECT * FROM c",
        "DROP TABLE events; CREATE TABLE events (kind, leaf, x AS (hex(kind)))",
    ],
)
def test_an_index_with_sql_of_others_is_refused(built: Path, tmp_path: Path, sql: str) -> None:
    path = tmp_path / "archive.db"
    with (
        closing(sqlite3.connect(built / "metadata/archive.db")) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)
        target.executescript(sql)
    with pytest.raises(DamageError, match="not ours"):
        open_readonly(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'"offset":\d+', b'"offset":9223372036854775808'),
        (rb'"offset":\d+', b'"offset":-5'),
        (rb'"length":\d+', b'"length":1e999'),
        (rb'"length":\d+', b'"length":true'),
        (rb'"sequence":0', b'"sequence":Infinity'),
        (rb".+", b"[" * 60_000),
        (rb".+", b'{"a":' * 12_000),
    ],
)
def test_a_leaf_with_impossible_numbers_is_refused(built: Path, old: bytes, new: bytes) -> None:
    data = (built / "metadata/log/tile/entries/000.open").read_bytes()
    leaf = data[2 : 2 + int.from_bytes(data[:2], "big")]
    parse_leaf(leaf)
    with pytest.raises(DamageError):
        parse_leaf(re.sub(old, new, leaf, count=1))


def test_a_leaf_that_leads_out_of_the_folder_is_refused(built: Path) -> None:
    path = built / "metadata/log/tile/entries/000.open"
    data = path.read_bytes()
    name = list_warcs_name(built)
    other = b"../" + name[3:]
    restore(
        path,
        lambda place: place.write_bytes(data.replace(name, other)),
        lambda: run_all(built),
    )


def list_warcs_name(root: Path) -> bytes:
    """Return the name of the one WARC file."""
    (path,) = (root / "warcs").iterdir()
    return path.name.removesuffix(".open").encode()


def test_json_that_is_nested_too_deep_is_damage() -> None:
    with pytest.raises(DamageError):
        parse_event(b"[" * 100_000)
    with pytest.raises(DamageError):
        parse_event(format_canonical({"format": [], "kind": {}}))
