"""The main text of a page: what it says, without navigation, comments and advertisements.

trafilatura reads the parsed tree, without its metadata and date search.  Where it finds
nothing, or the page is more than it should be given, a plain reading takes its place: all
of ``article``, else ``main``, else ``body``; and the source without its tags where
elements are nested deeper than the parser follows.  Which of them reads follows from the
page alone, so that one label stands for one rule.  Not for: claims
(`archive.extract.claims`), or limits of time and memory, which belong to the caller.
"""

import copy
from collections import Counter
from collections.abc import Set as AbstractSet
from itertools import islice

import trafilatura
from lxml import etree, html

from archive.core.text import normalise_text
from archive.extract.furniture import leave_out
from archive.extract.page import Page
from archive.extract.visible import read_visible_text, strip_tags

# Real pages have some thousands of tags; of two hundred measured, 199 had fewer than 8,000,
# and one 13,000.  Beyond the first number trafilatura asks no second opinion, whose time grows
# with the square of the blocks (twenty seconds at 30,000); beyond the other it is not asked.
CAREFUL_TAGS = 8_000
MOST_TAGS = 30_000
_LISTS = ("ul", "ol", "dl", "blockquote", "pre")
_MOST_PARAGRAPHS = 1_000  # that are looked at for lists between them

_LIBXML = ".".join(map(str, etree.LIBXML_VERSION))
EXTRACTOR = (
    f"trafilatura/{trafilatura.__version__};libxml2/{_LIBXML};fast=over-{CAREFUL_TAGS}-tags"
    ";tables=yes;comments=no;furniture=2;lists=1;fallback=body/1"
)


def read_main_text(
    page: Page,
    furniture: AbstractSet[etree._Element] = frozenset(),
    layout: AbstractSet[etree._Element] = frozenset(),
) -> tuple[str, str]:
    """Return the main text in normal form, empty if there is none, and how it was read.

    What is ``furniture`` is left out; tables in ``layout`` only lay the page out.
    """
    if page.kind == "plain":
        return normalise_text(page.text), "plain text"
    if page.is_deep:
        return normalise_text(strip_tags(page.text)), "fallback: source without its tags"
    if page.tree is None:
        return "", ""
    tree = leave_out(page.tree, furniture, layout)
    if page.text.count("<") > MOST_TAGS:
        how = f"fallback: more than {MOST_TAGS} tags"
    else:
        text = normalise_text(_extract_text(page, tree) or "")
        if text:
            return _read_lists(page, tree, text), ""
        how = "fallback: no main text was found"
    return _read_plainly(tree) or _read_plainly(page.tree), how


def _extract_text(page: Page, tree: html.HtmlElement) -> str | None:
    """Return what trafilatura gives; None too where it breaks, since the page is to blame."""
    try:
        # The tree is copied there before it is changed.
        return trafilatura.extract(
            tree,
            fast=page.text.count("<") > CAREFUL_TAGS,
            include_comments=False,
            include_tables=True,
            include_formatting=False,
            deduplicate=False,
        )
    except Exception:  # noqa: BLE001  (hostile pages raise anything, RecursionError included)
        return None


def _read_lists(page: Page, tree: html.HtmlElement, text: str) -> str:
    """Return ``text``, with the lists between its paragraphs where they were passed over.

    On a page that names no part of itself as its main one, trafilatura gathers paragraphs alone.
    Where the element that holds most of these holds lists too, it is read as an ``article``; what
    comes of that counts if nothing is lost by it.
    """
    holder = _find_holder(tree, text)
    if holder is None:
        return text
    twin = copy.deepcopy(tree)
    place = next(i for i, element in enumerate(tree.iter(etree.Element)) if element is holder)
    again = next(islice(twin.iter(etree.Element), place, None))
    again.tag = "article"
    more = normalise_text(_extract_text(page, twin) or "")
    lines = set(more.split("\n"))
    return more if all(line in lines for line in text.split("\n")) else text


def _find_holder(tree: html.HtmlElement, text: str) -> etree._Element | None:
    """Return the element that holds most paragraphs of ``text``, if it lost a list of its own."""
    lines = set(text.split("\n"))
    held: Counter[etree._Element] = Counter()
    with_lists = {parent for one in tree.iter(*_LISTS) if (parent := one.getparent()) is not None}
    for paragraph in islice(tree.iter("p"), _MOST_PARAGRAPHS) if with_lists else ():
        parent = paragraph.getparent()
        if parent in with_lists and (words := _read_paragraph(paragraph)) in lines:
            held[parent] += len(words)
    if not held:
        return None
    holder, letters = held.most_common(1)[0]
    if 2 * letters < len(text) or holder.tag in ("article", "main"):
        return None
    items = (
        item
        for child in holder.iterchildren(*_LISTS)
        for item in child.iter("li", "dd", "p", "blockquote", "pre")
    )
    is_lost = any(
        (words := " ".join(read_visible_text(item).split())) and words not in text
        for item in islice(items, _MOST_PARAGRAPHS)
    )
    return holder if is_lost else None


def _read_paragraph(element: etree._Element) -> str:
    return normalise_text(read_visible_text(element))


def _read_plainly(tree: etree._Element) -> str:
    for tag in ("article", "main", "body"):
        outer = (
            element
            for element in tree.iter(tag)
            if not any(above.tag == tag for above in element.iterancestors())
        )
        text = normalise_text("\n\n".join(read_visible_text(element) for element in outer))
        if text:
            return text
    return ""
