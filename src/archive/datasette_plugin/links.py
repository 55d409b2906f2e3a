"""Where mementos, TimeGates and TimeMaps are, and what a memento links to (RFC 7089, 2.2).

Not for: answering there (`archive.datasette_plugin.memento`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from archive.core.memento import format_stamp
from archive.core.uri import Url
from archive.index.mementos import Memento, Neighbours, find_neighbours
from archive.interchange.timemap import Form

Link = tuple[str, str, datetime | None]


def find_memento_path(datasette: Any, stamp: str, address: str) -> str:
    """Return the path of the memento of an address at a time stamp."""
    return f"{datasette.urls.path('/memento/')}{stamp}/{address}"


def find_memento_uri(datasette: Any, request: Any, memento: Memento, address: str) -> str:
    """Return the whole address of a memento."""
    path = find_memento_path(datasette, format_stamp(memento.second), address)
    return find_origin(request) + path


def find_timemap_uri(datasette: Any, request: Any, address: str, form: Form, page: int) -> str:
    """Return the whole address of a page of a TimeMap."""
    number = f"{page}/" if page > 1 else ""
    folder = datasette.urls.path("/timemap/")
    return f"{find_origin(request)}{folder}{form}/{number}{address}"


def find_timegate_uri(datasette: Any, request: Any, address: str) -> str:
    """Return the whole address of the TimeGate for an address."""
    return f"{find_origin(request)}{datasette.urls.path('/timegate/')}{address}"


def find_origin(request: Any) -> str:
    """Return scheme and host that the request was sent to."""
    return f"{request.scheme}://{request.host}"


async def find_links(
    datasette: Any, request: Any, database: Any, url: Url, second: datetime
) -> Sequence[Link]:
    """Return what the memento of ``url`` at ``second`` links to."""
    around = await database.execute_fn(partial(find_neighbours, url=url, second=second))
    address = str(url)
    links: list[Link] = [
        (address, "original", None),
        (find_timegate_uri(datasette, request, address), "timegate", None),
        (find_timemap_uri(datasette, request, address, "link", 1), "timemap", None),
    ]
    return links + (_list_mementos(datasette, request, around, address, second) if around else [])


def _list_mementos(
    datasette: Any, request: Any, around: Neighbours, address: str, second: datetime
) -> list[Link]:
    """Return the mementos around one, each once, with all of its relations."""
    relations: dict[datetime, list[str]] = {second: []}
    named = (
        ("first", around.first),
        ("prev", around.previous),
        ("next", around.following),
        ("last", around.last),
    )
    uris = {}
    for relation, memento in named:
        if memento is not None:
            relations.setdefault(memento.second, []).append(relation)
            uris[memento.second] = find_memento_uri(datasette, request, memento, address)
    own = find_memento_path(datasette, format_stamp(second), address)
    uris.setdefault(second, find_origin(request) + own)
    return [
        (uris[time], " ".join([*words, "memento"]), time)
        for time, words in sorted(relations.items())
    ]
