"""Checking quotations in a manuscript against the archive and the newest capture.

Rules:

1. A quotation must stand in the capture that it is bound to; where its place is told, at that
   place.
2. What the newest version of the statement shows of it is told: unchanged, moved, altered,
   absent; or that the statement is gone.  Altered, absent and gone are findings, unless only the
   cited version is asked for.
3. A quotation is first looked for as it is written, then without what whoever quotes may change:
   a comma or full stop at its end, double marks for single ones within, words left out (``…``,
   ``. . .``) and what stands in square brackets, with the word that they cut into.  Its pieces
   must stand there in their order.
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
from archive.cite.quotes import SHORTEST, find_nearest, find_quotation
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
_BRACKETED = re.compile(r"\w{0,40}\[[^\[\]]{0,200}\]\w{0,40}|\[\s?(?:…|\.\.\.)\s?\]")
_OMITTED = re.compile(r"…|\.\s?\.\s?\.(?:\s?\.)?")
_INNER_MARKS = str.maketrans("“”„«»‘’‚‹›\"'", "‘’‚‹›“”„«»'\"")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
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
    try:
        placed = _place(text, mention.quote, mention)
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


def _place(text: str, quote: str, mention: Mention) -> list[Quotation] | str:
    """Return the pieces of a quotation where they stand, or why they do not."""
    whole = find_quotation(text, quote, near=mention.start or 0)
    if mention.start is not None and whole is not None:
        cut = text[mention.start : mention.end]
        if fold_quote(cut) != fold_quote(quote):
            return f"it stands at character {whole.start}, not at {mention.start}"
    if whole is not None:
        return [whole]
    pieces: list[str] = []
    for part in _BRACKETED.split(quote):
        is_whole = not _OMITTED.search(part) or _find_piece(text, part, 0) is not None
        pieces += [part] if is_whole else _OMITTED.split(part)
    return _place_pieces(text, [piece for piece in pieces if _has_words(piece)][:_MOST_PIECES])


def _place_pieces(text: str, pieces: list[str]) -> list[Quotation] | str:
    """Return pieces where they stand one behind the other, or why they do not."""
    found: list[Quotation] = []
    last = 0
    for piece in pieces:
        quotation = _find_piece(text, piece, last)
        if quotation is None and last and _find_piece(text, piece, 0) is not None:
            return "its pieces stand in another order"
        if quotation is None:
            nearest = find_nearest(text, piece)
            return f"nearest: “{' '.join(nearest.words.split())[:200]}”" if nearest else "no text"
        last = quotation.end
        found.append(quotation)
    return found or "it holds no words"


def _find_piece(text: str, piece: str, start: int) -> Quotation | None:
    """Return where a piece stands behind a place, as it is written or as quoting changes it."""
    bare = piece.rstrip(" ,.")
    for words in dict.fromkeys((piece, bare, _swap_marks(piece), _swap_marks(bare))):
        found = find_quotation(text[start:], words) if _has_words(words) else None
        if found is not None:
            return replace(found, start=found.start + start, end=found.end + start)
    return None


def _swap_marks(words: str) -> str:
    """Return words with double marks for single ones and the other way round, but apostrophes."""
    swapped = words.translate(_INNER_MARKS)
    for match in _APOSTROPHE.finditer(words):
        swapped = swapped[: match.start()] + match[0] + swapped[match.end() :]
    return swapped


def _has_words(piece: str) -> bool:
    """Tell whether a piece is long enough to be looked for."""
    return sum(letter.isalnum() for letter in fold_quote(piece)) >= SHORTEST


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
