"""Claims in the database, followed back to the stored bytes; and pages that mean to hinder that."""

import gzip
import html
import json
import time
from contextlib import closing
from pathlib import Path

import pytest

from archive.core.http import decode_body, parse_head
from archive.extract.locator import resolve_locator
from archive.extract.page import parse_page
from archive.extract.source import LONGEST
from archive.index.database import open_readonly
from archive.store.read import read_record
from archive.workflows.capture import CaptureRun
from archive.workflows.loose_pages import LoosePage, ReadPage, UnreadPage, read_pages
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from archive.workflows.settings import ExtractionSettings
from tests.support.archives import capture_all, list_findings, make_world, run_archive
from tests.support.raw_server import answer_page, serve_raw

READ = CaptureRun(batch=None, read=True, wait=True)
HTML = ("Content-Type: text/html; charset=utf-8",)
DATES = (
    "Last-Modified: Sun, 04 Feb 2024 10:00:00 GMT",
    "Date: Tue, 06 Feb 2024 10:00:00 GMT",
)
LATER = (
    "Last-Modified: Wed, 05 Mar 2025 10:00:00 GMT",
    "Date: Thu, 06 Mar 2025 10:00:00 GMT",
)
LATIN = ("Content-Type: text/html; charset=iso-8859-1",)
SOURCES = frozenset(
    "analytics byline canonical comments copyright dateline dublin-core heading html htmldate http"
    " itemprop json-ld licence mentions meta notice open-graph source-label time title trafilatura"
    " uploads url visible weekday".split()
)
BOUND = 16 << 20  # of content that is decoded
RICH = """<!DOCTYPE html><html lang="en"><head><title>Wall repaired | Ministry</title>
<link rel="canonical" href="https://agency.example/wall">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
<meta property="og:title" content="Wall “repaired”"><meta name="author" content="A. Writer">
<meta name="author" content="B. Writer"><meta property="og:site_name" content="Ministry">
<meta property="og:image" content="/wp-content/uploads/2024/02/wall.jpg">
<meta property="article:published_time" content="2024-02-04T10:00:00Z">
<meta name="DC.date" content="2024-02-05"><meta name="dc.publisher" content="The Ministry">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebPage", "@id": "#page", "inLanguage": "en"},
 {"@type": "NewsArticle", "headline": "Wall repaired", "datePublished": "2024-02-04",
  "dateModified": "2024-02-06", "author": [{"@type": "Person", "name": "A. \\u0057riter"}],
  "publisher": {"@type": "Organization", "name": "Ministry"},
  "isBasedOn": "https://agency.example/wall", "odd key's": {"x": 1}}]}</script>
<script type="application/ld+json">{broken</script></head>
<body><header><span itemscope itemtype="https://schema.org/Organization">
<meta itemprop="name" content="Ministry"></span></header>
<article itemscope itemtype="https://schema.org/NewsArticle">
<h1 itemprop="headline">Wall repaired</h1>
<p class="byline">By <span itemprop="author">A. Writer</span></p>
<p>Published
<time itemprop="datePublished" datetime="2024-02-04T10:00:00Z">4 February 2024</time></p>
<p>Last updated: 6 February 2024</p>
<p>OSLO (Agency) — The wall in the old town has been repaired on Sunday, after the storm of
 12 January 2024. The work had begun on Tuesday.</p>
<p>Correction: an earlier version named another wall.</p><p>Source: Agency</p></article>
<section class="comments"><time datetime="2024-02-07T08:00:00Z">7 February 2024</time></section>
<footer>&copy; 2014-2024 Ministry of Works. Licensed under CC BY 4.0</footer></body></html>"""
NATIVE = """<html lang="de"><head><title>Brücke geöffnet – Straßenamt</title>
<meta name="date" content="04.02.2024"></head><body><h1>Brücke geöffnet</h1>
<p>Veröffentlicht am 4. Februar 2024 von Jörg Müller</p><p>Quelle: Straßenamt</p></body></html>"""


LATE = (
    b"<title>Late</title><article><h1>Late</h1><p>Wednesday</p>"
    b"<p>OSLO (Reuters) - The wall was repaired on Wednesday, and the bridge"
    b" on Thursday, said the ministry in a statement.</p></article>"
)


