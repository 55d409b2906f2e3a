"""Word files: the words of a document, its footnotes and the addresses of its links.

Follows ECMA-376 as far as words go.  Rules:

1. A file may lie: only the parts named below are read, each to a bound, and no entity is
   expanded, since a document type is refused.
2. What comes out is Markdown, so that one reader finds citations in all manuscripts:
   paragraphs, block quotations (by the name of their style), footnotes where they are called.
3. A link is an element with a target, or a field (``HYPERLINK "…"``), in the text and in its notes.

Not for: how it looks, tracked changes that were deleted, or comments.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from archive.errors import InputError

_MOST = 32 << 20  # bytes of a part
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships "
_LINK = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_BODY = "word/document.xml"
_NOTES = {"word/footnotes.xml": "footnote", "word/endnotes.xml": "endnote"}
_LED = re.compile(r'HYPERLINK\s+"([^"]{1,2000})"')
_QUOTED = ("quote", "zitat", "citation", "blocktext", "citazione", "cita")


def read_docx(path: Path) -> str:
    """Return the document as Markdown.

    Raises:
        InputError: it is no Word file, or one that cannot be read safely.
    """
    try:
        with zipfile.ZipFile(path) as package:
            parts = []
            for name, note in {_BODY: "", **_NOTES}.items():
                if name == _BODY or name in package.namelist():
                    links = _read_links(_read_part(package, _place_links(name)))
                    parts.append(_Words(links=links, note=note).read(_read_part(package, name)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise _refuse(path, str(error)) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except expat.ExpatError as error:
        raise _refuse(path, f"its XML is broken ({error})") from error
    return "\n\n".join(parts)


def _refuse(path: Path, why: str) -> InputError:
    return InputError(f"{path} is no Word file that can be read: {why}", remedy="save it again")


def _place_links(name: str) -> str:
    """Return where the targets of a part's links are listed."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _read_part(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        with package.open(name) as stream:
            data = stream.read(_MOST + 1)
    except KeyError:
        if name == _BODY:
            raise ValueError(f"it has no {name}") from None
        return b""
    except zlib.error as error:
        raise ValueError(f"{name} is damaged ({error})") from error
    if len(data) > _MOST:
        raise ValueError(f"{name} is larger than {_MOST >> 20} MiB")
    return data


def _make_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_arguments: object) -> None:
        raise ValueError("it declares a document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _read_links(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == _LINK:
            found[attributes.get("Id", "")] = attributes.get("Target", "")

    if data:
        parser = _make_parser()
        parser.StartElementHandler = start
        parser.Parse(data, True)  # noqa: FBT003  # expat takes it by place alone
    return found


class _Words:
    """A part under way; a class because expat calls back into what has been read so far."""

    def __init__(self, *, links: dict[str, str], note: str) -> None:
        self._links, self._note = links, note
        self._paragraphs: list[str] = []
        self._line: list[str] = []
        self._is_text = self._is_quoted = self._is_code = False
        self._codes: list[list[str]] = []  # of the fields that are open
        self._name = ""
        self._targets: list[str] = []

    def read(self, data: bytes) -> str:
        """Return the part as Markdown."""
        parser = _make_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        parser.Parse(data, True)  # noqa: FBT003  # expat takes it by place alone
        return "\n\n".join(self._paragraphs)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.removeprefix(_W):
            case "p":
                self._line, self._is_quoted = [], False
            case "pStyle":
                style = attributes.get(f"{_W}val", "").lower().replace(" ", "")
                self._is_quoted = any(word in style for word in _QUOTED)
            case "t":
                self._is_text = True
            case "instrText":
                self._is_code = True
            case "fldChar":
                self._step_field(attributes.get(f"{_W}fldCharType", ""))
            case "noBreakHyphen":
                self._line.append("-")
            case "tab" | "br" | "cr":
                self._line.append(" ")
            case "hyperlink":
                self._targets.append(self._links.get(attributes.get(f"{_R}id", ""), ""))
            case "footnoteReference" | "endnoteReference" as kind:
                number = attributes.get(f"{_W}id", "")
                self._line.append(f"[^{kind.removesuffix('Reference')}{number}]")
            case "footnote" | "endnote":
                self._name = attributes.get(f"{_W}id", "")
            case _:
                pass

    def _end(self, name: str) -> None:
        match name.removeprefix(_W):
            case "t":
                self._is_text = False
            case "instrText":
                self._is_code = False
            case "hyperlink":
                if target := self._targets.pop():
                    self._line.append(f" <{target}> ")
            case "p":
                self._paragraphs += self._close()
            case _:
                pass

    def _step_field(self, step: str) -> None:
        """Begin a field, or end one: where it leads is told behind what it shows."""
        if step == "begin":
            self._codes.append([])
        elif step == "end" and self._codes:
            led = _LED.search("".join(self._codes.pop()))
            self._line += [f" <{led[1]}> "] if led else []

    def _close(self) -> Iterator[str]:
        words = " ".join("".join(self._line).split())
        if not words:
            return
        if self._note:
            yield f"[^{self._note}{self._name}]: {words}"
        else:
            yield f"> {words}" if self._is_quoted else words

    def _hear(self, data: str) -> None:
        if self._is_code and self._codes:
            self._codes[-1].append(data)
        if self._is_text:
            self._line.append(data.replace("\\", "\\\\").replace("*", "\\*"))
