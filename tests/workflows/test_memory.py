"""What this machine remembers of having signed: no setting leads away from it, no kill loses it."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from archive.core.finding import Finding
from archive.errors import DamageError, InputError
from archive.store.disk import Change
from archive.store.log import read_log
from archive.store.memory import PENDING, PLACE, SEEN, read_remembered
from archive.workflows.annotate import annotate_capture
from archive.workflows.keys import confirm_place, make_first_key
from archive.workflows.opening import Archive, OpenArchive, World, find_home, find_key_folder
from archive.workflows.verify import verify_archive
from tests.support.archives import capture_all, make_archive, make_world, write_to
from tests.support.faults import Crash, QuickDisk
from tests.support.raw_server import answer_page, serve_raw

PAGE = answer_page(b"<p>The bridge is open again.</p>")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of all keys in this user's configuration."""
    return tmp_path / "home" / "keys"


@pytest.fixture
def archive(tmp_path: Path, home: Path) -> Archive:
    """An archive of one capture, whose keys lie elsewhere than in the configuration."""
    archive = make_archive(tmp_path / "archive")
    with serve_raw({"/a": PAGE}) as server:
        capture_all(archive, [server.url("/a")], world=new_world(home))
    return archive


def new_world(home: Path, disk: QuickDisk | None = None) -> World:
    return make_world(seed=os.urandom(8).hex(), key_folder=home, disk=disk)


def add_leaf(archive: Archive, home: Path, disk: QuickDisk | None = None) -> None:
    with write_to(archive, new_world(home, disk)) as writing:
        annotate_capture(writing, find_capture(archive), "A note.")


def add_notes(writing: OpenArchive, count: int) -> None:
    """Add so many leaves, each in a batch of its own."""
    for number in range(count):
        annotate_capture(writing, find_capture(writing), f"Note {number}.")


def find_capture(archive: Archive | OpenArchive) -> str:
    leaf = read_log(archive.layout.log).read_leaf(1)
    return next(placed.record_id for placed in leaf.records if placed.kind == "response")


def find_keys(archive: Archive) -> Path:
    return find_key_folder(archive, Path(), read_log(archive.layout.log).origin)


def find_own_home(archive: Archive, home: Path) -> Path:
    return find_home(home, read_log(archive.layout.log).origin)


def point_elsewhere(archive: Archive, folder: str) -> Archive:
    """Change ``key_path``, as whoever can write to the archive's folder can."""
    return replace(archive, settings=replace(archive.settings, key_path=folder))


def list_damage(archive: Archive, home: Path | None) -> list[Finding]:
    found = verify_archive(archive, level="quick", key_folder=home)
    return [item for item in found if item.severity != "note"]


def take_copy(folder: Path, name: str) -> Path:
    return shutil.copytree(folder, folder.with_name(name))


def test_a_changed_key_path_hid_what_was_signed(archive: Archive, home: Path) -> None:
    older = take_copy(archive.layout.root, "older")
    add_leaf(archive, home)
    shutil.rmtree(archive.layout.root)
    older.rename(archive.layout.root)
    changed = point_elsewhere(archive, "../empty")
    found = list_damage(changed, home)
    assert [item.file for item in found] == ["archive.toml", "metadata/log/checkpoint"]
    assert "archive key move" in found[0].remedy
    assert "rolled back: it has 2 leaves, but 3 were signed" in found[1].what
    for attempt in (add_leaf, lambda one, at: confirm_place(one, new_world(at))):
        with pytest.raises((InputError, DamageError), match=r"were in|rolled back"):
            attempt(changed, home)


def test_a_copied_memory_beside_the_keys_did_not_hide_it_either(
    archive: Archive, home: Path
) -> None:
    older, keys = take_copy(archive.layout.root, "older"), find_keys(archive)
    take_copy(keys.parent, "older-keys")
    add_leaf(archive, home)
    shutil.rmtree(archive.layout.root)
    older.rename(archive.layout.root)
    changed = point_elsewhere(archive, "../older-keys")
    with pytest.raises(DamageError, match="rolled back"):
        confirm_place(changed, new_world(home))
    (path,) = {item.path for item in read_remembered([find_own_home(archive, home)])}
    path.write_text("noise")  # nor does one that cannot be read
    assert any("rolled back" in item.what for item in list_damage(changed, home))


def test_keys_that_were_moved_on_purpose_sign_once_that_is_confirmed(
    archive: Archive, home: Path
) -> None:
    old = find_keys(archive)
    old.parent.rename(old.parent.with_name("moved-keys"))
    changed = point_elsewhere(archive, "../moved-keys")
    with pytest.raises(InputError, match="now says") as refused:
        add_leaf(changed, home)
    assert "archive key move" in refused.value.remedy
    with pytest.raises(InputError, match="is not in"):  # a folder without the key
        confirm_place(point_elsewhere(archive, "../nowhere"), new_world(home))
    place = confirm_place(changed, new_world(home))
    assert (place.old, place.new) == (old, find_keys(changed))
    assert list_damage(changed, home) == []
    add_leaf(changed, home)


def test_an_archive_that_is_moved_with_its_keys_needs_no_word(archive: Archive, home: Path) -> None:
    """The setting is what it was, and leads to a folder beside the archive."""
    root = archive.layout.root
    moved = root.parent / "moved"
    moved.mkdir()
    for folder in (root, find_keys(archive).parent):
        folder.rename(moved / folder.name)
    archive = make_archive(moved / root.name)
    assert list_damage(archive, home) == []
    add_leaf(archive, home)
    assert list_damage(archive, home) == []


