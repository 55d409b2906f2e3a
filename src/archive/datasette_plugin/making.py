"""Work that takes long, done beside the server: pages are made by two threads of our own.

Each opens the index for itself, so that Datasette's threads stay free for everybody's queries,
and no more than two large pages are in memory at once.  Not for: the work
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

from archive.index.database import Index, open_readonly, read_indexed_leaves
from archive.index.overview import limit_work

Value = TypeVar("Value")

_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="archive")
# A page is asked for twice, with its banner and within it. An index that has grown since has
# other answers.
_made: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_MOST_MADE = 8


async def ask_aside(database: Any, question: Callable[[Index], Value]) -> Value:
    """Return what ``question`` gives when asked over a connection of its own to the index.

    Raises:
        QueryInterrupted: it takes as long as no query of Datasette's may.
    """

    def ask() -> Value:
        with closing(open_readonly(Path(database.path))) as connection:
            limit_work(connection)
            try:
                return question(connection)
            except connection.OperationalError as error:
                if str(error) != "interrupted":
                    raise
                raise QueryInterrupted(error, "", {}) from error

    return await asyncio.get_running_loop().run_in_executor(_pool, ask)


async def make_once(database: Any, name: tuple[str, ...], make: Callable[[Index], Value]) -> Value:
    """Return the page, or what it is made of, of this name; anew only where the index has grown.

    A name always stands for the same kind of value.
    """
    leaves = await database.execute_fn(read_indexed_leaves)
    key = (database.path, leaves, *name)
    if key in _made:
        _made.move_to_end(key)
        made: Value = _made[key]
        return made
    page = await ask_aside(database, make)
    _made[key] = page
    while len(_made) > _MOST_MADE:
        _made.popitem(last=False)
    return page
