"""Claims of dates that a reader sees: beside the headline, behind a label, in a dateline.

Rules:

1. A date counts where it stands in a short block of its own: behind a word for publishing,
   in a place whose class says so, or near the headline.  A date within prose says nothing
   about the page (`archive.extract.mentions`).
2. Behind a word for changing it is a modified date, behind a word for an event neither.
3. Navigation, lists of other pages and footers are left out.  Comments give an upper bound:
   the page was there when somebody answered it.
4. Of each rule the date nearest to the headline is stated, the ones behind it only where
   they differ in kind.
5. What stands above the headline, outside the article and without a label, may be today's
   date of the site: it has a rule of its own.

Not for: `time` elements (`archive.extract.time_elements`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from lxml import etree

from archive.core.claim import Claim
from archive.extract.day_text import Spotted, find_dates
from archive.extract.page import Page
from archive.extract.places import Map, Surroundings, format_path, map_page
from archive.extract.source import make_claim
from archive.extract.stated_language import find_language
from archive.extract.visible import INLINE

_LABEL = 70  # characters before a date in which a word for it may stand
_TEXT_BEHIND = 40  # characters that follow a dateline at least
_SHORT = 160  # characters of a block that is about a date, a name and little more
_LONG = 600  # characters of a paragraph whose start is a dateline
_NEAR = 60  # elements behind the headline
_BEFORE = 25  # elements before it
_JUST_BEHIND = 12
_JUST_BEFORE = 8  # the same, outside the article

PUBLISHED = re.compile(
    r"publi(?:sh|é|ziert|kov|cad|cer|s[eh])\w*|pubblicat\w*|post(?:ed|é)\b|posted on|date:"
    r"|data:|datum\b|veröffentlicht|erschienen|erstellt|eingestellt|verfasst|geschrieben|gepubliceerd"
    r"|geplaatst|opublikowan\w*|dodano|offentliggjort|julkaistu|zveřejněno|vydáno|közzét\w*"
    r"|megjelen\w*|yayın\w*|опубликован\w*|paru le|mis en ligne|écrit|written|created|issued"
    r"|released|release date|gespeichert|pressemitteilung|press release|communiqué|comunicado"
    r"|submitted|soumis|eingetragen|online (?:seit|since)|gepostet|scritto|escrito|inserito"
    r"|ins[ée]r[ée]",
    re.IGNORECASE,
)
MODIFIED = re.compile(
    r"updat\w*|modif\w*|last (?:changed|edited|review)\w*|revised|aktuali[sz]\w*|geändert|änderung"
    r"|überarbeitet|bearbeitet|stand\b|mis(?:e)? à jour|màj|actuali[sz]\w*|aggiornat\w*|bijgewerkt"
    r"|gewijzigd|zaktualizowan\w*|uppdatera\w*|oppdater\w*|opdater\w*|päivitetty|frissít\w*"
    r"|güncelle\w*|обновлен\w*|changed",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:event|termin|beginn?|start|ende?s?|deadline|until|bis|from|ab|born|geboren|frist"
    r"|valid|gültig|expires?|due|joined|registered|mitglied|abgerufen|accessed|retrieved)\b"
    r"[^.\w]*\Z|\b(?:event|start|end|due|opening|closing|expiry)\w*[\s-]date|\b(?:since|seit|depuis|desde|accessed|abgerufen|retrieved|registriert)\b",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights|alle rechte", re.IGNORECASE)
_DATE_CLASS = re.compile(
    r"publish|pubdate|post(?:ed)?[-_]?(?:date|on|time)|entry-?(?:date|meta|time)|article.{0,9}date"
    r"|date|datum|byline|meta|timestamp|zeit|fecha|news.?time|time|info\b",
    re.IGNORECASE,
)
# What stands beside a bare date: time, weekday, place in a list, a word that leads to it.
_CLOCK = re.compile(
    r"\d{1,2}[:.h]\d\d|\b(?:uhr|am|pm|a\.m\.|p\.m\.|on|am|le|el|il|op|den|vom|um|at|um|by|von)\b"
    r"|[^\W\d_]*(?:day|tag|woch|di|edi|nes|les|dag)\b|[\W_]",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\b(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]v|[Aa]f|[Aa]utor(?:in)?:?|[Aa]uthor:?)\s"
    r"(?:[A-ZÀ-Þ][\w.'’-]*\s?|(?:von|van|de|der|den|di|da|del)\s){1,5}"
)
_POST_CLASS = re.compile(
    r"(?:post|entry|article|news|story|item|press)[-_]?(?:meta|date|time|info)|publish|pubdate|submitted|date-?header|dateline",
    re.IGNORECASE,
)
_EVENT_CLASS = re.compile(r"event|termin|veranstalt|deadline", re.IGNORECASE)
_UPDATE_CLASS = re.compile(r"updated|modified|lastmod|last-mod|geaendert", re.IGNORECASE)
# "Berlin, 5. März 2024 – …", "WASHINGTON (March 5, 2024) …", "Wien, am 5.3.2024: …"
_PLACE = re.compile(
    r"\W{0,3}[A-ZÀ-ÞŁŚŻČŠŽ][\w'’.-]+(?:[\s/-]+[A-ZÀ-ÞŁŚŻČŠŽ(][\w'’.)-]*){0,4}\s?[,(–—/|-]\s*"
    r"(?:(?:den|am|le|on|op|il|el)\s)?(?:[^\W\d_]{2,10},\s)?"
)
_AFTER_PLACE = re.compile(r"\)?\s{0,2}(?:[-–—:/|(]|\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A short part of the page with dates in it."""

    element: etree._Element
    text: str
    distance: int  # elements behind the headline; negative before it
    around: Surroundings
    is_with_headline: bool  # the two share a part of the page that is less than its body


