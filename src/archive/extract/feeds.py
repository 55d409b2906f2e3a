"""The entries of a feed: RSS 2.0, RSS 1.0, Atom 1.0 and JSON Feed 1.1, and their elders.

Follows the RSS 2.0 specification, RSS 1.0, RFC 4287 and JSON Feed 1.1, as leniently as readers
do.  Rules:

1. An entry's address is where its page is read: of RSS ``feedburner:origLink``, ``link``, then a
   ``guid`` that is an address; of Atom the ``alternate`` link; of JSON Feed ``url``.
2. The first readable date of a kind counts.  ``pubDate``, ``dc:date``, ``published`` and
   ``issued`` publish; ``updated``, ``modified`` and ``dcterms:modified`` change.
3. What the feed says of itself is not said of its entries.
4. Locators: ``item[3]/pubDate``, ``atom:entry[1]/atom:author/atom:name`` (prefixes are ours),
   ``$.items[2].date_published``.

Limits: `MOST_ENTRIES` entries, and those of `archive.extract.xml_elements`.  Not for: which entry
is a page's (`archive.extract.companions`), or visiting them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from archive.extract.json_block import Json, parse_json_text
from archive.extract.xml_elements import (
    Stated,
    find_children,
    find_elements,
    join_text,
    name_element,
    read_address,
    state_date,
    state_text,
)

MOST_ENTRIES = 2_000
_MOST_AUTHORS = 20
_LONGEST_JSON = 4 << 20  # bytes; its objects take many times that in memory
ENTRIES = frozenset({"item", "atom:entry"})
# In this order; the first that can be read counts.
_PUBLISHED = (
    "pubDate",
    "atom:published",
    "atom:issued",
    "dcterms:issued",
    "dcterms:created",
    "dc:date",
    "pubdate",
)
_UPDATED = ("atom:updated", "atom:modified", "dcterms:modified")
_MAILBOX = re.compile(r"[^\s()]+@[^\s()]+\s*\(([^()]{1,200})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry: where its page is, how the feed names it, and what is said of it.

    ``url`` is absolute, None where the entry links to no web page; ``locator`` names the entry.
    """

    locator: str
    url: str | None
    id: str | None
    title: Stated | None
    published: Stated | None
    updated: Stated | None
    authors: tuple[Stated, ...]


def parse_feed(content: bytes, url: str) -> tuple[FeedEntry, ...]:
    """Return the entries of the feed that was served at ``url``, in order; none if it is no feed.

    ``content`` is decoded as far as HTTP encoded it.
    """
    if content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return tuple(islice(_parse_json_feed(content, url), MOST_ENTRIES))
    found = islice(find_elements(content, ENTRIES), MOST_ENTRIES)
    return tuple(
        _parse_item(element, locator, url)
        if name_element(element) == "item"
        else _parse_entry(element, locator, url)
        for locator, element in found
    )


def _parse_item(element: etree._Element, locator: str, url: str) -> FeedEntry:
    base = _find_base(element, url)
    own = {
        name: next((join_text(child) for _, child in find_children(element, "", name)), None)
        for name in ("feedburner:origLink", "link", "guid")
    }
    linked = [own["feedburner:origLink"], own["link"]]
    linked += [child.get("href") for _, child in find_children(element, "", "atom:link")]
    guid = (own["guid"] or "").strip()
    if guid.startswith(("http://", "https://")) and _is_permalink(element):
        linked.append(guid)
    addresses = (read_address(text, base) for text in linked)
    return FeedEntry(
        locator=locator,
        url=next((address for address in addresses if address), None),
        id=guid or _find_about(element),
        title=_find_text(element, locator, ("title", "dc:title")),
        published=_find_date(element, locator, _PUBLISHED),
        updated=_find_date(element, locator, _UPDATED),
        authors=_list_creators(element, locator),
    )


def _is_permalink(element: etree._Element) -> bool:
    guids = (child for _, child in find_children(element, "", "guid"))
    return all((guid.get("isPermaLink") or "true").strip().lower() != "false" for guid in guids)


def _find_about(element: etree._Element) -> str | None:
    """Return the name that RSS 1.0 gives an item."""
    return element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")


