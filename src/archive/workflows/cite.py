"""Citing a capture: everything that a citation says, gathered from index, log and settings.

Not for: the form that it takes (`archive.cite`), or versions (`archive.workflows.cited_line`).
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from archive.cite.names import parse_author
from archive.cite.passages import Afterlife, follow_passage
from archive.cite.quotes import Nearest, find_nearest, find_quotation
from archive.core.agency import NAMES
from archive.core.checkpoint import parse_checkpoint
from archive.core.citation import Answer, Answers, Author, Citation, Held, Quotation, Testimony
from archive.core.curation import BETWEEN
from archive.core.digest import parse_digest
from archive.core.instant import format_instant, parse_instant
from archive.core.key import find_witness_time
from archive.core.proof import format_hash
from archive.core.text import fold_text
from archive.core.uri import parse_url
from archive.errors import AbsentQuotationError, ArchiveError, InputError, UndecidableError
from archive.index.database import Index
from archive.index.lookup import Found, find_capture
from archive.index.organisations import find_named
from archive.index.search import open_reader, select_assertions
from archive.interchange.bundle import Bundle
from archive.store.log import read_log
from archive.workflows.cited_line import (
    Line,
    LineCapture,
    Standing,
    list_later,
    list_texts,
    read_line,
    read_standing,
    read_text,
)
from archive.workflows.opening import Archive, open_index
from archive.workflows.prove import gather_bundle
from archive.workflows.resolve import archived_address, format_ark, resolve

Row = dict[str, Any]
_FIELDS = ("title", "publisher", "author", "published", "origin", "credited", "language")
_SHOWN = 200  # characters of a passage in an error
_FULL_DAY = len("2024-03-06")
_MOST_TEXTS = 200  # later versions in which a passage is followed
_MOST_LETTERS = 400_000_000  # and their characters, where nobody bounds them further


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What a later version shows of a quoted passage; None where there is no text to look in.

    ``is_left_out``: there is one, but it was not looked at, since that would have taken too long.
    """

    capture: LineCapture
    afterlife: Afterlife | None
    is_left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage that is to be cited, and about where in the text its reader saw it begin.

    ``letters`` bounds how many characters of other versions are looked at for it.
    """

    words: str
    near: int = 0
    letters: int = _MOST_LETTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation, and what became of its quotation later; ``remarks`` are for who cites."""

    citation: Citation
    later: tuple[Later, ...] = ()
    remarks: tuple[str, ...] = ()


_NO_LATER: tuple[Later, ...] = ()
_NO_REMARKS: tuple[str, ...] = ()


def cite_capture(
    archive: Archive, name: str, *, at: str | None = None, quote: Passage | str | None = None
) -> Cited:
    """Return the citation of the capture that ``name`` means; with ``at`` the newest by then.

    Raises:
        AbsentQuotationError: the quotation does not stand in its text.
        InputError: nothing goes by that name, it shows no page, or what is quoted is no passage.
        UndecidableError: it has not been read yet.
    """
    with closing(open_index(archive)) as index:
        meant = resolve(index, archive.settings.citation, name)
        is_any = meant.kind == "address" and "@" not in name.rpartition("/")[2]
        found, remarks = meant.found, _NO_REMARKS
        if is_any or at is not None:
            found, remarks = _choose(index, found, at)
        _require_page(index, found)
        _require_read(found)
        standing = read_standing(index, found)
        remarks += _remark(standing)
        passage = Passage(words=quote) if isinstance(quote, str) else quote
        quotation, later = None, _NO_LATER
        if passage is not None:
            line = read_line(index, found)  # all captures, of which there may be very many
            quotation = _find_quotation(index, found, line, passage)
            later = _follow(index, line, quotation, passage.letters) if line is not None else later
        citation = _make_citation(archive, index, found, standing, quotation)
    return Cited(citation=citation, later=later, remarks=remarks)


