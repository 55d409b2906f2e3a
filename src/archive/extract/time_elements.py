"""Claims of `time` elements, by their class and by where they stand.

Rules:

1. A class for publishing (``published``, ``entry-date``, ``dt-published``, the attribute
   ``pubdate``) outranks the place; one for changing, or a word for it just before, makes a
   modified date.
2. Else the first in the article, or the one nearest behind the headline, is stated.
3. Those of navigation, other pages and events say nothing; a comment's is an upper bound.
4. One behind the prose without a word for publishing is weak: it may be of what stands there.

Not for: dates without such an element (`archive.extract.visible_dates`).
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from lxml import etree

from archive.core.claim import Claim
from archive.core.edtf import earliest, read_date
from archive.extract.date_labels import LABEL_CLASS
from archive.extract.date_places import count_prose, find_event_days, is_before_visit
from archive.extract.date_rows import find_rows
from archive.extract.date_words import find_meaning
from archive.extract.day_text import find_dates
from archive.extract.page import Page
from archive.extract.places import Map, format_path, map_page
from archive.extract.source import make_claim
from archive.extract.stated_language import find_language
from archive.extract.visible import read_visible_text

_MOST = 60
_LONGEST = 80
_EVENT_RULE = "time-event"  # no claim, and one of the rows
_ALONE = ("time-updated", "time-comment")  # may be several
_BESIDE = 90  # characters beside a date in a line that is no sentence
_NEAR = 150  # elements between the headline and its date
_PUBLISHED = re.compile(
    r"\b(?:published|dt-published|pubdate|post-?date|entry-?date)\b", re.IGNORECASE
)
_UPDATED = re.compile(r"updated|modified|dt-updated", re.IGNORECASE)
_EVENT = re.compile(r"event|start|ende?\b|termin|deadline|duration", re.IGNORECASE)


def parse_time_elements(page: Page) -> Iterator[Claim]:
    """Yield the claims of `time` elements, one for each rule."""
    if page.tree is None or not page.parts.times:
        return
    site = map_page(page)
    language = find_language(page)
    told: set[str] = set()
    chosen = [
        (element, rule)
        for element in page.parts.times[:_MOST]
        if (rule := _choose_rule(element, page, site)) is not None
    ]
    rows = [
        (element, (element.get("datetime") or site.read(element))[: len("YYYY-MM-DD")], "")
        for element, rule in chosen
        if rule not in _ALONE
    ]
    listed = find_rows(rows, site) if len(rows) > 1 else frozenset()
    events = find_event_days(page)
    for element, rule in chosen:
        if rule in told and rule != "time-comment":
            continue
        if rule == _EVENT_RULE or (rule not in _ALONE and (element, "") in listed):
            continue
        attribute = element.get("datetime")
        shown = read_visible_text(element)
        raw = attribute if attribute and attribute.strip() else shown
        reading = _read(raw, language)
        # What the reader is told counts, where it is another day.
        seen = next(find_dates(shown[:_LONGEST], language), None) if raw == attribute else None
        if seen and (reading is None or (seen.is_day and not _is_near(reading[0], seen.value))):
            raw, reading = shown, (seen.value, seen.note)
        if reading is None:
            continue
        value, zone = reading
        if value[:10] in events and rule != "time-published":
            continue
        told.add(rule)
        if rule == "time-comment":
            value = f"../{value[:10]}"
        yield make_claim(
            "modified" if rule == "time-updated" else "published",
            raw,
            value,
            source="comments" if rule == "time-comment" else "time",
            locator=format_path(element) + ("/@datetime" if raw == attribute else "#text"),
            rule=f"{rule}/4",
            zone=zone,
        )


def _read(raw: str, language: str | None) -> tuple[str, str | None] | None:
    if len(raw) > _LONGEST:
        return None
    if reading := read_date(raw):
        return reading
    spotted = next(find_dates(raw, language), None)
    return (spotted.value, spotted.note) if spotted else None


def _is_near(one: str, other: str) -> bool:
    return abs(earliest(one) - earliest(other)) <= timedelta(hours=48)


def _choose_rule(element: etree._Element, page: Page, site: Map) -> str | None:
    around = site.describe(element)
    own = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    if around.is_comment:
        return "time-comment"
    if around.is_aside or around.is_footer or _EVENT.search(own):
        return None
    if (element.get("datetime") or "").startswith("P"):
        return None
    distance = page.parts.order.get(element, 0) - site.order
    near = site.headline is None or -40 <= distance <= _NEAR
    words = _find_words_before(element, site)
    if _UPDATED.search(own) and not _PUBLISHED.search(own):
        return "time-updated" if near else None
    meaning = find_meaning(words)
    if meaning == "modified":
        return "time-updated" if near else None
    if _PUBLISHED.search(own) or "pubdate" in element.attrib or meaning == "published":
        return "time-published" if near else None
    if meaning == "event" or _find_label(element) is not None:
        return _EVENT_RULE
    if not near or _is_in_sentence(element, site):
        return None
    if is_before_visit(element.tail or "", page.parts.order.get(element, 0), page):
        return None
    is_own = around.is_main and (distance > 0 or site.is_with_headline(element))
    if site.headline is not None and distance < 0 and not is_own:
        return "time-above"
    if distance > 0 and count_prose(page, site.order + 1, site.order + distance) > 1:
        return "time-behind"
    return "time-first" if around.is_main else "time-near"


def _is_in_sentence(element: etree._Element, site: Map) -> bool:
    parent = element.getparent()
    if parent is None or parent.tag not in ("p", "li", "td"):
        return False
    return len(site.read(parent)) - len(site.read(element)) > _BESIDE


def _find_words_before(element: etree._Element, site: Map) -> str:
    """Return what stands just before the element: its neighbour's end, or its parent's start."""
    previous = element.getprevious()
    parent = element.getparent()
    if previous is site.headline and previous is not None:
        return (previous.tail or "").strip()[-30:]
    if previous is not None:
        words = (previous.tail or "").strip()
        if not words and previous.tag != "time":
            words = read_visible_text(previous).strip()
    else:
        words = (parent.text or "").strip() if parent is not None else ""
        above = parent.getprevious() if parent is not None else None
        if not words and above is not None and above.tag in ("span", "strong", "b", "dt", "i"):
            words = read_visible_text(above).strip()
    label = _find_label(element)
    if not words and label is not None:
        words = read_visible_text(label).strip()
    return words[-30:]


def _find_label(element: etree._Element) -> etree._Element | None:
    """Return what is classed as a label just before the element, or before what holds it alone."""
    for node in (element, element.getparent()):
        previous = None if node is None else node.getprevious()
        if previous is not None:
            return previous if LABEL_CLASS.search(previous.get("class") or "") else None
    return None
