"""Our own pages: what this archive is, and its search.

Not for: escaping (`archive.datasette_plugin.words`), what is asked of the index
(`archive.index.overview`, `archive.index.ranking`), or captures
(`archive.datasette_plugin.captures`).
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted

from archive.core.change import describe_change
from archive.core.event import FixityRun, Timestamping
from archive.core.instant import format_instant
from archive.datasette_plugin.edits import TABLES as EDITS_TABLES
from archive.datasette_plugin.edits import list_changes
from archive.datasette_plugin.making import ask_aside, ask_in_time, make_once
from archive.datasette_plugin.ours import find_layout
from archive.datasette_plugin.rows import link_forms
from archive.datasette_plugin.serving import may_see, open_database, render
from archive.errors import ArchiveError
from archive.index.changes import ChangeFilter
from archive.index.database import Index
from archive.index.events import find_latest_event
from archive.index.full_text import choose_table, format_query
from archive.index.overview import (
    LATEST_SQL,
    OVERVIEW_SQL,
    Overview,
    make_listed,
    make_overview,
)
from archive.index.publishing import NAMED_SQL, escape_pattern
from archive.index.ranking import (
    FACETS_SQL,
    MOST_COUNTED,
    MOST_NARROWED,
    MOST_RANKED,
    NARROWED,
    Bounds,
    Match,
    count_facets,
    describe_matches,
    format_ranking,
    gather_texts,
    merge_ranked,
    split_matches,
)
from archive.index.retitled import find_retitled
from archive.index.search import Row, read_leisurely
from archive.store.log import read_log

PAGE_SIZE = 20
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_LAST_PAGE = 50  # whoever reads so far should ask more narrowly
_LONGEST_QUERY = 500
_LATEST = 12
_PUBLISHERS = 12
_NAMED = 5  # publishers of the name that is searched for
_LONGEST_NAME = 200
# Pages of others are not to be found here in their stead, and what is made anew is not crawled.
_ROBOTS = """\
User-agent: *
Disallow: /replay/
Disallow: /memento/
Disallow: /timegate/
Disallow: /timemap/
Disallow: /cdx
Disallow: /search
Disallow: /*/payload
Disallow: /*/record.warc.gz
Disallow: /*?
"""
_CHANGES = 6
_FACETED = 12  # values of a facet
Facet = tuple[str, str, list[tuple[str, int]]]
_LABELS = {
    "publisher": "Publisher",
    "year": "Year of publication",
    "language": "Language",
    "state": "What became of it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for: words, what narrows the search, and which page of what is found."""

    words: str
    chosen: dict[str, str]
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a page of the search shows; ``ranked`` is the number of texts where more match, else 0.

    Facets have name, label and values with their numbers, ``counted`` among so many texts.
    """

    matches: tuple[Match, ...] = ()
    facets: tuple[Facet, ...] = ()
    counted: int = 0
    named: Sequence[Any] = ()
    ranked: int = 0
    more: bool = False


_NOTHING = Answer()


async def show_home(datasette: Any, request: Any) -> Response:
    """The home page: what this archive is, what it proves, how much it holds."""
    database = await open_database(datasette, request, "statements", "captures")
    size = _read_size(database)
    overview: Overview | None = None
    publishers: Sequence[Row] = ()
    with suppress(QueryInterrupted):  # everything is counted, so only where the archive has grown
        overview, publishers = await make_once(database, ("overview",), _read_holdings)
    latest = await database.execute(LATEST_SQL, {"limit": _LATEST})
    changes, health = None, None
    if await may_see(datasette, request, database, *EDITS_TABLES):
        with suppress(QueryInterrupted):  # the page says the rest
            changes = await ask_aside(
                database, lambda index: list_changes(index, ChangeFilter(), limit=_CHANGES)
            )
    if await may_see(datasette, request, database, "events"):
        health = await database.execute_fn(_read_health)
    return await render(
        datasette,
        request,
        database,
        "archive_home.html",
        {
            "overview": overview,
            "publishers": publishers,
            "latest": make_listed(latest.rows),
            "size": size,
            "changes": changes,
            "describe": describe_change,
            "health": health,
        },
    )


async def send_robots(
    datasette: Any,  # Datasette gives both by name
    request: Any,
) -> Response:
    """The rules for crawlers: descriptions are theirs to read, copies of pages are not."""
    return Response.text(_ROBOTS)


async def show_search(datasette: Any, request: Any) -> Response:
    """The search page: the matching texts, best first."""
    database = await open_database(datasette, request, "statements", "captures", "texts")
    question = read_question(request)
    found, too_slow = _NOTHING, False
    try:
        found = await ask_question(datasette, database, question)
    except QueryInterrupted:
        too_slow = True
    asked = {"q": question.words, **question.chosen}
    return await render(
        datasette,
        request,
        database,
        "archive_search.html",
        {
            "words": question.words,
            "searched": bool(format_query(question.words)),
            "matches": found.matches,
            "too_slow": too_slow,
            "chosen": question.chosen,
            "asked": asked,
            "facets": found.facets,
            "named": found.named,
            "facets_cut": found.counted if found.counted >= MOST_COUNTED else 0,
            "ranked": found.ranked,
            "page": question.page,
            "more": found.more,
            "forms": link_forms(datasette, "/search", asked | {"page": str(question.page)}),
        },
    )


def read_question(request: Any) -> Question:
    """Return what a request searches for."""
    return Question(
        words=(request.args.get("q") or "").strip()[:_LONGEST_QUERY],
        chosen={
            name: value[:_LONGEST_QUERY]
            for name in NARROWED
            if (value := (request.args.get(name) or "").strip())
        },
        page=_parse_page(request.args.get("page") or ""),
    )


async def ask_question(
    datasette: Any, database: Any, question: Question, *, with_facets: bool = True
) -> Answer:
    """Return what a page of the search shows.

    Raises:
        QueryInterrupted: the index takes too long.
    """
    words, chosen, page = question.words, question.chosen, question.page
    if not format_query(words):
        return _NOTHING
    bounds = await _bound(datasette, database, words, chosen)
    is_first = with_facets and page == 1
    # Side by side: each has a thread and a connection, and none waits for another's answer.
    (matches, more), (facets, counted), named = await asyncio.gather(
        _rank(datasette, database, words, chosen, bounds, page),
        _count(database, words, chosen, is_asked=is_first),
        _name_publishers(database, words, is_asked=is_first),
    )
    return Answer(
        matches=matches,
        facets=tuple(facets),
        counted=counted,
        named=named,
        ranked=bounds.cut,
        more=more and page < _LAST_PAGE,
    )


async def _bound(datasette: Any, database: Any, words: str, chosen: dict[str, str]) -> Bounds:
    """Return what the search looks at."""
    most = MOST_RANKED
    if chosen:
        name = ("gathered", *(word for pair in chosen.items() for word in pair))
        gather = partial(gather_texts, chosen=chosen)
        gathered: Bounds | None = await make_once(database, name, gather)
        if gathered is not None:
            return gathered
        most = MOST_NARROWED
    table, query = choose_table(words), format_query(words)
    split = partial(split_matches, table=table, query=query, most=most)
    return await ask_in_time(datasette, database, split)


async def _rank(
    datasette: Any, database: Any, words: str, chosen: dict[str, str], bounds: Bounds, page: int
) -> tuple[tuple[Match, ...], bool]:
    """Return what a page of the search shows, and whether there is more behind it.

    What a curator gave such a title stands before all else, on the first page.
    """
    is_gathered = bounds.gathered is not None
    sql = format_ranking(choose_table(words), chosen, is_gathered=is_gathered)
    asked = {
        **chosen,
        "query": format_query(words),
        "gathered": bounds.gathered,
        "limit": page * PAGE_SIZE + 1,
    }
    *ranked, retitled = await asyncio.gather(
        *(database.execute(sql, {**asked, **asdict(one)}) for one in bounds.stretches),
        ask_in_time(datasette, database, partial(find_retitled, text=words, limit=PAGE_SIZE)),
    )
    offset = (page - 1) * PAGE_SIZE
    texts = merge_ranked((part.rows for part in ranked), offset=offset, limit=PAGE_SIZE + 1)
    describe = partial(
        describe_matches,
        texts=texts[:PAGE_SIZE],
        words=words,
        chosen=chosen,
        retitled=retitled,
        is_first=page == 1,
    )
    return await ask_in_time(datasette, database, describe), len(texts) > PAGE_SIZE


async def _count(
    database: Any, words: str, chosen: dict[str, str], *, is_asked: bool
) -> tuple[list[Facet], int]:
    """Return facets that are not chosen yet, each with name, label and values; and of how many."""
    if not is_asked:
        return [], 0
    sql = FACETS_SQL.format(table=choose_table(words))
    found = await database.execute(sql, {"query": format_query(words)})
    facets, counted = count_facets(found.rows, chosen, most=_FACETED)
    return [
        (name, _LABELS[name], values) for name, values in facets.items() if name not in chosen
    ], counted


async def _name_publishers(database: Any, words: str, *, is_asked: bool) -> Sequence[Any]:
    """Return the publishers of the name that is searched for."""
    if not is_asked:
        return ()
    asked = {"words": escape_pattern(words[:_LONGEST_NAME]), "limit": _NAMED}
    named: Sequence[Any] = (await database.execute(NAMED_SQL, asked)).rows
    return named


def _read_holdings(index: Index) -> tuple[Overview, Sequence[Row]]:
    """Return how much the archive holds, and the publishers of most of it."""
    reader = read_leisurely(index)
    overview = make_overview(next(iter(reader.query(OVERVIEW_SQL))))
    return overview, list(reader.query(NAMED_SQL, {"words": "", "limit": _PUBLISHERS}))


def _read_health(connection: Index) -> dict[str, dict[str, str] | None]:
    """Return the last check of the stored bytes, and the last time stamp, None where none is."""
    told: dict[str, dict[str, str] | None] = {"check": None, "stamp": None}
    try:
        check = find_latest_event(connection, "fixity")
        stamp = find_latest_event(connection, "timestamp")
    except ArchiveError:
        return told  # a damaged row is told by `archive verify`
    if check is not None and isinstance(check.act, FixityRun):
        told["check"] = {
            "moment": format_instant(check.time),
            "outcome": check.act.outcome,
            "level": check.act.level,
        }
    if stamp is not None and isinstance(stamp.act, Timestamping):
        moment = format_instant(stamp.act.stated)
        told["stamp"] = {"moment": moment, "authority": stamp.act.authority}
    return told


def _read_size(database: Any) -> int:
    """Return how many leaves the log beside the index has; 0 where none lies there."""
    layout = find_layout(database)
    if layout is None:
        return 0
    try:
        return read_log(layout.log).size
    except ArchiveError:
        return 0


def _parse_page(text: str) -> int:
    return min(int(text), _LAST_PAGE) if _NUMBER.fullmatch(text) else 1