def parse_visible_dates(page: Page) -> Iterator[Claim]:
    """Yield the claims of visible dates, the best place first within each rule."""
    if page.tree is None or not page.parts.dated:
        return
    site = map_page(page)
    language = find_language(page)
    found: dict[str, list[tuple[int, str, _Block, Spotted]]] = {}
    for block in _list_blocks(page, site):
        for spotted in _find_first(block.text, language):
            rule = _choose_rule(block, spotted, has_headline=site.headline is not None)
            if rule is None:
                continue
            weight = abs(block.distance) + (1000 if block.distance < -1 else 0)
            found.setdefault(rule, []).append((weight, spotted.value, block, spotted))
    for rule, places in found.items():
        key = 1 if rule == "comment-date" else 0  # the first comment, else the nearest date
        _, _, block, spotted = min(places, key=itemgetter(key))
        yield _state(block, spotted, rule)


def _find_first(text: str, language: str | None) -> list[Spotted]:
    return [date for _, date in zip(range(4), find_dates(text, language), strict=False)]


def _list_blocks(page: Page, site: Map) -> Iterator[_Block]:
    seen: set[etree._Element] = set()
    for place in page.parts.dated:
        element = place.element
        while element.tag in INLINE or element.tag == "time":
            parent = element.getparent()
            if parent is None:
                break
            element = parent
        if element in seen:
            continue
        seen.add(element)
        if element.tag in ("html", "head", "title"):
            continue
        text = site.read(element)
        for _ in range(2):  # day, month and year may stand in a block each
            parent = element.getparent()
            if len(text.strip()) > 12 or parent is None or parent.tag in ("body", "html"):
                break
            wider = site.read(parent)
            if len(wider) > 60:
                break
            element, text = parent, wider
        if len(text) > 4 * _LONG:
            text = text[: 4 * _LONG]
        yield _Block(
            element=element,
            text=text,
            distance=place.order - site.order if site.headline is not None else place.order,
            around=site.describe(element),
            is_with_headline=site.is_with_headline(element),
        )


