"""Where an element stands: the path that a claim's locator gives, and the part of the page.

A path goes from the root down, ``/html/body/div[2]/p``: tag names, numbered among equal ones
from 1 where there are several, ``*[n]`` for a tag that is no plain name.  Behind it,
``@name`` means an attribute, ``#text`` the visible text, ``#text[12:24]`` characters of it.
Not for: resolving whole locators (`archive.extract.locator`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree

from archive.core.text import keep_letters
from archive.extract.page import Page
from archive.extract.visible import read_visible_text

_PLAIN_TAG = re.compile(r"[a-z][a-z0-9]*")
_STEP = re.compile(r"([a-z][a-z0-9]*|\*)(?:\[(\d{1,7})\])?")

_LONGEST_TOKEN = 100  # characters of a class that are looked at
_TELLING = 8  # letters of a heading that is compared

# What a class or id says of the part of the page below it.
_ASIDE = re.compile(
    r"(?:nav|menu|sidebar|side-?bar|widget|related|recommend|teaser|similar|breadcrumb"
    r"|promo|banner|popular|trending|latest|recent|ticker|carousel|slider|cookie|calendar|aside"
    r"|read-?(?:more|next|also)|more-|most-|also-|prev|next|newsletter|archives?-|tagcloud"
    r"|event|termin|search|outbrain|taboola|mega|overlay|modal|twitter|instagram|tweet"
    r"|listing|pager|pagination|(?:files?|downloads?|attachments?)(?:[-_]|\Z))"
    r"|.*(?:sidebar|-related|related-|-widget|-teaser|-nav|-menu|-recommend)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:cookie|consent|gdpr|related|recommend|weather|wetter|caption|wp-caption|h-event|vevent"
    r"|footnotes?|endnotes?|fussnoten?|references\Z|reflist|bibliograph)"
    r"|(?:.*[-_])?(?:image|img|photo|picture|foto|bild)[-_]?(?:credits?|caption|info|legend|meta)",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"(?:comments?|kommentare?|commentlist|disqus|respond)(?:[-_].*)?", re.IGNORECASE
)
_FOOTER = re.compile(r"(?:site-?|page-?|global-?)?footer.*|colophon|impressum", re.IGNORECASE)
_MAIN = re.compile(
    r"(?:article|post|entry|story|content|main|news|press)(?:[-_](?:body|content|main|detail.*))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The part of the page that an element stands in; ``hints`` are the nearest class names.

    ``is_other`` is an aside that never speaks of the page: a quotation, a caption, an event, other
    pages, what the site asks its visitors.
    """

    is_aside: bool
    is_comment: bool
    is_footer: bool
    is_main: bool
    is_other: bool
    hints: str


