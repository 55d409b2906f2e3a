"""What addresses in a page mean.  Not for: whether they are held (``test_page.py``)."""

import pytest

from archive.replay.addresses import resolve_address

BASE = "http://site.example/news/one.html"
CASES = [
    ("two.html", "http://site.example/news/two.html"),
    ("../two.html#there", "http://site.example/two.html"),
    ("//other.example/x", "http://other.example/x"),
    ("https:\\\\other.example\\x y", "https://other.example/x%20y"),
    ("mailto:someone@site.example", None),
    ("javascript:run()", None),
]
DOTS = [
    ("http://a.example/x/../y.css?v=/../1", "http://a.example/y.css?v=/../1"),
    ("http://a.example/x/./y", "http://a.example/x/y"),
    ("http://a.example/x/%2E%2e/y", "http://a.example/y"),
    ("http://a.example/../../y", "http://a.example/y"),
    ("http://a.example/x/..", "http://a.example/"),
    ("http://a.example/x//.", "http://a.example/x//"),
    ("http://a.example/x/...", "http://a.example/x/..."),
    ("http://a.example/x/.y/..z", "http://a.example/x/.y/..z"),
]


@pytest.mark.parametrize(("text", "address"), CASES)
def test_an_address_is_read_as_browsers_read_it(text: str, address: str | None) -> None:
    assert resolve_address(BASE, text) == address


@pytest.mark.parametrize(("text", "address"), DOTS)
def test_steps_back_were_asked_for_where_an_address_is_written_out(text: str, address: str) -> None:
    assert resolve_address(BASE, text) == address
