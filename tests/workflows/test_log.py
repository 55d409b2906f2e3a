"""The log as it is shown, and compared with what others kept."""

import json
from pathlib import Path

import pytest

from archive.core.checkpoint import Checkpoint, format_checkpoint, hash_leaf, parse_checkpoint
from archive.core.key import make_key_pair, sign_note
from archive.core.leaf import KINDS
from archive.core.note import Note, format_note, parse_note
from archive.core.proof import check_consistency, format_hash, parse_hash, read_root
from archive.errors import InputError
from archive.store.log import CaptureLog, read_log
from archive.workflows.annotate import annotate_capture
from archive.workflows.keys import retire_key, rotate_key
from archive.workflows.log import (
    compare_checkpoints,
    count_kinds,
    find_sequence,
    read_leaf_card,
    read_log_card,
)
from archive.workflows.opening import Archive
from tests.support.archives import capture_all, make_archive, run_archive, write_to
from tests.support.raw_server import answer_page, serve_raw


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of several leaves."""
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": answer_page(b"<p>The bridge is open again.</p>")}) as server:
        for _ in range(3):
            capture_all(archive, [server.url("/a")])
    return archive


def open_log(archive: Archive) -> CaptureLog:
    return read_log(archive.layout.log)


def keep(archive: Archive, path: Path, text: str | None = None) -> str:
    """Keep a checkpoint as somebody outside would; return the file's name."""
    path.write_text(text or (archive.layout.log / "checkpoint").read_text())
    return str(path)


def test_the_log_as_a_whole(archive: Archive) -> None:
    log = open_log(archive)
    card = read_log_card(archive)
    assert (card["origin"], card["size"], card["root"]) == (
        log.origin, log.size, format_hash(log.root),
    )  # fmt: skip
    assert card["types"]["capture"] == log.size
    assert card["last"]["sequence"] == log.size - 1
    assert [item["state"] for item in card["signatures"]] == ["holds"]
    with write_to(archive) as writing:
        first = rotate_key(writing, reason="x").leaf
        retire_key(writing, card["signatures"][0]["id"], reason="x")
    card = read_log_card(archive)
    assert card["types"] == {"capture": first, "key-change": 2}
    assert len(card["signatures"]) == 1


def test_a_signature_that_does_not_hold_is_told(archive: Archive) -> None:
    path = archive.layout.log / "checkpoint"
    note = parse_note(path.read_text())
    stranger = make_key_pair("stranger.example", "log", bytes(32))
    signed = sign_note(note, stranger)
    broken = Note(text=note.text, signatures=(*signed.signatures,))
    path.write_text(format_note(broken))
    states = [item["state"] for item in read_log_card(archive)["signatures"]]
    assert states == ["holds", "unknown"]
    line = format_note(note).splitlines()[-1]
    flipped = line[:-10] + ("A" if line[-10] != "A" else "B") + line[-9:]
    path.write_text(format_note(note).replace(line, flipped))
    assert [item["state"] for item in read_log_card(archive)["signatures"]] == ["broken"]


def test_types_are_counted_without_reading_leaves_whole() -> None:
    entries = [f'{{"x":"y","type":"{kind}","warc":"a.warc.gz"}}'.encode() for kind in KINDS]
    assert count_kinds([*entries, entries[0]]) == {kind: 1 + (kind == KINDS[0]) for kind in KINDS}


def test_one_leaf(archive: Archive) -> None:
    log = open_log(archive)
    for sequence, entry in enumerate(log.read_entries()):
        card = read_leaf_card(archive, str(sequence))
        assert parse_hash(card["hash"]) == hash_leaf(entry)
        assert card["leaf"] == json.loads(entry)
    leaf = log.read_leaf(log.size - 1)
    principal = next(item for item in leaf.records if item.kind in ("response", "revisit"))
    assert find_sequence(archive, log, principal.record_id) == leaf.sequence
    with write_to(archive) as writing:
        note = annotate_capture(writing, principal.record_id, "a note")
    assert find_sequence(archive, open_log(archive), note.record_id) == leaf.sequence + 1
    for name in ("99", "http://nowhere.example/", "urn:uuid:00000000-0000-4000-8000-000000000000"):
        with pytest.raises(InputError):
            read_leaf_card(archive, name)


