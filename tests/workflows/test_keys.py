"""The life of a key: every step can be stopped, every state between is sound, repeating ends it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.core.event import KeyChange, parse_event
from archive.core.key import PublicKey, check_note, format_verifier_key
from archive.core.note import Note
from archive.errors import DamageError, InputError
from archive.store.disk import Disk
from archive.store.keys import name_key, read_public_keys, write_key_pair
from archive.store.log import read_log, read_note
from archive.store.memory import SEEN
from archive.store.read import read_group
from archive.store.signer import Succession
from archive.workflows.annotate import annotate_capture
from archive.workflows.key_ring import find_key, read_key_ring
from archive.workflows.key_trial import check_keys
from archive.workflows.keys import KeyMove, make_first_key, retire_key, rotate_key
from archive.workflows.opening import Archive, World, find_key_folder, open_for_writing
from archive.workflows.rebuild import rebuild_index, rederive_records
from archive.workflows.records import Identity
from tests.support.archives import (
    capture_all,
    list_findings,
    make_archive,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import START, make_clock
from tests.support.faults import Crash, CrashingDisk, QuickDisk
from tests.support.raw_server import answer_page, serve_raw


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of one capture."""
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": answer_page(b"<p>The bridge is open again.</p>")}) as server:
        capture_all(archive, [server.url("/a")])
    return archive


def new_world(disk: Disk | None = None) -> World:
    return make_world(disk=disk or QuickDisk(), seed=os.urandom(8).hex())


def rotate(
    archive: Archive, succession: Succession | None = None, disk: Disk | None = None
) -> KeyMove:
    with open_for_writing(
        archive, new_world(disk), options="test", succession=succession
    ) as writing:
        return rotate_key(writing, reason="a year has passed")


def retire(archive: Archive, key: PublicKey, disk: Disk | None = None) -> KeyMove:
    with open_for_writing(archive, new_world(disk), options="test") as writing:
        return retire_key(writing, key.id.hex(), reason="ninety days have passed")


def list_keys(archive: Archive) -> tuple[PublicKey, ...]:
    return read_public_keys(archive.layout.keys, "log")


def find_folder(archive: Archive) -> Path:
    log = read_log(archive.layout.log)
    return find_key_folder(archive, make_world().key_folder, log.origin)


def read_stored_note(archive: Archive) -> Note:
    note = read_note(archive.layout.log)
    assert note is not None
    return note


def list_signers(archive: Archive) -> set[PublicKey]:
    """Whose signatures hold under the checkpoint; none may be bad or by a stranger."""
    note = read_stored_note(archive)
    signed = check_note(note, list_keys(archive))
    assert not signed.bad
    assert len(signed.good) == len(note.signatures)
    return set(signed.good)


def read_announced(archive: Archive) -> tuple[set[str], set[str]]:
    """What the log itself says of keys, read without the index."""
    added: set[str] = set()
    retired: set[str] = set()
    for leaf in read_log(archive.layout.log).read_leaves():
        if leaf.kind == "key-change":
            act = parse_event(read_group(archive.layout, leaf)[-1].block).act
            assert isinstance(act, KeyChange)
            added |= set(act.added)
            retired |= set(act.retired)
    return added, retired


def assert_sound(archive: Archive, first: PublicKey, *, stopped: bool = False) -> None:
    """No findings; every signer announced or the first; one at least that is not retired.

    Where a writer was ``stopped``, the next one has something to catch up with: no damage, but
    that a log which was restored is older than what was signed.
    """
    found = list_findings(archive, level="stored")
    if stopped:
        found = [item for item in found if "was rolled back" not in item.what]
    assert [item for item in found if item.severity == "damage" or not stopped] == []
    added, retired = read_announced(archive)
    signers = {format_verifier_key(key) for key in list_signers(archive)}
    assert signers <= added | {format_verifier_key(first)}
    assert signers - retired


def test_a_new_key_signs_beside_the_old_until_that_is_retired(archive: Archive) -> None:
    (first,) = list_keys(archive)
    move = rotate(archive)
    assert move.added is not None
    assert list_signers(archive) == {first, move.added}
    assert_sound(archive, first)
    assert read_announced(archive) == ({format_verifier_key(move.added)}, set())
    gone = retire(archive, first)
    assert gone.retired == (first,)
    assert list_signers(archive) == {move.added}
    assert_sound(archive, first)
    folder = find_folder(archive)
    assert (folder / f"{name_key(first)}.pem.retired").exists()
    assert not (folder / f"{name_key(first)}.pem").exists()
    with pytest.raises(InputError, match="retired already"):
        retire(archive, first)
    with pytest.raises(InputError, match="last key"):
        retire(archive, move.added)