def _choose(index: Index, found: Found, at: str | None) -> tuple[Found, tuple[str, ...]]:
    """Return the capture that is cited where any will do: the newest that shows the page."""
    line = read_line(index, found)
    if line is None:
        return found, ()
    bound = "9999" if at is None else _parse_bound(at)
    usable = [item for item in line.captures if item.captured_at <= bound]
    shown = [item for item in usable if item.is_usable] or usable
    if at is None and (found.text_outcome == "pending" or found.id == shown[-1].id):
        return found, ()
    if not shown:
        first = line.captures[0]
        raise InputError(
            f"no capture of {found.url} is as old as that",
            remedy=f"the first is {first.id}, of {first.captured_at}",
        )
    chosen = find_capture(index, shown[-1].id)
    remarks: tuple[str, ...] = ()
    if usable[-1].id != chosen.id:
        newest = usable[-1]
        if newest.version is None:
            what = newest.says or newest.sighting.status
            remarks = (f"the newest capture, {newest.id}, does not show the page ({what})",)
    return chosen, remarks


def _remark(standing: Standing | None) -> tuple[str, ...]:
    """Say it where a person cites by name what the rules take for something else than the page."""
    cited = standing.cited if standing is not None else None
    if cited is None or cited.says is None or cited.is_usable:
        return ()
    return (f"capture {cited.id} counts as no version of the page ({cited.says})",)


def _parse_bound(at: str) -> str:
    """Return the last moment of a day, or a moment, as the index spells it."""
    try:
        if len(at) == _FULL_DAY:
            day = datetime.strptime(at, "%Y-%m-%d").replace(tzinfo=UTC)
            return format_instant(day.replace(hour=23, minute=59, second=59, microsecond=999999))
        return format_instant(parse_instant(at))
    except ValueError as error:
        raise InputError(f"not a day: {at!r}", remedy="write it as 2026-11-22") from error


def _require_page(index: Index, found: Found) -> None:
    shows = found.outcome in ("response", "revisit", "truncated", "malformed")
    if shows and found.status is not None and found.status < 400:
        return
    what = found.status if shows else found.outcome
    line = read_line(index, found)
    usable = [item for item in line.captures if item.is_usable] if line is not None else []
    raise InputError(
        f"capture {found.id} does not show a page that could be cited ({what})",
        remedy=f"cite {usable[-1].id}, of {usable[-1].captured_at}"
        if usable
        else f"`archive show {found.id}` tells what it shows",
    )


def _require_read(found: Found) -> None:
    if found.text_outcome == "pending":
        raise UndecidableError(
            f"capture {found.id} has not been read yet: its title and date are not known",
            remedy="archive extract, or wait until it has been read",
        )


def _find_quotation(index: Index, found: Found, line: Line | None, passage: Passage) -> Quotation:
    text = read_text(index, line.cited) if line is not None else None
    if text is None or line is None:
        raise InputError(
            f"capture {found.id} has no text to quote from ({found.text_outcome or 'not read'})",
            remedy="archive extract",
        )
    quotation = find_quotation(text, passage.words, near=passage.near)
    if quotation is not None:
        return quotation
    holders = _list_holders(index, line, passage)
    where = (
        "it stands in " + ", ".join(f"{item.id} of {item.captured_at}" for item in holders[:5])
        if holders
        else "it stands in no captured text of this statement"
    )
    nearest = find_nearest(text, passage.words)
    raise AbsentQuotationError(
        f"the quotation does not stand in capture {found.id}; {where}; {_word_nearest(nearest)}",
        remedy=f"archive cite {holders[-1].id} --quote …" if holders else "compare the wording",
        nearest=nearest.words if nearest is not None else "",
        holders=tuple(item.id for item in holders),
    )


def _list_holders(index: Index, line: Line, passage: Passage) -> list[LineCapture]:
    """Return the captures whose texts hold a passage, of those that are looked at."""
    holders, letters = [], passage.letters
    for item in list_texts(line)[:_MOST_TEXTS]:
        text = read_text(index, item) or ""
        letters -= len(text)
        if letters < 0:
            break
        if find_quotation(text, passage.words) is not None:
            holders.append(item)
    return holders


def _word_nearest(nearest: Nearest | None) -> str:
    if nearest is None:
        return "the text is empty"
    words = " ".join(nearest.words.split())
    shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
    return f"the nearest passage is, at character {nearest.start}: “{shown}”"


def _follow(index: Index, line: Line, quotation: Quotation, letters: int) -> tuple[Later, ...]:
    """Return what became of a quotation, the oldest first; the newest is looked at first."""
    old = read_text(index, line.cited) or ""
    listed = list_later(line)[:_MOST_TEXTS]
    found: dict[str, Later] = {}
    for item in [*listed[-1:], *listed[:-1]]:
        text = read_text(index, item) if item.has_text else None
        letters -= len(text or "")
        afterlife = (
            follow_passage(old, quotation.start, quotation.end, text)
            if text is not None and letters >= 0
            else None
        )
        is_left_out = text is not None and afterlife is None
        found[item.id] = Later(capture=item, afterlife=afterlife, is_left_out=is_left_out)
    return tuple(found[item.id] for item in listed)


