"""Other people's readers accept every file that we write."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archive.core.leaf import Leaf
from archive.store.groups import GroupDraft
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.withdraw import plan_overwriting
from tests.store.drafts import (
    URL,
    Maker,
    list_findings,
    list_warcs,
    make_maker,
    open_writer,
    store_small,
)

pytestmark = pytest.mark.foreign


@pytest.fixture
def varied(layout: Layout) -> Layout:
    """All kinds of records, small and large, deflated and stored, spooled, and withdrawn."""
    maker = make_maker()
    store_small(layout, maker)
    with open_writer(layout, maker, rotate_bytes=500_000) as writer:
        leaves: list[Leaf] = []
        for size in (0, 1, 1000, 200_000):
            noise = os.urandom(size)
            leaves += writer.append([maker.capture(b"a" * size)])
            leaves += writer.append([maker.capture(noise, compressed=True)])
            leaves += writer.append([maker.capture(noise, spooled=True)])
            leaves += writer.append([maker.capture(gzip.compress(noise), compressed=True)])
        leaves += writer.append([make_revisit(maker)])
        writer.append([maker.withdrawal(plan_overwriting(leaves[-4]))])
    assert list_findings(layout) == []
    return layout


def make_revisit(maker: Maker) -> GroupDraft:
    group = maker.capture(b"same")
    request, response, metadata = group.drafts
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    revisit = maker.draft(
        "revisit",
        head,
        *response.fields,
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
        ("WARC-Refers-To-Target-URI", URL),
        record_id=response.record_id,
        payload=response.payload,
    )
    return GroupDraft(kind="capture", drafts=(request, revisit, metadata), address=group.address)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def test_warcio_check_accepts_every_file(varied: Layout) -> None:
    done = run(sys.executable, "-m", "warcio.cli", "check", "-v", *list_warcs(varied))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail" not in done.stdout
    assert done.stderr == ""
    logged = sum(len(leaf.records) for leaf in read_log(varied.log).read_leaves())
    assert done.stdout.count("WARC-Record-ID") == logged


def test_warcio_finds_our_records_at_our_places(varied: Layout) -> None:
    placed = {
        (leaf.warc, one.offset, one.length): (one.record_id, one.kind)
        for leaf in read_log(varied.log).read_leaves()
        for one in leaf.records
    }
    found = {}
    for path in list_warcs(varied):
        with path.open("rb") as stream:
            iterator = WarcioIterator(stream, check_digests="raise")
            for record in iterator:
                record.content_stream().read()
                place = (path.name, iterator.get_record_offset(), iterator.get_record_length())
                name = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
                found[place] = (name, record.rec_type)
    assert set(found) == set(placed)
    withdrawn = [place for place in found if found[place] != placed[place]]
    assert len(withdrawn) == 2  # its request and response; the third was metadata already


def test_fastwarc_s_digests_agree(varied: Layout) -> None:
    checked = 0
    for path in list_warcs(varied):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                if "WARC-Block-Digest" not in record.headers:
                    assert record.content_length == 0
                    continue
                assert record.verify_block_digest(), (path, record.record_id)
                checked += 1
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                if "WARC-Payload-Digest" in record.headers:
                    assert record.verify_payload_digest(), (path, record.record_id)
                    checked += 1
    assert checked > 50


def test_gzip_tests_every_file(varied: Layout) -> None:
    for path in list_warcs(varied):
        data = gzip.decompress(path.read_bytes())
        assert data.count(b"WARC/1.1\r\nWARC-Type: ") >= 2


def test_the_page_of_plain_commands_works(varied: Layout) -> None:
    """As ``docs/format.md`` prints them: nothing of ours is needed to check a record."""
    leaf = read_log(varied.log).read_leaf(0)
    placed = leaf.records[2]
    path = varied.warcs / leaf.warc
    cut = f"tail -c +{placed.offset + 1} {path} | head -c {placed.length}"
    member = run("sh", "-c", f"{cut} | sha256sum").stdout.split()[0]
    record = run("sh", "-c", f"{cut} | gzip -dc | sha256sum").stdout.split()[0]
    assert (member, record) == (placed.member.value, placed.record.value)