def test_the_event_is_signed_by_the_old_key_alone(archive: Archive) -> None:
    (first,) = list_keys(archive)
    seen: list[set[PublicKey]] = []

    class WatchingDisk(QuickDisk):
        def rename(self, path: Path, target: Path) -> None:
            super().rename(path, target)
            if target.name == "checkpoint":
                seen.append(list_signers(archive))

    move = rotate(archive, disk=WatchingDisk())
    assert move.added is not None
    assert seen == [{first}, {first, move.added}]


def test_retiring_leaves_a_key_to_sign_with(archive: Archive) -> None:
    (first,) = list_keys(archive)
    move = rotate(archive)
    assert move.added is not None
    (find_folder(archive) / f"{name_key(first)}.pem").unlink()
    with pytest.raises(InputError, match="none could sign"):
        retire(archive, move.added)
    assert retire(archive, first).retired == (first,)


@pytest.mark.parametrize("operation", ["rotate", "retire", "lost", "restored"])
def test_a_change_of_keys_that_is_stopped_anywhere(tmp_path: Path, operation: str) -> None:
    base = make_archive(tmp_path / "base")
    with serve_raw({"/a": answer_page(b"<p>The bridge is open again.</p>")}) as server:
        capture_all(base, [server.url("/a")])
        if operation == "retire":
            rotate(base)
        if operation == "restored":
            shutil.copytree(base.layout.root, tmp_path / "older")
            capture_all(base, [server.url("/a")])
            shutil.rmtree(base.layout.root)
            shutil.copytree(tmp_path / "older", base.layout.root)
    first = next(key for key in list_keys(base) if is_first(base, key))
    if operation == "lost":
        (find_folder(base) / f"{name_key(first)}.pem").unlink()
    stopped_at_the_end = 0
    for last in range(1, 400):
        archive = make_archive(tmp_path / f"{operation}-{last}")
        copy_archive(base, archive)
        act = choose_act(operation, archive, first)
        try:
            act(CrashingDisk(last))
        except Crash:
            pass
        else:
            break
        assert_sound(archive, first, stopped=True)
        with suppress(InputError):  # where all was done but to say so, there is nothing left to do
            act(QuickDisk())
        assert_sound(archive, first)
        added, retired = read_announced(archive)
        if operation == "rotate" and len(added) == 2:
            stopped_at_the_end = last  # all was done but to say so, and so it was done once more
            continue
        assert len(added) == 1, last
        assert len(list_keys(archive)) == 2, last
        assert retired == (set() if operation == "rotate" else {format_verifier_key(first)})
        signers = list_signers(archive)
        assert (first in signers) == (operation == "rotate")
        assert not list(find_folder(archive).glob("*.new"))
        with serve_raw({"/b": answer_page(b"<p>And closed.</p>")}) as server:
            capture_all(archive, [server.url("/b")], world=new_world())
        assert list_signers(archive) == signers
        shutil.rmtree(archive.layout.root)
    else:
        pytest.fail("it never came to its end")
    assert last > 20
    assert stopped_at_the_end in (0, last - 1)


def is_first(archive: Archive, key: PublicKey) -> bool:
    return format_verifier_key(key) not in read_announced(archive)[0]


def copy_archive(base: Archive, archive: Archive) -> None:
    settings = archive.layout.settings.read_text()
    shutil.rmtree(archive.layout.root)
    shutil.copytree(base.layout.root, archive.layout.root)
    archive.layout.settings.write_text(settings)
    shutil.copytree(find_folder(base), find_folder(archive))


def choose_act(operation: str, archive: Archive, first: PublicKey) -> Callable[[Disk], KeyMove]:
    if operation == "retire":
        return lambda disk: retire(archive, first, disk)
    succession: Succession | None = (
        None if operation == "rotate" else "lost" if operation == "lost" else "restored"
    )
    return lambda disk: rotate(archive, succession, disk)


def test_a_lost_key_is_replaced_and_retired_at_once(archive: Archive) -> None:
    (first,) = list_keys(archive)
    (find_folder(archive) / f"{name_key(first)}.pem").unlink()
    with pytest.raises(InputError, match="private key of this archive is not in") as caught:
        rotate(archive)
    assert "archive key rotate --lost" in caught.value.remedy
    move = rotate(archive, "lost")
    assert move.added is not None
    assert move.retired == (first,)
    assert list_signers(archive) == {move.added}
    assert_sound(archive, first)


