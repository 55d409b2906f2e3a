"""What a captured page, or a captured style sheet, shows beside itself.

That is what its static page lacks in an archive that holds nothing else: what would be loaded is
found by the same code that writes what is loaded (`archive.replay.page`, `archive.replay.css`),
so that both always agree.  At most `MOST_LISTED` of each kind are found.  Not for: fetching them
(`archive.workflows.requisites`).
"""

from dataclasses import dataclass

from archive.replay.addresses import Find, is_inline, resolve_address
from archive.replay.css import rewrite_css
from archive.replay.page import MOST_LISTED, make_static_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Requisites:
    """Addresses in the order in which they stand there: style sheets; pictures and fonts."""

    sheets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_page_requisites(source: str, *, url: str, is_xml: bool = False) -> Requisites:
    """Return what the page at ``url`` shows; nothing where there is too much of it."""
    page = make_static_page(
        source, url=url, find_link=_find_nothing, find_resource=_find_nothing, is_xml=is_xml
    )
    if page is None:
        return Requisites()
    sheets = frozenset(page.missing_sheets)
    return Requisites(
        sheets=page.missing_sheets,
        others=tuple(address for address in page.missing if address not in sheets),
    )


def find_sheet_requisites(text: str, *, url: str) -> Requisites:
    """Return what the style sheet at ``url`` imports, and what it shows."""
    sheets: dict[str, None] = {}
    others: dict[str, None] = {}
    rewrite_css(text, _make_noter(url, others), find_sheet=_make_noter(url, sheets))
    return Requisites(sheets=tuple(sheets), others=tuple(others))


def _make_noter(base: str, noted: dict[str, None]) -> Find:
    """Return what notes each address that it is asked for, and knows none."""

    def note(text: str) -> None:
        address = None if is_inline(text) else resolve_address(base, text)
        if address is not None and len(noted) < MOST_LISTED:
            noted[address] = None

    return note


def _find_nothing(_: str) -> None:
    """Of all addresses, know none."""
