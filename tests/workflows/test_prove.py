"""A proof bundle holds by itself, and stops holding when anything in it is changed."""

import ast
import json
import os
import re
import shutil
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from archive.core.checkpoint import hash_leaf, parse_checkpoint
from archive.core.event import Cosigning, Timestamping
from archive.core.identity import derive_capture_id
from archive.core.key import (
    KeyPair,
    format_public_pem,
    format_verifier_key,
    make_key_pair,
    sign_note,
)
from archive.core.note import Note, format_note, parse_note
from archive.core.proof import check_inclusion, parse_proof
from archive.errors import InputError
from archive.store.log import read_log, read_note
from archive.witness.timestamp import format_timestamp_query
from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.events import store_event
from archive.workflows.evidence import Stamp, choose_evidence
from archive.workflows.keys import retire_key, rotate_key
from archive.workflows.opening import Archive, World
from archive.workflows.prove import Proven, prove_leaf
from archive.workflows.settings import AuthoritySettings
from archive.workflows.timestamp import stamp_checkpoint
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    list_findings,
    make_archive,
    make_transport,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import START, make_clock
from tests.support.proof_bundles import (
    read_commands,
    require_stranger,
    run_commands,
    seal,
)
from tests.support.raw_server import answer_page, serve_raw
from tests.support.timestamp_authority import Authority, make_authority, serve_authority

PAGE = b"<!doctype html><title>Bridge</title><p>The bridge over the Nor is open again.</p>"
HTML = ("Content-Type: text/html; charset=utf-8",)
READ = CaptureRun(batch=None, read=True, wait=True)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;x=y\r\n<p>Op\r\n6\r\nen.</p\r\n1\r\n>\r\n0\r\n\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """An archive whose second checkpoint was time-stamped and cosigned, and its first capture."""

    archive: Archive
    name: str
    chunked: str
    revisit: str
    authority: Authority


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Stamped:
    """See `Stamped`; tests of this module only read it."""
    require_stranger()
    folder = tmp_path_factory.mktemp("stamped")
    archive = make_archive(folder / "archive")
    authority = make_authority(folder / "authority")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML), "/b": CHUNKED}) as server:
        results = capture_all(archive, [server.url("/a")], run=READ)
        results += capture_all(archive, [server.url("/b")])
        add_stamp(archive, authority)
        add_cosignature(archive)
        results += capture_all(archive, [server.url("/a")])
    names = [result.last.id for result in results]
    assert results[2].last.revisit_of is not None
    return Stamped(
        archive=archive, name=names[0], chunked=names[1], revisit=names[2], authority=authority
    )


def read_stored_note(archive: Archive) -> Note:
    note = read_note(archive.layout.log)
    assert note is not None
    return note


def make_world_at(time: datetime | None = None) -> World:
    """A world of that time, or of now, which is what authorities state."""
    return make_world(clock=make_clock(time or datetime.now(UTC)), seed=os.urandom(8).hex())


def add_stamp(archive: Archive, authority: Authority, note: Note | None = None) -> None:
    """Have the newest checkpoint stamped; or record a stamp over ``note``, whatever it is."""
    with serve_authority(authority) as served, write_to(archive, make_world_at()) as writing:
        named = AuthoritySettings(url=served.url, root=str(authority.folder / "root.pem"))
        (result,) = stamp_checkpoint(writing, [named], transport=make_transport(archive))
        assert result.event is not None
        if note is not None:
            act = result.event.event.act
            assert isinstance(act, Timestamping)
            store_event(writing, replace(act, note=format_note(note)), refers_to=act.response)


def stamp_text(authority: Authority, text: str) -> bytes:
    """An answer with a token over ``text``."""
    return authority.answer(format_timestamp_query(text.encode(), nonce=None))


def make_witness(seed: bytes = bytes(32)) -> KeyPair:
    return make_key_pair("witness.example/w1", "witness", seed)


def store_cosignature(
    archive: Archive,
    time: datetime,
    seed: bytes = bytes(32),
    *,
    arrived: datetime | None = None,
) -> None:
    """Record a witness's signature over the newest checkpoint, whatever time it states."""
    pair = make_witness(seed)
    signed = sign_note(read_stored_note(archive), pair, time=time)
    act = Cosigning(
        note=format_note(signed), witness=format_verifier_key(pair.public), address="http://w/"
    )
    with write_to(archive, make_world_at(time if arrived is None else arrived)) as writing:
        store_event(writing, act)


