"""The test vector of ``docs/format.md``: an archive that an independent verifier accepts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_archive,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import make_clock
from tests.support.golden import GOLDEN, Golden
from tests.support.raw_server import Script, Step, answer_page, answer_redirect, serve_raw

VECTOR = GOLDEN / "format" / "archive"
CHECK = GOLDEN / "format" / "check.py"
HTML = ("Content-Type: text/html; charset=utf-8",)
PAGE = (
    b"<!doctype html><title>Market day</title><article><h1>Market day</h1><p>From May on the market"
    b" of Norrvik is held on Wednesdays instead of Thursdays.</p></article>"
)
ANSWERS: dict[str, bytes | Script] = {
    "/old": answer_redirect("/market", status="301 Moved Permanently"),
    "/market": answer_page(PAGE, fields=HTML),
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "/short": Script(
        steps=(Step(send=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),), close=True
    ),
    "/personal": answer_page(b"<p>to be withdrawn</p>", fields=HTML),
}


def make_vector(root: Path) -> None:
    """Make the archive that the vector is."""
    archive = make_archive(root)
    world = make_world(clock=make_clock(), seed="format")
    run = CaptureRun(batch=None, read=True, wait=True)
    with serve_raw(ANSWERS) as server:
        for target in ANSWERS:
            capture_all(archive, [server.url(target)], world=world, run=run)
        (again,) = capture_all(archive, [server.url("/market")], world=world, run=run)
        (refused,) = capture_all(archive, ["http://127.1/"], world=world, run=run)
    with write_to(archive, world) as writing:
        annotate_capture(writing, again.last.id, "Seen on the notice board as well.")
        plan = plan_withdrawal(writing, server.url("/personal"))
        withdraw_capture(writing, plan, reason="an example of a withdrawal")
    assert refused.has_failed
    assert list_findings(archive) == []


def run_check(root: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", str(CHECK), str(root)], capture_output=True, text=True, check=False
    )


def test_the_vector_is_accepted_by_both(golden: Golden, tmp_path: Path) -> None:
    if golden.update:
        make_vector(tmp_path / "made")
        shutil.rmtree(VECTOR, ignore_errors=True)
        for part in ("warcs", "metadata/log"):
            shutil.copytree(tmp_path / "made" / part, VECTOR / part)
    done = run_check(VECTOR)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("leaves hold\n")
    copy = tmp_path / "copy"
    shutil.copytree(VECTOR, copy)
    rebuilt = run_archive(["rebuild", "--json"], root=copy)
    assert rebuilt.returncode == 0, rebuilt.stderr
    verified = run_archive(["verify", "--level", "full"], root=copy)
    assert verified.returncode == 0, verified.stdout


def test_what_we_write_today_is_accepted_too(tmp_path: Path) -> None:
    make_vector(tmp_path / "made")
    done = run_check(tmp_path / "made")
    assert done.returncode == 0, done.stderr
    rows = dump_index(make_archive(tmp_path / "made"))
    for outcome in ("response", "revisit", "truncated", "blocked", "withdrawn"):
        assert any(f'"outcome": "{outcome}"' in row for row in rows), outcome


@pytest.mark.parametrize("part", ["warcs", "metadata/log/tile/entries", "metadata/log/checkpoint"])
def test_the_verifier_notices(tmp_path: Path, part: str) -> None:
    shutil.copytree(VECTOR, tmp_path / "copy")
    path = tmp_path / "copy" / part
    file = path if path.is_file() else min(path.iterdir())
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)
    assert run_check(tmp_path / "copy").returncode != 0
