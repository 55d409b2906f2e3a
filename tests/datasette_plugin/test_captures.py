"""The page of a capture and its downloads.  Not for: pages as they looked (``test_replay.py``)."""

import gzip
import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store.read import read_record
from archive.workflows.fixity import record_fixity
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.datasette_plugin.held import HTML, Kept, keep_archive
from tests.datasette_plugin.sample import HOSTILE_TITLE
from tests.datasette_plugin.site import Site, has_foreign_script
from tests.support.archives import make_world, write_to
from tests.support.raw_server import Answer, answer_page, answer_redirect

PAGE = (
    f"<!doctype html><title>{html.escape(HOSTILE_TITLE)}</title><h1>The bridge</h1><p>The bridge is"
    " open again for everybody who walks. It was closed for a year, the council said on Monday."
).encode()
SENT = ("Content-Type: text/html; charset=utf-8", "X-Note: <script>alert(1)</script>")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    answers: dict[str, Answer] = {
        "/a": answer_page(PAGE, fields=SENT),
        "/old": answer_redirect("/a", status="301 Moved Permanently"),
        "/report.pdf": answer_page(b"%PDF-1.4 x", fields=("Content-Type: application/pdf",)),
        "/x.html%22": answer_page(b"<p>x", fields=HTML),
    }
    with keep_archive(tmp_path, answers) as kept:
        yield kept


@pytest.fixture
def ids(kept: Kept) -> dict[str, str]:
    first = kept.capture("/old", "/report.pdf", "/x.html%22", "/none")
    return first | {"again": kept.capture("/a")["/a"]}


def find_links(text: str) -> set[str]:
    return {html.unescape(link) for link in re.findall(r'(?:href|src)="(/[^"#]*)', text)}


def test_the_page_of_a_capture_says_what_was_captured(kept: Kept, ids: dict[str, str]) -> None:
    with kept.serve() as site:
        page = site.visit(f"/capture/{ids['/old']}")
    assert page.status_code == 200
    for said in (
        *('datetime="2024-03-01T12:00:00', "<dd>response</dd>", "<dd>200</dd>", "Redirect chain"),
        *("X-Note: &lt;script&gt;alert(1)", "GET /a HTTP/1.1", "this archive held these bytes"),
        *("It does not prove that the publisher served them", "leaf", "sha256:", ".warc.gz"),
        *("archive verify --level full", f"archive log prove {ids['/old']}", "none is recorded"),
    ):
        assert said in page.text, said
    assert page.text.count("<h1>") == 1
    assert not has_foreign_script(page)
    assert "\u202e" not in page.text


def test_the_page_of_a_repeat_did_not_say_whose_text_it_shows(
    kept: Kept, ids: dict[str, str]
) -> None:
    first = kept.capture("/x.html%22")["/x.html%22"]
    with kept.serve() as site:
        page = site.visit(f"/capture/{first}").text
    said = re.search(r'<dt>Read as</dt><dd><a href="/capture/(\w{16})">', page)
    assert said
    assert said[1] == ids["/x.html%22"]


def test_every_link_of_a_capture_leads_somewhere(kept: Kept, ids: dict[str, str]) -> None:
    with kept.serve() as site:
        for capture in ids.values():
            links = find_links(site.visit(f"/capture/{capture}").text)
            assert len(links) > 5
            for link in sorted(links):
                assert site.visit(link).status_code == 200, link


def test_the_digest_on_the_page_is_that_of_the_download(kept: Kept, ids: dict[str, str]) -> None:
    with kept.serve() as site:
        text = site.visit(f"/capture/{ids['/old']}").text
        sent = site.visit(f"/capture/{ids['/old']}/record.warc.gz")
    assert f"# {hashlib.sha256(sent.content).hexdigest()}" in text
    record = gzip.decompress(sent.content)
    assert record.startswith(b"WARC/1.1\r\n")
    assert PAGE in record
    assert sent.headers["content-type"] == "application/warc"


@pytest.mark.parametrize("what", ["payload", "record.warc.gz"])
def test_downloads_are_shown_by_no_browser(kept: Kept, ids: dict[str, str], what: str) -> None:
    with kept.serve() as site:
        for capture in ids.values():
            sent = site.visit(f"/capture/{capture}/{what}")
            name = re.fullmatch(
                r'attachment; filename="([0-9a-z]{16}(?:\.[a-z0-9]{1,8}){1,2})"',
                sent.headers["content-disposition"],
            )
            assert name
            assert name[1].startswith(capture)
            assert sent.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
            assert sent.headers["x-content-type-options"] == "nosniff"
            assert sent.headers["content-type"] in ("application/octet-stream", "application/warc")


def test_a_revisit_gives_the_payload_of_the_earlier_capture(
    kept: Kept, ids: dict[str, str]
) -> None:
    with kept.serve() as site:
        page = site.visit(f"/capture/{ids['again']}").text
        sent = site.visit(f"/capture/{ids['again']}/payload")
    assert f"/capture/{ids['/old']}" in page
    assert "which holds it" in page
    assert sent.content == PAGE
    assert sent.headers["archive-payload-of"] == ids["/old"]