def add_cosignature(archive: Archive) -> None:
    """Have the checkpoint that the first time stamp is over cosigned."""
    pair = make_witness()
    size = 2
    note = read_stored_note(archive)
    time = datetime(2026, 11, 22, 10, tzinfo=UTC)
    with write_to(archive, make_world_at(time)) as writing:
        stamp = next(
            json.loads(row[0])
            for row in writing.index.execute("SELECT detail FROM events WHERE kind = 'timestamp'")
        )
        note = parse_note(stamp["note"])
        assert parse_checkpoint(note.text).size >= size
        signed = sign_note(note, pair, time=time)
        act = Cosigning(
            note=format_note(signed),
            witness=format_verifier_key(pair.public),
            address="http://witness.example/",
        )
        store_event(writing, act)


def prove(archive: Archive, name: str, folder: Path) -> Proven:
    return prove_leaf(archive, name, folder, tell=pytest.fail)


@pytest.fixture
def bundle(stamped: Stamped, tmp_path: Path) -> Path:
    """The bundle of the first capture: with a time stamp and a witness."""
    return prove(stamped.archive, stamped.name, tmp_path / "bundle").folder


def test_a_good_bundle_holds(bundle: Path, stamped: Stamped) -> None:
    assert {path.name for path in bundle.iterdir()} == {
        "SHA256SUMS", "VERIFY.md", "checkpoint", "key.pem", "key.vkey", "leaf.json",
        "proof.tlog-proof", "record.warc.gz", "timestamp-1.pem", "timestamp-1.tsr", "verify.py",
        "witness-1.pem", "witness-1.vkey",
    }  # fmt: skip
    done = run_commands(bundle)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(b"\nall holds\n")
    assert b"held by " in done.stdout
    page = (bundle / "VERIFY.md").read_text()
    assert (bundle / "key.vkey").read_text() in page
    assert "not** proved that the publisher served" in page
    assert bundle.stat().st_mode & 0o777 == 0o755
    assert not list(bundle.parent.glob(".*"))
    listed = json.loads((bundle / "leaf.json").read_text())["records"]
    assert stamped.name in {derive_capture_id(item["id"]) for item in listed}


def test_our_own_arithmetic_agrees_with_that_of_the_bundle(bundle: Path) -> None:
    proof = parse_proof((bundle / "proof.tlog-proof").read_text())
    checkpoint = parse_checkpoint(proof.checkpoint.text)
    leaf_hash = hash_leaf((bundle / "leaf.json").read_bytes())
    assert check_inclusion(leaf_hash, proof.index, checkpoint.size, proof.hashes, checkpoint.root)


def test_every_leaf_has_a_proof_that_holds(stamped: Stamped, tmp_path: Path) -> None:
    """Conversions, chunked answers, revisits, events, and leaves that no time stamp covers."""
    log = read_log(stamped.archive.layout.log)
    assert log.size > 6
    for leaf in log.read_leaves():
        folder = tmp_path / str(leaf.sequence)
        prove(stamped.archive, str(leaf.sequence), folder)
        done = run_commands(folder)
        assert done.returncode == 0, (leaf, done.stderr)
        assert leaf.warc == json.loads((folder / "leaf.json").read_text())["warc"]
    assert {leaf.kind for leaf in log.read_leaves()} >= {
        "capture", "conversion", "timestamp", "cosignature"
    }  # fmt: skip


