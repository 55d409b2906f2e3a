"""Which links a page's prose holds, and how their addresses are written.

Not for: furniture (`tests/extract/test_furniture.py`).
"""

import pytest

from archive.core.version import Link
from archive.extract.links import MOST_LINKS
from archive.extract.statement import read_extraction

URL = "https://harbour.example/news/1?page=2"
HTML = ("Content-Type", "text/html; charset=utf-8")


def list_links_of(body: str, head: str = "", url: str = URL) -> tuple[Link, ...]:
    page = f"<!doctype html><html><head><title>T</title>{head}</head><body>{body}</body></html>"
    facts = read_extraction(page.encode(), (HTML,), url).page
    assert facts is not None
    return facts.links


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("/a", "https://harbour.example/a"),
        ("b", "https://harbour.example/news/b"),
        ("https://other.example", "https://other.example/"),
        ("//other.example/a#part", "https://other.example/a"),
        ("/a?utm_source=x&amp;id=4&amp;fbclid=y", "https://harbour.example/a?id=4"),
        ("/a?utm_source=x", "https://harbour.example/a"),
        ("/a?b=&amp;c", "https://harbour.example/a?b=&c"),
        (" /spaced out ", "https://harbour.example/spaced%20out"),
    ],
)
def test_an_address_is_absolute_and_plain(address: str, url: str) -> None:
    (link,) = list_links_of(f'<p>See the <a href="{address}">plan\n of <b>it</b></a> here.</p>')
    assert link == Link(text="plan of it", url=url)


@pytest.mark.parametrize(
    "markup",
    [
        '<p>See <a href="#part">here</a></p>',
        '<p>See <a href="mailto:a@harbour.example">here</a></p>',
        '<p>See <a href="javascript:x()">here</a></p>',
        '<p>See <a href="http://[::1">here</a></p>',
        '<p>See <a href="">here</a></p>',
        "<p>See <a>here</a></p>",
        '<p>See <a href="/a"><img src="/a.png"></a></p>',
        '<p>See <a rel="tag" href="/a">here</a></p>',
        '<p>By <a rel="author" href="/a">A. Writer</a></p>',
        '<nav><p>See <a href="/a">here</a></p></nav>',
        '<footer><p>See <a href="/a">here</a></p></footer>',
        '<aside><p>See <a href="/a">here</a></p></aside>',
        '<div class="related-posts"><p>See <a href="/a">here</a></p></div>',
        '<div><a href="/a">Home</a></div>',
    ],
)
def test_other_links_are_none_of_the_prose(markup: str) -> None:
    assert list_links_of(f"<h1>Reading room opens</h1><p>It opens on Monday.</p>{markup}") == ()


def test_only_the_article_with_the_headline_counts() -> None:
    page = (
        "<p>Old <a href=/o>news</a></p><article><h1>Room</h1><p>The <a"
        " href=/a>plan</a></p></article>"
        "<article><h2>Other</h2><p>Its <a href=/b>plan</a></p></article>"
    )
    assert [link.url for link in list_links_of(page)] == ["https://harbour.example/a"]


def test_the_base_of_a_page_counts() -> None:
    (link,) = list_links_of("<p>A <a href=c>c</a></p>", '<base href="https://b.example/x/">')
    assert link.url == "https://b.example/x/c"
    (link,) = list_links_of("<p>A <a href=c>c</a></p>", '<base href="javascript:x">')
    assert link.url == "https://harbour.example/news/c"


def test_links_are_bounded() -> None:
    page = "<p>x <a href=/a>y</a> z</p>" * (MOST_LINKS + 10)
    assert len(list_links_of(page)) == MOST_LINKS


def test_a_page_without_an_address_has_no_links() -> None:
    assert list_links_of("<p>A <a href=c>c</a></p>", url="page.html") == ()
