"""The place of a date on the page: its classes, the headline, the text before it, a dateline.

Not for: the words that lead up to it (`archive.extract.date_labels`), or the parts of a page in
general (`archive.extract.places`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml import etree

from archive.extract.dated_blocks import Block
from archive.extract.day_text import Spotted
from archive.extract.page import Page
from archive.extract.places import Map

_TEXT_BEHIND = 40  # characters that follow a dateline at least
JUST_BEHIND = 12
_JUST_BEFORE = 8  # the same, outside the article
_PROSE = 80  # characters of a text that is no line
_LEAD = 400  # characters of the lead that may stand between headline and date
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
DATE_CLASS = re.compile(
    r"publish|pubdate|post(?:ed)?[-_]?(?:date|on|time)|entry-?(?:date|meta|time)|article.{0,9}date"
    r"|date|datum|byline|meta|timestamp|zeit|fecha|news.?time|time|info\b",
    re.IGNORECASE,
)
_POST_CLASS = re.compile(
    r"(?:post|entry|article|news|story|item|press)[-_]{0,2}(?:meta|date|time|info)|publish|pubdate|submitted|date-?header|dateline",
    re.IGNORECASE,
)
_EVENT_CLASS = re.compile(r"event|termin|veranstalt|deadline", re.IGNORECASE)
_VENUE_CLASS = re.compile(r"\bvenue", re.IGNORECASE)
# What stands behind the day of an event: where to go, how to get in; from hour to hour.
_VISIT = re.compile(
    r"\s*(?:venue|where\s*\Z|doors?\s(?:open|at|:)|admission|tickets?\b|rsvp|veranstaltungsort|einlass|eintritt"
    r"|место проведения|会場|定員|مكان الانعقاد|מקום האירוע|etkinlik yeri)",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b\d{1,2}[:h]\d\d\s?(?:uhr|h|[ap]\.?m\.?)?\s?(?:[-–—]|to|bis|à|a)\s?\d{1,2}[:h]\d\d(?![:\d])",
    re.IGNORECASE,
)
# Labels beside a day, of which an event has two and a press release one.
_WHEN_LABEL = re.compile(
    r"\s*(?:time|uhrzeit|heure|hora|orario|saat|время|時間|الوقت|שעה)\s*(?::|\Z)", re.IGNORECASE
)
_WHERE_LABEL = re.compile(
    r"\s*(?:location|place|ort|lieu|lugar|luogo|yer|место|場所|المكان|מיקום)\s*(?::|\Z)",
    re.IGNORECASE,
)
_HOUR = re.compile(r"\W{0,4}(?:[^\W\d_]{1,5}\s)?\d{1,2}[:.h]\d\d\b")
_EVENT_HEAD = re.compile(
    r"\s{0,40}(?:talk|lecture|webinar|workshop|concert|seminar|screening|vortrag|lesung|konzert"
    r"|führung|conférence|atelier|conferencia|charla|taller|concierto|conferenza|palestra|lezing"
    r"|konser|söyleşi|лекция|концерт|семинар|محاضرة|ندوة|הרצאה|講演会|講座|讲座)\s?[:：]",
    re.IGNORECASE,
)
_EVENT_DAY = re.compile(r'"(?:startDate|endDate|doorTime)"\s{0,20}:\s{0,20}"(\d{4}-\d\d-\d\d)')
_MOST_JSON = 200_000
_MOST_DAYS = 50
_NEXT = 12  # elements behind a day that may tell of an event
# "Berlin, 5. März 2024 – …", "WASHINGTON (March 5, 2024) …", "Wien, am 5.3.2024: …"
_PLACE = re.compile(
    r"\W{0,3}[A-ZÀ-ÞŁŚŻČŠŽİА-ЯЁ][\w'’.-]+(?:[\s/-]+[A-ZÀ-ÞŁŚŻČŠŽİА-ЯЁ(][\w'’.)-]*){0,4}\s?[,(–—/|-]\s*"
    r"(?:(?:den|am|le|on|op|il|el)\s)?(?:[^\W\d_]{2,10},\s)?"
)
_AFTER_PLACE = re.compile(r"\)?\s{0,2}(?:[-–—:/|(]|\n|\Z)")


def is_marked_event(block: Block) -> bool:
    """Tell whether the classes around a date say that something happens on it."""
    near = (block.own, block.least, block.least.getparent())
    return bool(_EVENT_CLASS.search(_join_names(node for node in near if node is not None)))


def is_before_visit(behind: str, order: int, page: Page) -> bool:
    """Tell whether hours or the way into an event follow a day, before any prose does.

    ``behind`` is what follows it in its block, and ``order`` the place of its element.
    """
    if _HOURS.match(behind, _skip(behind)):
        return True
    is_timed, is_placed = _HOUR.match(behind) is not None, False
    for node in page.elements[order + 1 : order + 1 + _NEXT]:
        text = (node.text or "")[:_PROSE]
        if node.tag in ("script", "style"):
            continue
        if _VISIT.match(text) or _VENUE_CLASS.search(node.get("class") or ""):
            return True
        if len(text) >= _PROSE or node.tag == "h1":
            break
        if _HOURS.match(text, _skip(text)):
            return True
        is_timed = is_timed or _WHEN_LABEL.match(text) is not None
        is_placed = is_placed or _WHERE_LABEL.match(text) is not None
    return is_timed and is_placed


def is_headed_event(behind: str, site: Map) -> bool:
    """Tell whether the headline names a kind of event, and an hour follows the day."""
    if site.headline is None or _HOUR.match(behind) is None:
        return False
    return _EVENT_HEAD.match(site.read(site.headline)) is not None


def find_event_days(page: Page) -> frozenset[str]:
    """Return the days on which, as the page's JSON-LD says, something begins or ends."""
    return frozenset(
        day
        for script in page.parts.scripts
        if "ld+json" in (script.get("type") or "")
        for day in islice(_list_event_days(script.text or ""), _MOST_DAYS)
    )


