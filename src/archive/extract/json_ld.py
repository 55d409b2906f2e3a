"""Claims of JSON-LD: schema.org statements in ``script[type="application/ld+json"]``.

A page describes itself, its site and other pages in the same blocks.  Rules:

1. Nodes are looked for at the top of a block, in its lists and in ``@graph``, and in what a
   web page names as its ``mainEntity``.  What hangs below any other property (related
   items, videos, comments) is not about this page.
2. Of several articles, those count that carry this page's address, else those that carry
   its title; else the first alone, under a rule of its own, since the page may list many.
3. ``{"@id": …}`` is followed to the node of that name in any block of the page.
4. ``dateCreated`` and ``uploadDate`` are lower bounds: what was made then came out no sooner.
5. The locator is a JSONPath (RFC 9535) to where the raw text stands, behind the block's
   number among all of the page, broken ones included.

Not for: mending blocks (`archive.extract.json_block`), microdata and RDFa.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from archive.core.claim import Claim, Field
from archive.core.edtf import read_date
from archive.core.text import fold_text
from archive.core.uri import format_statement_key, parse_url
from archive.errors import InputError
from archive.extract.json_block import Json, parse_json_block
from archive.extract.page import Page
from archive.extract.source import make_claim, state_claim
from archive.extract.visible import read_visible_text

_BLOCKS = 50
_NODES = 2000
_NAMES = 50  # authors of one node
_HOPS = 4  # how far a chain of references is followed

_ARTICLE = re.compile(
    r"\w*(?:Article|Posting)|Report|PressRelease|SpecialAnnouncement|\w*Statement"
)
_WEB_PAGE = re.compile(r"\w*Page")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPE_PREFIX = re.compile(r".*[/:#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A JSON object and the path to it."""

    path: str
    data: dict[str, Json]

    @property
    def types(self) -> tuple[str, ...]:
        """The names of its types, without a vocabulary's address."""
        stated = self.data.get("@type")
        listed = stated if isinstance(stated, list) else [stated]
        return tuple(_TYPE_PREFIX.sub("", item) for item in listed if isinstance(item, str))


def parse_json_ld(page: Page) -> Iterator[Claim]:
    """Yield the claims of the page's articles, then of the page itself, then of its site."""
    nodes = list(islice(_find_nodes(page), _NODES))
    named = _index_nodes(nodes)
    articles = [node for node in nodes if _is_any(node, _ARTICLE)]
    rule = "json-ld-article/1"
    if len(articles) > 1:
        own = _choose_own(articles, page)
        rule = rule if own else "json-ld-listed/1"
        articles = own or articles[:1]
    for node in articles:
        yield from _state_page(node, named, rule, ("headline", "name"))
    for node in nodes:
        if _is_any(node, _WEB_PAGE) and not _is_any(node, _ARTICLE):
            yield from _state_page(node, named, "json-ld-page/1", ("headline", "name"))
    for node in nodes:
        if "WebSite" in node.types:
            yield from _state("publisher", node, "name", named, "json-ld-site/1")


