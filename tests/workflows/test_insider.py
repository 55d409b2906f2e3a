"""What somebody could do who can write to the archive's folder, and how it is found out.

The insider has every file and this program, but not the private key, unless the test says so.
A log that was continued by somebody with the key is what witnesses are for.  Time stamps that
were moved: `tests.workflows.test_timestamp`.
"""

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from archive.core.digest import digest_bytes
from archive.core.finding import Level
from archive.core.leaf import Leaf, Placed, format_leaf
from archive.core.note import parse_note
from archive.errors import DamageError
from archive.store.disk import Disk
from archive.store.layout import Layout, make_folders
from archive.store.log import read_log, read_note
from archive.store.log_append import LogAppender
from archive.store.memory import PENDING, SEEN
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from tests.store.drafts import format_unsigned
from tests.support.archives import (
    capture_all,
    list_findings,
    list_warcs,
    make_archive,
    make_world,
)
from tests.support.raw_server import answer_page, serve_raw

# Takes room in a member, and next to none once spaces stand in its place.
SIGNATURE = sha256(b"signature").hexdigest().encode() + sha256(b"more").hexdigest().encode()
NINE = answer_page(b"<title>Ferry</title><p>The ferry leaves at nine. " + SIGNATURE)
FOUR = answer_page(b"<title>Ferry</title><p>The ferry leaves at four.")
MEMORY = (SEEN, PENDING)  # the files that remember what was signed


@pytest.fixture
def archive(empty_archive: Archive) -> Archive:
    """Three captures of different pages in one file."""
    with serve_raw({"/a": NINE, "/b": FOUR, "/c": answer_page(b"<p>A third.")}) as server:
        capture_all(empty_archive, [server.url(path) for path in ("/a", "/b", "/c")])
    assert list_findings(empty_archive) == []
    return empty_archive


def find_keys(archive: Archive) -> Path:
    (folder,) = archive.layout.root.with_name(f"{archive.layout.root.name}-keys").iterdir()
    return folder


def name_findings(archive: Archive, level: Level = "full") -> str:
    """All that is found, without what the index says: that follows from the rest."""
    return "\n".join(
        finding.what
        for finding in list_findings(archive, level)
        if "archive.db" not in finding.file
    )


def find_response(archive: Archive, content: bytes) -> tuple[Leaf, Placed]:
    (path,) = list_warcs(archive)
    data = path.read_bytes()
    for leaf in read_log(archive.layout.log).read_leaves():
        for placed in leaf.records:
            member = data[placed.offset : placed.offset + placed.length]
            if placed.kind == "response" and content in gzip.decompress(member):
                return leaf, placed
    raise AssertionError(content)


def rewrite_record(archive: Archive) -> tuple[Leaf, Placed]:
    """Turn nine into four in a stored page, with every digest of the record made anew."""
    leaf, placed = find_response(archive, b"at nine")
    (path,) = list_warcs(archive)
    data = path.read_bytes()
    record = gzip.decompress(data[placed.offset : placed.offset + placed.length])
    head, _, block = record.removesuffix(b"\r\n\r\n").partition(b"\r\n\r\n")
    changed = block.replace(b"at nine", b"at four").replace(SIGNATURE, b" " * len(SIGNATURE))
    body = changed.partition(b"\r\n\r\n")[2]
    assert placed.payload is not None
    for old, new in (
        (str(placed.block), str(digest_bytes(changed))),
        (str(placed.payload), str(digest_bytes(body))),
    ):
        assert old.encode() in head
        head = head.replace(old.encode(), new.encode())
    record = head + b"\r\n\r\n" + changed + b"\r\n\r\n"
    member = compress_to(record, placed.length)
    write(path, data[: placed.offset] + member + data[placed.offset + placed.length :])
    return leaf, replace(
        placed,
        member=digest_bytes(member),
        record=digest_bytes(record),
        block=digest_bytes(changed),
        payload=digest_bytes(body),
        content=digest_bytes(body),
    )


def compress_to(record: bytes, length: int) -> bytes:
    """A member of exactly ``length`` bytes: a careful insider leaves no gap."""
    member = gzip.compress(record, 9, mtime=0)
    assert len(member) < length
    # RFC 1952: flag 16 announces a comment after the header, which ends with a zero byte.
    padding = b" " * (length - len(member) - 1) + b"\x00"
    return member[:3] + b"\x10" + member[4:10] + padding + member[10:]


