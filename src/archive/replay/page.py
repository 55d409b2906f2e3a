"""A captured page made static: nothing in it runs, loads from elsewhere, or leads outside.

Tokens are read (`archive.replay.tokens`), chosen from lists of what may stay
(`archive.replay.elements`), and written anew in one spelling.  Rules:

1. What is written are tags by name, text and values, all escaped; the only content that a
   browser does not read as markup is that of ``style`` (`archive.replay.css` keeps ``</`` out of
   it).  So no browser can find a tag that this module did not write.
2. Links lead to where ``find_link`` says; one that it does not know leads nowhere, and says so.
   What a page shows comes from where ``find_resource`` says, or is missing, and listed.
3. `MOST_TOKENS` bounds the work; a page with more is not made, but its text shown.
4. Of several forms of one picture those that are held are shown.  Where none is, one is missing:
   that which a desktop browser of ordinary density takes (`archive.replay.candidates`).

5. A page that its own styles hide until a script has run is shown: its root and body are never
   transparent or invisible, and not taken out by ``display`` in its style elements or attributes.

The content of ``noscript`` is shown, that of ``template`` is not: there are no scripts here.
Not for: decoding, or choosing captures (`archive.workflows.static_page`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import islice

from archive.replay.addresses import (
    Find,
    find_fragment,
    is_inline,
    make_finder,
    resolve_address,
)
from archive.replay.candidates import choose_candidate, read_candidates, suits_desktop
from archive.replay.css import LONGEST_SHEET, rewrite_css
from archive.replay.elements import (
    ATTRIBUTES,
    BREAK_OUT,
    HTML,
    INPUTS,
    LINKS,
    MATH,
    OUR_PREFIX,
    PICTURE_SETS,
    PICTURES,
    POINTING,
    PREFIXES,
    RENAMED,
    RESERVED,
    SKIPPED,
    SVG,
    VOID,
    WITH_CONTENT,
)
from archive.replay.tokens import Doctype, EndTag, StartTag, Text, Token, read_tokens

MOST_TOKENS = 400_000
MOST_LISTED = 500
_LONGEST_VALUE = 20_000  # of an attribute that is no picture
# A link that leads nowhere has the colour of one, unless the page says otherwise.
_OWN_STYLE = (
    "<style>:where(a[data-archive-missing]){color:LinkText}"
    "a[data-archive-missing]{text-decoration:underline dotted;cursor:not-allowed}"
    "html:root:root,html:root:root>body{opacity:1!important;visibility:visible!important}</style>"
)
_SHOWING = "<style>html:root:root,html:root:root>body{display:block!important}</style>"
_HIDING = re.compile(
    r"(?<![-\w.#])(?:html|body)\s*(?:,\s*(?:html|body)\s*)?\{[^{}]*display\s*:\s*none",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CUSTOM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_NAME = re.compile(r"[a-z][-a-z0-9_:.]*")
_LOCAL = re.compile(r"#[-\w.:]+")
_DOCTYPE = re.compile(
    r"\s*([a-z]+)(?:\s+(public|system)\s*([\"'])(.*?)\3(?:\s*([\"'])(.*?)\5)?)?",
    re.IGNORECASE | re.DOTALL,
)
_NOT_IN_ID = re.compile("[^ -~]|[\"'<>&]")
_DESCRIPTORS = re.compile(r"[\d.]+[wxh](?:\s+[\d.]+[wxh])*")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPage:
    """A page to show, and what it lacks.

    ``missing`` are the addresses of pictures, sheets and fonts that are not held, with the sheets
    (``missing_sheets``) first, ``frames`` those of pages that stood within it; ``left_out`` counts
    what cannot be shown, by kind.
    """

    html: str
    missing: tuple[str, ...] = ()
    missing_sheets: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """A page in the making; ``base`` holds the one address that others are read against.

    ``pictures`` is empty, or tells of the picture that is open whether its source is chosen.
    """

    base: list[str]
    find_link: Find
    find_resource: Find
    parts: list[str] = field(default_factory=list)
    showing: list[str] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    missing_sheets: dict[str, None] = field(default_factory=dict)
    icons: list[str] = field(default_factory=list)
    pictures: list[bool] = field(default_factory=list)
    frames: dict[str, None] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    finders: dict[str, Find] = field(default_factory=dict)
    looked_at: set[tuple[str, bool, str]] = field(default_factory=set)
    links: dict[str, str | None] = field(default_factory=dict)

    def find(self, text: str) -> str | None:
        """Return where a picture or font lies, and note it where it is not held."""
        return self._find(text, self.missing)

    def find_sheet(self, text: str) -> str | None:
        """Return where a style sheet lies, and note it where it is not held."""
        return self._find(text, self.missing_sheets)

    def find_spare(self, text: str) -> str | None:
        """Return where something lies that is not missed."""
        base = self.base[-1]
        if base not in self.finders:
            self.finders[base] = make_finder(base, self.find_resource)
        return self.finders[base](text)

    def _find(self, text: str, missing: dict[str, None]) -> str | None:
        found = self.find_spare(text)
        key = (self.base[-1], missing is self.missing, text)
        if found is None and len(missing) < MOST_LISTED and key not in self.looked_at:
            self.looked_at.add(key)
            address = resolve_address(self.base[-1], text)
            if address not in (None, self.base[0]) and not is_inline(text):  # itself it cannot lack
                missing[address] = None
        return found


def make_static_page(
    source: str, *, url: str, find_link: Find, find_resource: Find, is_xml: bool = False
) -> StaticPage | None:
    """Return the page at ``url`` made static; None where there is too much of it.

    ``is_xml`` tells that it was sent as XHTML.
    """
    making = _Making(base=[url], find_link=find_link, find_resource=find_resource)
    tokens = list(islice(read_tokens(source, is_xml=is_xml), MOST_TOKENS + 1))
    if len(tokens) > MOST_TOKENS:
        return None
    first = next((token for token in tokens if not _is_blank(token)), None)
    declared = _format_doctype(first.text) if isinstance(first, Doctype) else ""
    _write_tokens(making, tokens)
    return StaticPage(
        html="".join((declared, _OWN_STYLE, *making.showing[:1], *making.parts)),
        missing=tuple(making.missing_sheets | making.missing)[:MOST_LISTED],
        missing_sheets=tuple(making.missing_sheets),
        frames=tuple(making.frames),
        left_out=dict(making.left_out),
    )


def make_plain_page(text: str) -> StaticPage:
    """Return a page that shows a text as it is."""
    style = "pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:1rem}"
    head = f"<!DOCTYPE html><title></title><style>{style}</style>"
    return StaticPage(html=f"{head}<pre>\n{_escape(text)}</pre>")


def _is_blank(token: Token) -> bool:
    return isinstance(token, Text) and not token.text.strip()


def _write_tokens(making: _Making, tokens: Iterable[Token]) -> None:  # noqa: C901, PLR0912  # a case for each kind of token, read from top to bottom
    skipped, depth = "", 0  # the element that is left out with its content, and how deep in it
    foreign = 0  # how many svg elements are open
    raw = ""  # the element whose raw text comes next, if it is looked at
    for token in tokens:
        match token:
            case Doctype():
                pass
            case Text() if token.is_raw:
                if not skipped:
                    _write_raw(making, raw, token.text)
            case Text():
                if not skipped:
                    making.parts.append(_escape(token.text))
            case EndTag():
                depth -= token.name == skipped
                if not depth:
                    skipped = ""
                    foreign = max(0, foreign - (token.name == "svg"))
                    _write_end(making, token.name)
            case StartTag() if skipped:
                depth += token.name == skipped
            case StartTag() if token.name in SKIPPED:
                # A shadow tree that is declared is shown; what else a template holds is not.
                if "shadowrootmode" not in token.attributes and not (token.is_closed and foreign):
                    skipped, depth = token.name, 1
            case StartTag():
                raw = token.name
                foreign = 0 if raw in BREAK_OUT else foreign
                foreign += raw == "svg" and not token.is_closed
                if raw == "style" and foreign:
                    raw = ""
                else:
                    _write_start(making, token, foreign=bool(foreign))


def _write_raw(making: _Making, name: str, text: str) -> None:
    """Write what stands in an element whose content is no markup, unless it is left out."""
    if name == "style" and len(text) > LONGEST_SHEET:
        making.left_out["style"] += 1
    elif name == "style":
        making.showing.extend([_SHOWING] if _HIDING.search(text) else [])
        making.parts.append(rewrite_css(text, making.find, find_sheet=making.find_sheet))
    elif name and name not in WITH_CONTENT:
        making.parts.append(_escape(text))


def _write_end(making: _Making, name: str) -> None:
    written = RENAMED.get(name, name)
    if name == "picture":
        making.pictures.clear()
    if _may_stand(written) and written not in VOID:
        making.parts.append(f"</{written}>")


def _show_hidden(making: _Making, tag: StartTag) -> None:
    """Show a page whose root or body is hidden by an attribute of its own."""
    if tag.name in ("html", "body") and _HIDDEN.search(tag.attributes.get("style") or ""):
        making.showing.append(_SHOWING)


def _write_start(making: _Making, tag: StartTag, *, foreign: bool) -> None:
    """Write the start of an element, or what stands for it, or nothing."""
    name, attributes = tag.name, tag.attributes
    _show_hidden(making, tag)
    match name:
        case "base":
            if len(making.base) == 1 and "href" in attributes:
                resolved = resolve_address(making.base[0], attributes["href"])
                making.base.append(resolved or making.base[0])
        case "link":
            _write_sheet(making, attributes)
        case _ if name in RENAMED:
            making.parts.append(f"<{RENAMED[name]}>")
        case "meta":
            if attributes.get("http-equiv", "").strip().lower() == "refresh":
                making.left_out["refresh"] += 1
        case "iframe" | "frame" | "object" | "embed":
            _note_frame(making, name, attributes)
        case "script":
            making.left_out["script"] += 1
        case _ if _may_stand(name):
            if name == "picture":
                making.pictures[:] = [False]
            closed = " /" if tag.is_closed and foreign else ""
            written = "".join(_write_attributes(making, name, attributes))
            making.parts.append(f"<{name}{written}{closed}>")
            if name == "img":  # the first one in a picture is its picture
                making.pictures.clear()
        case _:
            pass


def _may_stand(name: str) -> bool:
    return (
        name in HTML
        or name in SVG
        or name in MATH
        or (_CUSTOM.fullmatch(name) is not None and name not in RESERVED)
    )


def _write_attributes(  # noqa: C901, PLR0912  # a case for each kind of attribute
    making: _Making, name: str, attributes: Mapping[str, str]
) -> Iterable[str]:
    for attribute, value in attributes.items():
        if attribute.startswith("on"):
            making.left_out["handler"] += 1
        elif attribute == "style":
            if len(value) <= _LONGEST_VALUE or "data:" in value:
                yield _format_attribute("style", rewrite_css(value, making.find))
        elif (name, attribute) in PICTURES:
            is_spare = name == "img" and _has_better(making, attributes)
            found = making.find_spare(value) if is_spare else making.find(value)
            if found:
                yield _format_attribute(attribute, found)
        elif (name, attribute) in PICTURE_SETS:
            written = _write_set(making, name, value, attributes)
            if written:
                yield _format_attribute(attribute, written)
        elif (name, attribute) in LINKS:
            yield from _write_link(making, value, is_titled="title" in attributes)
        elif attribute in ("href", "xlink:href") and name in SVG:
            if _LOCAL.fullmatch(value):
                yield _format_attribute(attribute, value)
        elif attribute == "type" and name == "input":
            kind = value.strip().lower()
            kind = "text" if kind == "password" else kind
            yield _format_attribute("type", kind if kind in INPUTS else "text")
        elif _is_plain(attribute) and len(value) <= _LONGEST_VALUE:
            is_pointing = attribute in POINTING
            kept = rewrite_css(value, _find_nothing) if is_pointing else value
            yield _format_attribute(attribute, kept)


def _write_link(making: _Making, value: str, *, is_titled: bool) -> Iterable[str]:
    """Give the attributes of a link: within the page, into the archive, or nowhere."""
    text = value.strip()
    if text.startswith("#"):
        yield _format_attribute("href", text)
        return
    address = resolve_address(making.base[-1], text)
    if address is None:
        making.left_out["link"] += 1
        return
    if address not in making.links:
        making.links[address] = making.find_link(address)
    found = making.links[address]
    if found is None:
        yield _format_attribute("data-archive-missing", address)
        if not is_titled:
            yield _format_attribute("title", f"Not in this archive: {address}")
    else:
        yield _format_attribute("href", found + find_fragment(text))
        yield _format_attribute("target", "_top")


def _write_sheet(making: _Making, attributes: Mapping[str, str]) -> None:
    """Write a link to a style sheet, or the page's first icon."""
    relations = attributes.get("rel", "").lower().split()
    if "icon" in relations and not making.icons:
        making.icons.append(attributes.get("href", ""))
        found = making.find(making.icons[0])
        if found is not None:
            making.parts.append(f'<link rel="icon"{_format_attribute("href", found)}>')
        return
    if "stylesheet" not in relations or "alternate" in relations or "disabled" in attributes:
        return
    found = making.find_sheet(attributes.get("href", ""))
    if found is None or is_inline(found):
        return
    media = attributes.get("media")
    written = _format_attribute("media", media) if media and len(media) < _LONGEST_VALUE else ""
    making.parts.append(f'<link rel="stylesheet"{_format_attribute("href", found)}{written}>')