def make_chunked(body: bytes) -> bytes:
    """An answer in chunks, compressed: what is stored is not what is read."""
    packed = gzip.compress(body, mtime=0)
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(piece), piece)
        for piece in (packed[at : at + 100] for at in range(0, len(packed), 100))
    )
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    more = "Last-Modified: Sun, 04 Feb 2024 10:00:00 GMT\r\nTransfer-Encoding: chunked\r\n\r\n"
    return (head + more).encode() + chunks + b"0\r\n\r\n"


def list_answers(repository: Path) -> dict[str, bytes]:
    answers = {
        "/2024/02/04/wall": answer_page(
            RICH.encode(), fields=(*HTML, "Content-Language: en", *DATES)
        ),
        "/chunked": make_chunked(RICH.replace("Wall", "Tower").encode()),
        "/native": answer_page(NATIVE.encode("iso-8859-1", "replace"), fields=LATIN),
        "/news/2023-11-05-late": answer_page(LATE, fields=HTML),
        "/empty": answer_page(b"", fields=HTML),
    }
    for case in sorted((repository / "tests/golden/extract").glob("*/page.*")):
        kind = "text/plain" if case.suffix == ".txt" else "text/html"
        fields = (f"Content-Type: {kind}; charset=utf-8",)
        answers[f"/{case.parent.name}"] = answer_page(case.read_bytes(), fields=fields)
    return answers


def test_every_claim_leads_back_to_the_stored_bytes(
    empty_archive: Archive, repository: Path
) -> None:
    """Through warc, offset and locator of the database, and none is left out."""
    answers = list_answers(repository)
    with serve_raw(answers) as server:
        capture_all(empty_archive, map(server.url, answers), run=READ)
        # Revisits: of the same address, and of another one under another head.
        answers["/2025/03/05/copy"] = answer_page(RICH.encode(), fields=(*HTML, *LATER))
        for path in ("/2024/02/04/wall", "/2025/03/05/copy"):
            (result,) = capture_all(empty_archive, [server.url(path)], run=READ)
            assert result.last.outcome == "revisit"
    rebuild_index(empty_archive, make_world(seed="again"))
    seen: set[str] = set()
    kinds: set[str] = set()
    revisits: set[str] = set()
    with closing(open_readonly(empty_archive.layout.database)) as index:
        captures = {
            row[0]: row[1:]
            for row in index.execute(
                'SELECT id, url, warc, "offset", length, revisit_of FROM captures'
            )
        }
        claims = index.execute("SELECT capture_id, source, locator, raw FROM claims").fetchall()
        resting = index.execute(
            "SELECT capture_id, supports, contradicts FROM assertions WHERE annotation_id IS NULL"
        ).fetchall()
        positions = set(index.execute("SELECT capture_id, position FROM claims").fetchall())
    assert len(claims) > 80
    for capture, source, locator, raw in claims:
        url, *place, revisit_of = captures[capture]
        told = parse_head(read_record(empty_archive.layout, *place).block)
        if revisit_of is not None:  # the bytes are those of the earlier record
            place = captures[revisit_of][1:-1]
            revisits.add(url)
        record = read_record(empty_archive.layout, *place)
        head = parse_head(record.block)
        content = decode_body(head, record.block[head.length :], BOUND)
        found = resolve_locator(locator, parse_page(content, told.fields, url))
        assert found is not None, (url, source, locator)
        assert found.encode("utf-8", "replace").decode()[:LONGEST] == raw, (url, source, locator)
        seen.add(source)
        kinds.add(locator.partition(":")[0].partition("[")[0].partition("/")[0])
    assert server.url("/2025/03/05/copy") in revisits
    assert kinds >= {"json-ld", "meta", "title", "h1", "html", "http", "url", "", "program"}
    assert seen >= SOURCES
    for capture, supports, contradicts in resting:
        for position in (*json.loads(supports), *json.loads(contradicts)):
            assert (capture, position) in positions


def make_json_ld(block: str) -> str:
    return f'<script type="application/ld+json">{block}</script>'


def make_article(**more: object) -> str:
    """A block that says one thing, and more."""
    article = {"@type": "NewsArticle", "headline": "Wall", "datePublished": "2024-02-04"}
    return make_json_ld(json.dumps(article | more))