def test_a_withdrawn_capture_says_so(kept: Kept, ids: dict[str, str]) -> None:
    with write_to(kept.archive) as writing:
        plan = plan_withdrawal(writing, ids["/old"])
        withdraw_capture(writing, plan, reason="By order of <b>a court</b>.", by="C. Curator")
    with kept.serve() as site:
        page = site.visit(f"/capture/{ids['/old']}")
        assert page.status_code == 200
        assert "A withdrawn capture" in page.text
        assert "By order of &lt;b&gt;a court" in page.text
        for capture in (ids["/old"], ids["again"]):  # a revisit of it has lost its payload too
            for path in ("capture/{}/payload", "replay/{}", "replay/{}/frame"):
                gone = site.visit("/" + path.format(capture))
                assert gone.status_code == 410, path
                assert "withdrawn" in gone.text
                assert PAGE.decode() not in gone.text
        assert site.visit(f"/capture/{ids['/old']}/record.warc.gz").status_code == 410


def test_a_damaged_record_is_not_sent(kept: Kept, ids: dict[str, str]) -> None:
    with kept.serve() as site:
        row = site.visit("/archive/captures.json?_shape=array&_size=max").json()
        (found,) = [one for one in row if one["id"] == ids["/old"]]
        path = kept.archive.layout.find_warc(found["warc"])
        assert path is not None
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[found["offset"] : found["offset"] + 40] = bytes(40)
        path.write_bytes(data)
        page = site.visit(f"/capture/{ids['/old']}")
        assert page.status_code == 200
        assert "archive verify" in page.text
        for what in ("capture/{}/payload", "capture/{}/record.warc.gz", "replay/{}/frame"):
            answer = site.visit("/" + what.format(ids["/old"]))
            assert answer.status_code == 404, what
            assert "archive verify" in answer.text


def test_the_last_check_that_read_a_capture_is_named(kept: Kept, ids: dict[str, str]) -> None:
    world = make_world(seed="fixity")
    record_fixity(kept.archive, world, level="full", found=[], coverage=None, by="F. Fixity")
    later = kept.capture("/report.pdf")["/report.pdf"]
    with kept.serve() as site:
        assert "all holds (level full), by F. Fixity" in site.visit(f"/capture/{ids['/old']}").text
        assert "none is recorded" in site.visit(f"/capture/{later}").text


@pytest.mark.parametrize(
    "name", ["x", "nothere9", "zzzzzzzzzzzzzzzz", "%00%00%00%00%00%00", "..%2f..%2fetc", "a" * 5000]
)
def test_what_is_no_capture_is_not_found(kept: Kept, ids: dict[str, str], name: str) -> None:
    assert ids
    with kept.serve() as site:
        for path in (f"/capture/{name}", f"/capture/{name}/payload", f"/replay/{name}/frame"):
            answer = site.visit(path)
            assert answer.status_code == 404
            assert not has_foreign_script(answer)


def test_a_short_id_leads_to_the_whole_one(kept: Kept, ids: dict[str, str]) -> None:
    with kept.serve() as site:
        answer = site.visit(f"/capture/{ids['/old'][:8].upper()}/payload")
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/capture/{ids['/old']}/payload"


def test_captures_of_an_index_without_files_have_a_page(index: Path) -> None:
    with Site(index) as site:
        rows = site.visit("/archive/captures.json?_shape=array").json()
        assert len(rows) > 5
        for row in rows:
            page = site.visit(f"/capture/{row['id']}")
            assert page.status_code == 200
            assert not has_foreign_script(page)
            assert "\u202e" not in page.text
            assert site.visit(f"/capture/{row['id']}/payload").status_code == 404
            assert site.visit(f"/replay/{row['id']}").status_code == 404


def test_captures_ask_for_permission(index: Path) -> None:
    nobody = {"archive": {"allow": {"id": "root"}}}
    closed = {"archive": {"tables": {"texts": {"allow": False}}}}
    with Site(index) as site:
        capture = site.visit("/archive/captures.json?_shape=array").json()[0]["id"]
        url = "http://gone.example/recall"
    paths = [f"/capture/{capture}", f"/capture/{capture}/payload", f"/replay/{capture}"]
    paths += [f"/replay/{capture}/frame", f"/replay/{capture}/res/{capture}"]
    paths += [f"/capture/{capture}/record.warc.gz"]
    lists = [f"/timegate/{url}", f"/timemap/link/{url}", f"/memento/2026/{url}", f"/cdx?url={url}"]
    with Site(index, databases=nobody) as site:
        for path in (*paths, *lists):
            assert site.visit(path).status_code == 403, path
    with Site(index, databases=closed) as site:
        for path in paths:
            assert site.visit(path).status_code == 403, path


def test_the_record_that_is_sent_is_the_one_that_is_stored(kept: Kept, ids: dict[str, str]) -> None:
    with kept.serve() as site:
        sent = site.visit(f"/capture/{ids['/report.pdf']}/record.warc.gz").content
        (row,) = [
            one
            for one in site.visit("/archive/captures.json?_shape=array&_size=max").json()
            if one["id"] == ids["/report.pdf"]
        ]
    record = read_record(kept.archive.layout, row["warc"], row["offset"], row["length"])
    assert gzip.decompress(sent).endswith(record.block + b"\r\n\r\n")
