"""Datasette in this process, asked through its ASGI client.  Not for: a real server."""

import asyncio
import re
from pathlib import Path
from typing import Any, Self

import yaml
from datasette.app import Datasette

from archive.index.describe import format_datasette_yml

_OURS = re.compile(
    r'<script src="/-/static-plugins/statement-archive/quote\.js" nonce="[\w-]{22}" defer></script>'
)


def has_foreign_script(page: Any) -> bool:
    """Tell whether a page holds any script but the quote tool, or that one more than once."""
    rest, count = _OURS.subn("", page.text)
    return count > 1 or "<script" in rest


class Site:
    """Datasette serving files with our ``datasette.yml``; a context that closes it."""

    def __init__(self, *files: Path, **more: Any) -> None:
        """Serve ``files``; ``more`` joins the configuration at its top level."""
        described = yaml.safe_load(format_datasette_yml())
        for key, value in more.items():
            described[key] = {**described.get(key, {}), **value}
        paths = [str(file) for file in files]
        self.datasette = Datasette(paths, config=described, metadata=described)
        self.loop = asyncio.new_event_loop()

    @classmethod
    def around(cls, datasette: Any) -> Self:
        """Somebody else's Datasette, without any configuration of ours."""
        site = cls.__new__(cls)
        site.datasette = datasette
        site.loop = asyncio.new_event_loop()
        return site

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.datasette.close()
        self.loop.close()

    def visit(self, path: str, **more: Any) -> Any:
        """The response to a GET of this path."""
        return self.loop.run_until_complete(self.datasette.client.get(path, **more))

    def run(self, awaitable: Any) -> Any:
        """What the awaitable gives."""
        return self.loop.run_until_complete(awaitable)
