"""Changes as an Atom feed, for feed readers.

Follows RFC 4287.  Whatever pages say stands in it as text, never as markup of ours, and without
the characters that XML cannot hold or that hide something.  Not for: feeds of others
(`archive.extract`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree as ET

from archive.core.change import Change, Edited, Missing, Returned, describe_change
from archive.core.text import show_hidden

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MEDIA_TYPE = "application/atom+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a feed says of itself: its URN, title, whose archive it is, and when it was made.

    ``address`` is where it will be found, if that is known; ``site`` is where statements have
    pages, with a slash at its end; ``updated`` is UTC.
    """

    id: str
    title: str
    author: str
    software: str
    updated: str
    address: str | None = None
    site: str | None = None


def format_atom(facts: FeedFacts, changes: Sequence[Change]) -> bytes:
    """Return a feed of changes, in their order, as UTF-8."""
    feed = ET.Element("feed", {"xmlns": _NAMESPACE})
    _add(feed, "id", facts.id)
    _add(feed, "title", facts.title)
    _add(feed, "updated", max((item.not_after for item in changes), default=facts.updated))
    _add(ET.SubElement(feed, "author"), "name", facts.author or facts.software)
    _add(feed, "generator", facts.software)
    if facts.address:
        attributes = {"rel": "self", "type": _MEDIA_TYPE, "href": facts.address}
        ET.SubElement(feed, "link", attributes)
    for change in changes:
        _add_entry(feed, change, facts.site)
    ET.indent(feed)
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _add_entry(feed: ET.Element, change: Change, site: str | None) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", change.id)
    _add(entry, "title", f"{describe_change(change)}: {change.name}")
    _add(entry, "updated", change.not_after)
    _add(entry, "published", change.not_after)
    if site:
        page = f"{site}statement/{change.statement_id}"
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    if change.url.startswith(("http://", "https://")):
        ET.SubElement(entry, "link", {"rel": "related", "href": show_hidden(change.url)})
    for term in _list_terms(change):
        ET.SubElement(entry, "category", {"term": term})
    content = ET.SubElement(entry, "content", {"type": "html"})
    content.text = "".join(_list_paragraphs(change))


def _list_terms(change: Change) -> Iterable[str]:
    match change.what:
        case Edited() as edit:
            return dict.fromkeys([edit.change, *filter(None, [edit.verdict]), *edit.facts])
        case Missing() as missing:
            return [missing.kind]
        case Returned():
            return ["back"]


def _list_paragraphs(change: Change) -> Iterable[str]:
    """Yield the content as HTML: what happened, between which captures, and the words."""
    yield _make_paragraph(describe_change(change).capitalize() + ".")
    if change.not_before is None:
        yield _make_paragraph(f"Seen by {change.not_after}; capture {change.capture}.")
    else:
        yield _make_paragraph(
            f"Between {change.not_before} and {change.not_after};"
            f" captures {change.before_capture} and {change.capture}."
        )
    if not change.is_confirmed:
        yield _make_paragraph("One capture shows it so far.")
    if not isinstance(change.what, Edited):
        return
    edit = change.what
    if edit.title:
        old, new = (title or "(none)" for title in edit.title)
        yield _make_paragraph(f"Title before: {old}") + _make_paragraph(f"Title after: {new}")
    if edit.notice:
        yield _make_paragraph(f"Notice: {edit.notice}")
    for tag, label, pieces in (("del", "Removed", edit.deleted), ("ins", "Added", edit.inserted)):
        if pieces:
            listed = "".join(f"<li><{tag}>{_escape(piece)}</{tag}></li>" for piece in pieces)
            yield f"<p>{label}:</p><ul>{listed}</ul>"


def _make_paragraph(text: str) -> str:
    return f"<p>{_escape(text)}</p>"


def _escape(text: str) -> str:
    return escape(show_hidden(text))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = show_hidden(text)
