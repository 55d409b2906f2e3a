"""The verbs as they are typed: answers, errors, exit codes."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from archive.cli.main import VERBS
from archive.cli.options import make_world
from archive.core.identity import derive_capture_id
from archive.workflows.opening import Archive
from tests.store.foreign.makers import lay, make_digested, pack
from tests.support.archives import list_findings, make_archive, run_archive
from tests.support.raw_server import answer_page, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)
PAGE = (
    "<!doctype html><title>Bridge \x1b[31m news \u202e</title><article><p>The bridge over the Nor"
    " is open again since Monday. Cyclists are asked to walk.</p></article>"
).encode()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive that may capture from loopback."""
    return make_archive(tmp_path / "archive")


def run_json(archive: Archive, *arguments: str) -> list[dict[str, Any]]:
    """Run a verb with --json, and return the lines of its answer."""
    done = run_archive([*arguments, "--json"], root=archive.layout.root)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_init_makes_what_every_verb_finds_from_below(tmp_path: Path) -> None:
    root = tmp_path / "new"
    done = run_archive(["init", str(root), "--operator", 'A. "Archivist"', "--json"])
    assert done.returncode == 0, done.stderr
    assert {path.name for path in root.iterdir()} >= {
        "warcs",
        "metadata",
        "datasette.yml",
        "archive.toml",
    }
    below = root / "warcs"
    listed = subprocess.run(
        [sys.executable, "-m", "archive", "list"],
        cwd=below,
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 0, listed.stderr
    assert "nothing to list" in listed.stderr
    assert (root / "metadata" / "log" / "origin").read_text().startswith("statement-archive/")
    assert run_archive(["verify", "--level", "full"], root=root).returncode == 0
    again = run_archive(["init", str(root)])
    assert again.returncode == 2
    assert "already" in again.stderr


def test_no_archive_is_an_input_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        done = run_archive(["list"], root=place)
        assert done.returncode == 2
        assert "archive init" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_environment_names_the_archive(archive: Archive) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archive", "rebuild", "--json"],
        env=os.environ | {"ARCHIVE_DIR": str(archive.layout.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout) == {"leaves": 0, "unread": []}


def test_a_list_of_addresses(archive: Archive, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        gone = "http://127.0.0.1:1/"
        rows = [f'"{server.url("/a")}",1', f"{server.url('/b')},2", f"{server.url('/a')},3"]
        listed.write_text("\n".join(["URL,note", *rows, f"{gone},4"]))
        done = run_archive(
            ["capture", "--from", str(listed), "--json", "--no-extract"], root=archive.layout.root
        )
    assert done.returncode == 1
    lines = {line["url"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert [lines[server.url(target)]["status"] for target in ("/a", "/b")] == [200, 404]
    assert lines[gone]["outcome"] == "connect"
    assert len(lines) == 3
    assert "3 captured" in done.stderr
    assert set(lines[gone]) >= {
        "id", "url", "final_url", "outcome", "status", "captured_at", "record_id", "warc",
        "offset", "length", "payload", "content", "text", "revisit_of", "hops",
    }  # fmt: skip


def test_exit_codes_of_one_address(archive: Archive) -> None:
    root = archive.layout.root
    with serve_raw({}) as server:
        assert (
            run_archive(["capture", server.url("/404"), "--no-extract"], root=root).returncode == 0
        )
        gone = server.url("/gone")
    assert run_archive(["capture", gone, "--no-extract"], root=root).returncode == 4
    assert run_archive(["capture", "ftp://a.example/", "--no-extract"], root=root).returncode == 4
    assert run_archive(["capture"], root=root).returncode == 2
    assert run_archive(["capture", "--from", "/no/such/file"], root=root).returncode == 2
    assert run_archive(["show", "nothing"], root=root).returncode == 2
    assert run_archive(["no-such-verb"], root=root).returncode == 2
    assert list_findings(archive) == []


def test_arguments_that_are_not_text_are_refused(archive: Archive) -> None:
    for verb, argument in (("show", b"\xff"), ("search", b"\xff"), ("capture", b"http://a/\xff")):
        done = subprocess.run(
            [sys.executable, "-m", "archive", verb, argument, "--archive", archive.layout.root],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr == "archive: argument 2 is not UTF-8 (check the terminal's encoding)\n"


def test_a_secret_without_its_colon_is_not_shown(archive: Archive) -> None:
    done = run_archive(["capture", "http://a.example/", "--header", "X-Token verysecret"])
    assert done.returncode == 2
    assert "verysecret" not in done.stderr + done.stdout


def test_a_moment_at_the_end_of_the_calendar(archive: Archive) -> None:
    run_archive(["rebuild"], root=archive.layout.root)
    done = run_archive(
        ["show", "http://a.example/@9999-12-31T23:59:59-23:59"], root=archive.layout.root
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_list_of_one_counts_in_numbers(archive: Archive, tmp_path: Path) -> None:
    listed = tmp_path / "list"
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        listed.write_text(server.url("/a"))
        done = run_archive(
            ["capture", "--from", str(listed), "--no-extract"], root=archive.layout.root
        )
    assert done.stderr == "1 captured, 0 of them unchanged, 0 without an answer\n"


def test_withdrawing_a_hop_tells_what_keeps_its_address(archive: Archive) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n"
    with serve_raw({"/a": answer_page(PAGE, fields=HTML), "/old": moved}) as server:
        (line,) = run_json(archive, "capture", server.url("/old"), "--no-extract")
    first, second = line["hops"]
    done = run_archive(
        ["withdraw", first["id"], "--reason", "x", "--yes"], root=archive.layout.root
    )
    assert done.returncode == 0
    assert f"keeps the visit's address: {second['id']}" in done.stderr
    assert list_findings(archive) == []


def test_a_page_cannot_write_to_the_terminal(archive: Archive) -> None:
    root = archive.layout.root
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (line,) = run_json(archive, "capture", server.url("/a"), "--wait")
    shown = run_archive(["show", str(line["id"])], root=root)
    for done in (
        shown,
        run_archive(["list"], root=root),
        run_archive(["search", "bridge"], root=root),
    ):
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout
        assert "Bridge" in done.stdout
    assert "\\u{202e}" in shown.stdout


def test_a_note_is_a_record(archive: Archive) -> None:
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (line,) = run_json(archive, "capture", server.url("/a"), "--no-extract")
    name = str(line["id"])
    (noted,) = run_json(archive, "annotate", name[:8], "Seen on the notice board.", "--by", "B.")
    assert noted["by"] == "B."
    (card,) = run_json(archive, "show", name)
    (note,) = card["annotations"]
    assert note["body"] == "Seen on the notice board."
    (again,) = run_json(archive, "annotate", name, "Second.", "--by", "B.")
    assert again["agent"] == noted["agent"]
    assert list_findings(archive) == []


def test_a_withdrawal(archive: Archive) -> None:
    root = archive.layout.root
    with serve_raw({"/a": answer_page(PAGE, fields=HTML), "/b": b""}) as server:
        (first,) = run_json(archive, "capture", server.url("/a"), "--wait")
        (second,) = run_json(archive, "capture", server.url("/a"), "--wait")
        address = server.url("/a")
    name = str(first["id"])
    asked = run_archive(["withdraw", name, "--reason", "Court order 1"], root=root)
    assert asked.returncode == 2
    assert f"depends on it: {second['id']}" in asked.stderr
    assert "--yes" in asked.stderr
    (done,) = run_json(archive, "withdraw", name, "--reason", "Court order 1", "--yes")
    assert done["revisits"] == [second["id"]]
    (card,) = run_json(archive, "show", name)
    assert card["capture"]["outcome"] == "withdrawn"
    assert card["annotations"][0]["reason"] == "Court order 1"
    assert not run_archive(["search", "cyclists"], root=root).stdout
    assert list_findings(archive) == []
    shown = run_archive(["show", str(second["id"])], root=root)
    assert "its payload is gone" in shown.stdout
    again = run_archive(["withdraw", name, "--reason", "x", "--yes"], root=root)
    assert again.returncode == 2
    (rebuilt,) = run_json(archive, "rebuild")
    assert rebuilt["unread"] == []
    assert list_findings(archive) == []
    (latest,) = run_json(archive, "show", address)
    assert latest["capture"]["id"] == second["id"]
    for path in archive.layout.warcs.iterdir():
        checked = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(path)], check=False
        )
        assert checked.returncode == 0


def test_a_withdrawal_that_an_old_copy_undid_is_repeated(archive: Archive) -> None:
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (line,) = run_json(archive, "capture", server.url("/a"), "--no-extract")
    path = archive.layout.root / line["warc"]
    before = path.read_bytes()
    run_json(archive, "withdraw", line["id"], "--reason", "x", "--yes")
    with serve_raw({"/b": answer_page(PAGE, fields=HTML)}) as server:
        run_json(archive, "capture", server.url("/b"), "--no-extract")
    path.chmod(0o644)
    path.write_bytes(before)
    assert list_findings(archive) != []
    (again,) = run_json(archive, "withdraw", line["id"], "--reason", "x", "--yes")
    assert again == {"overwritten_again": 3}
    assert list_findings(archive) == []


def test_a_clone_that_holds_nothing_is_no_damage(tmp_path: Path) -> None:
    for folder in ("warcs", "metadata"):
        (tmp_path / folder).mkdir()
    done = run_archive(["verify", "--level", "full"], root=tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_busy_archive_names_who_is_writing(archive: Archive) -> None:
    from_inside = (
        "import sys; from archive.cli.options import *; from archive.workflows.opening import *\n"
        "from pathlib import Path\n"
        "with open_for_writing(open_archive(Path(sys.argv[1]), start=Path('/')), make_world(),"
        " options='test'):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", from_inside, str(archive.layout.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = run_archive(["rebuild"], root=archive.layout.root)
        assert done.returncode == 5
        assert str(holder.pid) in done.stderr
        assert run_archive(["rebuild"], root=archive.layout.root).returncode == 5
        holder.communicate()
    assert run_archive(["rebuild"], root=archive.layout.root).returncode == 0


def test_help_loads_no_verb() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "archive", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(verb in done.stdout for verb in VERBS)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"sqlite3", "asyncio", "rich", "datasette", "trafilatura", "sqlite_utils"}
    assert not any(name.startswith("archive.workflows") for name in loaded)


def test_the_demo_does_the_main_job(tmp_path: Path) -> None:
    done = run_archive(["demo"], root=tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert "all holds (level full)" in done.stdout
    assert "revisit 200" in done.stdout
    assert f"serve --archive {tmp_path / 'demo'}" in done.stdout


def test_ids_follow_from_record_ids(archive: Archive) -> None:
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (line,) = run_json(archive, "capture", server.url("/a"), "--no-extract")
    assert line["id"] == derive_capture_id(str(line["record_id"]))


def test_record_ids_are_uuids_of_version_4() -> None:
    identity = make_world().identity
    drawn = [uuid.UUID(identity.new_id()) for _ in range(1000)]
    assert len(set(drawn)) == 1000
    assert {(item.version, item.variant) for item in drawn} == {(4, uuid.RFC_4122)}
    assert len({identity.new_salt() for _ in range(1000)}) == 1000


# --- verify FILE ----------------------------------------------------------------------------------


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``archive verify`` in a folder that is no archive."""
    return subprocess.run(
        [sys.executable, "-m", "archive", "verify", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_verify_checks_files_outside_any_archive(tmp_path: Path) -> None:
    good, bad, other = (tmp_path / name for name in ("good.warc.gz", "bad.warc.gz", "other.zst"))
    good.write_bytes(pack(make_digested(1), make_digested(2)))
    bad.write_bytes(good.read_bytes()[:-20])
    other.write_bytes(b"\x28\xb5\x2f\xfd")
    assert verify(tmp_path, "good.warc.gz").stdout == "all holds (level full)\n"
    done = verify(tmp_path, "good.warc.gz", "bad.warc.gz", "other.zst")
    assert done.returncode == 1
    assert "where   bad.warc.gz, offset" in done.stdout
    done = verify(tmp_path, "--json", "--level", "quick", "good.warc.gz", "other.zst")
    assert done.returncode == 3
    finding, summary = map(json.loads, done.stdout.splitlines())
    assert finding["severity"] == "undecidable"
    assert summary == {"level": "quick", "findings": 1, "exit_code": 3}


def test_verify_takes_files_wherever_an_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(pack(make_digested(1)))
    done = subprocess.run(
        [sys.executable, "-m", "archive", "verify", "a.warc.gz"],
        cwd=tmp_path,
        env={**os.environ, "ARCHIVE_DIR": str(tmp_path / "gone")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "all holds (level full)\n")
    assert verify(tmp_path, "a.warc.gz", "--sample", "1/2").returncode == 2


def test_verify_a_part_says_what_was_read(archive: Archive) -> None:
    capture_note = ["verify", "--sample", "1/2", "--json"]
    done = run_archive(capture_note, root=archive.layout.root)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["covered"]["part"] == "1/2"
    for wrong in (
        ["--sample", "3/2"],
        ["--max-age", "1y"],
        ["--level", "quick", "--sample", "1/2"],
    ):
        assert run_archive(["verify", *wrong], root=archive.layout.root).returncode == 2


def test_verify_says_what_is_no_file(tmp_path: Path) -> None:
    for name, words in (("gone.warc", "there is no file"), (".", "is a folder")):
        done = verify(tmp_path, name)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr


def test_a_file_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    record = make_digested(1).replace(b"urn:uuid:1", "\x1b[31m\u202e".encode())
    (tmp_path / "a.warc").write_bytes(lay(record)[:-30])
    done = verify(tmp_path, "a.warc")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\\u{1b}[31m\\u{202e}" in done.stdout
