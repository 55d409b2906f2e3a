"""Claims of dates that a reader sees: beside the headline, behind a label, in a dateline.

Rules:

1. A date counts where it stands in a short block of its own: behind a word for publishing,
   in a place whose class says so, or in the lines of the headline.  A date within prose, or
   behind prose without a label, says nothing about the page (`archive.extract.mentions`).
2. Behind a word for changing it is a modified date.  Behind a word for an event, or behind any
   other label (words that lead up to it in its line, or stand in the cell before), neither.
3. One of several like it, in rows of one shape with different days, is the day of something
   listed (`archive.extract.date_rows`).  So is a day that runs to another.
4. Navigation and lists of other pages are left out, and footers but for a day behind a word for
   publishing (a rule of its own).  Comments give an upper bound: the page was there when somebody
   answered it.
5. Of each rule the date nearest to the headline is stated, the ones behind it only where
   they differ in kind.
6. What stands above the headline, outside the article and without a label, may be today's
   date of the site: it has a rule of its own.
7. What hours, a venue or the way in follow, and a day that the page's data calls the start or end
   of something, is of an event, unless a word for publishing leads up to it.
8. A line of names and a day that ends a text signs it.
9. A month or a year counts behind a label, or in its own block in the place of a date.

Not for: `time` elements (`archive.extract.time_elements`).
"""

import re
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

from lxml import etree

from archive.core.claim import Claim
from archive.extract.date_labels import (
    BYLINE,
    CLOCK,
    find_meaning_beside,
    is_behind_place,
    is_bylined,
    is_label,
    is_led,
)
from archive.extract.date_places import (
    DATE_CLASS,
    HEADINGS,
    JUST_BEHIND,
    choose_above,
    find_event_days,
    find_own_classes,
    is_before_visit,
    is_behind_link,
    is_behind_prose,
    is_beside_headline,
    is_dateline,
    is_headed_event,
    is_last_line,
    is_marked_event,
)
from archive.extract.date_rows import find_rows
from archive.extract.date_words import PUBLISHED, Meaning, find_meaning
from archive.extract.dated_blocks import LABEL, LONG, SHORT, Block, Seen, list_blocks, list_seen
from archive.extract.day_text import Spotted
from archive.extract.page import Page
from archive.extract.places import Map, format_path, map_page
from archive.extract.source import make_claim
from archive.extract.stated_language import find_language

_NEAR = 60  # elements behind the headline
_BEFORE = 25  # elements before it
_UNDER = 3  # elements behind the headline of a line that begins with day and hour
_CLOCK_BEHIND = re.compile(r"\s?\d{1,2}[:.h]\d\d\b")
_FEW = 4  # letters that are no words
_MOST_BESIDE = 40  # characters in a line beside a date of the headline
_ALONE = ("visible-updated", "comment-date")  # may be several
_TOLD = ("visible-updated", "comment-date", "visible-labelled", "visible-dateline")
_LABELLED = ("visible-labelled", "visible-dateline")  # rows of their own
_CELLS = ("td", "th", "tr", "li", "dd", "dt")
_FIRST = re.compile(r"\b(?:originally|first|erstmals|ursprünglich|initialement)\b", re.IGNORECASE)
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights|alle rechte", re.IGNORECASE)
_UPDATE_CLASS = re.compile(r"updated|modified|lastmod|last-mod|geaendert", re.IGNORECASE)