def _parse_entry(element: etree._Element, locator: str, url: str) -> FeedEntry:
    links = [child for _, child in find_children(element, "", "atom:link")]
    pages = [link for link in links if (link.get("rel") or "alternate") == "alternate"]
    pages.sort(key=lambda link: (link.get("type") or "text/html") != "text/html")
    addresses = (read_address(link.get("href"), _find_base(link, url)) for link in pages)
    name = next((join_text(child) for _, child in find_children(element, "", "atom:id")), "")
    authors = [
        state_text(join_text(child), path)
        for above, author in find_children(element, locator, "atom:author")
        for path, child in islice(find_children(author, above, "atom:name"), 1)
    ]
    return FeedEntry(
        locator=locator,
        url=next((address for address in addresses if address), None),
        id=name.strip() or None,
        title=_find_text(element, locator, ("atom:title",)),
        published=_find_date(element, locator, _PUBLISHED),
        updated=_find_date(element, locator, _UPDATED),
        authors=tuple(author for author in authors[:_MOST_AUTHORS] if author)
        or _list_creators(element, locator),
    )


def _find_base(element: etree._Element, url: str) -> str:
    """Return what addresses in ``element`` are relative to: ``xml:base``, else the feed's own."""
    try:
        return urljoin(url, element.base or "")
    except ValueError:
        return url


def _find_text(element: etree._Element, locator: str, names: tuple[str, ...]) -> Stated | None:
    for name in names:
        for path, child in find_children(element, locator, name):
            if stated := state_text(join_text(child), path):
                return stated
    return None


def _find_date(element: etree._Element, locator: str, names: tuple[str, ...]) -> Stated | None:
    """Return the first date that can be read, else the first that is there."""
    found = [
        stated
        for name in names
        for path, child in islice(find_children(element, locator, name), 2)
        if (stated := state_date(join_text(child), path))
    ]
    return next((stated for stated in found if stated.value), found[0] if found else None)


def _list_creators(element: etree._Element, locator: str) -> tuple[Stated, ...]:
    """Return ``dc:creator``, else the name behind the mail address that RSS asks for."""
    found = [
        state_text(join_text(child), path)
        for path, child in islice(find_children(element, locator, "dc:creator"), _MOST_AUTHORS)
    ]
    if not any(found):
        for path, child in islice(find_children(element, locator, "author"), _MOST_AUTHORS):
            raw = join_text(child)
            match = _MAILBOX.fullmatch(raw[:1000].strip())
            value = match[1].strip() if match else raw.strip()
            if value and "@" not in value:
                stated = state_text(raw, path)
                found.append(
                    Stated(raw=stated.raw, value=" ".join(value.split()), locator=path)
                    if stated
                    else None
                )
    return tuple(stated for stated in found if stated)


def _parse_json_feed(content: bytes, url: str) -> Iterator[FeedEntry]:
    feed = parse_json_text(content, _LONGEST_JSON)
    items = feed.get("items") if isinstance(feed, dict) else None
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield _parse_json_item(item, f"$.items[{place}]", url)


def _parse_json_item(item: dict[str, Json], locator: str, url: str) -> FeedEntry:
    name = item.get("id")
    own = item.get("url")
    listed = item.get("authors")
    authors: list[tuple[str, Json]] = [(f"{locator}.author", item.get("author"))]
    if isinstance(listed, list):
        authors = [(f"{locator}.authors[{place}]", one) for place, one in enumerate(listed)]
    names = (
        state_text(_read_string(one.get("name")), f"{path}.name")
        for path, one in authors[:_MOST_AUTHORS]
        if isinstance(one, dict)
    )
    return FeedEntry(
        locator=locator,
        url=read_address(own, url) if isinstance(own, str) else None,
        id=str(name)[:1000] if isinstance(name, str | int) else None,
        title=state_text(_read_string(item.get("title")), f"{locator}.title"),
        published=state_date(_read_string(item.get("date_published")), f"{locator}.date_published"),
        updated=state_date(_read_string(item.get("date_modified")), f"{locator}.date_modified"),
        authors=tuple(stated for stated in names if stated),
    )


def _read_string(value: Json) -> str:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
