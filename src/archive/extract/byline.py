"""Claims of who wrote it, as a reader sees it: author links, author classes, bylines.

A name has one to five words, is no address and no sentence; what stands in comments, in
boxes about other pages and in footers is left out.  Not for: authors in metadata.
"""

import re
from collections.abc import Iterator

from lxml import etree

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.places import Map, format_path, map_page
from archive.extract.source import make_claim, read_name

_MOST = 120
_MOST_LINKS = 400
_SHORT = 120
_AUTHOR = re.compile(
    r"(?:.*[-_])?(?:author|byline|autor|auteur|autore|writer|verfasser|(?:created|posted|written)[-_]?by)"
    r"(?:s|in|en)?"
    r"(?:[-_]?(?:name|link|meta|info))?",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(r"/(?:authors?|autor(?:en|in)?|auteurs?|profil|by)/[^/]")
_LEAD = re.compile(
    r"(?:(?:written|posted|published|story|text|article|words|geschrieben|verfasst|veröffentlicht"
    r"|publié|escrito|scritto|gespeichert|ein beitrag|eingestellt)\s)?"
    r"(?:by|von|par|por|di|door|av|af|przez|autor(?:in)?|author|auteur|text|redaktion)\s*:?\s+"
    r"|(?:كتبت?|بقلم|מאת|נכתב על ידי|автор|yazan|szerző|記者|记者|作者)\s*[:：]?\s+"
    r"|(?:作者|记者|記者)[:：]",
    re.IGNORECASE,
)
_LED = re.compile(
    r"\s{0,40}(?:written |posted |story |reported )?(?:by|von|par|por|door|di):?\s{0,40}",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[^\W\d_][\w'’.-]*(?:\s(?:(?:van|von|de|der|den|di|da|del|la|le|bin|al|y|e|zu|ter|dos|du)\s){0,2}"
    r"[^\W\d_][\w'’.-]*){0,4}"
)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|•|·|\n| and | und | et | y | & )\s*")
_NOT_A_NAME = re.compile(
    r"\b(?:read|more|view|all|posts?|articles?|follow|comments?|share|mehr|alle|artikel|beiträge|am|on"
    r"|the|min|updated|admin\s+on|profile|website|email|about|über|kommentare?)\b|\d|@|[?!]",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|writer|staff|bureau|korrespondent(?:in)?|redakteur(?:in)?"
    r"|correspondant|corresponsal|redactora?|freelance\w*|contributor)\Z",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[—–]\s")  # "Por Ana Souza — Riverton"
_WHERE = re.compile(r"\sin\s(?=[A-ZÀ-Þ])")  # "B. Reed in Riverton"


def parse_byline(page: Page) -> Iterator[Claim]:
    """Yield the claims of author links, then of author classes, then of bylines."""
    if page.tree is None:
        return
    site = map_page(page)
    links = [
        link
        for link in page.parts.anchors
        if "author" in (link.get("rel") or "").lower().split()
        or _AUTHOR_PATH.search(link.get("href") or "")
    ][:_MOST]
    rules = (
        ("author-link", links),
        ("author-class", [item for item in page.parts.named if _has_class(item)][:_MOST]),
        (
            "byline",
            [*page.parts.paragraphs[:_MOST], *page.parts.named[:_MOST], *_list_led(page, site)],
        ),
    )
    for rule, elements in rules:
        told: set[str] = set()
        for element in elements:
            if not _is_about_page(element, site):
                continue
            for claim in _state(element, site, rule):
                if claim.value and claim.value.casefold() not in told and len(told) < 6:
                    told.add(claim.value.casefold())
                    yield claim
            if told and rule != "author-link":
                break


def _list_led(page: Page, site: Map) -> list[etree._Element]:
    """Return what begins with a word for an author, and a link behind it, near the headline."""
    return [
        parent
        for link in page.parts.anchors[:_MOST_LINKS]
        if (parent := link.getparent()) is not None
        and parent.tag in ("div", "span")
        and _LED.fullmatch(parent.text or "")
        and site.is_with_headline(parent)
    ]


def _has_class(element: etree._Element) -> bool:
    words = f"{element.get('class') or ''} {element.get('id') or ''}".split()
    return any(_AUTHOR.fullmatch(word) for word in words)


def _is_about_page(element: etree._Element, site: Map) -> bool:
    around = site.describe(element)
    if around.is_comment or around.is_footer:
        return False
    if around.is_aside:
        return site.is_with_headline(element)
    return True


def _state(element: etree._Element, site: Map, rule: str) -> Iterator[Claim]:
    shown = site.read(element)
    if len(shown.strip()) > _SHORT * (1 if rule != "byline" else 2):
        return
    start = 0
    if match := _LEAD.match(shown, len(shown) - len(shown.lstrip())):
        start = match.end()
    elif rule == "byline":
        return
    end = shown.find("\n", start) if shown[start:].strip() else -1
    while end >= 0 and not shown[start:end].strip():
        start, end = end + 1, shown.find("\n", end + 1)
    line = _DASH.split(shown[start : end if end >= 0 else len(shown)], maxsplit=1)[0].strip()
    place = start
    for piece in _SPLIT.split(line)[:6]:
        words = piece.strip()
        at = shown.find(words, place)
        if not words or at < 0:
            continue
        if place > start and _ROLE.search(words):  # "By A. Walker, Senior Correspondent"
            break
        words = _WHERE.split(words)[0]
        if _NOT_A_NAME.search(words) or not _NAME.fullmatch(words) or len(words) < 3:
            break
        if rule == "byline" and not all(word[0].isupper() for word in words.split()[:1]):
            break
        place = at + len(words)
        yield make_claim(
            "author",
            words,
            read_name(words, is_author=True),
            source="byline",
            locator=f"{format_path(element)}#text[{at}:{at + len(words)}]",
            rule=f"{rule}/3",
        )
