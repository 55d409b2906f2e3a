"""Changes to the disk: in the right order, and each failure told for what it is."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import StoreError
from archive.store.disk import Disk
from tests.support.faults import FailingDisk, RecordingDisk


def test_a_file_is_replaced_whole_and_durably(tmp_path: Path) -> None:
    disk = RecordingDisk()
    path = tmp_path / "checkpoint"
    path.write_bytes(b"old")
    disk.replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert [change.operation for change in disk.changes] == [
        "create",
        "write",
        "sync",
        "rename",
        "sync_folder",
    ]


def test_a_file_left_by_a_crash_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.tmp").write_bytes(b"half")
    Disk().replace_file(tmp_path / "checkpoint", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_writing_reading_and_cutting(tmp_path: Path) -> None:
    disk = Disk()
    file = disk.create_file(tmp_path / "a")
    disk.append(file, b"one")
    disk.append(file, b"two")
    assert file.size == 6
    disk.overwrite(file, 1, b"N")
    assert disk.read(file, 0, 100) == b"oNetwo"
    disk.truncate(file, 4)
    disk.append(file, b"!")
    disk.sync(file)
    file.close()
    file.close()
    assert (tmp_path / "a").read_bytes() == b"oNet!"
    again = disk.open_file(tmp_path / "a")
    assert again.size == 5
    again.close()


def test_a_new_file_must_be_new(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(StoreError, match="cannot create"):
        Disk().create_file(tmp_path / "a")
    with pytest.raises(StoreError, match="cannot open"):
        Disk().open_file(tmp_path / "b")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path, code: int) -> None:
    disk = FailingDisk(1, code=code, only=("write",))
    file = disk.create_file(tmp_path / "a")
    with pytest.raises(StoreError, match=r"disk full.*/a") as caught:
        disk.append(file, b"data")
    assert "free some space" in caught.value.remedy
    disk.truncate(file, 0)
    disk.append(file, b"data")
    disk.sync(file)
    file.close()
    assert disk.is_sound


def test_a_failed_fsync_is_final(tmp_path: Path) -> None:
    disk = FailingDisk(1, code=errno.EIO, only=("sync",))
    file = disk.create_file(tmp_path / "a")
    disk.append(file, b"data")
    with pytest.raises(StoreError, match="fsync failed"):
        disk.sync(file)
    assert not disk.is_sound
    changes: tuple[Callable[[], object], ...] = (
        lambda: disk.sync(file),
        lambda: disk.append(file, b"more"),
        lambda: disk.truncate(file, 0),
        lambda: disk.rename(file.path, tmp_path / "b"),
        lambda: disk.remove(file.path),
        lambda: disk.sync_folder(tmp_path),
        lambda: disk.protect(file.path, 0o444),
        lambda: disk.replace_file(tmp_path / "c", b""),
        lambda: disk.make_folder(tmp_path / "d"),
    )
    for change in changes:
        with pytest.raises(StoreError, match="an earlier fsync"):
            change()
    file.close()
    assert (tmp_path / "a").read_bytes() == b"data"


def test_a_real_full_disk(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full")
    disk = Disk()
    file = disk.open_file(full)
    with pytest.raises(StoreError, match="disk full"):
        disk.append(file, b"data")
    file.close()
