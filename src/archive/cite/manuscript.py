"""What others write citations in: Markdown, BibTeX and BibLaTeX, CSL-JSON, RIS; read into blocks.

Every reader goes over its text once, and none fails on what it does not know.  Not for: Word files,
which are containers (`archive.interchange.docx`), or what is cited (`archive.cite.reading`).
"""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape

from archive.cite.reading import IDENTIFIER, Block
from archive.errors import InputError

_NOTE = re.compile(r"^\[\^([^\]\n]{1,100})\]:", re.MULTILINE)
_CALL = re.compile(r"\[\^([^\]\n]{1,100})\](?!:)")
_MARKS = re.compile(
    rf"(?P<name>{IDENTIFIER.pattern})"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8}[0-9]?);)"
    r"|\*+|(?<!\w)_+(?=\w)|(?<=[^\W_])_+(?!\w)"
    r"|</?[A-Za-z][A-Za-z0-9]{0,9}(?:\s[^<>]{0,200})?/?>"
)
_LINK_DEFINED = re.compile(r"^ {0,3}\[([^\]\n^]{1,100})\]:[ \t]*<?(\S{1,500})", re.MULTILINE)
_LINK_CALLED = re.compile(r"\]\[([^\]\n^]{1,100})\]")
_QUOTE_LINE = re.compile(r"^ {0,3}> ?", re.MULTILINE)
_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^,\s{}]*)")
_TEX = re.compile(
    r"\\text(backslash|braceleft|braceright|asciicircum|asciitilde|quotedbl)\s*(?:\{\})?"
    r"|\\([$&#%_{}])|\\[a-zA-Z]+\s?|[{}]"
)
_TEX_LETTERS = {
    "backslash": "\\",
    "braceleft": "{",
    "braceright": "}",
    "asciicircum": "^",
    "asciitilde": "~",
    "quotedbl": '"',
}
_RIS_END = re.compile(r"^ER  ?-.*$", re.MULTILINE)
_RIS_TAG = re.compile(r"^([A-Z][A-Z0-9])  ?- ?", re.MULTILINE)
_MOST_NOTED = 5  # identifiers of one footnote


def read_markdown(text: str) -> Iterator[Block]:
    """Yield the paragraphs of a manuscript; footnotes are read where they are called."""
    text = text.replace("\r\n", "\n")
    notes, links = _read_notes(text), _read_links(text)
    for line, written in _list_paragraphs(text):
        if _NOTE.match(written):
            continue
        is_quotation = _QUOTE_LINE.match(written) is not None
        paragraph = _QUOTE_LINE.sub("", written) if is_quotation else written
        called = _CALL.sub(lambda call: f" {notes.pop(call[1], '')} ", paragraph)
        called = _LINK_CALLED.sub(lambda call: f"]({links.get(call[1].lower(), call[1])})", called)
        yield Block(
            where=f"line {line}",
            text=_MARKS.sub(_read_mark, called).replace("\n", " "),
            is_quotation=is_quotation,
        )
    for name, identifiers in notes.items():
        yield Block(where=f"footnote {name[:40]}", text=identifiers)


def read_plain(text: str) -> Iterator[Block]:
    """Yield the paragraphs of a text in which every mark is a letter."""
    for line, paragraph in _list_paragraphs(text.replace("\r\n", "\n")):
        yield Block(where=f"line {line}", text=paragraph.replace("\n", " "))


def read_bibtex(text: str) -> Iterator[Block]:
    """Yield the entries of a BibTeX or BibLaTeX file."""
    starts = [match for match in _ENTRY.finditer(text) if match[1].lower() not in _NO_ENTRY]
    for place, match in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        body = _TEX.sub(_read_tex, text[match.end(2) : end])
        yield Block(
            where=f"entry {match[2][:80]}",
            text=f"{match[2]} {' '.join(body.split())}",
            is_entry=True,
        )


def read_csl_json(text: str) -> Iterator[Block]:
    """Yield the items of a CSL-JSON file.

    Raises:
        InputError: it is no JSON.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"it is no JSON: {error}", remedy="export it again") from error
    items = data.get("items") if isinstance(data, dict) else data
    for place, item in enumerate(items if isinstance(items, list) else [items], start=1):
        name = item.get("id") if isinstance(item, dict) else None
        words = " ".join(" ".join(_list_words(item)).split())
        yield Block(where=f"item {str(name or place)[:80]}", text=words, is_entry=True)


def read_ris(text: str) -> Iterator[Block]:
    """Yield the references of a RIS file."""
    for place, part in enumerate(_RIS_END.split(text.replace("\r\n", "\n")), start=1):
        if part.strip():
            words = " ".join(_RIS_TAG.sub("", part).split())
            yield Block(where=f"reference {place}", text=words, is_entry=True)


Reader = Callable[[str], Iterator[Block]]
READERS: dict[str, Reader] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".qmd": read_markdown,
    ".txt": read_plain,
    ".bib": read_bibtex,
    ".json": read_csl_json,
    ".ris": read_ris,
}
_NO_ENTRY = ("comment", "string", "preamble")


def _list_paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield what stands between empty lines, with the number of its first line."""
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield number - len(lines), "\n".join(lines)
            lines = []


def _read_notes(text: str) -> dict[str, str]:
    """Return the identifiers of each footnote."""
    notes: dict[str, str] = {}
    for _, paragraph in _list_paragraphs(text):
        named = list(_NOTE.finditer(paragraph))
        for place, note in enumerate(named):
            end = named[place + 1].start() if place + 1 < len(named) else len(paragraph)
            body = _MARKS.sub(_read_mark, paragraph[note.end() : end])
            found = [item[0] for item in IDENTIFIER.finditer(body)][:_MOST_NOTED]
            notes[note[1]] = " ".join(found)
    return notes


def _read_links(text: str) -> dict[str, str]:
    """Return the identifiers that links are defined by, which are called by name."""
    defined = _LINK_DEFINED.finditer(text)
    return {match[1].lower(): match[2] for match in defined if IDENTIFIER.search(match[2])}


def _read_mark(match: re.Match[str]) -> str:
    """Return what a mark of Markdown stands for; emphasis and elements are no letters."""
    if match["entity"]:
        return unescape(match["entity"])
    return match["name"] or match["escaped"] or ""


def _read_tex(match: re.Match[str]) -> str:
    if match[1]:
        return _TEX_LETTERS[match[1]]
    if match[2]:
        return match[2]
    return ""


def _list_words(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value, without what our own items repeat."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += reversed([item for name, item in found.items() if name != "custom"])
        elif isinstance(found, list):
            waiting += reversed(found)