def parse_visible_dates(page: Page) -> Iterator[Claim]:
    """Yield the claims of visible dates, the best place first within each rule."""
    if page.tree is None or not page.parts.dated:
        return
    site = map_page(page)
    language = find_language(page)
    judged = [
        (_choose_rule(seen, page, site), seen)
        for block in list_blocks(page, site)
        for seen in list_seen(block, language)
    ]
    events = find_event_days(page)
    chosen = [
        (rule, seen)
        for rule, seen in judged
        if rule is not None and (rule in _TOLD or seen.date.value not in events)
    ]
    is_needed = any(rule not in _ALONE for rule, _ in chosen)
    rows = [
        (seen.block.least, seen.date.value, _find_kind(seen, rule, page))
        for rule, seen in judged
        if is_needed and rule not in _ALONE and _is_row(seen, rule)
    ]
    listed = find_rows(rows, site) if len(rows) > 1 else frozenset()
    found: dict[str, list[tuple[int, str, Seen]]] = {}
    for rule, seen in chosen:
        kind = _find_kind(seen, rule, page)
        if rule not in _ALONE and (seen.block.least, kind) in listed:
            continue
        distance = seen.block.distance
        is_first = rule == "visible-labelled" and _FIRST.search(_read_label(seen, page))
        weight = -1 if is_first else abs(distance) + (1000 if distance < -1 else 0)
        found.setdefault(rule, []).append((weight, seen.date.value, seen))
    for rule, places in found.items():
        key = 1 if rule == "comment-date" else 0  # the first comment, else the nearest date
        _, _, seen = min(places, key=itemgetter(key))
        yield _state(seen.block, seen.date, rule)


def _find_kind(seen: Seen, rule: str | None, page: Page) -> str:
    """Return what dates of one list share: the kind of place, or the word for publishing."""
    if rule not in _LABELLED:
        return ""
    word = PUBLISHED.search(_read_label(seen, page))
    return f"{rule} {word.group().lower()}" if word else rule


def _read_label(seen: Seen, page: Page) -> str:
    """Return the words before a date in its line, else those of the element before it."""
    words = seen.before.strip()
    return words or (page.elements[seen.block.order - 1].text or "")[:LABEL]


def _is_row(seen: Seen, rule: str | None) -> bool:
    """Tell whether a date may be one of a list: a short line about it and little more."""
    if rule is not None:
        return True
    if seen.block.around.is_comment or len(seen.line) > SHORT:
        return False
    if seen.block.element.tag in _CELLS:
        return True
    return seen.others <= _MOST_BESIDE and find_meaning(seen.before) is None and is_led(seen)


def _choose_rule(seen: Seen, page: Page, site: Map) -> str | None:
    block, date = seen.block, seen.date
    around = block.around
    if around.is_comment:
        return "comment-date" if date.is_day else None
    if around.is_aside and not is_beside_headline(block, date):
        return None
    before = block.text[max(0, date.start - LABEL) : date.start]
    if _COPYRIGHT.search(before) or is_marked_event(block):
        return None
    meaning = find_meaning(seen.before) or _find_own_meaning(seen)
    if around.is_footer:
        is_labelled = meaning == "published" and seen.others <= _MOST_BESIDE and date.is_day
        return "visible-footer" if is_labelled and not is_behind_link(block) else None
    is_told = meaning is not None and PUBLISHED.search(seen.before) is not None
    if meaning is None and not seen.before.strip():
        meaning = find_meaning_beside(block, date, site)
        is_told = meaning == "published" and PUBLISHED.search(_read_label(seen, page)) is not None
    behind = block.text[date.end : date.end + LABEL]
    is_event = is_before_visit(behind, block.order, page) or is_headed_event(behind, site)
    if meaning != "modified" and not is_told and is_event:
        return None
    is_short = len(seen.line) <= SHORT
    if is_short and meaning != "event" and _is_classed_changed(block, date, site):
        meaning = "modified"
    is_over = site.headline is not None and block.distance < 0 and not block.is_with_headline
    if meaning == "published" and not is_told and is_over and not around.is_main:
        # No more than "Date:", over the page: it may be today's.
        return "visible-above" if date.is_day else None
    return _choose_placed(seen, meaning, page, site)


def _is_classed_changed(block: Block, date: Spotted, site: Map) -> bool:
    """Tell whether a class for changing stands around a date, and not about another beside it."""
    if not _UPDATE_CLASS.search(find_own_classes(block.element)):
        return False
    spelled = block.text[date.start : date.end]
    inner = [
        node
        for node in islice(block.element.iterdescendants(etree.Element), 6)
        if _UPDATE_CLASS.search(node.get("class") or "")
    ]
    return not inner or any(spelled in site.read(node) for node in inner)


