"""Where things lie, and how an archive is found."""

from pathlib import Path

import pytest

from archive.errors import DamageError, InputError, StoreError
from archive.store.layout import Layout, find_archive, has_warcs, make_folders
from tests.support.faults import QuickDisk, RecordingDisk


def test_the_places_are_those_of_the_specification(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    places = {
        str(path.relative_to(tmp_path))
        for path in (
            layout.warcs,
            layout.log,
            layout.keys,
            layout.database,
            layout.quarantine,
            layout.lock,
            layout.settings,
            layout.datasette,
        )
    }
    assert places == {
        "warcs",
        "metadata/log",
        "metadata/keys",
        "metadata/archive.db",
        "quarantine",
        "metadata/lock",
        "archive.toml",
        "datasette.yml",
    }


def test_folders_are_made_durably_and_once(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "new" / "archive")
    disk = RecordingDisk()
    make_folders(layout, disk)
    made = [change.path for change in disk.changes if change.operation == "make"]
    synced = {change.path for change in disk.changes if change.operation == "sync_folder"}
    assert all(path.is_dir() for path in made)
    assert {path.parent for path in made} == synced
    assert tmp_path / "new" in made
    again = RecordingDisk()
    make_folders(layout, again)
    assert again.changes == []


def test_an_archive_is_found_from_below(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "archive")
    make_folders(layout, QuickDisk())
    for start in (layout.root, layout.warcs, layout.log):
        assert find_archive(start) == layout


def test_settings_alone_make_an_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").touch()
    (tmp_path / "below").mkdir()
    assert find_archive(tmp_path / "below").root == tmp_path


def test_half_an_archive_is_none(tmp_path: Path) -> None:
    (tmp_path / "warcs").mkdir()
    with pytest.raises(InputError, match="no archive") as caught:
        find_archive(tmp_path / "warcs")
    assert "archive init" in caught.value.remedy


def test_a_file_is_found_finished_or_open(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    layout.warcs.mkdir()
    assert layout.find_warc("a.warc.gz") is None
    (layout.warcs / "a.warc.gz.open").touch()
    assert layout.find_warc("a.warc.gz") == layout.warcs / "a.warc.gz.open"
    (layout.warcs / "a.warc.gz").touch()
    assert layout.find_warc("a.warc.gz") == layout.warcs / "a.warc.gz"


@pytest.mark.parametrize("name", ["", "..", "../a.warc.gz", "/a.warc.gz", "a\n.warc.gz", "a.txt"])
def test_a_name_must_be_that_of_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(DamageError):
        Layout(root=tmp_path).find_warc(name)


def test_a_file_that_cannot_be_opened_is_told_with_its_place(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    (layout.warcs / "a.warc.gz").mkdir(parents=True)  # root may read any file, but no folder
    with pytest.raises(StoreError, match="cannot read") as caught:
        layout.open_warc("a.warc.gz")
    assert "a.warc.gz" in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "is_warc"),
    [("a.warc.gz", True), ("a.warc.gz.open", True), ("README.md", False), ("a.warc", False)],
)
def test_warc_files_are_seen(tmp_path: Path, name: str, *, is_warc: bool) -> None:
    layout = Layout(root=tmp_path)
    assert not has_warcs(layout)
    layout.warcs.mkdir()
    assert not has_warcs(layout)
    (layout.warcs / name).touch()
    assert has_warcs(layout) is is_warc
