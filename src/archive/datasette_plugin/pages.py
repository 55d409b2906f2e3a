"""Our own pages: what this archive is, and its search.

Not for: escaping (`archive.datasette_plugin.words`), what is asked of the index
(`archive.index.overview`), or captures (`archive.datasette_plugin.captures`).
"""

import re
from functools import partial
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted

from archive.datasette_plugin.ours import find_layout
from archive.datasette_plugin.serving import open_database, render
from archive.errors import ArchiveError
from archive.index.overview import (
    LATEST_SQL,
    OVERVIEW_SQL,
    SEARCH_PAGE_SQL,
    Match,
    make_listed,
    make_overview,
    quote_matches,
)
from archive.index.search import format_query
from archive.store.log import read_log

PAGE_SIZE = 20
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_LAST_PAGE = 50  # whoever reads so far should ask more narrowly
_LONGEST_QUERY = 500
_LATEST = 12
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


async def show_home(datasette: Any, request: Any) -> Response:
    """The home page: what this archive is, what it proves, how much it holds."""
    database = await open_database(datasette, request, "statements", "captures")
    size = _read_size(database)
    try:
        counted = (await database.execute(OVERVIEW_SQL)).first()
    except QueryInterrupted:
        counted = None
    latest = await database.execute(LATEST_SQL, {"limit": _LATEST})
    return await render(
        datasette,
        request,
        database,
        "archive_home.html",
        {
            "overview": make_overview(counted) if counted is not None else None,
            "latest": make_listed(latest.rows),
            "size": size,
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
    words = (request.args.get("q") or "").strip()[:_LONGEST_QUERY]
    page = _parse_page(request.args.get("page") or "")
    query = format_query(words)
    matches: tuple[Match, ...] = ()
    too_slow = False
    if query:
        asked = {
            "query": query,
            "limit": PAGE_SIZE + 1,
            "offset": (page - 1) * PAGE_SIZE,
        }
        try:
            ranked = (await database.execute(SEARCH_PAGE_SQL, asked)).rows
            matches = await database.execute_fn(partial(quote_matches, rows=ranked, words=words))
        except QueryInterrupted:
            too_slow = True
    texts = list(dict.fromkeys(match.text_id for match in matches))
    shown = set(texts[:PAGE_SIZE])
    return await render(
        datasette,
        request,
        database,
        "archive_search.html",
        {
            "words": words,
            "searched": bool(query),
            "matches": [match for match in matches if match.text_id in shown],
            "too_slow": too_slow,
            "page": page,
            "more": len(texts) > PAGE_SIZE and page < _LAST_PAGE,
        },
    )


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
