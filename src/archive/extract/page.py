"""A captured page, decoded and parsed once, as every source of claims reads it.

Follows the MIME Sniffing standard of the WHATWG as far as a page without a usable
``Content-Type`` needs it.  Limits: the first `LIMIT` bytes are read, and elements nested
deeper than the parser's 256 are lost to the tree (`Page.note` says so).  Not for: feeds,
sitemaps and other media types, or judging whether the page is an error page.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree, html

from archive.extract.charset import decode_page
from archive.extract.parts import Parts, collect_parts

LIMIT = 5_000_000
_SNIFFED = 1024

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_PLAIN_TYPES = ("text/plain", "text/markdown")
_UNSAID_TYPES = ("", "*/*", "application/octet-stream", "application/unknown", "unknown/unknown")
_XML_TYPES = ("text/xml", "application/xml")
_LOOKS_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?>(?:<\?xml[^>]*>|<!--.*?-->)\s*)*+"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|h1|p|a|b|br|table|iframe|font)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_LOOKS_XHTML = re.compile(rb"<html[\s>]|<!doctype\s+html", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Not allowed in XML, and so not in the parser's strings; HTML makes them U+FFFD or drops them.
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - {*b"\t\n\f\r"})
_CONTROLS = re.compile("[" + re.escape(_CONTROL_BYTES.decode("ascii")) + "]")

Kind = Literal["html", "plain", "other"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """A page's address, status, HTTP header fields, decoded text and tree.

    ``tree`` is None unless ``kind`` is ``html`` and there is an element; whoever reads it
    leaves it unchanged.  ``note`` says what had to be left out, or why nothing is read.
    ``parts`` are the elements that claims are read from.  Pages compare by identity.
    """

    url: str
    status: int | None
    fields: tuple[tuple[str, str], ...]
    kind: Kind
    text: str
    tree: html.HtmlElement | None
    note: str = ""
    is_deep: bool = False
    parts: Parts = field(default_factory=Parts, repr=False)
    # Every element, held so that lxml need not make it anew at each walk over the tree.
    elements: tuple[etree._Element, ...] = field(default=(), repr=False)

    def find(self, name: str) -> str | None:
        """Return the first value of the header field ``name`` (lower case), or None."""
        return find_field(self.fields, name)


def find_field(fields: tuple[tuple[str, str], ...], name: str) -> str | None:
    """Return the first value of the header field ``name`` (lower case), or None."""
    return next((value for field, value in fields if field.lower() == name), None)


def parse_page(
    content: bytes | None,
    fields: tuple[tuple[str, str], ...],
    url: str,
    *,
    status: int | None = None,
) -> Page:
    """Decode and parse the decoded content of a response; bad content gives an empty page.

    ``status`` is None where it is not known, as of a page in a file.
    """
    content_type = find_field(fields, "content-type")
    media_type = (content_type or "").partition(";")[0].strip().lower()
    kind = _choose_kind(content or b"", media_type)
    if not content or kind == "other":
        note = _explain_unread(media_type) if content else "no content"
        return Page(
            url=url, status=status, fields=fields, kind="other", text="", tree=None, note=note
        )
    notes = [f"only the first {LIMIT} bytes were read"] if len(content) > LIMIT else []
    text = decode_page(content[:LIMIT], content_type)
    if kind == "plain":
        note = "; ".join(notes)
        return Page(
            url=url, status=status, fields=fields, kind=kind, text=text, tree=None, note=note
        )
    tree, is_deep = parse_tree(text)
    if is_deep:
        notes.append("elements are nested too deep for the parser")
    return Page(
        url=url,
        status=status,
        fields=fields,
        kind=kind,
        text=text,
        tree=tree,
        note="; ".join(notes),
        is_deep=is_deep,
        elements=() if tree is None else tuple(tree.iter()),
        parts=collect_parts(tree),
    )


def parse_tree(text: str) -> tuple[html.HtmlElement | None, bool]:
    """Return the tree of an HTML text, None if it has no element, and whether it was too deep."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    source = text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd").encode("utf-8", "replace")
    if len(source.translate(None, _CONTROL_BYTES)) < len(source):
        source = _CONTROLS.sub("\ufffd", source.decode("utf-8")).encode("utf-8")
    try:
        tree = html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError):
        return None, False
    # The document came from the parser as elements; the stubs know no closer type.
    return tree, any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log)


def _choose_kind(content: bytes, media_type: str) -> Kind:
    if media_type in _HTML_TYPES:
        return "html"
    start = content[:_SNIFFED]
    if media_type in _XML_TYPES:
        return "html" if _LOOKS_XHTML.search(start) else "other"
    if media_type in _UNSAID_TYPES and _LOOKS_HTML.match(start):
        return "html"
    if media_type in (*_PLAIN_TYPES, "") and not _is_binary(start):
        return "plain"
    return "other"


def _explain_unread(media_type: str) -> str:
    if media_type in (*_PLAIN_TYPES, ""):
        said = f"said to be {media_type}" if media_type else "of no stated media type"
        return f"content {said}, with control characters as no text has, is not read"
    return f"media type {media_type} is not read"


def _is_binary(start: bytes) -> bool:
    return not start.startswith((b"\xff\xfe", b"\xfe\xff")) and bool(_BINARY.search(start))