def _make_citation(
    archive: Archive,
    index: Index,
    found: Found,
    standing: Standing | None,
    quotation: Quotation | None,
) -> Citation:
    with open_reader(archive.layout.database) as reader:
        answers = _list_answers(select_assertions(reader, found.id))
    shown = {item.field: item.said[0] for item in answers}
    settings = archive.settings.citation
    publisher = _find_value(shown, "publisher")
    original = _find_value(shown, "origin")
    language = _find_value(shown, "language")
    site = parse_url(found.url).authority
    if original is not None and fold_text(original) in (
        fold_text(publisher or ""),
        fold_text(site),
    ):
        original = None
    held, origin = _find_held(archive, found)
    published = shown.get("published")
    return Citation(
        capture=found.id,
        record=found.record_id,
        title=_find_value(shown, "title"),
        authors=_list_authors(index, _find_value(shown, "author"), language, publisher),
        site=site,
        publisher=publisher,
        original=original,
        agency=_find_value(shown, "credited"),
        published=published.value if published is not None else None,
        is_supplied=published is not None and published.asserted_by is not None,
        language=language,
        captured=parse_instant(found.captured_at),
        url=found.url,
        archived=archived_address(settings, found.id),
        archive=settings.archive or archive.settings.organisation or origin,
        payload=None if found.payload is None else parse_digest(found.payload),
        ark=format_ark(settings, found.id),
        version=None if standing is None else standing.version,
        status="unknown" if standing is None else standing.status,
        held=held,
        answers=answers,
        quotation=quotation,
    )


def _list_answers(rows: list[Row]) -> tuple[Answers, ...]:
    """Return what is said of each question; rows come with the displayed one first."""
    said: dict[str, list[Answer]] = {}
    for row in rows:
        if row["value"] is not None and row["field"] in _FIELDS:
            said.setdefault(row["field"], []).append(
                Answer(
                    value=row["value"],
                    rule=row["rule"],
                    confidence=row["confidence"],
                    asserted_by=row["asserted_by"],
                    asserted_at=row["asserted_at"],
                    reason=row["reason"],
                )
            )
    return tuple(
        Answers(field=field, said=tuple(said[field])) for field in _FIELDS if field in said
    )


def _find_value(shown: dict[str, Answer], field: str) -> str | None:
    return shown[field].value if field in shown else None


def _list_authors(
    index: Index, value: str | None, language: str | None, publisher: str | None
) -> tuple[Author, ...]:
    names = [name for name in (value or "").split(BETWEEN) if name.strip()]
    known = {fold_text(publisher or "")} | {fold_text(name) for name in NAMES}
    known |= {fold_text(name) for name in names if find_named(index, name) is not None}
    return tuple(
        parse_author(name, language=language, bodies=frozenset(known - {""})) for name in names
    )


def _find_held(archive: Archive, found: Found) -> tuple[Held | None, str]:
    """Return what proves that the log holds a capture, and the log's name."""
    log = read_log(archive.layout.log)
    try:
        bundle = gather_bundle(archive, log, log.read_leaf(found.leaf), lambda _: None)
    except ArchiveError:
        return None, log.origin  # `archive verify` tells why; a citation claims no proof then
    checkpoint = parse_checkpoint(bundle.proof.checkpoint.text)
    held = Held(
        origin=log.origin,
        leaf=found.leaf,
        size=checkpoint.size,
        root=format_hash(checkpoint.root),
        testimonies=_list_testimonies(bundle),
    )
    return held, log.origin


def _list_testimonies(bundle: Bundle) -> tuple[Testimony, ...]:
    listed = [
        Testimony(kind="time stamp by", who=token.authority, time=token.stated)
        for token in bundle.tokens
    ]
    for key in bundle.witnesses:
        time = find_witness_time(bundle.proof.checkpoint, key)
        if time is not None:
            moment = datetime.fromtimestamp(time, UTC)
            listed.append(Testimony(kind="signed by the witness", who=key.name, time=moment))
    return tuple(sorted(listed, key=lambda item: item.time))
