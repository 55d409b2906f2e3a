"""Gzip members: anybody can read them, and ours without isal are as good."""

import gzip
import hashlib
import io
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import DamageError
from archive.store.gzip_members import Window, compress_pieces, inflate_member, pad_member

pieces = st.lists(st.binary(max_size=300) | st.just(b"abc" * 60_000), min_size=1, max_size=5)


@given(pieces=pieces, stored=st.booleans())
def test_what_is_compressed_can_be_read_by_anybody(pieces: list[bytes], *, stored: bool) -> None:
    member = b"".join(compress_pieces(pieces, stored=stored))
    assert gzip.decompress(member) == b"".join(pieces)
    engine = zlib.decompressobj(31)
    assert engine.decompress(member) == b"".join(pieces)
    assert engine.eof
    assert engine.unused_data == b""


@given(pieces=pieces, stored=st.booleans(), more=st.integers(min_value=0, max_value=9))
def test_reading_ends_at_the_member_s_end(pieces: list[bytes], *, stored: bool, more: int) -> None:
    member = b"".join(compress_pieces(pieces, stored=stored))
    data = b"\x00" + member + member[:more]
    window = Window(io.BytesIO(data), 1, len(data))
    hasher = hashlib.sha256()
    assert b"".join(inflate_member(window, hasher)) == b"".join(pieces)
    assert window.place == 1 + len(member)
    assert window.left == more
    assert hasher.digest() == hashlib.sha256(member).digest()


def test_every_cut_is_damage() -> None:
    member = b"".join(compress_pieces([b"head", b"body" * 100], stored=False))
    for size in range(len(member)):
        window = Window(io.BytesIO(member), 0, size)
        with pytest.raises(DamageError, match=r"ends inside|no gzip member"):
            list(inflate_member(window, hashlib.sha256()))


@given(st.binary(max_size=60))
def test_noise_is_damage(data: bytes) -> None:
    with pytest.raises(DamageError):
        list(inflate_member(Window(io.BytesIO(data), 0, len(data)), hashlib.sha256()))


def test_compressed_blocks_cost_no_space() -> None:
    head, body = b"WARC/1.1\r\n" + b"Name: value\r\n" * 30, zlib.compress(b"x" * 100) * 3000
    stored = b"".join(compress_pieces([head, body], stored=True))
    assert len(stored) < len(body) + 100


@given(st.binary(max_size=2000), st.integers(min_value=0, max_value=5000))
def test_padding_gives_the_length_or_nothing(data: bytes, length: int) -> None:
    member = pad_member(data, length, b"withdrawn ")
    if member is None:
        assert length < len(data) + 24
        return
    assert len(member) == length
    assert gzip.decompress(member) == data


WITHOUT_ISAL = """
import sys
sys.modules["isal"] = None
import gzip
import io
import hashlib
from archive.store import gzip_members
from archive.store.gzip_members import Window, compress_pieces, inflate_member
assert gzip_members._engine.__name__ == "zlib"
pieces = [b"head" * 50, b"body" * 100_000, b"end"]
for stored in (False, True):
    member = b"".join(compress_pieces(pieces, stored=stored))
    assert gzip.decompress(member) == b"".join(pieces)
    window = Window(io.BytesIO(member), 0, len(member))
    assert b"".join(inflate_member(window, hashlib.sha256())) == b"".join(pieces)
    assert not window.left
    sys.stdout.buffer.write(hashlib.sha256(gzip.decompress(member)).hexdigest().encode() + b"\\n")
"""


def test_without_isal_the_records_are_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ISAL], capture_output=True, check=True, text=True
    )
    data = b"head" * 50 + b"body" * 100_000 + b"end"
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest()] * 2