def _choose_placed(seen: Seen, meaning: Meaning | None, page: Page, site: Map) -> str | None:
    """Return the rule for a date by what the words before it mean, then by its place."""
    block, date = seen.block, seen.date
    is_short = len(seen.line) <= SHORT
    if meaning == "event":
        return None
    if meaning == "modified":
        return "visible-updated"
    if len(seen.line) > LONG:
        return None
    if meaning == "published" and len(seen.line) <= SHORT * 2:
        return "visible-labelled"
    is_near = site.headline is not None and 0 < block.distance <= 2 * _NEAR
    if is_near and date.is_day and is_dateline(block.text, date):
        return "visible-dateline"
    if is_short and date.is_day and is_bylined(seen):
        return "visible-byline"
    if is_short and is_label(seen):
        return None
    if is_short and (site.headline is None or -_BEFORE <= block.distance <= _NEAR):
        return _choose_short(seen, page, site)
    is_alone = len(seen.line) <= 40 and seen.others < 15 and date.is_day
    is_own = is_alone and block.around.is_main and block.element.tag not in _CELLS
    return "visible-own-line" if is_own else None


def _choose_short(seen: Seen, page: Page, site: Map) -> str | None:
    """Return the rule for a date without a label, in a short line near the headline."""
    block, date = seen.block, seen.date
    has_headline = site.headline is not None
    if seen.others > 90:
        return None
    is_own = block.around.is_main and block.is_with_headline
    if has_headline and block.distance < 0 and not is_own:
        return choose_above(block) if date.is_day else None
    is_behind = has_headline and block.distance > 0 and is_behind_prose(block, page, site)
    if DATE_CLASS.search(find_own_classes(block.element)) and seen.others <= 60 and not is_behind:
        return "visible-class" if has_headline else "visible-alone"
    if not has_headline or seen.others > _MOST_BESIDE:
        return None
    if block.least.tag in HEADINGS and block.distance > 0 and _has_words_behind(seen):
        return None  # the heading of a part: "5 March 2024: the gates close"
    if is_behind and date.is_day and is_behind_place(seen) and is_last_line(block):
        return "visible-signed"
    if is_behind:
        is_alone = seen.others < 15 and date.is_day and block.around.is_main
        return "visible-own-line" if is_alone else None
    spelled = block.text[date.start : date.end]
    rest = BYLINE.sub(" ", seen.line.replace(spelled, " "), count=1)
    if len(CLOCK.sub("", rest)) <= 4:
        return "visible-heading"
    if not date.is_day:
        return None
    if 0 < block.distance <= JUST_BEHIND and is_behind_place(seen):
        return "visible-place"
    is_under = block.is_with_headline or (
        0 < block.distance <= _UNDER and _CLOCK_BEHIND.match(seen.line, len(spelled))
    )
    leads = is_under and seen.line.startswith(spelled)
    return "visible-heading" if leads else "visible-beside"


def _find_own_meaning(seen: Seen) -> Meaning | None:
    """Return what the words before a date in its own element say of it: a label of its own."""
    spelled = seen.block.text[seen.date.start : seen.date.end]
    own = next((text for text in seen.block.texts if spelled in text), "")
    words = own.partition(spelled)[0][-LABEL:]
    return find_meaning(words) if words.strip().endswith((":", "：")) else None


def _has_words_behind(seen: Seen) -> bool:
    """Tell whether words follow a date in its line, not only the hour and the like."""
    _, _, behind = seen.line.partition(seen.block.text[seen.date.start : seen.date.end])
    return len(CLOCK.sub("", behind)) > _FEW


def _state(block: Block, date: Spotted, rule: str) -> Claim:
    value = f"../{date.value}" if rule == "comment-date" else date.value
    return make_claim(
        "modified" if rule == "visible-updated" else "published",
        block.text[date.start : date.end],
        value,
        source="comments" if rule == "comment-date" else "visible",
        locator=f"{format_path(block.element)}#text[{date.start}:{date.end}]",
        rule=f"{rule}/4",
        zone=date.note,
    )
