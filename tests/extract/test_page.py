"""Which responses are pages, and their trees.  Not for: what the pages claim."""

import pytest

from archive.extract.page import LIMIT, Kind, parse_page

URL = "https://example.org/a"
HTML = b"<!DOCTYPE html><title>T</title><p>Words"


@pytest.mark.parametrize(
    ("content", "content_type", "kind"),
    [
        (HTML, "text/html", "html"),
        (HTML, "Text/HTML; charset=utf-8", "html"),
        (HTML, "application/xhtml+xml", "html"),
        (b"just words", "text/html", "html"),
        (HTML, None, "html"),
        (b"  <!-- a --><!-- b -->\n<HTML>", None, "html"),
        (b"\xef\xbb\xbf<html lang=en>", "application/octet-stream", "html"),
        (b"<?xml version='1.0'?><html>", "application/xml", "html"),
        (b"<?xml version='1.0'?><rss></rss>", "application/xml", "other"),
        (b"<?xml version='1.0'?><rss></rss>", "application/rss+xml", "other"),
        (b"Just words.", "text/plain", "plain"),
        (HTML, "text/plain", "plain"),
        (b"# Words", "text/markdown; charset=utf-8", "plain"),
        (b"Just words.", None, "plain"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None, "other"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text/plain", "other"),
        (b"\xff\xfea\x00b\x00", "text/plain", "plain"),
        (b"just words", "application/octet-stream", "other"),
        (HTML, "image/png", "other"),
        (b"{}", "application/json", "other"),
        (b"%PDF-1.7", "application/pdf", "other"),
        (HTML, "nonsense", "other"),
        (b"", "text/html", "other"),
        (None, "text/html", "other"),
    ],
)
def test_kinds(content: bytes | None, content_type: str | None, kind: Kind) -> None:
    fields = () if content_type is None else (("CONTENT-type", content_type),)
    page = parse_page(content, fields, URL)
    assert page.kind == kind
    assert (page.tree is not None) == (kind == "html")
    assert bool(page.note) == (kind == "other")


@pytest.mark.parametrize(
    "content", [b" ", b"<!-- only -->", b"\x00", b"<", b"<?xml?>", b"<!DOCTYPE html>"]
)
def test_a_page_without_an_element_is_no_failure(content: bytes) -> None:
    assert parse_page(content, (("Content-Type", "text/html"),), URL).kind == "html"


def test_controls_do_not_end_a_page() -> None:
    page = parse_page(b"<title>a\x00b\x0bc</title><p>after", (), URL)
    assert page.tree is not None
    assert page.tree.findtext(".//title") == "a\ufffdb\ufffdc"
    assert page.tree.findtext(".//p") == "after"


def test_a_declared_encoding_does_not_break_the_parser() -> None:
    content = (
        "<?xml version='1.0' encoding='iso-8859-1'?><html><title>\u00e9</title></html>".encode(
            "latin-1"
        )
    )
    page = parse_page(content, (("Content-Type", "text/html"),), URL)
    assert page.tree is not None
    assert page.tree.findtext(".//title") == "\u00e9"


def test_too_much_is_cut_and_said() -> None:
    page = parse_page(HTML + b"x" * LIMIT, (), URL)
    assert len(page.text) == LIMIT
    assert page.note == f"only the first {LIMIT} bytes were read"


def test_too_deep_is_said() -> None:
    page = parse_page(b"<html><title>T</title>" + b"<div>" * 1000 + b"deep", (), URL)
    assert page.is_deep
    assert "deep" in page.note
    assert page.tree is not None
    assert page.tree.findtext(".//title") == "T"


def test_a_field_is_found_in_any_case() -> None:
    page = parse_page(HTML, (("Content-Type", "text/html"), ("ETag", "a"), ("etag", "b")), URL)
    assert page.find("etag") == "a"
    assert page.find("date") is None


def test_hostile_starts_are_sniffed_in_time() -> None:
    for start in (b"<!---->" * 200, b"<?xml>" * 200, b" " * 1024, b"<!--" * 256):
        assert parse_page(start + b"x", (), URL).kind in ("plain", "html")
