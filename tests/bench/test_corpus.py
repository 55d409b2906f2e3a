import hashlib
import zlib
from pathlib import Path

import pytest

from bench.corpus import make_pages, read_real_pages, write_corpus
from bench.hostile import make_hostile_pages
from bench.news import Newsroom
from bench.servers import list_hosts, list_urls

NOWHERE = Path("/nonexistent")


def test_the_seed_alone_decides_the_pages() -> None:
    pages = list(make_pages(3, seed=1, real=NOWHERE))
    assert pages == list(make_pages(3, seed=1, real=NOWHERE))
    assert pages[0] != next(make_pages(1, seed=2, real=NOWHERE))
    # Written down, so that figures of two machines are about the same pages.
    digest = hashlib.sha256(b"".join(pages)).hexdigest()
    assert digest == "3efee9b1e8bc08d93650d2a1625690919f6adc214da6f469f8d484890c2f777e"


def test_made_up_pages_have_the_size_and_redundancy_of_real_ones() -> None:
    newsroom = Newsroom(1)
    pages = [newsroom.make_page(number) for number in range(12)]
    for page in pages:
        assert 20_000 <= len(page) <= 201_000
    total = sum(map(len, pages))
    assert 50_000 < total / len(pages) < 120_000
    assert 3.5 < total / sum(len(zlib.compress(page, 6)) for page in pages) < 6


def test_no_payload_repeats(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    (folder / "a.html.gz").write_bytes(zlib.compress(b"<p>x</p>" * 4000, wbits=31))
    (folder / "small.html.gz").write_bytes(zlib.compress(b"<p>x</p>", wbits=31))
    assert len(read_real_pages(folder)) == 1
    pages = list(make_pages(5, real=folder))
    assert len(set(pages)) == 5
    assert all(page.startswith(b"<p>x</p>") for page in pages)


def test_a_gzip_form_lies_beside_each_page(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "site", 2)
    for path in corpus.paths:
        plain = corpus.folder / path[1:]
        packed = plain.with_suffix(".html.gz")
        assert zlib.decompress(packed.read_bytes(), wbits=31) == plain.read_bytes()
    assert corpus.plain_bytes > corpus.gzip_bytes > 0


def test_addresses_take_the_hosts_in_turn() -> None:
    hosts = list_hosts(3)
    assert hosts == ("127.0.0.2", "127.0.0.3", "127.0.0.4")
    assert len(set(list_hosts(600))) == 600
    urls = list_urls(hosts, 81, ["/a", "/b", "/c", "/d"])
    assert urls[3] == "http://127.0.0.2:81/d"


@pytest.mark.parametrize("number", [0, 1])
def test_hostile_pages_are_always_the_same(number: int) -> None:
    first, second = dict(make_hostile_pages()), dict(make_hostile_pages())
    assert first == second
    assert len(first) > 20
