"""Where a page says that its companions are."""

import pytest

from archive.core.exchange import Purpose
from archive.extract.companion_links import find_companion_links, find_sitemap_link, is_same_site

URL = "https://www.example.org/2024/wall/?utm_source=x"
REST = "https://www.example.org/wp-json/wp/v2/posts/12"
API = "rel='https://api.w.org/' href='/wp-json/'"
JSON = "rel=alternate type=application/json"
FEED = 'rel="alternate" type="application/rss+xml"'

HEADS: dict[str, dict[Purpose, str]] = {
    f"<link {JSON} href={REST}>": {"rest": REST},
    f"<LINK {JSON} title='JSON' href='/wp-json/wp/v2/pages/7' />": {
        "rest": "https://www.example.org/wp-json/wp/v2/pages/7"
    },
    f"<link {JSON} href='/?rest_route=/wp/v2/posts/12&amp;x=1'>": {
        "rest": "https://www.example.org/?rest_route=/wp/v2/posts/12&x=1"
    },
    f"<link {API}><link rel=shortlink href='https://www.example.org/?p=12'>": {"rest": REST},
    f"<link {API}>": {},
    f"<link {API}><link rel=shortlink href='/?page_id=12'>": {},
    f"<link {JSON} href='/wp-json/wp/v2/categories'>": {},
    f"<link {JSON} href='https://example.net/wp-json/wp/v2/posts/12'>": {},
    f"<link {JSON} href='https://www.example.org.evil.example/wp-json/wp/v2/posts/1'>": {},
    f"<link {FEED} href='/feed/'>": {"feed": "https://www.example.org/feed/"},
    f"<link {FEED} href='/comments/feed/'><link {FEED} href='/rss'>": {
        "feed": "https://www.example.org/rss"
    },
    f"<link {FEED} title='Office &raquo; Kommentar-Feed' href='/k'>": {},
    f"<link {FEED} href='/2024/wall/feed/'>": {},
    f"<link {FEED} href='https://news.example.org/atom'>": {
        "feed": "https://news.example.org/atom"
    },
    f"<link {FEED} href='https://feeds.example.net/office'>": {},
    "<link rel='stylesheet' type='application/rss+xml' href='/feed/'>": {},
    "<link rel='alternate' type='application/feed+json' href='/feed.json'>": {
        "feed": "https://www.example.org/feed.json"
    },
    f"<link {FEED} href='javascript:alert(1)'>": {},
    "<link " * 50_000: {},
    "<link rel=" + "'" * 200_000 + ">": {},
}


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head[:80])
def test_what_a_page_links(head: str) -> None:
    links = find_companion_links(f"<html><head>{head}</head>".encode(), (), URL)
    assert {link.purpose: link.address for link in links} == HEADS[head]


def test_header_fields_link_too() -> None:
    fields = (
        ("Link", '<https://www.example.org/wp-json/>; rel="https://api.w.org/"'),
        ("Link", f'<{REST}>; rel="alternate"; title="JSON"; type="application/json", </?p=12>'),
    )
    (link,) = find_companion_links(b"", fields, URL)
    assert (link.purpose, link.address) == ("rest", REST)


SITEMAPS = {
    b"Sitemap: https://www.example.org/sitemap.xml": "https://www.example.org/sitemap.xml",
    b"User-agent: *\r\nsitemap:/a.xml\r\nSitemap: /news.xml # here": (
        "https://www.example.org/news.xml"
    ),
    b"Sitemap: https://example.net/sitemap.xml": None,
    b"Disallow: /sitemap: /a.xml": None,
    b"": None,
}


@pytest.mark.parametrize("rules", SITEMAPS)
def test_robots_txt_names_the_sitemap(rules: bytes) -> None:
    link = find_sitemap_link(rules, "https://www.example.org/robots.txt")
    assert (link and link.address) == SITEMAPS[rules]


HOSTS = {
    ("example.org", "www.example.org"): True,
    ("www.example.org", "example.org"): True,
    ("news.example.org", "www.example.org"): True,
    ("example.org", "news.example.org"): False,
    ("badexample.org", "example.org"): False,
    ("127.0.0.2", "127.0.0.1"): False,
}


@pytest.mark.parametrize("hosts", HOSTS, ids=" ".join)
def test_a_site_is_a_host_and_the_names_below_it(hosts: tuple[str, str]) -> None:
    assert is_same_site(*hosts) is HOSTS[hosts]