def _note_frame(making: _Making, name: str, attributes: Mapping[str, str]) -> None:
    making.left_out["frame" if "frame" in name else "object"] += 1
    source = attributes.get("data" if name == "object" else "src", "")
    address = resolve_address(making.base[-1], source) if source.strip() else None
    if address and len(making.frames) < MOST_LISTED:
        making.frames[address] = None


def _has_better(making: _Making, attributes: Mapping[str, str]) -> bool:
    """Tell whether an image shows something else than its ``src``: a source, or of its set."""
    if making.pictures and making.pictures[0]:
        return True
    return choose_candidate(read_candidates(attributes.get("srcset", ""))) is not None


def _write_set(making: _Making, name: str, value: str, attributes: Mapping[str, str]) -> str:
    """Return the candidates of a ``srcset`` that are held; where none is, note one as missing."""
    candidates = read_candidates(value)
    kept = []
    for address, descriptors in candidates:
        found = making.find_spare(address)
        if found and not is_inline(found) and "," not in found:
            is_known = _DESCRIPTORS.fullmatch(descriptors)
            kept.append(f"{found} {descriptors}" if is_known else found)
    chosen = choose_candidate(candidates)
    if chosen is not None and _is_taken(making, name, attributes) and not kept:
        making.find(chosen)
    return ", ".join(kept)