def write(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def replace_log(archive: Archive, leaves: list[Leaf]) -> None:
    """Make entries, tiles and root anew for ``leaves``, under the signatures that were there."""
    layout = archive.layout
    note = read_note(layout.log)
    assert note is not None
    aside = Layout(root=layout.root.with_name("forged"))
    make_folders(aside, Disk())
    origin = read_log(layout.log).origin
    with LogAppender(aside, disk=Disk(), origin=origin, sign=format_unsigned) as appender:
        appender.append([format_leaf(leaf) for leaf in leaves])
    signatures = (layout.log / "checkpoint").read_text().partition("\n\n")[2]
    shutil.rmtree(layout.log)
    shutil.copytree(aside.log, layout.log)
    path = layout.log / "checkpoint"
    path.write_text(path.read_text() + signatures)
    assert parse_note(path.read_text()).signatures == note.signatures


def rewrite_log(archive: Archive) -> None:
    """Rewrite a record, its leaf, and all that follows from it."""
    leaf, changed = rewrite_record(archive)
    records = tuple(
        changed if placed.record_id == changed.record_id else placed for placed in leaf.records
    )
    leaves = list(read_log(archive.layout.log).read_leaves())
    leaves[leaf.sequence] = replace(leaf, records=records)
    replace_log(archive, leaves)


def test_a_record_is_rewritten_with_all_its_digests(archive: Archive) -> None:
    _, placed = rewrite_record(archive)
    (found,) = (one for one in list_findings(archive, "stored") if "warcs" in one.file)
    assert found.what == "response record: the stored bytes are not those that were logged"
    assert (found.offset, found.record_id) == (placed.offset, placed.record_id)


def take_signatures(archive: Archive) -> None:
    path = archive.layout.log / "checkpoint"
    path.write_text(path.read_text().partition("\n\n")[0] + "\n\n")


def test_the_keeper_does_not_sign_what_an_insider_published(archive: Archive) -> None:
    """A checkpoint by another key was replaced by the next command, and all held again."""
    known = archive.layout.keys.with_name("aside")
    archive.layout.keys.rename(known)
    take_signatures(archive)
    own = replace(archive, settings=replace(archive.settings, key_path="../insider"))
    with serve_raw({"/e": FOUR}) as server:
        capture_all(own, [server.url("/e")], world=make_world(seed="insider"))
        shutil.rmtree(archive.layout.keys)
        known.rename(archive.layout.keys)
        published = (archive.layout.log / "checkpoint").read_bytes()
        with pytest.raises(DamageError, match="somebody else published it"):
            capture_all(archive, [server.url("/e")])
    assert (archive.layout.log / "checkpoint").read_bytes() == published
    assert "is signed by none of the private keys" in name_findings(archive, "quick")


def test_the_log_is_rewritten_with_it(archive: Archive) -> None:
    rewrite_log(archive)
    found = name_findings(archive, "quick")
    assert "the signature by log-" in found
    assert "the capture log was forked" in found


def test_another_key_is_put_in_the_place_of_ours(archive: Archive) -> None:
    """Everything holds by itself; what this machine signed, and witnesses, say otherwise."""
    rewrite_log(archive)
    shutil.rmtree(archive.layout.keys)
    take_signatures(archive)
    own = replace(archive, settings=replace(archive.settings, key_path="../insider"))
    rebuild_index(own, make_world(seed="insider"))
    assert name_findings(own) == ""
    assert "the capture log was forked: its first" in name_findings(archive, "quick")


def test_a_second_key_is_added(archive: Archive) -> None:
    own = replace(archive, settings=replace(archive.settings, key_path="../insider"))
    aside = archive.layout.keys.with_name("aside")
    archive.layout.keys.rename(aside)
    signed = (archive.layout.log / "checkpoint").read_text()
    take_signatures(archive)
    rebuild_index(own, make_world(seed="insider"))
    for path in aside.iterdir():
        path.rename(archive.layout.keys / path.name)
    found = name_findings(archive, "quick")
    assert "the log began with one key, and announces none of the others" in found
    assert "is signed by none of the private keys on this machine" in found
    (archive.layout.log / "checkpoint").write_text(signed)
    assert "the checkpoint is not signed by log-" in name_findings(archive, "quick")


def test_a_record_is_dropped(archive: Archive) -> None:
    _, placed = find_response(archive, b"at nine")
    (path,) = list_warcs(archive)
    data = path.read_bytes()
    write(path, data[: placed.offset] + data[placed.offset + placed.length :])
    found = name_findings(archive, "quick")
    assert "the file ends at" in found
    assert "but the log names bytes up to" in found


def test_a_record_is_dropped_from_log_and_file(archive: Archive) -> None:
    leaves = list(read_log(archive.layout.log).read_leaves())
    last = leaves[-1]
    (path,) = list_warcs(archive)
    write(path, path.read_bytes()[: last.records[0].offset])
    replace_log(archive, leaves[:-1])
    found = name_findings(archive, "quick")
    assert "the signature by log-" in found
    size = len(leaves)
    assert f"was rolled back: it has {size - 1} leaves, but {size} were signed" in found


def test_two_records_are_swapped(archive: Archive) -> None:
    _, first = find_response(archive, b"at nine")
    _, second = find_response(archive, b"at four")
    assert first.offset < second.offset
    (path,) = list_warcs(archive)
    data = path.read_bytes()

    def cut(placed: Placed) -> bytes:
        return data[placed.offset : placed.offset + placed.length]

    between = data[first.offset + first.length : second.offset]
    after = data[second.offset + second.length :]
    write(path, data[: first.offset] + cut(second) + between + cut(first) + after)
    ids = {one.record_id for one in list_findings(archive, "stored")}
    assert {first.record_id, second.record_id} <= ids


def test_two_leaves_are_swapped(archive: Archive) -> None:
    leaves = list(read_log(archive.layout.log).read_leaves())
    swapped = [replace(leaves[1], sequence=0), replace(leaves[0], sequence=1), *leaves[2:]]
    replace_log(archive, swapped)
    found = name_findings(archive, "quick")
    assert "places a record at" in found
    assert "the signature by log-" in found


def test_a_file_is_removed(archive: Archive) -> None:
    (path,) = list_warcs(archive)
    path.unlink()
    found = list_findings(archive, "quick")
    assert (found[0].what, found[0].file) == ("the file is missing", f"warcs/{path.name}")


def test_a_file_is_added(archive: Archive) -> None:
    (path,) = list_warcs(archive)
    shutil.copy(path, path.with_name("20200101000000000000-forged-00001.warc.gz"))
    assert "the log does not name this file" in name_findings(archive, "quick")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE captures SET captured_at = '2020-01-01T00:00:00.000000Z' WHERE leaf = 1",
        "UPDATE texts SET text = 'other'",
        "DELETE FROM captures WHERE leaf = 1",
        "INSERT INTO assertions SELECT * FROM assertions WHERE 0",
        "UPDATE statements SET title = 'Another title'",
    ],
)
def test_a_row_is_edited(archive: Archive, sql: str) -> None:
    with closing(sqlite3.connect(archive.layout.database)) as connection, connection:
        changed = connection.execute(sql).rowcount
    found = [one.what for one in list_findings(archive) if "archive.db" in one.file]
    assert bool(found) == bool(changed), found
    table = sql.removeprefix("DELETE FROM ").removeprefix("UPDATE ").split(" ")[0]
    assert not changed or any(f"table {table} differs" in what for what in found), found


