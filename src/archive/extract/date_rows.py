"""Dates that stand in rows: the entries of a list, table, timeline or set of cards.

Two dates are alike where the ways down to them from one element are the same, tags and classes,
and they differ.  What holds the headline is no row, so that a page's own line is not alike to
those of the pages that it lists.  Not for: what a date by itself means
(`archive.extract.visible_dates`).
"""

from collections.abc import Sequence

from lxml import etree

from archive.extract.places import Map

_LEVELS = 5  # elements from a date up to the one that holds the rows


def find_rows(
    dated: Sequence[tuple[etree._Element, str, str]], site: Map
) -> frozenset[tuple[etree._Element, str]]:
    """Return the elements whose date is one of several, with their kind.

    Each comes with its date's value and a kind; those of different kinds are not alike.
    """
    members: dict[tuple[object, ...], list[tuple[etree._Element, str]]] = {}
    for element, value, kind in dated:
        node = element
        steps: tuple[object, ...] = (kind,)
        for _ in range(_LEVELS):
            parent = node.getparent()
            if parent is None or site.holds_headline(node):
                break
            steps = (*steps, node.tag, node.get("class"))
            members.setdefault((parent, *steps), []).append((element, value))
            node = parent
    return frozenset(
        (element, str(steps[0]))
        for (_, *steps), alike in members.items()
        if len({value for _, value in alike}) > 1
        for element, _ in alike
    )