def _is_taken(making: _Making, name: str, attributes: Mapping[str, str]) -> bool:
    """Tell whether a desktop browser takes this source of a picture, or this image."""
    if name == "img":
        return not (making.pictures and making.pictures[0])
    if not making.pictures or making.pictures[0]:
        return False
    making.pictures[0] = suits_desktop(attributes.get("media", ""), attributes.get("type", ""))
    return making.pictures[0]


def _find_nothing(_: str) -> None:
    """Of all addresses, know none."""


def _is_plain(attribute: str) -> bool:
    if attribute in ATTRIBUTES:
        return True
    is_named = attribute.startswith(PREFIXES) and _NAME.fullmatch(attribute) is not None
    return is_named and not attribute.startswith(OUR_PREFIX)


def _format_attribute(name: str, value: str) -> str:
    return f' {name}="{_escape(value)}"'


def _escape(text: str) -> str:
    return escape(_CONTROLS.sub("", text))


def _format_doctype(text: str) -> str:
    """Return a document type that puts a browser into the same mode as the original one."""
    match = _DOCTYPE.match(text[:1000])
    if match is None:
        return "<!DOCTYPE archive>" if text.strip() else "<!DOCTYPE>"
    name, kind = match[1], (match[2] or "").upper()
    ids = "".join(
        f' "{_NOT_IN_ID.sub("", part)}"' for part in (match[4], match[6]) if part is not None
    )
    return f"<!DOCTYPE {name}{' ' + kind + ids if kind else ''}>"