def test_a_chunked_payload_and_a_revisit_are_told(stamped: Stamped, tmp_path: Path) -> None:
    prove(stamped.archive, stamped.chunked, tmp_path / "chunked")
    assert b"block and payload are as logged" in run_commands(tmp_path / "chunked").stdout
    prove(stamped.archive, stamped.revisit, tmp_path / "revisit")
    assert "had the same payload as an earlier one" in (
        (tmp_path / "revisit" / "VERIFY.md").read_text()
    )


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_one_flipped_bit_in_any_file(bundle: Path, tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    for path in sorted(bundle.iterdir()):
        for _ in range(10):
            before = path.read_bytes()
            bit = chance.randrange(len(before) * 8)
            flip(path, bit)
            assert run_commands(bundle).returncode != 0, (path.name, bit)
            path.write_bytes(before)
    assert run_commands(bundle).returncode == 0


def test_no_line_end_that_is_lost_turns_a_check_into_a_comment(bundle: Path) -> None:
    path = bundle / "VERIFY.md"
    before = path.read_bytes()
    start = before.index(b"```sh\n")
    ends = [place for place, byte in enumerate(before) if byte == 10 and place > start]
    assert len(ends) > 20
    for bit in (place * 8 + number for place in ends for number in range(8)):
        flip(path, bit)
        assert run_commands(bundle).returncode != 0, bit
        path.write_bytes(before)


@pytest.mark.parametrize(
    "name",
    [
        "record.warc.gz",
        "leaf.json",
        "proof.tlog-proof",
        "checkpoint",
        "key.vkey",
        "key.pem",
        "witness-1.vkey",
        "witness-1.pem",
    ],
)
def test_a_flipped_bit_that_the_list_of_digests_was_made_to_fit(bundle: Path, name: str) -> None:
    """Not the list of digests must notice it, but the arithmetic and the signatures."""
    chance = Random(name)
    path = bundle / name
    before = path.read_bytes()
    for _ in range(20):
        bit = chance.randrange(len(before) * 8)
        flip(path, bit)
        seal(bundle)
        assert run_commands(bundle).returncode != 0, bit
        path.write_bytes(before)
    seal(bundle)
    assert run_commands(bundle).returncode == 0


def test_any_file_that_is_missing(bundle: Path) -> None:
    commands = read_commands(bundle)
    for path in sorted(bundle.iterdir()):
        before = path.read_bytes()
        path.unlink()
        assert run_commands(bundle, commands).returncode != 0, path.name
        if path.name not in ("SHA256SUMS", "VERIFY.md"):  # commands come from that page
            seal(bundle)
            assert run_commands(bundle, commands).returncode != 0, path.name
        path.write_bytes(before)
        seal(bundle)
    assert run_commands(bundle).returncode == 0


def test_files_of_another_bundle(bundle: Path, stamped: Stamped, tmp_path: Path) -> None:
    """Each is sound in its own place: another record, leaf, proof, checkpoint."""
    other = prove(stamped.archive, stamped.revisit, tmp_path / "other").folder
    assert run_commands(other).returncode == 0
    groups = [
        ["record.warc.gz"],
        ["leaf.json"],
        ["proof.tlog-proof"],
        ["checkpoint"],
        ["proof.tlog-proof", "checkpoint"],
        ["record.warc.gz", "leaf.json"],
        ["record.warc.gz", "leaf.json", "proof.tlog-proof", "checkpoint"],
    ]
    for names in groups:
        for name in names:
            shutil.move(bundle / name, tmp_path / name)
            shutil.copy(other / name, bundle / name)
        seal(bundle)
        assert run_commands(bundle).returncode != 0, names
        for name in names:
            shutil.move(tmp_path / name, bundle / name)
    seal(bundle)
    assert run_commands(bundle).returncode == 0


def test_another_key(bundle: Path, tmp_path: Path) -> None:
    """Of another log of the same name: neither its files alone, nor with its own signature."""
    note = parse_note((bundle / "checkpoint").read_text())
    pair = make_key_pair(parse_checkpoint(note.text).origin, "log", b"\x07" * 32)
    before = {path: path.read_bytes() for path in bundle.iterdir()}
    old = (bundle / "key.vkey").read_text().strip()
    new = format_verifier_key(pair.public)

    def run() -> int:
        seal(bundle)
        return run_commands(bundle).returncode

    (bundle / "key.vkey").write_text(f"{new}\n")
    assert run() != 0
    (bundle / "key.pem").write_bytes(format_public_pem(pair.public))
    assert run() != 0
    page = (bundle / "VERIFY.md").read_text().replace(old, new)
    (bundle / "VERIFY.md").write_text(page)
    assert run() != 0
    # With a signature of that key it is a sound proof, of somebody else's log: the page says so.
    signed = sign_note(replace(note, signatures=()), pair)
    signed = replace(signed, signatures=(*signed.signatures, *note.signatures[1:]))
    proof = (bundle / "proof.tlog-proof").read_text()
    (bundle / "checkpoint").write_text(format_note(signed))
    (bundle / "proof.tlog-proof").write_text(proof.replace(format_note(note), format_note(signed)))
    assert run() == 0
    assert old not in (bundle / "VERIFY.md").read_text()
    for path, data in before.items():
        path.write_bytes(data)
    assert run() == 0


def test_another_token(bundle: Path, stamped: Stamped) -> None:
    """For another checkpoint; by another authority; for another time."""
    path, roots = bundle / "timestamp-1.tsr", bundle / "timestamp-1.pem"
    text = parse_note((bundle / "checkpoint").read_text()).text
    for wrong in (f"{text}\n", text.replace("\n", "\r\n"), read_stored_note(stamped.archive).text):
        path.write_bytes(stamp_text(stamped.authority, wrong))
        seal(bundle)
        assert run_commands(bundle).returncode != 0
    other = make_authority(bundle.parent / "other")
    path.write_bytes(stamp_text(other, text))
    seal(bundle)
    assert run_commands(bundle).returncode != 0
    roots.write_bytes(other.root.pem)
    page = (bundle / "VERIFY.md").read_text()
    (bundle / "VERIFY.md").write_text(page.replace("-attime ", "-attime 9"))
    seal(bundle)
    assert run_commands(bundle).returncode != 0  # no certificate is valid then


def test_a_cosignature_of_another_time(bundle: Path) -> None:
    page = (bundle / "VERIFY.md").read_text()
    time = int(datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp())
    assert f" {time};" in page
    (bundle / "VERIFY.md").write_text(page.replace(f" {time};", f" {time + 1};"))
    seal(bundle)
    assert run_commands(bundle).returncode != 0


def test_the_digests_are_those_of_everything_else(bundle: Path) -> None:
    lines = (bundle / "SHA256SUMS").read_text().splitlines()
    assert lines == [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.name}"
        for path in sorted(bundle.iterdir())
        if path.name != "SHA256SUMS"
    ]


