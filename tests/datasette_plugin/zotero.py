"""What Zotero's generic importers make of a page, as far as its published logic goes.

Facts of the translators "COinS" (with the client's ``parseContextObject``), "Embedded Metadata" and
"RDF", as published in 2024: which fields they read, how they cut names, what they fall back
to.  The first of them is asked before the second.  Not for: whether a page is right.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import html as lxml_html

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


def import_coins(page: str) -> list[Item]:
    """The items that the COinS translator finds."""
    spans = lxml_html.document_fromstring(page).xpath("//span[@class='Z3988'][@title]")
    return [_parse_context(span.get("title")) for span in spans]


def import_embedded(page: str) -> Item:
    """The item that "Embedded Metadata" finds."""
    tree = lxml_html.document_fromstring(page)
    told = [(one.get("name"), one.get("content")) for one in tree.xpath("//meta[@name]")]
    item = Item(kind=dict(told).get("z:itemType"))
    if item.kind is None and "citation_title" in dict(told):
        item.kind = "journalArticle"
    for name, place in _FIELDS.items():
        found = [content for meta, content in told if str(meta).endswith(name)]
        if found and found[0].strip():
            item.fields[place] = " ".join(found[0].split(" "))
    authors = [content for meta, content in told if str(meta).endswith("citation_author")]
    for author in authors:
        item.creators += _divide_highwire(author, is_only=len(authors) == 1)
    item.fields.setdefault("language", str(tree.get("lang")))
    moments = tree.xpath("//time[@datetime]/@datetime")
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
    places: dict[str, Any] = {
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