def make_dates(date: str) -> str:
    """A date that is none, in every place where dates are read."""
    return (
        f'<meta property="article:published_time" content="{date}">'
        f'<time datetime="{date}">{date}</time><p>Published {date}</p>'
        + make_article(dateModified=date)
    )


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
BIDI = "\u202eretirW .A\u2066 \u200f\x1b[31mred"
DATES_OF_NOBODY = [
    "0000-01-01", "0000", "99999-12-31", "-0001-05-05", "2024-02-30", "9999-12-31T99:99:99Z", "1e9",
    "2024-02-04T10:00:00+99:99", "\u0662\u0660\u0662\u0664-02-04", "9" * 5000,
]  # fmt: skip
WRITER = '<meta name="author" content="A. Writer">'
GRAPH = [{"@id": f"#{number}", "author": {"@id": f"#{number + 1}"}} for number in range(50_000)]
# Each says one honest thing before what is meant to stop the reader.
PAGES = {
    "json-ld of 10 MB": make_article() + make_article(about="x" * 10_000_000),
    "100,000 blocks": make_article() + make_json_ld('{"@type": "Thing"}') * 100_000,
    "json-ld nested": make_article() + make_json_ld("[" * 200_000 + "]" * 200_000),
    "graph of 50,000": WRITER + make_json_ld(json.dumps({"@graph": GRAPH})),
    "100,000 metas": "".join(
        f'<meta name="author" content="Writer {n}"><meta property="og:title" content="T{n}">'
        for n in range(50_000)
    ),
    "nested deeply": WRITER + "<div>" * 100_000 + "text",
    "dates of nobody": WRITER + "".join(map(make_dates, DATES_OF_NOBODY)),
    "bidi names": f'<meta name="author" content="{BIDI}">' + make_article(author={"name": BIDI}),
    "script in titles": f"<title>{html.escape(SCRIPT)}</title>"
    f'<meta property="og:title" content="{html.escape(SCRIPT)}"><h1>{SCRIPT}Wall</h1>',
}


def make_page(name: str) -> bytes:
    return f"<!DOCTYPE html><html><head>{PAGES[name]}</head><body><p>It stands.</p>".encode()


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_gives_claims_in_time_and_memory(tmp_path: Path, name: str) -> None:
    """As it is typed, with the limits of the workers: no page may cost more than they allow."""
    (tmp_path / "page.html").write_bytes(make_page(name))
    command = ["claims", "--file", str(tmp_path / "page.html"), "--url", "https://a.example/wall"]
    start = time.perf_counter()
    done = run_archive([*command, "--json"])
    shown = run_archive(command)
    assert time.perf_counter() - start < 60  # seconds of CPU are bounded; the machine is shared
    assert (done.returncode, shown.returncode) == (0, 0), done.stderr + shown.stderr
    read = json.loads(done.stdout)
    assert read["claims"]
    assert len(done.stdout) < 4 << 20
    for control in "\x1b\u202e\u2066\u200f":
        assert control not in shown.stdout
    for field in ("published", "modified"):
        value = read["assertions"][field]["value"]
        assert value in (None, "2024-02-04"), value


def test_a_page_that_kills_its_reader_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    """In the process itself it would have taken all memory."""
    bomb = gzip.compress(b"<p>" * (16 << 20))
    (tmp_path / "bomb.html").write_bytes(bomb)
    (tmp_path / "good.html").write_bytes(make_page("bidi names"))
    pages = [
        LoosePage(file=tmp_path / file, url="https://a.example/", captured=None, line={})
        for file in ("bomb.html", "good.html", "gone.html")
    ]
    limits = ExtractionSettings(workers=1, seconds=0.2, memory_bytes=1 << 29)
    first, second, third = read_pages(pages, limits)
    assert isinstance(first, UnreadPage)
    assert "bomb.html: reading" in first.problem
    assert isinstance(second, ReadPage)
    assert second.claims
    assert isinstance(third, UnreadPage)
    assert "gone.html" in third.problem


def test_hostile_pages_are_captured_read_and_shown(empty_archive: Archive) -> None:
    answers = {
        f"/{number}": answer_page(make_page(name), fields=HTML)
        for number, name in enumerate(("bidi names", "script in titles", "dates of nobody"))
    }
    with serve_raw(answers) as server:
        results = capture_all(empty_archive, map(server.url, answers), run=READ)
    for result in results:
        for verb in ("show", "claims"):
            done = run_archive([verb, result.last.id], root=empty_archive.layout.root)
            assert done.returncode == 0, done.stderr
            assert "\u202e" not in done.stdout
            assert "\x1b" not in done.stdout
    assert list_findings(empty_archive) == []
