"""What a file is: by its bytes, also where its beginning is damaged."""

import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from archive.store.foreign.check import check_file
from tests.store.foreign.makers import check, damage, lay, make_digested, pack

WHOLE = pack(make_digested(1), make_digested(2))

OTHERS = {
    "empty": b"",
    "text": b"hello",
    "gzip of text": gzip.compress(b"hello"),
    "bzip2": bz2.compress(lay(make_digested())),
    "xz": lzma.compress(lay(make_digested())),
    "Zstandard": b"\x28\xb5\x2f\xfd\x00",
    "Zstandard with a dictionary": b"\x5d\x2a\x4d\x18\x00",
    "LZ4": b"\x04\x22\x4d\x18\x00",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_cannot_be_read_is_undecidable(tmp_path: Path, name: str) -> None:
    (finding,) = check(tmp_path, OTHERS[name], "a.bin")
    assert finding.severity == "undecidable"
    assert finding.remedy


def test_a_file_called_warc_without_a_record_is_damaged(tmp_path: Path) -> None:
    for data in (b"hello", gzip.compress(b"hello"), bytes(100) + b"x", WHOLE[:20]):
        assert [one.severity for one in damage(check(tmp_path, data, "a.warc.gz"))] == ["damage"]


def test_a_damaged_beginning_does_not_hide_the_rest(tmp_path: Path) -> None:
    first = len(pack(make_digested(1)))
    for place in (0, 1, 2, 3, 12):
        broken = bytearray(WHOLE)
        broken[place] ^= 0xFF
        (finding,) = damage(check(tmp_path, bytes(broken), "a.warc.gz"))
        assert f"bytes 0 to {first} are lost" in finding.what
    plain = lay(make_digested(1), make_digested(2))
    (finding,) = damage(check(tmp_path, b"xx" + plain, "a.warc"))
    assert "bytes 0 to" in finding.what


def test_a_name_that_does_not_fit_is_a_note(tmp_path: Path) -> None:
    for data, name in ((WHOLE, "a.warc"), (lay(make_digested()), "a.warc.gz")):
        (note,) = check(tmp_path, data, name)
        assert (note.severity, ".gz" in note.what) == ("note", True)


def test_a_file_that_cannot_be_read_is_undecidable(tmp_path: Path) -> None:
    (finding,) = check_file(tmp_path / "gone.warc.gz")
    assert finding.severity == "undecidable"
    assert "cannot be read" in finding.what