def test_every_earlier_size_is_the_start_of_every_later_one(archive: Archive) -> None:
    log = open_log(archive)
    for old in range(log.size + 1):
        for new in range(old, log.size + 1):
            found = compare_checkpoints(archive, str(old), str(new))
            assert found.problem is None
            roots = [read_root(log.read_node, size) for size in (old, new)]
            assert check_consistency(old, roots[0], new, roots[1], found.hashes)
    for old_text, new_text in (("3", "2"), ("1", "99"), ("99", None)):
        with pytest.raises(InputError):
            compare_checkpoints(archive, old_text, new_text)


def test_a_checkpoint_that_somebody_kept(archive: Archive, tmp_path: Path) -> None:
    kept = keep(archive, tmp_path / "kept")
    size = open_log(archive).size
    with serve_raw({"/b": answer_page(b"<p>And closed.</p>")}) as server:
        capture_all(archive, [server.url("/b")])
    found = compare_checkpoints(archive, kept, None)
    assert found.problem is None
    assert found.old.checkpoint.size == size
    assert len(found.old.signers) == 1
    assert found.new.checkpoint == open_log(archive).checkpoint
    bare = keep(archive, tmp_path / "bare", format_checkpoint(found.old.checkpoint))
    assert compare_checkpoints(archive, bare, kept).problem is None
    assert compare_checkpoints(archive, bare, None).old.signers == ()


def test_a_checkpoint_that_is_not_the_start_of_the_log(archive: Archive, tmp_path: Path) -> None:
    log = open_log(archive)
    real = parse_checkpoint(parse_note((log.folder / "checkpoint").read_text()).text)
    wrong = {
        "another root": Checkpoint(origin=real.origin, size=2, root=bytes(32)),
        "rolled back": Checkpoint(origin=real.origin, size=real.size + 5, root=real.root),
        "of the log 'other'": Checkpoint(origin="other", size=real.size, root=real.root),
    }
    for words, checkpoint in wrong.items():
        kept = keep(archive, tmp_path / "kept", format_checkpoint(checkpoint))
        found = compare_checkpoints(archive, kept, None)
        assert found.problem is not None
        assert words in found.problem
        done = run_archive(["log", "consistency", kept], root=archive.layout.root)
        assert done.returncode == 1
        assert "does not hold" in done.stdout
    for text in ("no checkpoint", "a\nb\nc\n"):
        with pytest.raises(InputError):
            compare_checkpoints(archive, keep(archive, tmp_path / "kept", text), None)
    with pytest.raises(InputError, match="cannot be read"):
        compare_checkpoints(archive, str(tmp_path / "missing"), None)


def test_the_verbs(archive: Archive) -> None:
    root = archive.layout.root
    log = open_log(archive)
    shown = run_archive(["log", "show"], root=root)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"{log.origin}\n  size        {log.size}\n")
    leaf = run_archive(["log", "show", "0"], root=root)
    assert leaf.stdout.startswith("leaf 0, hash ")
    assert json.loads(leaf.stdout.partition("\n")[2])["sequence"] == 0
    done = run_archive(["log", "consistency", "1", "3"], root=root)
    assert done.returncode == 0, done.stderr
    *hashes, verdict = done.stdout.splitlines()
    assert verdict == "holds: the tree of 1 is the start of the tree of 3"
    roots = [read_root(log.read_node, size) for size in (1, 3)]
    assert check_consistency(1, roots[0], 3, roots[1], list(map(parse_hash, hashes)))
    said = json.loads(run_archive(["log", "consistency", "1", "--json"], root=root).stdout)
    assert said["holds"]
    assert said["new"]["size"] == log.size