def test_a_key_path_inside_the_archive_was_passed_over(archive: Archive, home: Path) -> None:
    changed = point_elsewhere(archive, "metadata")
    for folder in (home, home.with_name("of another user")):
        (found,) = list_damage(changed, folder)
        assert "private keys would lie inside the archive" in found.what
        assert found.severity == "undecidable"
        assert "key_path" in found.remedy


def test_two_copies_with_one_key_forked_the_log(archive: Archive, home: Path) -> None:
    second = make_archive(archive.layout.root.with_name("second"))
    shutil.copytree(archive.layout.root, second.layout.root, dirs_exist_ok=True)
    second = point_elsewhere(second, archive.settings.key_path)
    add_leaf(archive, home)
    words = f"signed last for {archive.layout.root}, of which this is another copy"
    with pytest.raises(DamageError, match="rolled back") as refused:
        add_leaf(second, home)
    assert words in str(refused.value)
    assert any(words in item.what for item in list_damage(second, home))
    shutil.rmtree(find_keys(archive).parent)
    with pytest.raises(DamageError, match="rolled back"):  # the keys are gone, home knows it
        add_leaf(second, home)


class KilledDisk(QuickDisk):
    """Stops before the ``last``-th change: a kill tears no write of a few hundred bytes."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.left = last

    def announce(self, _change: Change) -> None:
        self.left -= 1
        if self.left <= 0:
            raise Crash


def test_a_kill_left_the_memory_behind_the_log(
    archive: Archive, home: Path, tmp_path: Path
) -> None:
    """Stopped at any change, what is remembered was signed, and lacks one batch at most."""
    begun = read_log(archive.layout.log).size
    folders = (archive.layout.root, find_keys(archive).parent, home)
    for folder in folders:
        shutil.copytree(folder, tmp_path / "kept" / folder.name)
    behind: set[int] = set()
    finished = False
    for last in range(1, 200):
        for folder in folders:
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / "kept" / folder.name, folder)
        try:
            with write_to(archive, new_world(home, KilledDisk(last))) as writing:
                add_notes(writing, 3)
        except Crash:
            pass
        else:
            finished = True
        log = read_log(archive.layout.log)
        for place in (find_own_home(archive, home), find_keys(archive)):
            (remembered,) = read_remembered([place])
            assert log.find_divergence(remembered.checkpoint) is None
            behind.add(log.size - remembered.checkpoint.size)
        if finished:
            break
    assert finished
    assert read_log(archive.layout.log).size == begun + 3
    assert behind == {0, 1}


def test_a_real_kill_left_nothing_to_remember(archive: Archive, home: Path, tmp_path: Path) -> None:
    """Killed after two batches were acknowledged, before the command ended."""
    code = f"""
import os, signal
from pathlib import Path
from tests.support.archives import make_archive, write_to
from tests.workflows.test_memory import add_notes, new_world
archive = make_archive(Path({str(archive.layout.root)!r}))
with write_to(archive, new_world(Path({str(home)!r}))) as writing:
    add_notes(writing, 2)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path,
    )
    assert done.returncode == -9
    size = read_log(archive.layout.log).size
    for place in (find_own_home(archive, home), find_keys(archive)):
        (remembered,) = read_remembered([place])
        assert remembered.path.name == PENDING
        assert remembered.checkpoint.size == size == 4
    assert list_damage(archive, home) == []
    add_leaf(archive, home)


def test_what_a_power_cut_tore_does_not_count(archive: Archive, home: Path) -> None:
    place = find_own_home(archive, home)
    (before,) = read_remembered([place])
    good = (place / PENDING).read_bytes()
    for data in (b"", good[:-9], bytes(len(good)), good.replace(b"\n2\n", b"\n9\n"), b"x" * 99):
        (place / PENDING).write_bytes(data)
        assert read_remembered([place]) == (before,)
        assert before.path.name == SEEN
    add_leaf(archive, home)


def test_a_torn_place_is_told_with_what_to_do(archive: Archive, home: Path) -> None:
    path = find_own_home(archive, home) / PLACE
    for data in ("", "[]", "{}", '{"key_path": "", "keys": 1, "archive": ""}', "[" * 100_000):
        path.write_text(data)
        with pytest.raises(InputError, match="place"):
            add_leaf(archive, home)
        assert any("place" in item.what for item in list_damage(archive, home))
    path.unlink()
    with pytest.raises(InputError, match="were in"):  # as if the keys had been there
        add_leaf(archive, home)
    confirm_place(archive, new_world(home))
    add_leaf(archive, home)


@contextmanager
def mask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("bits", [0, 0o077])
def test_a_mask_of_the_process_opened_the_folder_of_keys(tmp_path: Path, bits: int) -> None:
    archive = make_archive(tmp_path / "archive")
    home = tmp_path / "deep" / "home"
    archive = replace(archive, settings=replace(archive.settings, key_path=""))
    with mask(bits):
        make_first_key(archive, new_world(home))
    folder = find_key_folder(archive, home, read_log(archive.layout.log).origin)
    for path in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    (private,) = folder.glob("*.pem")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
