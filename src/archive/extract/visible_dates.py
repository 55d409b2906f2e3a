"""Claims of dates that a reader sees: beside the headline, behind a label, in a dateline.

Rules:

1. A date counts where it stands in a short block of its own: behind a word for publishing,
   in a place whose class says so, or in the lines of the headline.  A date within prose, or
   behind prose without a label, says nothing about the page (`archive.extract.mentions`).
2. Behind a word for changing it is a modified date.  Behind a word for an event, or behind any
   other label (words that lead up to it in its line, or stand in the cell before), neither.
3. One of several like it, in rows of one shape with different days, is the day of something
   listed (`archive.extract.date_rows`).  So is a day that runs to another.
4. Navigation, lists of other pages and footers are left out.  Comments give an upper bound:
   the page was there when somebody answered it.
5. Of each rule the date nearest to the headline is stated, the ones behind it only where
   they differ in kind.
6. What stands above the headline, outside the article and without a label, may be today's
   date of the site: it has a rule of its own.
7. A month or a year counts behind a label, or in its own block in the place of a date.

Not for: `time` elements (`archive.extract.time_elements`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from lxml import etree

from archive.core.claim import Claim
from archive.extract.date_rows import find_rows
from archive.extract.date_words import WEEKDAY, Meaning, find_meaning
from archive.extract.day_text import Spotted, find_dates
from archive.extract.page import Page
from archive.extract.parts import Place
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
_MOST_BESIDE = 40  # characters in a line beside a date of the headline
_PROSE = 80  # characters of a text that is no line
_LEAD = 400  # characters of the lead that may stand between headline and date
_ALONE = ("visible-updated", "comment-date")  # may be several
_YEAR = re.compile(r"\d{4}")
_LABELLED = ("visible-labelled", "visible-dateline")  # rows of their own
_NAMES = re.compile(
    r"(?:[^\W\d_a-zß-ÿа-я][\w'’.-]*\s?){1,5},|(?:[^\W\d_a-zß-ÿа-я][\w'’.-]*\s?){2,5}[|•·/–—-]"
)
_LABEL_CLASS = re.compile(r"label|legend|\b(?:key|term|fact)", re.IGNORECASE)
_WHO_CLASS = re.compile(
    r"author|autor|auteur|byline|name|categ|rubri|kategor|section|topic|tag|kicker|source|place|ort"
    r"|title|head",
    re.IGNORECASE,
)
_CELLS = ("td", "th", "tr", "li", "dd", "dt")
_LABEL_TAGS = ("dt", "th", "td", "label")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_PARTING = "|•·/,;–—-)>»\u2028"
# From one day to another.
_TO = re.compile(
    r"(?:[\s,]*\d{1,2}[:.h]\d\d(?:\s?(?:uhr|h|am|pm))?)?[\s,(*]*"
    r"(?:[-–—−†/~]|to|until|till|bis(?: zum)?|au|al|hasta(?: el)?|a|até|t/m|tot|do|til|по|–\s?ca)"
    r"[\s,(]*(?:[^\W\d_]{2,10},?\s)?",
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
    rf"|\b(?:{WEEKDAY})\b|[\W_]",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\b(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]v|[Aa]f|[Aa]utor(?:in)?:?|[Аа]втор:?|Yazan:?|[Aa]uthor:?)\s"
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
    r"\W{0,3}[A-ZÀ-ÞŁŚŻČŠŽİА-ЯЁ][\w'’.-]+(?:[\s/-]+[A-ZÀ-ÞŁŚŻČŠŽİА-ЯЁ(][\w'’.)-]*){0,4}\s?[,(–—/|-]\s*"
    r"(?:(?:den|am|le|on|op|il|el)\s)?(?:[^\W\d_]{2,10},\s)?"
)
_AFTER_PLACE = re.compile(r"\)?\s{0,2}(?:[-–—:/|(]|\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A short part of the page with dates in it."""

    element: etree._Element
    own: etree._Element  # the innermost element of the text
    least: etree._Element  # the smallest block that holds it
    texts: tuple[str, ...]  # of that block, not of the blocks in it
    text: str
    order: int
    distance: int  # elements behind the headline; negative before it
    around: Surroundings
    is_with_headline: bool  # the two share a part of the page that is less than its body


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A date in a block: the line that it stands in, and what is said there besides."""

    block: _Block
    date: Spotted
    line: str
    before: str  # of the line
    others: int  # characters of the line besides the date


def parse_visible_dates(page: Page) -> Iterator[Claim]:
    """Yield the claims of visible dates, the best place first within each rule."""
    if page.tree is None or not page.parts.dated:
        return
    site = map_page(page)
    language = find_language(page)
    judged = [
        (_choose_rule(seen, page, site), seen)
        for block in _list_blocks(page, site)
        for seen in _list_seen(block, language)
    ]
    chosen = [(rule, seen) for rule, seen in judged if rule is not None]
    is_needed = any(rule not in _ALONE for rule, _ in chosen)
    rows = [
        (seen.block.least, seen.date.value, rule if rule in _LABELLED else "")
        for rule, seen in judged
        if is_needed and rule not in _ALONE and _is_row(seen, rule)
    ]
    listed = find_rows(rows, site) if len(rows) > 1 else frozenset()
    found: dict[str, list[tuple[int, str, _Seen]]] = {}
    for rule, seen in chosen:
        kind = rule if rule in _LABELLED else ""
        if rule not in _ALONE and (seen.block.least, kind) in listed:
            continue
        distance = seen.block.distance
        weight = abs(distance) + (1000 if distance < -1 else 0)
        found.setdefault(rule, []).append((weight, seen.date.value, seen))
    for rule, places in found.items():
        key = 1 if rule == "comment-date" else 0  # the first comment, else the nearest date
        _, _, seen = min(places, key=itemgetter(key))
        yield _state(seen.block, seen.date, rule)


def _list_seen(block: _Block, language: str | None) -> Iterator[_Seen]:
    """Yield the first dates of a block, but those that run to another in their line."""
    dates = list(islice(find_dates(block.text, language), 5))
    is_above = len(block.text) > 2 * _SHORT  # longer ones hold blocks with dates of their own
    for place, date in enumerate(dates[:4]):
        spelled = block.text[date.start : date.end]
        if is_above and not any(spelled in text for text in block.texts):
            continue
        near = dates[max(0, place - 1) : place] + dates[place + 1 : place + 2]
        if any(_is_span(block.text, date, other) for other in near):
            continue
        start = block.text.rfind("\n", 0, date.start) + 1
        end = block.text.find("\n", date.end)
        line = block.text[start : end if end >= 0 else len(block.text)].strip()
        yield _Seen(
            block=block,
            date=date,
            line=line,
            before=block.text[max(start, date.start - _LABEL) : date.start],
            others=len(line) - (date.end - date.start),
        )


def _is_span(text: str, one: Spotted, other: Spotted) -> bool:
    first, last = sorted((one, other), key=lambda date: date.start)
    between = text[first.end : last.start]
    if not any(letter.isalpha() for letter in between) and len(between) <= 12:
        return "\n" not in between and first.value != last.value
    return len(between) < 60 and first.value != last.value and bool(_TO.fullmatch(between))


def _list_blocks(page: Page, site: Map) -> Iterator[_Block]:
    places: dict[etree._Element, list[Place]] = {}
    for place in page.parts.dated:
        element = place.element
        while element.tag in INLINE or element.tag == "time":
            parent = element.getparent()
            if parent is None:
                break
            element = parent
        places.setdefault(element, []).append(place)
    for least, (place, *others) in places.items():
        element = least
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
            own=place.element,
            least=least,
            texts=(place.text, *(other.text for other in others)),
            text=text,
            order=place.order,
            distance=place.order - site.order if site.headline is not None else place.order,
            around=site.describe(least),
            is_with_headline=site.is_with_headline(element),
        )


def _is_marked_event(block: _Block) -> bool:
    near = (block.own, block.least, block.least.getparent())
    names = " ".join(
        f"{node.get('class') or ''} {node.get('id') or ''}" for node in near if node is not None
    )
    return bool(_EVENT_CLASS.search(names[:300]))


def _is_row(seen: _Seen, rule: str | None) -> bool:
    """Tell whether a date may be one of a list: a short line about it and little more."""
    if rule is not None:
        return True
    if seen.block.around.is_comment or len(seen.line) > _SHORT:
        return False
    if seen.block.element.tag in _CELLS:
        return True
    return seen.others <= _MOST_BESIDE and find_meaning(seen.before) is None and _is_led(seen)


def _is_led(seen: _Seen) -> bool:
    """Tell whether nothing but what stands beside dates anyhow leads up to one."""
    before = seen.before.strip()
    if not before:
        return True
    if before[-1] in _PARTING and _BYLINE.search(before):
        return True
    left = _CLOCK.sub("", _BYLINE.sub(" ", before, count=1))
    return len(left) <= 2 and (not left or left.isascii())


def _choose_rule(seen: _Seen, page: Page, site: Map) -> str | None:
    block, date = seen.block, seen.date
    around = block.around
    if around.is_comment:
        return "comment-date" if date.is_day else None
    if around.is_footer or (around.is_aside and not _is_beside_headline(block, date)):
        return None
    before = block.text[max(0, date.start - _LABEL) : date.start]
    if _COPYRIGHT.search(before) or _is_marked_event(block):
        return None
    meaning = find_meaning(seen.before)
    if meaning is None and not seen.before.strip():
        meaning = _find_meaning_beside(block, date, site)
    is_short = len(seen.line) <= _SHORT
    if is_short and meaning != "event" and _UPDATE_CLASS.search(_find_own_classes(block.element)):
        meaning = "modified"
    return _choose_placed(seen, meaning, page, site)


def _choose_placed(seen: _Seen, meaning: Meaning | None, page: Page, site: Map) -> str | None:
    """Return the rule for a date by what the words before it mean, then by its place."""
    block, date = seen.block, seen.date
    is_short = len(seen.line) <= _SHORT
    if meaning == "event":
        return None
    if meaning == "modified":
        return "visible-updated"
    if len(seen.line) > _LONG:
        return None
    if meaning == "published" and len(seen.line) <= _SHORT * 2:
        return "visible-labelled"
    is_near = site.headline is not None and 0 < block.distance <= 2 * _NEAR
    if is_near and date.is_day and _is_dateline(block.text, date):
        return "visible-dateline"
    if is_short and date.is_day and _is_bylined(seen):
        return "visible-byline"
    if is_short and _is_label(seen):
        return None
    if is_short and (site.headline is None or -_BEFORE <= block.distance <= _NEAR):
        return _choose_short(seen, page, site)
    is_alone = len(seen.line) <= 40 and seen.others < 15 and date.is_day
    is_own = is_alone and block.around.is_main and block.element.tag not in _CELLS
    return "visible-own-line" if is_own else None


def _choose_short(seen: _Seen, page: Page, site: Map) -> str | None:
    """Return the rule for a date without a label, in a short line near the headline."""
    block, date = seen.block, seen.date
    has_headline = site.headline is not None
    if seen.others > 90:
        return None
    is_own = block.around.is_main and block.is_with_headline
    if has_headline and block.distance < 0 and not is_own:
        return _choose_above(block) if date.is_day else None
    is_behind = has_headline and block.distance > 0 and _is_behind_prose(block, page, site)
    if _DATE_CLASS.search(_find_own_classes(block.element)) and seen.others <= 60 and not is_behind:
        return "visible-class" if has_headline else "visible-alone"
    if not has_headline or seen.others > _MOST_BESIDE:
        return None
    if is_behind:
        is_alone = seen.others < 15 and date.is_day and block.around.is_main
        return "visible-own-line" if is_alone else None
    spelled = block.text[date.start : date.end]
    rest = _BYLINE.sub(" ", seen.line.replace(spelled, " "), count=1)
    if len(_CLOCK.sub("", rest)) <= 4:
        return "visible-heading"
    if not date.is_day:
        return None
    if 0 < block.distance <= _JUST_BEHIND and _is_behind_place(seen):
        return "visible-place"
    leads = block.is_with_headline and seen.line.startswith(spelled)
    return "visible-heading" if leads else "visible-beside"


def _is_bylined(seen: _Seen) -> bool:
    """Tell whether a line is a byline and the date, and nothing else."""
    match = _BYLINE.match(seen.line)
    if match is None or match.end() > len(seen.before.lstrip()) + 2:
        return False
    spelled = seen.block.text[seen.date.start : seen.date.end]
    return len(_CLOCK.sub("", seen.line[match.end() :].replace(spelled, " "))) <= 2


def _is_behind_place(seen: _Seen) -> bool:
    """Tell whether a line is names, a comma and the date: "Berlin, 5 March 2024"."""
    return seen.line.endswith(seen.block.text[seen.date.start : seen.date.end]) and bool(
        _NAMES.fullmatch(seen.before.strip())
    )


def _is_label(seen: _Seen) -> bool:
    """Tell whether the words before a date lead up to it, as a label or a sentence does.

    They do not where a mark parts them ("Berlin, 5 March", "Press office | 5 March"), and where
    they are another element that is a link.
    """
    words = seen.before.strip()
    if not words or _is_led(seen):
        return False
    if words[-1] in _PARTING and find_meaning(words) is None:
        return len(words) > _LABEL - 10
    own = seen.block.own
    if seen.date.start - len(seen.before.rstrip()) >= 0 and own is not seen.block.element:
        previous = own.getprevious()
        starts = (own.text or "").strip()[:4]
        spelled = seen.block.text[seen.date.start : seen.date.end]
        if previous is not None and starts and spelled.startswith(starts):
            return not (previous.tag == "a" or previous.find(".//a") is not None)
    return True


def _find_meaning_beside(block: _Block, date: Spotted, site: Map) -> Meaning | None:
    """Return what stands before a date in a line or cell of its own says of it."""
    above = block.text[: date.start].rstrip()
    if above and block.least is block.element:
        return find_meaning(above[-_LABEL:].rpartition("\n")[2])
    element: etree._Element | None = block.least
    for _ in range(2):
        previous = None if element is None else element.getprevious()
        if previous is not None or element is None:
            break
        element = element.getparent()
    else:
        return None
    if element is None or previous is None:
        return None
    if (
        previous is site.headline
        or previous.tag in ("img", "time")
        or site.describe(previous).is_aside
        or len(previous) > 6
    ):
        return None
    words = site.read(previous).strip()
    if not words or len(words) > _LABEL or _YEAR.search(words):
        return None
    meaning = find_meaning(words)
    if meaning == "published" and previous.tag in _HEADINGS:  # "Dates"
        return None
    if meaning is None and (
        previous.tag in _LABEL_TAGS
        or words.endswith((":", "："))
        or _LABEL_CLASS.search(previous.get("class") or "")
        or _is_pair(previous, element, site)
    ):
        return "event"
    return meaning


def _is_pair(previous: etree._Element, element: etree._Element, site: Map) -> bool:
    """Tell whether two elements are a name and its value: they alone share a block of their own.

    What is classed as a date, or behind a class for authors and sections or a link, is none.
    """
    parent = element.getparent()
    return (
        parent is not None
        and len(parent) == 2
        and not site.holds_headline(parent)
        and not _DATE_CLASS.search(element.get("class") or "")
        and not _WHO_CLASS.search(previous.get("class") or "")
        and previous.tag != "a"
        and previous.find(".//a") is None
    )


def _is_behind_prose(block: _Block, page: Page, site: Map) -> bool:
    """Tell whether the text has begun between the headline and a block behind it."""
    chunks = list(_list_prose(page.elements[site.order + 1 : block.order]))
    if len(chunks) > 1 or any(_measure(text) > _LEAD for _, text in chunks):
        return True
    if not chunks:
        return False
    # Behind one paragraph, which may be the lead, before the next.
    holder, _ = chunks[0]
    is_lead = block.least.tag not in _HEADINGS and (holder.get("class") or block.least.get("class"))
    if is_lead or holder.tag in _HEADINGS:
        return False
    following = page.elements[block.order : block.order + _JUST_BEHIND]
    return next(_list_prose(following), None) is not None


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
    if block.around.is_other:
        return False
    if block.is_with_headline and block.element.tag != "nav":
        return -_JUST_BEFORE <= block.distance <= _JUST_BEHIND
    rest = len(block.text.strip()) - (date.end - date.start)
    hints = block.around.hints[:80]
    is_near = block.around.is_main and 0 < block.distance <= _JUST_BEHIND
    return is_near and rest <= 20 and bool(_DATE_CLASS.search(hints))


def _state(block: _Block, date: Spotted, rule: str) -> Claim:
    value = f"../{date.value}" if rule == "comment-date" else date.value
    return make_claim(
        "modified" if rule == "visible-updated" else "published",
        block.text[date.start : date.end],
        value,
        source="comments" if rule == "comment-date" else "visible",
        locator=f"{format_path(block.element)}#text[{date.start}:{date.end}]",
        rule=f"{rule}/2",
        zone=date.note,
    )