def _list_event_days(text: str) -> Iterator[str]:
    if "Event" in text:
        yield from (match[1] for match in _EVENT_DAY.finditer(text[:_MOST_JSON]))


def _skip(text: str) -> int:
    """Return the place of the first figure near the start of a text, else the start."""
    return next((at for at, letter in enumerate(text[:12]) if letter.isdecimal()), 0)


def is_behind_prose(block: Block, page: Page, site: Map) -> bool:
    """Tell whether the text has begun between the headline and a block behind it."""
    chunks = list(_list_prose(page.elements[site.order + 1 : block.order]))
    if len(chunks) > 1 or any(_measure(text) > _LEAD for _, text in chunks):
        return True
    if not chunks:
        return False
    # Behind one paragraph, which may be the lead, before the next.
    holder, _ = chunks[0]
    is_lead = block.least.tag not in HEADINGS and (holder.get("class") or block.least.get("class"))
    if is_lead or holder.tag in HEADINGS:
        return False
    following = page.elements[block.order : block.order + JUST_BEHIND]
    return next(_list_prose(following), None) is not None


def is_last_line(block: Block) -> bool:
    """Tell whether no text follows a block in what holds it: there a letter is signed."""
    parent = block.element.getparent()
    if block.element.tag != "p" or parent is None:
        return False
    following = islice(block.element.itersiblings(etree.Element), 4)
    return block.around.is_main and not any(
        node.tag in ("p", "div", "section", "ul", "table", *HEADINGS) for node in following
    )


def count_prose(page: Page, start: int, end: int) -> int:
    """Return how many texts that are no lines begin between two elements, counted up to 2."""
    return sum(1 for _ in islice(_list_prose(page.elements[start:end]), 2))


def _list_prose(elements: Sequence[etree._Element]) -> Iterator[tuple[etree._Element, str]]:
    """Yield the texts in these elements that are no lines, and the element before each."""
    for element in elements:
        if element.tag not in ("script", "style", "noscript", "template"):
            for text in (element.text, element.tail):
                if text is not None and len(text) >= _PROSE / 3 and _measure(text) >= _PROSE:
                    yield element, text


def _measure(text: str) -> int:
    """Return the letters of a text; one of a script that writes words in few counts as three."""
    return len(text) * (3 if text[len(text) // 2] > "\u2e80" else 1)


def choose_above(block: Block) -> str | None:
    """Return the rule for a date above the headline and outside an article (rule 5)."""
    if block.distance < -_JUST_BEFORE:
        return None
    if _POST_CLASS.search(find_own_classes(block.element)):
        return "visible-class"
    return "visible-over" if block.is_with_headline else "visible-above"


def find_own_classes(element: etree._Element) -> str:
    """Return the classes and ids of the element, of what it holds, and of what holds it alone."""
    near = [element, *islice(element.iterdescendants(etree.Element), 6)]
    parent = element.getparent()
    if parent is not None and len(parent) <= 4 and parent.tag not in ("body", "html"):
        near.append(parent)
    return _join_names(near)


def _join_names(elements: Iterable[etree._Element]) -> str:
    return " ".join(f"{node.get('class') or ''} {node.get('id') or ''}" for node in elements)[:300]


def is_dateline(text: str, date: Spotted) -> bool:
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


def is_beside_headline(block: Block, date: Spotted) -> bool:
    """Tell whether an aside of the article is no more than the line under its headline."""
    if block.around.is_other:
        return False
    if block.is_with_headline and block.element.tag != "nav":
        return -_JUST_BEFORE <= block.distance <= JUST_BEHIND
    rest = len(block.text.strip()) - (date.end - date.start)
    hints = block.around.hints[:80]
    is_near = block.around.is_main and 0 < block.distance <= JUST_BEHIND
    return is_near and rest <= 20 and bool(DATE_CLASS.search(hints))


def is_behind_link(block: Block) -> bool:
    """Tell whether a link stands in a block or just before it: the date may be of its page."""
    near = (block.element, block.element.getprevious())
    return any(
        node is not None and (node.tag == "a" or node.find(".//a") is not None) for node in near
    )
