"""How two states of a statement differ: its words, what they are about, whether it was said.

Rules:

1. The statement's own words, its title and its stated metadata make it; the rest is the page's.
2. The class is the highest that holds; ``typographic`` is told by `fold_words`.
3. A stated date differs where it means another time (`archive.history.dates`).
4. A link counts by its address; links in the page's furniture do not.  It is a fact of the page's
   markup, not of the statement's words.
5. A change is announced where the stated modified date moved forward or a notice appeared.
6. Comparing the other way round gives the mirror image, but that a notice appears and a date
   moves forward.

Not for: whether the page is the statement at all, which is asked before.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from archive.core.text import normalise_text
from archive.core.version import (
    FACTS,
    ChangeClass,
    Comparison,
    Content,
    Fact,
    Span,
    Stated,
    Verdict,
)
from archive.history.align import Range, align_texts
from archive.history.dates import is_later_date, is_same_date
from archive.history.facts import find_facts
from archive.history.fold import fold_words, is_same_folded
from archive.history.own_words import find_furniture, leave_out, read_own_words
from archive.history.parts import read_parts
from archive.history.words import count_words

_PIECES = re.compile("[:|·•»]")


def compare_contents(old: Content, new: Content) -> Comparison:
    """Return how ``new`` differs from ``old``; both are read under one extractor label."""
    aside = find_furniture(old.text), find_furniture(new.text)
    own = (
        leave_out(old.text, aside[0]) if aside[0] else old.text,
        leave_out(new.text, aside[1]) if aside[1] else new.text,
    )
    text_changed = own[0] != own[1]
    spans = align_texts(old.text, new.text)
    deleted, inserted, moved = find_changes(spans, *aside)
    notice = _find_new_notice(old.notices, new.notices)
    change = _classify(old, new, own)
    facts: set[Fact] = set()
    parts = read_parts(old.text, new.text, deleted, inserted, spans)
    if text_changed:
        facts |= set(find_facts(*parts))
        if moved:
            facts.add("moved")
    facts |= set(_list_stated_facts(old, new))
    if _list_links(old, aside[0]) != _list_links(new, aside[1]):
        facts.add("link")
    if notice is not None:
        facts.add("notice added")
    if change == "typographic":
        facts.add("typographic only")
    if change == "boilerplate":
        facts.add("boilerplate only")
    if change == "identical":
        facts.clear()
    is_other = change != "identical"
    return Comparison(
        change=change,
        text_changed=text_changed,
        verdict=_judge(old, new, text_changed=text_changed, notice=notice) if is_other else None,
        facts=tuple(fact for fact in FACTS if fact in facts),
        spans=spans,
        words_deleted=parts[0].words,
        words_inserted=parts[1].words,
        words_moved=_count(new.text, moved),
        notice=notice,
    )


def find_changes(
    spans: Sequence[Span], aside: Sequence[Range], aside_now: Sequence[Range]
) -> tuple[list[Range], list[Range], list[Range]]:
    """Return ranges deleted (of the old text), inserted and moved (of the new), furniture aside.

    The other two are the furniture of both.
    """
    deleted: list[Range] = []
    inserted: list[Range] = []
    moved: list[Range] = []
    for span in spans:  # each kind is in the order of its text
        if span.old and span.new:
            if span.operation == "move":
                moved.append(span.new)
        elif span.old:
            deleted.append(span.old)
        elif span.new:
            inserted.append(span.new)
    return (
        _subtract(deleted, aside),
        _subtract(inserted, aside_now),
        _subtract(moved, aside_now),
    )


def _subtract(ranges: Sequence[Range], aside: Sequence[Range]) -> list[Range]:
    """Return the parts of ``ranges`` outside ``aside``; both in order and without overlap."""
    left: list[Range] = []
    at = 0
    for start, end in ranges:
        begin = start
        while at < len(aside) and aside[at][1] <= begin:
            at += 1
        place = at
        while place < len(aside) and aside[place][0] < end:
            if begin < aside[place][0]:
                left.append((begin, aside[place][0]))
            begin = max(begin, aside[place][1])
            place += 1
        if begin < end:
            left.append((begin, end))
    return left


def _count(text: str, ranges: Iterable[Range]) -> int:
    return count_words("\n".join([text[start:end] for start, end in ranges]))


def _classify(old: Content, new: Content, own: tuple[str, str]) -> ChangeClass:
    titles = normalise_text(old.title or ""), normalise_text(new.title or "")
    names = _list_names(old.stated), _list_names(new.stated)
    is_dated_alike = not _list_moved_dates(old.stated, new.stated)
    if old.payload and old.payload == new.payload and own[0] == own[1]:
        return "identical"
    texts = [own, titles, *zip(*names, strict=True)]
    differ = [(first, second) for first, second in texts if first != second]
    if not is_dated_alike or not all(is_same_folded(first, second) for first, second in differ):
        return "substantive"
    if differ:
        return "typographic"
    if old.text != new.text or (old.visible and new.visible and old.visible != new.visible):
        return "boilerplate"
    is_known = old.payload is not None and new.payload is not None
    is_same = (old.links, old.notices, old.stated) == (new.links, new.notices, new.stated)
    return "markup" if is_known or not is_same else "identical"


def _list_names(stated: Stated) -> tuple[str, str]:
    return normalise_text(stated.author or ""), normalise_text(stated.publisher or "")


def _list_moved_dates(old: Stated, new: Stated) -> list[str]:
    pairs = {"published": (old.published, new.published), "modified": (old.modified, new.modified)}
    return [name for name, (first, second) in pairs.items() if not is_same_date(first, second)]


def _list_stated_facts(old: Content, new: Content) -> Iterable[Fact]:
    if normalise_text(old.title or "") != normalise_text(new.title or ""):
        yield "headline"
    (author, publisher), (author_now, publisher_now) = (
        _list_names(old.stated),
        _list_names(new.stated),
    )
    if author != author_now:
        yield "byline"
    if fold_words(publisher) != fold_words(publisher_now):
        yield "name"
    if _list_moved_dates(old.stated, new.stated):
        yield "date"


def _list_links(content: Content, ranges: Sequence[Range]) -> Counter[str]:
    """Return the addresses that the statement's own words lead to."""
    if not content.links:
        return Counter()
    aside = {
        piece.strip()
        for start, end in ranges
        for line in (content.text[start:end],)
        for piece in (line, line.lstrip("-*• "), *_PIECES.split(line))
    }
    return Counter(link.url for link in content.links if normalise_text(link.text) not in aside)


def _find_new_notice(old: Sequence[str], new: Sequence[str]) -> str | None:
    """Return the first notice that was not there, one that is mere furniture aside."""
    known = {fold_words(notice) for notice in old}
    return next(
        (item for item in new if fold_words(item) not in known and read_own_words(item)), None
    )


def _judge(old: Content, new: Content, *, text_changed: bool, notice: str | None) -> Verdict | None:
    if text_changed:
        is_said = notice is not None or is_later_date(old.stated.modified, new.stated.modified)
        return "announced" if is_said else "unannounced"
    is_titled_alike = normalise_text(old.title or "") == normalise_text(new.title or "")
    if is_titled_alike and _list_moved_dates(old.stated, new.stated):
        return "date changed, text same"
    return None