def list_imports(bundle: Path) -> set[str]:
    """The modules that the program of the bundle names; it has to be Python 3.8."""
    tree = ast.parse((bundle / "verify.py").read_text(), feature_version=(3, 8))
    plain = (node for node in ast.walk(tree) if isinstance(node, ast.Import))
    names = {alias.name for node in plain for alias in node.names}
    return names | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_program_of_the_bundle_is_old_python_without_libraries(bundle: Path) -> None:
    assert list_imports(bundle) == {
        "__future__", "base64", "hashlib", "json", "pathlib", "re", "sys", "typing", "zlib"
    }  # fmt: skip
    programs = {"sha256sum", "tail", "head", "wc", "cut", "base64", "cat", "mktemp", "openssl"}
    assert programs < set(read_commands(bundle).replace("(", " ").split())


def test_a_file_named_like_a_module_took_its_place_and_everything_held(bundle: Path) -> None:
    """Each alone is refused; and where nobody looks for it, it is not loaded."""
    stranger = "import os\nos.write(1, b'taken')\nos._exit(0)\n"
    whole = (bundle / "leaf.json").read_bytes()
    blind = re.sub(r".*ls -A.*\n", "", read_commands(bundle))
    assert run_commands(bundle, blind).returncode == 0
    for name in sorted(list_imports(bundle)):
        path = bundle / f"{name}.py"
        path.write_text(stranger)
        assert run_commands(bundle).returncode != 0, name
        path.unlink()
        (bundle / "leaf.json").write_bytes(whole + b" ")
        seal(bundle)
        path.write_text(stranger)
        done = run_commands(bundle, blind)
        assert done.returncode != 0, name
        assert b"taken" not in done.stdout
        path.unlink()
        (bundle / "leaf.json").write_bytes(whole)
        seal(bundle)


def test_a_file_that_is_not_listed_lay_in_the_folder(bundle: Path) -> None:
    assert run_commands(bundle).returncode == 0
    for name in ("base64.py", "json", ".hidden", "a b", "leaf.json\nproof.tlog-proof"):
        (bundle / name).touch()
        assert run_commands(bundle).returncode != 0, name
        (bundle / name).unlink()
    assert run_commands(bundle).returncode == 0