def list_blocks(page: Page) -> Iterator[etree._Element]:
    """Yield the elements of the page's blocks, broken ones included."""
    return (
        element
        for element in page.parts.scripts
        if (element.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json"
    )


def _find_nodes(page: Page) -> Iterator[Node]:
    """Yield the objects that rule 1 names, in the order of the document."""
    if page.tree is None:
        return
    for number, element in enumerate(islice(list_blocks(page), _BLOCKS)):
        waiting: list[tuple[str, Json]] = [
            (f"json-ld[{number}].$", parse_json_block(element.text or ""))
        ]
        while waiting:
            path, value = waiting.pop()
            below: list[tuple[str, Json]] = []
            if isinstance(value, list):
                below = [(f"{path}[{place}]", item) for place, item in enumerate(value[:_NODES])]
            elif isinstance(value, dict):
                node = Node(path=path, data=value)
                yield node
                keys = ("@graph", "mainEntity") if _is_any(node, _WEB_PAGE) else ("@graph",)
                below = [(_extend(path, key), value[key]) for key in keys if key in value]
            waiting.extend(reversed(below))


def _index_nodes(nodes: list[Node]) -> dict[str, Node]:
    """Return nodes by ``@id``; of several with one name, the one that says most."""
    named: dict[str, Node] = {}
    for node in nodes:
        name = node.data.get("@id")
        if isinstance(name, str) and (name not in named or len(node.data) > len(named[name].data)):
            named[name] = node
    return named


def _is_any(node: Node, kinds: re.Pattern[str]) -> bool:
    return any(kinds.fullmatch(name) for name in node.types)


def _choose_own(articles: list[Node], page: Page) -> list[Node]:
    """Return the articles that carry the page's address, else those that carry its title."""
    addresses = {_format_key(address) for address in _find_addresses(page)} - {None}
    own = [node for node in articles if addresses & {_format_key(item) for item in _list_ids(node)}]
    if own:
        return own
    titles = _find_titles(page)
    return [
        node
        for node in articles
        if isinstance(headline := node.data.get("headline") or node.data.get("name"), str)
        and len(folded := fold_text(headline)) > 0
        and any(title.startswith(folded) for title in titles)
    ]


def _list_ids(node: Node) -> list[str]:
    found: list[str] = []
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.data.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            found.append(value)
    return found


def _find_addresses(page: Page) -> Iterator[str]:
    yield page.url
    if page.tree is not None:
        for element in page.parts.links:
            if (element.get("rel") or "").lower() == "canonical":
                yield element.get("href") or ""


def _find_titles(page: Page) -> list[str]:
    if page.tree is None:
        return []
    metas = (
        element.get("content") or ""
        for element in page.parts.metas
        if element.get("property") == "og:title"
    )
    shown = (read_visible_text(element) for element in islice(page.tree.iter("title", "h1"), 3))
    return [fold_text(title) for title in (*metas, *shown)]


def _format_key(address: str) -> str | None:
    """Return the address's canonical key, a fragment and a slash at the end left off."""
    try:
        return format_statement_key(parse_url(address.strip())).rstrip("/")
    except InputError:
        return None


def _state_page(
    node: Node, named: dict[str, Node], rule: str, titles: tuple[str, ...]
) -> Iterator[Claim]:
    for key in titles:
        stated = list(_state("title", node, key, named, rule))
        yield from stated
        if stated:
            break
    yield from _state("published", node, "datePublished", named, rule)
    yield from _state_bounds(node, named)
    yield from _state("modified", node, "dateModified", named, rule)
    yield from _state("author", node, "author", named, rule)
    yield from _state("publisher", node, "publisher", named, rule)
    yield from _state("language", node, "inLanguage", named, rule)
    yield from _state("licence", node, "license", named, rule)
    yield from _state("correction", node, "correction", named, rule)
    yield from _state("credited", node, "sourceOrganization", named, "source-organization/1")
    yield from _state("origin", node, "isBasedOn", named, "is-based-on/1")


def _state(
    field: Field, node: Node, key: str, named: dict[str, Node], rule: str
) -> Iterator[Claim]:
    found = _find_texts(_extend(node.path, key), node.data.get(key), named)
    for path, raw in islice(found, _NAMES):
        yield from state_claim(field, raw, source="json-ld", locator=path, rule=rule, epoch=True)


def _state_bounds(node: Node, named: dict[str, Node]) -> Iterator[Claim]:
    """Yield when the page's text or its film was made: not before that was it published."""
    made = [(node, "dateCreated"), (node, "uploadDate")]
    video = node.data.get("video")
    if isinstance(video, dict):
        made.append((Node(path=_extend(node.path, "video"), data=video), "uploadDate"))
    for thing, key in made:
        found = _find_texts(_extend(thing.path, key), thing.data.get(key), named)
        for path, raw in islice(found, 1):
            reading = read_date(raw)
            if reading is not None:
                yield make_claim(
                    "published",
                    raw,
                    f"{reading[0][:10]}/..",
                    source="json-ld",
                    locator=path,
                    rule="json-ld-created/1",
                    zone=reading[1],
                )


def _find_texts(start: str, value: Json, named: dict[str, Node]) -> Iterator[tuple[str, str]]:
    """Yield the texts that a property holds, with the path to each: its own, or a thing's name."""
    waiting: list[tuple[str, Json, int]] = [(start, value, 0)]
    while waiting:
        path, item, hops = waiting.pop()
        if isinstance(item, str):
            yield path, item
        elif isinstance(item, int | float) and not isinstance(item, bool):
            yield path, str(item)
        elif isinstance(item, list) and hops < _HOPS:
            below = [(f"{path}[{place}]", one, hops + 1) for place, one in enumerate(item[:_NAMES])]
            waiting.extend(reversed(below))
        elif isinstance(item, dict) and hops < _HOPS:
            for key in ("name", "@value", "alternateName"):
                if item.get(key):
                    waiting.append((_extend(path, key), item[key], hops + 1))
                    break
            else:
                name = item.get("@id")
                if isinstance(name, str) and name in named and named[name].data is not item:
                    waiting.append((named[name].path, dict(named[name].data), hops + 1))


def _extend(path: str, key: str) -> str:
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{path}['{key}']"