def test_no_key_is_given_up_that_is_at_hand(archive: Archive) -> None:
    before = read_stored_note(archive)
    with pytest.raises(InputError, match="no key is lost"):
        rotate(archive, "lost")
    with pytest.raises(InputError, match="not older"):
        rotate(archive, "restored")
    assert read_stored_note(archive) == before
    assert not list(find_folder(archive).glob("*.new"))


def test_a_restored_archive_signs_with_a_new_key_and_says_what_is_lost(
    archive: Archive, tmp_path: Path
) -> None:
    (first,) = list_keys(archive)
    shutil.copytree(archive.layout.root, tmp_path / "older")
    with write_to(archive) as writing:
        for text in ("one", "two", "three"):
            name = find_any(archive)
            annotate_capture(writing, name, text)
    shutil.rmtree(archive.layout.root)
    shutil.copytree(tmp_path / "older", archive.layout.root)
    seen = (find_folder(archive) / SEEN).read_bytes()
    with pytest.raises(DamageError, match="rolled back"):
        rotate(archive)
    with pytest.raises(DamageError, match="rolled back"):
        rotate(archive, "lost") if unlink_key(archive, first) else None
    assert (find_folder(archive) / SEEN).read_bytes() == seen
    move = rotate(archive, "restored")
    assert move.retired == (first,)
    assert_sound(archive, first)
    event = next(
        leaf for leaf in read_log(archive.layout.log).read_leaves() if leaf.kind == "key-change"
    )
    act = parse_event(read_group(archive.layout, event)[-1].block).act
    assert isinstance(act, KeyChange)
    assert act.reason.startswith("a year has passed (")
    assert "3 leaves, and what they name" in act.reason
    with write_to(archive) as writing:
        annotate_capture(writing, find_any(archive), "goes on")
    assert_sound(archive, first)


