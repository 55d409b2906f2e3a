"""States of statements, as a comparison looks at them: of captures, or of pages in files.

Both sides are read under one extractor label.  The texts of two captures come from the index
where it holds them under one label; else both pages are read again, and nothing is stored.  Not
for: comparing (`archive.history.compare`), or versions, which are runs of captures.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.core.digest import digest_bytes
from archive.core.extraction import Extraction
from archive.core.instant import format_instant, parse_instant
from archive.core.version import Comparison, Content, Quality, Span
from archive.errors import InputError
from archive.history.align import Range
from archive.history.compare import find_changes
from archive.history.own_words import find_furniture
from archive.index.database import Index
from archive.index.lookup import Found, find_capture
from archive.index.sightings import find_common, find_quality, read_content
from archive.provenance.stated import choose_stated, drop_later
from archive.workflows.opening import Archive, open_index
from archive.workflows.page_files import read_page_file
from archive.workflows.settings import ExtractionSettings
from archive.workflows.workers import FileTask, ReadingTask, Workers

_NOWHERE = "http://page.invalid/"  # the address of a file of which none is given
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/plain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """A page in a file; its address and the moment of its capture, where these are known."""

    file: Path
    url: str | None = None
    captured: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One side of a comparison: what was named, what it says, and what read it.

    ``capture`` is None for a file, ``moment`` and ``url`` where they are not known.  ``note``
    says why there may be less than the page has.
    """

    name: str
    capture: str | None
    url: str | None
    moment: str | None
    extractor: str
    content: Content
    quality: Quality = "usable"
    note: str = ""


def read_states(
    archive: Archive | None, first: str | PageFile, second: str | PageFile
) -> tuple[State, State]:
    """Return both sides, each the name of a capture or a file, under one extractor label.

    Raises:
        InputError: a name means no capture, a file cannot be read, or a page could not be read
            within the bounds.
    """
    found = [_find(archive, side) for side in (first, second)]
    if archive is not None and isinstance(first, str) and isinstance(second, str):
        one, other = found
        with closing(open_index(archive)) as index:
            label = find_common(index, one.id, other.id) if one and other else None
            if one and other and label:
                return _read_stored(index, one, label), _read_stored(index, other, label)
    settings = archive.settings.extraction if archive else ExtractionSettings()
    with Workers(settings) as workers:
        waiting = [
            workers.submit(_make_task(archive, side, item))
            for side, item in zip((first, second), found, strict=True)
        ]
        answers = [future.result() for future in waiting]
    left, right = (
        _make_state(side, item, answer)
        for side, item, answer in zip((first, second), found, answers, strict=True)
    )
    return left, right


def read_stored_states(
    index: Index, pairs: Sequence[tuple[str, str]]
) -> tuple[State, State] | None:
    """Return the first pair of captures that the index holds under one label, None if none is."""
    for one, other in pairs:
        label = find_common(index, one, other)
        if label is not None:
            first, second = (
                _read_stored(index, find_capture(index, it), label) for it in (one, other)
            )
            return first, second
    return None


def _find(archive: Archive | None, side: str | PageFile) -> Found | None:
    """Return the capture that is named, the one with its payload for a revisit; None for a file."""
    if isinstance(side, PageFile):
        return None
    if archive is None:
        raise InputError(
            f"{side} is no file, and there is no archive to look for a capture",
            remedy="name a file, or the archive with --archive DIR",
        )
    with closing(open_index(archive)) as index:
        return find_capture(index, side)


def _read_stored(index: Index, found: Found, label: str) -> State:
    """Return a capture's state as the index holds it under a label: as versions are compared."""
    return State(
        name=found.id,
        capture=found.id,
        url=found.url,
        moment=found.captured_at,
        extractor=label,
        content=read_content(index, found.id, label),
        quality=find_quality(index, found.id) or "usable",
    )


def _make_task(
    archive: Archive | None, side: str | PageFile, found: Found | None
) -> ReadingTask | FileTask:
    if isinstance(side, PageFile):
        suffixes = [suffix.lower() for suffix in side.file.suffixes if suffix.lower() != ".gz"]
        return FileTask(
            file=str(side.file),
            url=side.url or _NOWHERE,
            media_type=_TYPES.get(suffixes[-1]) if suffixes else None,
        )
    assert archive is not None  # noqa: S101  (`_find` refused it)
    assert found is not None  # noqa: S101
    bytes_of = found
    if found.revisit_of:
        with closing(open_index(archive)) as index:
            bytes_of = find_capture(index, found.revisit_of)
    return ReadingTask(
        root=str(archive.layout.root),
        warc=bytes_of.warc,
        offset=bytes_of.offset,
        length=bytes_of.length,
        url=found.url,
    )


