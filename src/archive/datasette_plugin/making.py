"""Work that takes long, done beside the server: pages are made by two threads of our own.

Each opens the index for itself, so that Datasette's threads stay free for everybody's queries,
and no more than two large pages are in memory at once.  What asks the index for too long, or
waited too long for its turn, is given up, and answered with 503.  Not for: the work
(`archive.workflows.static_page`).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from datasette.database import QueryInterrupted
from datasette.utils import sqlite_timelimit

from archive.datasette_plugin.ours import find_file
from archive.index.database import Index, open_readonly, read_indexed_leaves

Value = TypeVar("Value")

_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="archive")
# A page is asked for twice, with its banner and within it, and what a search is narrowed to by
# each search within. An index that has grown since has other answers.
_made: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_MOST_MADE = 8
_MOST_MS = 5_000  # that the index is asked for one page
_PATIENCE = 10.0  # seconds until a page must have begun to be made


async def ask_aside(
    database: Any,
    question: Callable[[Index], Value],
    *,
    limit_ms: int = _MOST_MS,
    patience: float = _PATIENCE,
) -> Value:
    """Return what ``question`` gives when asked over a connection of its own to the index.

    It must have begun within ``patience`` seconds.

    Raises:
        QueryInterrupted: its turn came too late, or the index did not answer in time.
    """
    loop = asyncio.get_running_loop()
    latest = loop.time() + patience

    def ask() -> Value:
        if loop.time() > latest:  # whoever asked has long gone
            raise QueryInterrupted(TimeoutError("too much is asked at once"), "", {})
        with closing(open_readonly(Path(database.path))) as connection:
            return _ask_within(connection, question, limit_ms)

    return await loop.run_in_executor(_pool, ask)


async def ask_in_time(datasette: Any, database: Any, question: Callable[[Index], Value]) -> Value:
    """Return what ``question`` gives when asked over a connection of Datasette's.

    Raises:
        QueryInterrupted: it took longer than Datasette lets queries take.
    """
    limit_ms: int = datasette.setting("sql_time_limit_ms")
    answer: Value = await database.execute_fn(
        lambda connection: _ask_within(connection, question, limit_ms)
    )
    return answer


async def make_once(database: Any, name: tuple[str, ...], make: Callable[[Index], Value]) -> Value:
    """Return the page, or what it is made of, of this name; anew only where the index has grown.

    A name always stands for the same kind of value.
    """
    leaves = await database.execute_fn(read_indexed_leaves)
    key = (database.path, find_file(database), leaves, *name)
    if key in _made:
        _made.move_to_end(key)
        made: Value = _made[key]
        return made
    page = await ask_aside(database, make)
    _made[key] = page
    while len(_made) > _MOST_MADE:
        _made.popitem(last=False)
    return page


def _ask_within(connection: Index, question: Callable[[Index], Value], limit_ms: int) -> Value:
    try:
        with sqlite_timelimit(connection, limit_ms):
            return question(connection)
    except connection.OperationalError as error:
        if str(error) != "interrupted":
            raise
        raise QueryInterrupted(error, "", {}) from error