def format_path(element: etree._Element) -> str:
    """Return the path from the root to ``element``."""
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        steps.append(_format_step(node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def _format_step(node: etree._Element) -> str:
    parent = node.getparent()
    tag = node.tag if _PLAIN_TAG.fullmatch(node.tag) else None
    if parent is None:
        return tag or "*"
    if tag is None:
        return f"*[{1 + sum(1 for _ in node.itersiblings(etree.Element, preceding=True))}]"
    before = sum(1 for _ in node.itersiblings(tag, preceding=True))
    if before or next(node.itersiblings(tag), None) is not None:
        return f"{tag}[{before + 1}]"
    return tag


def find_element(root: etree._Element, path: str) -> etree._Element | None:
    """Return the element that a path of `format_path` names, or None."""
    steps = path.split("/")
    if steps[:2] != ["", _format_step(root)]:
        return None
    node = root
    for step in steps[2:]:
        match = _STEP.fullmatch(step)
        if match is None:
            return None
        wanted = int(match[2] or 1)
        children = node.iterchildren(etree.Element if match[1] == "*" else match[1])
        found = next((child for place, child in enumerate(children, 1) if place == wanted), None)
        if found is None:
            return None
        node = found
    return node


def find_headline(page: Page) -> etree._Element | None:
    """Return the heading that gives the page's title, else its first `h1`, or None."""
    headings = page.parts.headings[:60]
    titles = [
        _squeeze(meta.get("content") or "")
        for meta in page.parts.metas
        if (meta.get("property") or meta.get("name") or "") in ("og:title", "twitter:title")
    ][:2] + [_squeeze(title.text or "") for title in page.parts.titles[:1]]
    for heading in headings:
        words = _squeeze(read_visible_text(heading))
        if len(words) >= _TELLING and any(words in title for title in titles):
            return heading
    return next((heading for heading in headings if heading.tag == "h1"), None)


def _squeeze(text: str) -> str:
    return keep_letters(text[:1000].casefold())


class Map:
    """The headline of a page, and the part of the page that any element stands in."""

    def __init__(self, page: Page) -> None:
        """Find the headline once; what contains it is never an aside."""
        self.headline = find_headline(page)
        self.order = -1 if self.headline is None else page.parts.order.get(self.headline, -1)
        self._above = set() if self.headline is None else {self.headline}
        if self.headline is not None:
            self._above.update(self.headline.iterancestors())
        self._is_in_article = any(node.tag == "article" for node in self._above)
        self._texts: dict[etree._Element, str] = {}
        self._known: dict[etree._Element, Surroundings] = {}

    def describe(self, element: etree._Element) -> Surroundings:
        """Return the surroundings of ``element``; each is found once."""
        known = self._known.get(element)
        if known is None:
            known = self._known[element] = self._look(element)
        return known

    def read(self, element: etree._Element) -> str:
        """Return the visible text of ``element``, read once."""
        text = self._texts.get(element)
        if text is None:
            text = self._texts[element] = read_visible_text(element)
        return text

    def is_with_headline(self, element: etree._Element) -> bool:
        """Tell whether headline and ``element`` share a parent or grandparent below the body."""
        if self.headline is None:
            return False
        above = {self.headline, *islice(self.headline.iterancestors(), 2)}
        shared = next((node for node in islice(element.iterancestors(), 2) if node in above), None)
        return shared is not None and shared.tag not in ("body", "html", "header", "main")

    def holds_headline(self, element: etree._Element) -> bool:
        """Tell whether ``element`` is the headline or contains it."""
        return element in self._above

    def _look(self, element: etree._Element) -> Surroundings:
        parent = element.getparent()
        above = self.describe(parent) if parent is not None else _NOWHERE
        tokens = f"{element.get('class') or ''} {element.get('id') or ''}".split()[:20]
        told = _read_tokens(tuple(token[:_LONGEST_TOKEN] for token in tokens))
        hints = (" ".join(tokens) + " " + above.hints)[:200]
        if element in self._above:
            is_main = above.is_main or element.tag in ("article", "main")
            return Surroundings(
                is_aside=False,
                is_comment=False,
                is_footer=False,
                is_main=is_main,
                is_other=False,
                hints=hints,
            )
        tag = element.tag
        is_other = (
            above.is_other
            or tag in ("blockquote", "figcaption")
            or (tag == "article" and self._is_in_article)
            or "Event" in (element.get("itemtype") or element.get("typeof") or "")
            or "other" in told
        )
        return Surroundings(
            is_aside=above.is_aside or is_other or tag in ("nav", "aside") or "aside" in told,
            is_comment=above.is_comment or "comment" in told,
            is_footer=above.is_footer
            or (tag == "footer" and not above.is_main)
            or (not above.is_main and "footer" in told),
            is_main=above.is_main or tag in ("article", "main") or "main" in told,
            is_other=is_other,
            hints=hints,
        )


@lru_cache(maxsize=8192)  # a page repeats its names, and so does a site
def _read_tokens(tokens: tuple[str, ...]) -> frozenset[str]:
    """Return what classes and ids say of the part of the page that they name."""
    kinds = {
        "aside": _ASIDE.match,
        "other": _OTHER.match,
        "comment": _COMMENT.fullmatch,
        "footer": _FOOTER.fullmatch,
        "main": _MAIN.fullmatch,
    }
    return frozenset(kind for kind, is_one in kinds.items() if any(map(is_one, tokens)))


@lru_cache(maxsize=1)
def map_page(page: Page) -> Map:
    """Return the map of a page; the last one is kept, since every source asks for it."""
    return Map(page)


_NOWHERE = Surroundings(
    is_aside=False, is_comment=False, is_footer=False, is_main=False, is_other=False, hints=""
)
