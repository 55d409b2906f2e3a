"""The links of a page's main text: where its prose leads.

Structure alone decides, so that they can be read without the main text: a link counts where it
stands in a paragraph, list item or cell, outside navigation, header, footer, aside, comments,
forms and furniture, and within the article that holds the headline if there is one.  Links that
say nothing (pictures), or lead to tags, authors or a place on the same page are left out.  Not
for: furniture itself (`archive.extract.furniture`).
"""

from collections.abc import Set as AbstractSet
from itertools import islice

from lxml import etree

from archive.core.text import normalise_text
from archive.core.uri import Url, parse_url, resolve_location, strip_tracking
from archive.core.version import Link
from archive.errors import InputError
from archive.extract.page import Page
from archive.extract.places import map_page
from archive.extract.visible import read_visible_text

MOST_LINKS = 500
_LONGEST = 500  # characters of a link's words
_DEEPEST = 300

_PROSE = frozenset("p li td dd blockquote pre figcaption".split())
_OUTSIDE = frozenset(
    "nav header footer aside form button select menu dialog noscript template object".split()
)
_MAINS = frozenset(["article", "main"])
_OTHER = frozenset("tag author category nofollow sponsored ugc".split())

# What is known of an element: whether it stands in prose, outside of the text, and in the article.
_Place = tuple[bool, bool, bool]
_NOWHERE: _Place = (False, False, False)


def list_links(page: Page, furniture: AbstractSet[etree._Element]) -> tuple[Link, ...]:
    """Return the links of the main text, at most `MOST_LINKS`, in the order of the page."""
    base = _find_base(page)
    if base is None:
        return ()
    site = map_page(page)
    above = () if site.headline is None else islice(site.headline.iterancestors(), _DEEPEST)
    article = next((node for node in above if node.tag in _MAINS), None)
    places: dict[etree._Element, _Place] = {}
    links: list[Link] = []
    for anchor in page.parts.anchors:
        address = anchor.get("href")
        if not address or address.startswith("#") or _OTHER.intersection(_list_rel(anchor)):
            continue
        in_prose, is_outside, in_article = _find_place(anchor, article, furniture, places)
        if not in_prose or is_outside or (article is not None and not in_article):
            continue
        around = site.describe(anchor)
        if around.is_aside or around.is_comment or around.is_footer:
            continue
        words = normalise_text(read_visible_text(anchor)).replace("\n", " ")[:_LONGEST]
        url = _resolve(base, address)
        if words and url is not None:
            links.append(Link(text=words, url=url))
            if len(links) == MOST_LINKS:
                break
    return tuple(links)


def _list_rel(anchor: etree._Element) -> list[str]:
    return (anchor.get("rel") or "").lower().split()


def _find_base(page: Page) -> Url | None:
    """Return what relative addresses are relative to."""
    try:
        own = parse_url(page.url)
    except InputError:
        return None
    stated = None if page.tree is None else page.tree.find("head/base[@href]")
    if stated is None:
        return own
    try:
        return resolve_location(own, stated.get("href") or "")
    except InputError:
        return own


def _resolve(base: Url, address: str) -> str | None:
    try:
        return str(strip_tracking(resolve_location(base, address.strip())))
    except InputError:
        return None


def _find_place(
    anchor: etree._Element,
    article: etree._Element | None,
    furniture: AbstractSet[etree._Element],
    places: dict[etree._Element, _Place],
) -> _Place:
    """Return where an element stands, and remember it for all above it."""
    chain: list[etree._Element] = []
    node: etree._Element | None = anchor
    while node is not None and node not in places:
        chain.append(node)
        node = node.getparent()
    in_prose, is_outside, in_article = _NOWHERE if node is None else places[node]
    for node in reversed(chain):
        in_prose = in_prose or node.tag in _PROSE
        is_outside = is_outside or node.tag in _OUTSIDE or node in furniture
        in_article = in_article or node is article
        places[node] = (in_prose, is_outside, in_article)
    return in_prose, is_outside, in_article
