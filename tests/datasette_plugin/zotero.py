"""What Zotero's generic importers make of a page, as far as its published logic goes.

Facts of the translators "COinS" (with the client's ``parseContextObject``), "Embedded Metadata" and
"RDF", as published in 2024: which fields they read, how they cut names, what they fall back
to.  The first of them is asked before the second.  Not for: whether a page is right.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

# Highwire Press field → field of an item.
_FIELDS = {
    "citation_title": "title",
    "citation_publication_date": "date",
    "citation_public_url": "url",
    "citation_publisher": "publisher",
    "citation_language": "language",
}


@dataclass(slots=True, kw_only=True)
class Item:
    """An imported item: its type, its fields, and creators as family name and given name."""

    kind: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    creators: list[tuple[str, str]] = field(default_factory=list)


class _Elements(HTMLParser):
    """The elements of a page, in their order: name and attributes."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def import_coins(page: str) -> list[Item]:
    """The items that the COinS translator finds."""
    return [
        _parse_context(told["title"])
        for tag, told in _Elements(page).found
        if tag == "span" and told.get("class") == "Z3988" and "title" in told
    ]


def import_embedded(page: str) -> Item:
    """The item that "Embedded Metadata" finds."""
    elements = _Elements(page).found
    metas = [
        (told["name"], told.get("content", ""))
        for tag, told in elements
        if tag == "meta" and "name" in told
    ]
    item = Item(kind=dict(metas).get("z:itemType"))
    if item.kind is None and "citation_title" in dict(metas):
        item.kind = "journalArticle"
    for name, place in _FIELDS.items():
        found = [content for meta, content in metas if meta.endswith(name)]
        if found and found[0].strip():
            item.fields[place] = " ".join(found[0].split(" "))
    authors = [content for meta, content in metas if meta.endswith("citation_author")]
    for author in authors:
        item.creators += _divide_highwire(author, is_only=len(authors) == 1)
    item.fields.setdefault("language", dict(elements)["html"].get("lang", ""))
    moments = [told["datetime"] for tag, told in elements if tag == "time" and "datetime" in told]
    if moments:
        item.fields.setdefault("date", moments[0])
    return item


def _divide_highwire(author: str, *, is_only: bool) -> list[tuple[str, str]]:
    names = re.split(r"\s*;\s*", author)
    if len(names) == 1 and is_only:
        parts = re.split(r"\s*,\s*", names[0])
        if len(parts) > 1 and " " in parts[0] and " " in parts[1]:
            names = parts
    return [_clean_author(name) for name in names if re.search(r"[^\s,-.;]", name)]


def _clean_author(name: str) -> tuple[str, str]:
    """Family name and given name: cut at the comma where there is one, else at the last space."""
    if "," in name:
        parts = re.split(r", ?", name)
        return parts[0], parts[1]
    given, _, family = name.strip().rpartition(" ")
    return family, given


def _parse_context(context: str) -> Item:
    pairs = [part.split("=") for part in context.split("&")]
    item = Item()
    if ["rft_val_fmt", "info%3Aofi%2Ffmt%3Akev%3Amtx%3Adc"] in pairs:
        item.kind = "webpage"
    places = {
        "rft.title": "title",
        "rft.date": "date",
        "rft.publisher": "publisher",
        "rft.source": "publicationTitle",
        "rft.language": "language",
        "rft.description": "abstractNote",
    }
    for key, written in pairs:
        value = unquote(re.sub(r"\+|%2[bB]", " ", written), errors="strict")
        if key in places:
            item.fields[places[key]] = value
        elif key == "rft.identifier" and value.startswith(("http://", "https://")):
            item.fields["url"] = value
        elif key == "rft.creator":
            item.creators.append(_clean_author(value))
        elif key == "rft.aucorp":
            item.creators.append((value, ""))
    return item
