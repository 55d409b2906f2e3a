"""Checking quotations in a manuscript against the archive and the newest capture.

Rules:

1. A quotation must stand in the capture that it is bound to; where its place is told, at that
   place.
2. What the newest version of the statement shows of it is told: unchanged, moved, altered,
   absent; or that the statement is gone.  Altered, absent and gone are findings, unless only the
   cited version is asked for.
3. Where a quotation leaves words out (``[…]``), its pieces must stand there in their order.
4. The title of the cited page in quotation marks is no quotation.
5. An identifier that this archive does not know is a finding.

Not for: reading the file's form (`archive.cite.manuscript`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from archive.cite.manuscript import READERS, read_markdown
from archive.cite.passages import Afterlife, follow_passage
from archive.cite.quotes import find_nearest, find_quotation
from archive.cite.reading import Block, Mention, read_mentions
from archive.core.citation import Quotation
from archive.core.text import fold_quote, fold_text
from archive.errors import InputError
from archive.index.database import Index
from archive.interchange.docx import read_docx
from archive.store.regular import read_regular
from archive.workflows.cited_line import Line, list_later, read_line, read_text, read_title
from archive.workflows.opening import Archive, open_index
from archive.workflows.resolve import resolve

Verdict = Literal[
    "stands", "moved", "altered", "absent", "gone", "not in the cited version", "unread",
    "unknown", "no quotation",
]  # fmt: skip
_ORDER = ("unchanged", "moved", "altered", "absent")
_OMISSION = re.compile(r"\s*\[\s?(?:…|\.\.\.)\s?\]\s*")
_MOST = 32 << 20  # bytes of a file
_MOST_PIECES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedQuote:
    """What became of one quotation: ``capture`` is cited, ``latest`` the newest that was read."""

    file: str
    where: str
    identifier: str
    quote: str | None
    capture: str | None
    latest: str | None
    verdict: Verdict
    detail: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether a person must look at it."""
        return self.verdict in (
            *("altered", "absent", "gone", "not in the cited version", "unread", "unknown"),
        )


Teller = Callable[..., CheckedQuote]


def check_quotes(
    archive: Archive, files: Sequence[Path], *, cited_only: bool
) -> Iterator[CheckedQuote]:
    """Yield what each identifier and quotation of the files comes to, in their order.

    Raises:
        InputError: a file cannot be read, or is of no form that is known.
    """
    read = [(path, read_blocks(path)) for path in files]
    with closing(open_index(archive)) as index:
        for path, blocks in read:
            for mention in read_mentions(blocks):
                yield _check(archive, index, str(path), mention, cited_only=cited_only)


def read_blocks(path: Path) -> tuple[Block, ...]:
    """Return the paragraphs or entries of a file.

    Raises:
        InputError: it cannot be read, or is of no form that is known.
    """
    kind = path.suffix.lower()
    if kind == ".docx":
        return tuple(read_markdown(read_docx(path)))
    if kind not in READERS:
        known = ", ".join((*READERS, ".docx"))
        raise InputError(f"{path} is of no form that is known", remedy=f"known are {known}")
    try:
        text = read_regular(path, _MOST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", remedy="save it as UTF-8") from error
    try:
        return tuple(READERS[kind](text))
    except InputError as error:
        raise InputError(f"{path}: {error}", remedy=error.remedy) from error


def _check(
    archive: Archive, index: Index, file: str, mention: Mention, *, cited_only: bool
) -> CheckedQuote:
    def tell(verdict: Verdict, detail: str = "", **more: str | None) -> CheckedQuote:
        return CheckedQuote(
            file=file,
            where=mention.where,
            identifier=mention.identifier,
            quote=mention.quote,
            capture=more.get("capture"),
            latest=more.get("latest"),
            verdict=verdict,
            detail=detail,
        )

    try:
        found = resolve(index, archive.settings.citation, mention.identifier).found
    except InputError as error:
        return tell("unknown", str(error))
    if mention.quote is None:
        return tell("no quotation", capture=found.id)
    line = read_line(index, found)
    text = read_text(index, line.cited) if line is not None else None
    if line is None or text is None:
        return tell("unread", found.text_outcome or found.outcome, capture=found.id)
    if mention.start is None and _is_title(mention.quote, read_title(index, line.cited)):
        return replace(tell("no quotation", "its title", capture=found.id), quote=None)
    pieces = [piece for piece in _OMISSION.split(mention.quote) if fold_quote(piece)]
    try:
        placed = _place(text, pieces[:_MOST_PIECES], mention)
    except InputError as error:
        return tell("not in the cited version", str(error), capture=found.id)
    if isinstance(placed, str):
        return tell("not in the cited version", placed, capture=found.id)
    if cited_only or not list_later(line):
        return tell("stands", capture=found.id, latest=line.latest.id)
    return _follow(index, line, placed, tell)


def _is_title(quote: str, title: str) -> bool:
    """Tell whether what stands in quotation marks is the title, as a citation has it."""
    return bool(title) and fold_text(quote) == fold_text(title)


def _place(text: str, pieces: list[str], mention: Mention) -> list[Quotation] | str:
    """Return the pieces of a quotation where they stand, or why they do not."""
    found: list[Quotation] = []
    last = 0
    for piece in pieces:
        quotation = find_quotation(text, piece)
        if quotation is None:
            nearest = find_nearest(text, piece)
            return f"nearest: “{' '.join(nearest.words.split())[:200]}”" if nearest else "no text"
        if len(pieces) > 1 and quotation.start < last and quotation.times == 1:
            return "its pieces stand in another order"
        last = max(last, quotation.end)
        found.append(quotation)
    if not found:
        return "it holds no words"
    if mention.start is not None and len(found) == 1:
        cut = text[mention.start : mention.end]
        if fold_quote(cut) != fold_quote(mention.quote or ""):
            return f"it stands at character {found[0].start}, not at {mention.start}"
    return found


def _follow(index: Index, line: Line, placed: list[Quotation], tell: Teller) -> CheckedQuote:
    """Tell what the newest readable capture shows of a quotation."""
    cited, latest = line.cited.id, line.latest
    if latest.lacking is not None:
        return tell("gone", latest.lacking.reason, capture=cited, latest=latest.id)
    readable = next((item for item in reversed(line.captures) if item.has_text), line.cited)
    old, new = read_text(index, line.cited) or "", read_text(index, readable) or ""
    fates = [follow_passage(old, item.start, item.end, new) for item in placed]
    worst = max(fates, key=lambda item: _ORDER.index(item.fate))
    verdict: Verdict = "stands" if worst.fate == "unchanged" else worst.fate
    return tell(verdict, word_afterlife(worst), capture=cited, latest=readable.id)


def word_afterlife(afterlife: Afterlife) -> str:
    """Return how a passage was altered, empty where it was not."""
    if afterlife.fate != "altered":
        return ""
    told = []
    for item in afterlife.differences[:10]:
        if item.old and item.new:
            told.append(f"“{item.old}” is now “{item.new}”")
        else:
            told.append(f"deleted: “{item.old}”" if item.old else f"inserted: “{item.new}”")
    return "; ".join(told)