def test_nothing_follows_a_key_that_never_was(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive")
    with pytest.raises(InputError, match="no key yet"):
        rotate(archive, "lost")
    assert not find_private_files(tmp_path)


def find_private_files(folder: Path) -> list[Path]:
    return list(folder.rglob("*.pem*"))


def unlink_key(archive: Archive, key: PublicKey) -> bool:
    (find_folder(archive) / f"{name_key(key)}.pem").unlink()
    return True


def find_any(archive: Archive) -> str:
    leaf = read_log(archive.layout.log).read_leaf(0)
    return next(placed.record_id for placed in leaf.records if placed.kind == "response")


def test_what_is_shown_of_keys(archive: Archive) -> None:
    (first,) = list_keys(archive)
    (state,) = read_key_ring(archive, make_world()).keys
    assert state.is_first
    assert state.since is None
    assert state.private is not None
    assert not state.advice
    later = replace(make_world(), clock=make_clock(START + timedelta(days=400)))
    (state,) = read_key_ring(archive, later).keys
    assert "key rotate" in state.advice
    with open_for_writing(archive, replace(later, identity=new_identity()), options="x") as writing:
        move = rotate_key(writing, reason="x")
    states = {state.key: state for state in read_key_ring(archive, later).keys}
    assert not any(state.advice for state in states.values())
    assert move.added is not None
    assert states[move.added].since is not None
    much_later = replace(make_world(), clock=make_clock(START + timedelta(days=491)))
    states = {state.key: state for state in read_key_ring(archive, much_later).keys}
    assert first.id.hex() in states[first].advice
    assert not states[move.added].advice
    shutil.rmtree(find_folder(archive))
    states = {state.key: state for state in read_key_ring(archive, much_later).keys}
    assert all(state.private is None for state in states.values())


def new_identity() -> Identity:
    return new_world().identity


def test_keys_are_found_by_the_start_of_their_id(archive: Archive) -> None:
    (first,) = keys = list_keys(archive)
    assert find_key(keys, first.id.hex()[:3]) == first
    assert find_key(keys, name_key(first)) == first
    for name in ("", "xyz"):
        with pytest.raises(InputError, match=r"no key|more than one"):
            find_key([*keys, *keys], name)


def test_testing_keys(archive: Archive) -> None:
    (first,) = list_keys(archive)
    folder = find_folder(archive)
    path = folder / f"{name_key(first)}.pem"

    def test() -> tuple[str, ...]:
        (found,) = check_keys(archive, make_world())
        return found.problems

    assert test() == ()
    path.chmod(0o640)
    assert "others may read" in test()[0]
    path.chmod(0o600)
    folder.chmod(0o777)
    assert "others may change" in test()[0]
    folder.chmod(0o700)
    good = path.read_bytes()
    path.write_bytes(good[:-40])
    assert "no private key" in test()[0]
    other = make_archive(archive.layout.root.parent / "other")
    make_first_key(other, new_world())
    (stranger,) = find_folder(other).glob("*.pem")
    path.write_bytes(stranger.read_bytes())
    assert "is not the private key" in test()[0]
    path.unlink()
    assert "not at hand" in test()[0]


def test_a_first_key_with_a_passphrase(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive")
    world = replace(new_world(), passphrase=b"correct horse")
    key = make_first_key(archive, world)
    assert list_signers(archive) == {key}
    (path,) = find_folder(archive).glob("*.pem")
    assert b"ENCRYPTED" in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="has a key already"):
        make_first_key(archive, world)
    with pytest.raises(InputError, match="needs a passphrase"):
        rotate(archive)
    with open_for_writing(archive, world, options="test") as writing:
        rotate_key(writing, reason="x")
    assert len(list_signers(archive)) == 2
    assert [item.problems for item in check_keys(archive, world)] == [(), ()]


def test_a_key_that_waits_is_taken_for_the_announcement(archive: Archive) -> None:
    (first,) = list_keys(archive)
    with write_to(archive) as writing:
        pair = writing.signer.make_pair(writing.origin, suffix=".new")
    write_key_pair(find_folder(archive), Disk(), pair, suffix=".new")
    assert rotate(archive).added == pair.public
    assert_sound(archive, first)


def test_the_verbs(archive: Archive) -> None:
    root = archive.layout.root
    (first,) = list_keys(archive)
    shown = run_archive(["key", "show"], root=root)
    assert f"since       with the log\n  private     {find_folder(archive)}" in shown.stdout
    done = run_archive(["key", "new"], root=root)
    assert done.returncode == 2
    assert "key rotate" in done.stderr
    assert run_archive(["key", "rotate"], root=root).returncode == 2
    done = run_archive(["key", "rotate", "--reason", "  "], root=root)
    assert done.returncode == 2
    move = json.loads(
        run_archive(["key", "rotate", "--reason", "x", "--by", "B.", "--json"], root=root).stdout
    )
    assert not move["finished"]
    ring = json.loads(run_archive(["key", "show", "--json"], root=root).stdout)
    assert {key["id"] for key in ring["keys"]} == {first.id.hex(), move["added"]["id"]}
    pem = run_archive(["key", "show", move["added"]["id"], "--pem"], root=root)
    assert pem.stdout == move["added"]["pem"]
    done = run_archive(["key", "test"], root=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the signature holds") == 2
    done = run_archive(["key", "retire", first.id.hex(), "--reason", "x"], root=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"retired: {format_verifier_key(first)}")
    shutil.rmtree(find_folder(archive))
    assert run_archive(["key", "show"], root=root).returncode == 0
    done = run_archive(["key", "test", "--json"], root=root)
    assert done.returncode == 1
    assert not json.loads(done.stdout)["ok"]
    assert list_findings(archive) == []


def test_after_a_lost_log_the_keys_of_the_old_one_were_listed(archive: Archive) -> None:
    """With advice to rotate or retire keys that this log never had."""
    (old,) = list_keys(archive)
    shutil.rmtree(archive.layout.log)
    rederive_records(archive, new_world())
    rebuild_index(archive, new_world())
    ring = read_key_ring(archive, make_world())
    (state,) = ring.keys
    assert state.key != old
    assert state.is_first
    assert not state.advice
    assert old in list_keys(archive)  # its file stays: what it signed goes on to hold
    (test,) = check_keys(archive, make_world())
    assert test.key == state.key
    assert test.problems == ()
    move = rotate(archive)
    assert move.added is not None
    gone = retire(archive, state.key)
    assert gone.retired == (state.key,)
    with pytest.raises(InputError, match="no key goes by"):
        retire(archive, old)
    assert list_findings(archive) == []


def test_a_mistyped_passphrase_of_a_new_key_was_asked_for_once(archive: Archive) -> None:
    """Where the old key is gone nothing tells that the passphrase is another than was meant."""
    shutil.rmtree(find_folder(archive))
    root = archive.layout.root
    command = [sys.executable, "-m", "archive", "key", "rotate", "--lost", "--passphrase"]

    def answer(lines: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, "--reason", "the disk died", "--archive", str(root)],
            input=lines,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            start_new_session=True,  # without a terminal it reads what is given here
        )

    assert answer("correct horse\ncorect horse\n").returncode != 0
    assert not list(find_folder(archive).glob("*.pem*"))
    assert answer("correct horse\ncorrect horse\n").returncode == 0
    (path,) = find_folder(archive).glob("*.pem")
    assert b"ENCRYPTED" in path.read_bytes()