def test_what_is_withdrawn_has_no_proof(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")], run=READ)
    log = read_log(archive.layout.log)
    conversion = next(leaf for leaf in log.read_leaves() if leaf.kind == "conversion")
    with write_to(archive) as writing:
        withdraw_capture(writing, plan_withdrawal(writing, result.last.id), reason="x")
    for name in (result.last.id, result.last.record_id, str(conversion.sequence)):
        with pytest.raises(InputError, match="withdrawn: its bytes are gone"):
            prove(archive, name, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()
    assert not list(tmp_path.glob(".*"))
    assert prove(archive, str(log.size), tmp_path / "bundle").bundle.leaf.kind == "withdrawal"


def test_the_key_that_is_in_use_is_the_one_to_check_with(tmp_path: Path) -> None:
    require_stranger()
    archive = make_archive(tmp_path / "archive")
    authority = make_authority(tmp_path / "authority")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")])
    add_stamp(archive, authority)
    with write_to(archive) as writing:
        move = rotate_key(writing, reason="x")
    assert move.added is not None
    name = result.last.id
    old = prove(archive, name, tmp_path / "one").bundle
    assert old.key != move.added  # the new one did not sign what was stamped
    with write_to(archive) as writing:
        retire_key(writing, old.key.id.hex(), reason="x")
    bundle = prove(archive, name, tmp_path / "two").bundle
    assert bundle.retired is not None
    assert "The archive retired this key on" in (tmp_path / "two" / "VERIFY.md").read_text()
    assert prove(archive, str(move.leaf), tmp_path / "three").bundle.key == move.added
    for folder in ("one", "two", "three"):
        assert run_commands(tmp_path / folder).returncode == 0


def test_evidence_that_is_not_of_this_log_is_left_out_and_told(tmp_path: Path) -> None:
    require_stranger()
    archive = make_archive(tmp_path / "archive")
    authority = make_authority(tmp_path / "authority")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")])
    note = read_stored_note(archive)
    origin, size, root = note.text.split("\n")[:3]
    other = f"{origin}\n{size}\n{'B' if root[0] == 'A' else 'A'}{root[1:]}\n"
    add_stamp(archive, authority, replace(note, text=other))
    told: list[str] = []
    proven = prove_leaf(archive, result.last.id, tmp_path / "bundle", tell=told.append)
    (line,) = told
    assert "another root than this log" in line
    assert len(proven.bundle.tokens) == 1
    assert run_commands(tmp_path / "bundle").returncode == 0


def test_a_witness_that_signed_1970_was_taken_for_the_earliest(tmp_path: Path) -> None:
    """And told of by verify, of which the archive's own clock may be the cause."""
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")])
    stored = max(leaf.time for leaf in read_log(archive.layout.log).read_leaves())
    store_cosignature(archive, datetime(1970, 1, 1, tzinfo=UTC), b"\x01" * 32, arrived=stored)
    told: list[str] = []
    proven = prove_leaf(archive, result.last.id, tmp_path / "alone", tell=told.append)
    assert proven.bundle.witnesses == ()
    (line,) = told
    assert line.startswith("the signature of the witness witness.example/w1 is left out: it states")
    assert line.endswith("a time before what it covers was stored")
    store_cosignature(archive, stored + timedelta(hours=1), b"\x02" * 32, arrived=stored)
    store_cosignature(archive, stored - timedelta(hours=23), b"\x03" * 32, arrived=stored)
    proven = prove_leaf(archive, result.last.id, tmp_path / "bundle", tell=told.append)
    assert proven.bundle.witnesses == (make_witness(b"\x03" * 32).public,)
    (finding,) = list_findings(archive)
    assert finding.severity == "undecidable"
    assert "states a time before what it covers was stored" in finding.what


@pytest.mark.parametrize(("days", "order"), [(400, "after"), (-2, "before"), (-10_000, "before")])
def test_evidence_of_another_day_than_it_came_was_taken(
    tmp_path: Path, days: int, order: str
) -> None:
    """A witness whose clock, or whose word, is wrong by years; a day is allowed."""
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")], world=make_world_at(START))
    arrived = START + timedelta(days=30)
    store_cosignature(archive, arrived + timedelta(days=days), b"\x01" * 32, arrived=arrived)
    told: list[str] = []
    proven = prove_leaf(archive, result.last.id, tmp_path / "alone", tell=told.append)
    assert proven.bundle.witnesses == ()
    (line,) = told
    (finding,) = list_findings(archive)
    assert finding.severity == "undecidable"
    if days > -1000:
        assert f"a time more than a day {order} it came" in line
        assert f"a time more than a day {order} it came" in finding.what
    store_cosignature(archive, arrived - timedelta(hours=23), b"\x02" * 32, arrived=arrived)
    proven = prove_leaf(archive, result.last.id, tmp_path / "bundle", tell=told.append)
    assert proven.bundle.witnesses == (make_witness(b"\x02" * 32).public,)


def test_a_time_stamp_from_before_the_capture_was_taken_for_the_earliest(tmp_path: Path) -> None:
    require_stranger()
    archive = make_archive(tmp_path / "archive")
    authority = make_authority(tmp_path / "authority")
    later = make_world(clock=make_clock(datetime.now(UTC) + timedelta(days=30)))
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")], world=later)
    add_stamp(archive, authority)
    told: list[str] = []
    proven = prove_leaf(archive, result.last.id, tmp_path / "bundle", tell=told.append)
    assert proven.bundle.tokens == ()
    assert len(told) == 1
    assert "states a time before what it covers was stored" in told[0]
    assert "states a time before" in "".join(item.what for item in list_findings(archive))


def test_the_earliest_time_stamp_is_chosen_then_a_witness_then_the_newest() -> None:
    newest, first, second = (Note(text=f"{name}\n") for name in ("newest", "first", "second"))
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def stamp(note: Note, hours: int) -> Stamp:
        act = Timestamping(
            authority="a", note="", response="r", stated=noon + timedelta(hours=hours), ends=None,
            roots=(), judge="j",
        )  # fmt: skip
        return Stamp(act=act, note=note, arrived=noon)

    stamps = [stamp(second, 2), stamp(first, 1), stamp(second, 0)]
    chosen = choose_evidence(newest, stamps, [])
    assert chosen.note is second
    assert [item.act.stated.hour for item in chosen.stamps] == [12, 14]
    assert choose_evidence(newest, [], []).note is newest
    assert choose_evidence(newest, stamps[1:2], []).note is first


def test_the_verbs(stamped: Stamped, tmp_path: Path) -> None:
    root = stamped.archive.layout.root
    folder = tmp_path / "out"
    done = run_archive(["log", "prove", stamped.name, "-o", str(folder), "--json"], root=root)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["folder"] == str(folder)
    assert said["held_by"] is not None
    assert len(said["timestamps"]) == len(said["witnesses"]) == 1
    again = run_archive(["log", "prove", stamped.name, "-o", str(folder)], root=root)
    assert again.returncode == 2
    assert "there already" in again.stderr
    (tmp_path / "empty").mkdir()
    done = run_archive(["log", "prove", stamped.name, "-o", str(tmp_path / "empty")], root=root)
    assert done.returncode == 0, done.stderr
    assert "that the publisher served them to others is not proved" in done.stdout
    nowhere = run_archive(["log", "prove", "0", "-o", str(tmp_path / "no" / "where")], root=root)
    assert nowhere.returncode == 2
    shown = run_archive(["show", stamped.name], root=root)
    assert f"(archive log prove {stamped.name})" in shown.stdout
    assert list_findings(stamped.archive) == []


def test_an_annotation_is_proved_by_its_record_id(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(archive, [server.url("/a")])
    with write_to(archive) as writing:
        row = annotate_capture(writing, result.last.id, "a note")
    proven = prove(archive, row.record_id, tmp_path / "bundle")
    assert proven.bundle.leaf.kind == "annotation"


def test_nothing_said_by_which_key_a_witness_or_authority_is_known(
    bundle: Path, stamped: Stamped
) -> None:
    page = " ".join((bundle / "VERIFY.md").read_text().split())
    assert "Compare each with what that witness or authority publishes" in page
    assert (bundle / "witness-1.vkey").read_text().strip() in page.partition("## The files")[0]
    der = ssl.PEM_cert_to_DER_cert(stamped.authority.root.pem.decode())
    assert f"fingerprint `{sha256(der).hexdigest()}`" in page
    for more in (b"", stamped.authority.root.pem):  # another root, or one more
        path = bundle / "timestamp-1.pem"
        before = path.read_bytes()
        path.write_bytes(more + make_authority(bundle.parent / f"other{len(more)}").root.pem)
        seal(bundle)
        done = run_commands(bundle)
        assert done.returncode != 0
        assert b"Verification: OK" not in done.stdout
        path.write_bytes(before)