def _make_state(side: str | PageFile, found: Found | None, answer: Extraction) -> State:
    name = side if isinstance(side, str) else str(side.file)
    if answer.outcome not in ("text", "none"):
        raise InputError(
            f"{name} could not be read: {answer.detail}",
            remedy="check that it is a page; the bounds are under [extraction] in archive.toml",
        )
    if answer.outcome == "none" and not answer.claims:
        raise InputError(
            f"{name} has nothing to compare: {answer.detail}",
            remedy="name pages of HTML or plain text",
        )
    url: str | None
    captured: datetime | None
    payload: str | None
    if isinstance(side, PageFile):
        url, captured = side.url, side.captured
        payload = str(digest_bytes(read_page_file(side.file)))
    else:
        url = found.url if found else None
        captured = parse_instant(found.captured_at) if found else None
        payload = found.payload if found else None
    title, stated = choose_stated(answer.claims, url or _NOWHERE)
    if isinstance(side, PageFile) and captured is not None:
        stated = drop_later(stated, captured)
    page = answer.page
    return State(
        name=name,
        capture=found.id if found else None,
        url=url,
        moment=format_instant(captured) if captured else None,
        extractor=answer.extractor,
        content=Content(
            text=answer.text,
            title=title,
            stated=stated,
            links=page.links if page else (),
            notices=tuple(
                claim.value
                for claim in answer.claims
                if claim.field == "correction" and claim.value
            ),
            visible=page.visible if page else None,
            payload=payload,
        ),
        quality=page.quality if page else "usable",
        note=answer.detail,
    )


# --- as plain values ------------------------------------------------------------------------------


def describe_comparison(old: State, new: State, found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain values, with both texts whole.

    ``removed`` and ``added`` are what the statement's own words lost and gained; ``edits`` are
    all that differs, in the order of the new text, ``furniture`` told apart.
    """
    before, after = old.content, new.content
    aside = find_furniture(before.text), find_furniture(after.text)
    deleted, inserted, moved = find_changes(found.spans, *aside)
    return {
        "text_changed": found.text_changed,
        "class": found.change,
        "facts": list(found.facts),
        "verdict": found.verdict,
        "notice": found.notice,
        "title": {"old": before.title, "new": after.title},
        "stated": {"old": asdict(before.stated), "new": asdict(after.stated)},
        "counts": {
            "words_deleted": found.words_deleted,
            "words_inserted": found.words_inserted,
            "words_moved": found.words_moved,
        },
        "removed": _cut_out(before.text, deleted),
        "added": _cut_out(after.text, inserted),
        "moved": _cut_out(after.text, moved),
        "links": _describe_links(before, after),
        "edits": [
            {
                "operation": span.operation,
                "old": span.old,
                "new": span.new,
                "text": span.text or (after.text[slice(*span.new)] if span.new else ""),
                "furniture": _is_aside(span, *aside),
            }
            for span in found.spans
            if span.operation != "equal"
        ],
        "old": _describe_state(old),
        "new": _describe_state(new),
        "texts": {"old": before.text, "new": after.text},
        "extractor": new.extractor,
    }


def _describe_state(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "capture": state.capture,
        "url": state.url,
        "captured_at": state.moment,
        "payload": state.content.payload,
        "quality": state.quality,
        "note": state.note,
    }


def _describe_links(old: Content, new: Content) -> dict[str, list[dict[str, Any]]]:
    before, after = set(old.links), set(new.links)
    return {
        "removed": [asdict(link) for link in old.links if link not in after],
        "added": [asdict(link) for link in new.links if link not in before],
    }


def _cut_out(text: str, ranges: Sequence[Range]) -> list[str]:
    pieces = (text[start:end].strip() for start, end in ranges)
    return [piece for piece in pieces if piece]


def _is_aside(span: Span, aside: Sequence[Range], aside_now: Sequence[Range]) -> bool:
    """Tell whether all of a span lies in the page's furniture."""
    deleted, inserted, moved = find_changes((span,), aside, aside_now)
    return not (deleted or inserted or moved)
