"""What leads up to a date: nothing but what stands beside dates, a byline, a place, or a label.

Not for: what the words mean (`archive.extract.date_words`), or the part of the page that the date
stands in (`archive.extract.date_places`).
"""

import re

from lxml import etree

from archive.extract.date_places import DATE_CLASS, HEADINGS
from archive.extract.date_words import WEEKDAY, Meaning, find_meaning
from archive.extract.dated_blocks import LABEL, Block, Seen
from archive.extract.day_text import Spotted
from archive.extract.places import Map

_YEAR = re.compile(r"\d{4}")
_NAMES = re.compile(
    r"(?:[^\W\d_a-zß-ÿа-я][\w'’.-]*\s?){1,5}[,،]|(?:[^\W\d_a-zß-ÿа-я][\w'’.-]*\s?){2,5}[|•·/–—-]"
)
# A label of something else in the same line: "See also: The Gazette, 5 March".
_FACT = re.compile(
    r"(?!source|quelle|fuente|fonte|author|autor|auteur|editor|by\b|von\b|par\b|por\b|ort\b|place)"
    r"[^\W\d_][\w ]{1,24}:\s",
    re.IGNORECASE,
)
LABEL_CLASS = re.compile(r"label|legend|\b(?:key|term|fact)", re.IGNORECASE)
_WHO_CLASS = re.compile(
    r"author|autor|auteur|byline|name|categ|rubri|kategor|section|topic|tag|kicker|source|place|ort"
    r"|title|head",
    re.IGNORECASE,
)
_LABEL_TAGS = ("dt", "th", "td", "label")
_PARTING = "|•·/,;–—-)>»\u2028"
# What stands beside a bare date: time, weekday, place in a list, a word that leads to it.
CLOCK = re.compile(
    r"\d{1,2}[:.h]\d\d|\b(?:uhr|am|pm|a\.m\.|p\.m\.|on|am|le|el|il|op|den|vom|um|at|um|by|von|ngày)\b"
    rf"|\b(?:{WEEKDAY})\b|[\W_]",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"\b(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]v|[Aa]f|[Aa]utor(?:in)?:?|[Аа]втор:?|Yazan:?|[Aa]uthor:?)\s"
    r"(?:[A-ZÀ-Þ][\w.'’-]*\s?|(?:von|van|de|der|den|di|da|del)\s){1,5}"
)


def is_led(seen: Seen) -> bool:
    """Tell whether nothing but what stands beside dates anyhow leads up to one."""
    before = seen.before.strip()
    if not before:
        return True
    if before[-1] in _PARTING and BYLINE.search(before):
        return True
    left = CLOCK.sub("", BYLINE.sub(" ", before, count=1))
    return len(left) <= 2 and (not left or left.isascii())


def is_bylined(seen: Seen) -> bool:
    """Tell whether a line is a byline and the date, and nothing else."""
    match = BYLINE.match(seen.line)
    if match is None or match.end() > len(seen.before.lstrip()) + 2:
        return False
    spelled = seen.block.text[seen.date.start : seen.date.end]
    return len(CLOCK.sub("", seen.line[match.end() :].replace(spelled, " "))) <= 2


def is_behind_place(seen: Seen) -> bool:
    """Tell whether a line is names, a comma and the date: "Berlin, 5 March 2024"."""
    return seen.line.endswith(seen.block.text[seen.date.start : seen.date.end]) and bool(
        _NAMES.fullmatch(seen.before.strip())
    )


def is_label(seen: Seen) -> bool:
    """Tell whether the words before a date lead up to it, as a label or a sentence does.

    They do not where a mark parts them ("Berlin, 5 March", "Press office | 5 March"), and where
    they are another element that is a link.
    """
    words = seen.before.strip()
    if not words or is_led(seen):
        return False
    if words[-1] in _PARTING and find_meaning(words) is None:
        return len(words) > LABEL - 10 or _FACT.match(words) is not None
    own = seen.block.own
    if seen.date.start - len(seen.before.rstrip()) >= 0 and own is not seen.block.element:
        previous = own.getprevious()
        starts = (own.text or "").strip()[:4]
        spelled = seen.block.text[seen.date.start : seen.date.end]
        if previous is not None and starts and spelled.startswith(starts):
            return not (previous.tag == "a" or previous.find(".//a") is not None)
    return True


def find_meaning_beside(block: Block, date: Spotted, site: Map) -> Meaning | None:
    """Return what stands before a date in a line or cell of its own says of it."""
    above = block.text[: date.start].rstrip()
    if above and block.least is block.element:
        return find_meaning(above[-LABEL:].rpartition("\n")[2])
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
    if not words or len(words) > LABEL or _YEAR.search(words):
        return None
    meaning = find_meaning(words)
    if meaning == "published" and previous.tag in HEADINGS:  # "Dates"
        return None
    if meaning is None and (
        previous.tag in _LABEL_TAGS
        or words.endswith((":", "："))
        or LABEL_CLASS.search(previous.get("class") or "")
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
        and not DATE_CLASS.search(element.get("class") or "")
        and not _WHO_CLASS.search(previous.get("class") or "")
        and previous.tag != "a"
        and previous.find(".//a") is None
    )
