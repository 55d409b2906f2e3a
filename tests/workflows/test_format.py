"""The test vector of ``docs/format.md``: an archive that an independent verifier accepts."""

import importlib.util
import json
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.core.curation import parse_assertions
from archive.core.key import make_key_pair
from archive.core.organisation import Organisation
from archive.store.disk import Disk
from archive.store.keys import find_private_folder, read_public_keys, write_key_pair
from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.curate import assert_fields, retract
from archive.workflows.fixity import record_fixity
from archive.workflows.keys import rotate_key
from archive.workflows.organisations import add_organisation
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_archive,
    make_identity,
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
        add_organisation(
            writing,
            Organisation(
                name="Norrvik", aliases=("Town of Norrvik",), domains=("norrvik.example",)
            ),
            reason="the imprint of its site",
        )
        typed = parse_assertions(["published=2024-02~", "publisher=Norrvik"])
        said = assert_fields(
            writing, again.last.id, typed, reason="The notice says so.", evidence=(again.last.id,)
        )
        retract(writing, said[0].record_id, reason="It was another notice.")
        rotate_key(writing, reason="a year has passed")
        plan = plan_withdrawal(writing, server.url("/personal"))
        withdraw_capture(writing, plan, reason="an example of a withdrawal")
    record_fixity(archive, world, level="full", found=[], coverage=None)
    assert refused.has_failed
    assert list_findings(archive) == []


def make_keys(home: Path) -> None:
    """Put the private keys of the vector where the configuration has them: drawn by its chance."""
    origin = (VECTOR / "metadata/log/origin").read_text().strip()
    drawn = make_identity("format")
    known = read_public_keys(VECTOR / "metadata/keys", "log", name=origin)
    folder = find_private_folder(home / "statement-archive" / "keys", origin)
    salts = [drawn.new_salt() for _ in range(500)]
    for one, other in pairwise(salts):
        pair = make_key_pair(origin, "log", one + other)
        if pair.public in known:
            write_key_pair(folder, Disk(), pair)
    assert len(list(folder.iterdir())) == len(known) == 2


def run_check(root: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", str(CHECK), str(root)], capture_output=True, text=True, check=False
    )


def test_the_vector_is_accepted_by_both(
    golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if golden.update:
        make_vector(tmp_path / "made")
        shutil.rmtree(VECTOR, ignore_errors=True)
        for part in ("warcs", "metadata/log", "metadata/keys"):
            shutil.copytree(tmp_path / "made" / part, VECTOR / part)
    done = run_check(VECTOR)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("leaves hold, signed by 2 keys\n")
    for kind in ("assertion", "organisation", "retraction", "key-change", "fixity"):
        assert f"{kind} by A. Archivist" in done.stdout, kind
    copy = tmp_path / "copy"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    make_keys(tmp_path / "home")
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


@pytest.mark.parametrize(
    "part", ["warcs", "metadata/log/tile/entries", "metadata/log/checkpoint", "metadata/keys"]
)
def test_the_verifier_notices(tmp_path: Path, part: str) -> None:
    shutil.copytree(VECTOR, tmp_path / "copy")
    path = tmp_path / "copy" / part
    file = path if path.is_file() else min(path.iterdir())
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)
    assert run_check(tmp_path / "copy").returncode != 0


def load_check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check", CHECK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_verifiers_own_ed25519_agrees_with_the_library() -> None:
    check = load_check()
    for number in range(20):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public = key.public_key().public_bytes_raw()
        message = bytes(number)
        good = key.sign(message)
        check.check_signature(public, message, good)
        for place in (0, 31, 32, 63):
            bad = bytearray(good)
            bad[place] ^= 1
            with pytest.raises(AssertionError):
                check.check_signature(public, message, bytes(bad))
        with pytest.raises(AssertionError):
            check.check_signature(public, message + b"x", good)
        again = int.from_bytes(good[32:], "little") + check.L  # RFC 8032: refused
        with pytest.raises(AssertionError):
            check.check_signature(public, message, good[:32] + again.to_bytes(32, "little"))


TITLE = {"kind": "assertion", "body": {"field": "title", "values": ["x"]}}
EVENT = {"kind": "fixity", "format": "statement-archive/event/1"}
ORGANISATION = {"kind": "organisation", "target": "urn:archive:organisation:x"}


@pytest.mark.parametrize(
    ("kind", "said", "holds"),
    [
        ("annotation", TITLE, True),
        ("annotation", TITLE | {"reason": ""}, False),
        ("annotation", TITLE | {"body": {"field": "weather", "values": ["x"]}}, False),
        ("annotation", TITLE | {"body": {"field": "title", "values": []}}, False),
        ("annotation", {"kind": "note", "body": "x", "target": "urn:uuid:other"}, False),
        ("annotation", {"kind": "retraction", "body": "x", "supersedes": "urn:uuid:other"}, False),
        ("annotation", ORGANISATION | {"body": {}}, False),
        ("annotation", ORGANISATION | {"body": {"name": "Norrvik"}}, True),
        ("fixity", EVENT, True),
        ("key-change", EVENT, False),
    ],
)
def test_the_verifier_reads_what_was_said(
    kind: str, said: dict[str, object], *, holds: bool
) -> None:
    base = {
        "format": "statement-archive/annotation/1",
        "target": "urn:uuid:known",
        "body": "x",
        "time": "2024-02-29T12:00:00Z",
        "agent": {"id": "urn:x", "name": "A. Archivist"},
        "reason": "because",
    }
    block = json.dumps(base | said, sort_keys=True, separators=(",", ":")).encode()
    check = load_check()
    if not holds:
        with pytest.raises(AssertionError):
            check.check_said({"type": kind}, block, {"urn:uuid:known"})
        return
    check.check_said({"type": kind}, block, {"urn:uuid:known"})
    with pytest.raises(AssertionError, match="canonical"):
        check.check_said({"type": kind}, block.replace(b",", b", "), {"urn:uuid:known"})