def take_copy(archive: Archive) -> Callable[[], None]:
    """Copy the archive as it is; what is returned brings the copy back."""
    copy = archive.layout.root.with_name("copy")
    shutil.copytree(archive.layout.root, copy)

    def restore() -> None:
        shutil.rmtree(archive.layout.root)
        shutil.copytree(copy, archive.layout.root)

    return restore


def test_the_log_is_rolled_back_and_continued(archive: Archive) -> None:
    restore = take_copy(archive)
    size = read_log(archive.layout.log).size
    with serve_raw({"/d": NINE, "/e": FOUR}) as server:
        capture_all(archive, [server.url("/d")])
        restore()
        found = name_findings(archive, "quick")
        assert f"was rolled back: it has {size} leaves, but" in found
        with pytest.raises(DamageError, match="rolled back"):
            capture_all(archive, [server.url("/e")])
        # Somebody with the key, who takes away what is remembered, goes on all the same.
        kept = [(path, path.read_bytes()) for path in map(find_keys(archive).joinpath, MEMORY)]
        for path, _ in kept:
            path.unlink()
        capture_all(archive, [server.url("/e")])
        assert name_findings(archive) == ""
        for path, data in kept:
            path.write_bytes(data)
    assert "the capture log was forked: its first" in name_findings(archive, "quick")


def test_an_archive_in_good_order_may_be_moved(archive: Archive) -> None:
    moved = archive.layout.root.with_name("moved")
    shutil.copytree(archive.layout.root, moved)
    assert list_findings(make_archive(moved)) == []