def _choose_rule(block: _Block, date: Spotted, *, has_headline: bool) -> str | None:
    around = block.around
    if around.is_comment:
        return "comment-date" if date.is_day else None
    if around.is_footer or (around.is_aside and not _is_beside_headline(block, date)):
        return None
    before = block.text[max(0, date.start - _LABEL) : date.start]
    line = before.rpartition("\n")[2] or before
    if _COPYRIGHT.search(before) or _EVENT.search(line):
        return None
    own_line = _find_line(block.text, date)
    if _EVENT_CLASS.search(_find_own_classes(block.element)):
        return None
    modified, published = MODIFIED.search(line), PUBLISHED.search(line)
    if modified and (published is None or published.start() < modified.start()):
        return "visible-updated"
    if len(own_line) > _LONG:
        return None
    if _UPDATE_CLASS.search(_find_own_classes(block.element)) and len(own_line) <= _SHORT:
        return "visible-updated"
    if published and len(own_line) <= _SHORT * 2:
        return "visible-labelled"
    if has_headline and 0 < block.distance <= 2 * _NEAR and _is_dateline(block.text, date):
        return "visible-dateline"
    if len(own_line) <= _SHORT and (not has_headline or -_BEFORE <= block.distance <= _NEAR):
        return _choose_short(block, date, own_line, has_headline=has_headline)
    is_alone = len(own_line) <= 40 and date.end - date.start > len(own_line) - 15
    is_cell = block.element.tag in ("td", "th", "tr")
    return "visible-own-line" if is_alone and around.is_main and not is_cell else None


def _choose_short(block: _Block, date: Spotted, own_line: str, *, has_headline: bool) -> str | None:
    """Return the rule for a date without a label, in a short line near the headline."""
    words = len(own_line) - (date.end - date.start)
    if words > 90:
        return None
    if has_headline and block.distance < 0 and not block.around.is_main:
        return _choose_above(block)
    if _DATE_CLASS.search(_find_own_classes(block.element)) and words <= 60:
        return "visible-class" if has_headline else "visible-alone"
    if not has_headline or words > 40:
        return None
    spelled = block.text[date.start : date.end]
    rest = _BYLINE.sub(" ", own_line.replace(spelled, " "), count=1)
    is_bare = len(_CLOCK.sub("", rest)) <= 4
    leads = block.is_with_headline and own_line.startswith(spelled)
    return "visible-heading" if is_bare or leads else "visible-beside"


def _choose_above(block: _Block) -> str | None:
    """Return the rule for a date above the headline and outside an article (rule 5)."""
    if block.distance < -_JUST_BEFORE:
        return None
    if _POST_CLASS.search(_find_own_classes(block.element)):
        return "visible-class"
    return "visible-over" if block.is_with_headline else "visible-above"


def _find_own_classes(element: etree._Element) -> str:
    """Return the classes and ids of the element, of what it holds, and of what holds it alone."""
    near = [element, *islice(element.iterdescendants(etree.Element), 6)]
    parent = element.getparent()
    if parent is not None and len(parent) <= 4 and parent.tag not in ("body", "html"):
        near.append(parent)
    return " ".join(f"{node.get('class') or ''} {node.get('id') or ''}" for node in near)[:300]


def _is_dateline(text: str, date: Spotted) -> bool:
    """Tell whether the text begins with a place and the date, and then something else begins."""
    before = text[: date.start].lstrip()
    if before == "(":  # "(5.3.2024) The ministry …"
        return text[date.end :].startswith(")") and date.end < len(text) - 20
    return (
        0 < len(before) <= 60
        and len(text) - date.end > _TEXT_BEHIND
        and _PLACE.fullmatch(before) is not None
        and _AFTER_PLACE.match(text, date.end) is not None
    )


def _is_beside_headline(block: _Block, date: Spotted) -> bool:
    """Tell whether an aside of the article is no more than the line under its headline."""
    if block.is_with_headline and block.element.tag != "nav":
        return -_JUST_BEFORE <= block.distance <= _JUST_BEHIND
    rest = len(block.text.strip()) - (date.end - date.start)
    hints = block.around.hints[:80]
    is_near = block.around.is_main and 0 < block.distance <= _JUST_BEHIND
    return is_near and rest <= 20 and bool(_DATE_CLASS.search(hints))


def _find_line(text: str, date: Spotted) -> str:
    start = text.rfind("\n", 0, date.start) + 1
    end = text.find("\n", date.end)
    return text[start : end if end >= 0 else len(text)].strip()


def _state(block: _Block, date: Spotted, rule: str) -> Claim:
    value = f"../{date.value}" if rule == "comment-date" else date.value
    return make_claim(
        "modified" if rule == "visible-updated" else "published",
        block.text[date.start : date.end],
        value,
        source="comments" if rule == "comment-date" else "visible",
        locator=f"{format_path(block.element)}#text[{date.start}:{date.end}]",
        rule=f"{rule}/1",
        zone=date.note,
    )
