"""Where a page's companions are: what stands beside it and speaks of it.

A cheap look at the bytes, without a tree, so that whoever captures can afford it.  Follows the
WordPress REST API's discovery (``rel="https://api.w.org/"``, ``alternate``), feed autodiscovery,
and RFC 9309's neighbour, the ``Sitemap`` lines of the Sitemaps protocol.  Rules:

1. A companion lies on the page's host, on a name below it, or with or without ``www``.
2. The REST record is the one that the page links; where it links the API and its own number
   alone, the post of that number.
3. The feed is the site's: of those linked the first that is neither of comments nor below the
   page itself.
4. Of several sitemaps the first that says ``news`` counts, else the first.

Limits: the first `LOOKED_AT` bytes, `_MOST` links.  Not for: reading companions
(`archive.extract.companions`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

from archive.core.exchange import Purpose
from archive.core.uri import Url, parse_url, resolve_location
from archive.errors import InputError

LOOKED_AT = 256 << 10
_MOST = 200
# Spelt out, since looking for any case takes ten times as long.
_TAG = re.compile(rb"<(?:link|LINK|Link)\b([^<>]{1,4000})>")
_TELLING = re.compile(rb"alternate|shortlink|api\.w\.org", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"([a-z-]{1,30})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_FIELD = re.compile(r"<([^<>]{1,4000})>([^<>]{0,1000})")
_PARAMETER = re.compile(r";\s{0,9}(\w{1,30})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|([^\s;,\"]+))")
_POST = re.compile(r"[/=]wp/v2/[\w-]{1,60}/\d{1,12}(?=$|[?&#/])")
_SHORT = re.compile(r"[?&](?:p|page_id)=(\d{1,12})(?:$|[&#])")
_API = "https://api.w.org/"
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|commento|reactie", re.IGNORECASE)
_SITEMAP = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*([^\s#]{1,8000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionLink:
    """Where a companion is, and which one: ``rest``, ``feed`` or ``sitemap``."""

    purpose: Purpose
    address: str


def find_companion_links(
    start: bytes, fields: tuple[tuple[str, str], ...], url: str
) -> tuple[CompanionLink, ...]:
    """Return the REST record and the feed that a page links, each at most once.

    ``start`` is the start of its content, ``fields`` the header fields it came with.
    """
    try:
        page = parse_url(url)
    except InputError:
        return ()
    links = [*_read_fields(fields), *islice(_read_tags(_cut_head(start[:LOOKED_AT])), _MOST)]
    found = {
        "rest": _find_post(links, page),
        "feed": _find_feed(links, page),
    }
    return tuple(
        CompanionLink(purpose="rest" if name == "rest" else "feed", address=str(address))
        for name, address in found.items()
        if address is not None
    )


def find_sitemap_link(content: bytes, url: str) -> CompanionLink | None:
    """Return the sitemap that the robots.txt of ``url``'s site names, or None."""
    try:
        page = parse_url(url)
    except InputError:
        return None
    named = [
        address
        for match in islice(_SITEMAP.finditer(content), _MOST)
        if (address := _resolve(page, match[1].decode("utf-8", "replace"))) is not None
    ]
    named.sort(key=lambda address: "news" not in address.target.lower())
    return CompanionLink(purpose="sitemap", address=str(named[0])) if named else None


def is_same_site(host: str, page: str) -> bool:
    """Tell whether a host is that of the page, below it, or differs by ``www`` alone (rule 1)."""
    site = page.removeprefix("www.")
    return host in (page, site) or host.endswith(f".{site}")


def _read_fields(fields: tuple[tuple[str, str], ...]) -> Iterator[dict[str, str]]:
    """Yield the links of ``Link`` header fields (RFC 8288), as far as we need them."""
    for name, value in fields:
        if name.lower() == "link":
            for match in islice(_FIELD.finditer(value[:20_000]), _MOST):
                link = {"href": match[1]}
                for parameter in _PARAMETER.finditer(match[2]):
                    link.setdefault(parameter[1].lower(), parameter[2] or parameter[3] or "")
                yield link


def _cut_head(start: bytes) -> bytes:
    """Return the page's head, where its end is spelt as usual; else all."""
    end = start.find(b"</head")
    return start if end < 0 else start[:end]


def _read_tags(start: bytes) -> Iterator[dict[str, str]]:
    for match in _TAG.finditer(start):
        if not _TELLING.search(match[1]):
            continue
        link: dict[str, str] = {}
        for attribute in _ATTRIBUTE.finditer(match[1].decode("utf-8", "replace")):
            value = attribute[2] or attribute[3] or attribute[4] or ""
            link.setdefault(attribute[1].lower(), unescape(value))
        yield link


def _find_post(links: list[dict[str, str]], page: Url) -> Url | None:
    for link in links:
        is_data = "json" in link.get("type", "").lower() and _is(link, "alternate")
        address = _resolve(page, link.get("href", "")) if is_data else None
        if address is not None and _POST.search(address.target.replace("%2F", "/")):
            return address
    api = next((link["href"] for link in links if _is(link, _API) and "href" in link), None)
    short = next((link["href"] for link in links if _is(link, "shortlink") and "href" in link), "")
    number = _SHORT.search(short)
    if api is None or number is None or "page_id" in short:
        return None
    return _resolve(page, f"{api.rstrip('/')}/wp/v2/posts/{number[1]}")


def _find_feed(links: list[dict[str, str]], page: Url) -> Url | None:
    own = page.target.partition("?")[0].rstrip("/")
    for link in links:
        if link.get("type", "").lower().strip() not in _FEEDS or not _is(link, "alternate"):
            continue
        address = _resolve(page, link.get("href", ""))
        if address is None or _COMMENTS.search(address.target + link.get("title", "")):
            continue
        if not (own and address.target.startswith(f"{own}/")):
            return address
    return None


def _is(link: dict[str, str], relation: str) -> bool:
    return relation in link.get("rel", "").lower().split()


def _resolve(page: Url, address: str) -> Url | None:
    try:
        found = resolve_location(page, address)
    except InputError:
        return None
    return found if is_same_site(found.host, page.host) else None
