"""The meta elements of a page by name, wherever they carry it.  Not for: what the names mean."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from archive.extract.page import Page

# Pages confuse the first three, so a name is looked for in each; `itemprop` is microdata.
_ATTRIBUTES = ("property", "name", "http-equiv")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaElement:
    """A meta element's name in lower case, its content, and where it stands.

    The locator counts elements of one name from the second on: ``meta[name=author][2]``.
    """

    attribute: str
    name: str
    content: str
    locator: str


def list_meta_elements(page: Page) -> Iterator[MetaElement]:
    """Yield the named meta elements with content, in the order of the document."""
    seen: Counter[tuple[str, str]] = Counter()
    for element in page.parts.metas:
        content = element.get("content")
        if content is None:
            continue
        names: set[str] = set()
        for attribute in _ATTRIBUTES:
            written = (element.get(attribute) or "").strip()
            name = written.lower()
            if not name or name in names:
                continue
            names.add(name)
            seen[attribute, name] += 1
            place = seen[attribute, name]
            yield MetaElement(
                attribute=attribute,
                name=name,
                content=content,
                locator=f"meta[{attribute}={written}]" + (f"[{place}]" if place > 1 else ""),
            )
