"""Reading back: the stored bytes, or a clear word about damage."""

import gzip

import pytest

from archive.errors import DamageError, StoreError
from archive.store.layout import Layout
from archive.store.read import digest_member, read_group, read_record
from tests.store.drafts import Maker, list_warcs, open_writer, store_small


def test_blocks_come_raw(layout: Layout, maker: Maker) -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nX-Odd : a\r\n folded\r\nno colon\nSet-Cookie: a\r\nset-cookie: b\r\n"
    )
    head += b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nX-Raw: \xe9\r\n\r\n"
    body = b"5\r\nhello\r\n0\r\n\r\n"
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([maker.capture(body, head=head, payload=b"hello")])
    assert read_group(layout, leaf)[2].block == head + body


def test_a_record_can_be_read_in_part(layout: Layout, maker: Maker) -> None:
    body = b"z" * 3_000_000
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([maker.capture(body)])
    placed = leaf.records[2]
    whole = read_record(layout, leaf.warc, placed.offset, placed.length)
    for limit in (0, 1, 100, 1 << 20, len(whole.block), len(whole.block) + 9):
        part = read_record(layout, leaf.warc, placed.offset, placed.length, limit=limit)
        assert part.fields == whole.fields
        assert part.block == whole.block[:limit]


def test_names_beyond_ascii_survive(layout: Layout, maker: Maker) -> None:
    draft = maker.draft("conversion", b"", ("Archive-Note", "Erklärung — 声明"))
    group = maker.conversion()
    group = type(group)(kind="conversion", drafts=(draft,))
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([group])
    assert read_group(layout, leaf)[1].find("archive-note") == "Erklärung — 声明"


def test_the_stored_bytes_themselves(layout: Layout) -> None:
    leaf = store_small(layout)[0]
    placed = leaf.records[1]
    with (layout.warcs / leaf.warc).open("rb") as stream:
        assert digest_member(stream, placed.offset, placed.length) == placed.member
        assert digest_member(stream, placed.offset, placed.length - 1) != placed.member
        stream.seek(placed.offset)
        data = stream.read(placed.length)
    assert gzip.decompress(data).startswith(b"WARC/1.1\r\nWARC-Type: request\r\n")


def test_an_open_file_can_be_read(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([maker.capture()])
        assert list_warcs(layout)[0].suffix == ".open"
        assert len(read_group(layout, leaf)) == 4


def test_a_missing_file_is_named(layout: Layout) -> None:
    leaf = store_small(layout)[0]
    (layout.warcs / leaf.warc).unlink()
    with pytest.raises(DamageError, match=f"{leaf.warc} is missing"):
        read_group(layout, leaf)


@pytest.mark.parametrize(
    "name", ["../archive.toml", "a/b.warc.gz", ".warc.gz", "a.warc.gz\x00", ""]
)
def test_a_name_that_leads_elsewhere_is_refused(layout: Layout, name: str) -> None:
    with pytest.raises(DamageError, match="no file name of ours"):
        read_record(layout, name, 0, 10)


def test_damage_is_told_with_its_place(layout: Layout) -> None:
    leaf = store_small(layout)[0]
    placed = leaf.records[2]
    path = layout.warcs / leaf.warc
    data = path.read_bytes()
    path.chmod(0o644)
    where = f"{leaf.warc}, offset {placed.offset}"
    last_block = placed.offset + placed.length - 9  # its last bits may mean nothing
    for place in {*range(placed.offset + 10, placed.offset + placed.length)} - {last_block}:
        broken = bytearray(data)
        broken[place] ^= 0x10
        path.write_bytes(bytes(broken))
        with pytest.raises(DamageError, match=where):
            read_record(layout, leaf.warc, placed.offset, placed.length)
    path.write_bytes(data)
    for offset, length in (
        (placed.offset + 1, placed.length),
        (placed.offset, placed.length - 1),
        (placed.offset, placed.length + 1),
        (len(data), 10),
        (placed.offset, 0),
    ):
        with pytest.raises(DamageError, match=leaf.warc):
            read_record(layout, leaf.warc, offset, length)


def test_a_record_longer_or_shorter_than_it_says_is_damage(layout: Layout) -> None:
    layout.warcs.mkdir(parents=True)
    for length in ("3", "5", "-4", "four", "4, 4", ""):
        text = f"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: {length}\r\n\r\nabcd\r\n\r\n"
        data = gzip.compress(text.encode())
        (layout.warcs / "a.warc.gz").write_bytes(data)
        with pytest.raises(DamageError):
            read_record(layout, "a.warc.gz", 0, len(data))


def test_a_disk_that_fails_is_an_error_of_the_store(layout: Layout) -> None:
    layout.warcs.mkdir(parents=True)
    (layout.warcs / "a.warc.gz").symlink_to("/proc/self/mem")  # opens, and then fails to read
    with pytest.raises(StoreError, match=r"cannot read offset 10 of .*a\.warc\.gz") as caught:
        read_record(layout, "a.warc.gz", 10, 100)
    assert caught.value.remedy
