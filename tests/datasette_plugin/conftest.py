"""Fixtures for the pages: an index of made-up statements, and who serves it.

Not for: making the index (``sample.py``).
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
import yaml
from datasette.app import Datasette

from archive.index.describe import format_datasette_yml
from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.serving import Visit, make_visitor


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("index") / "archive.db")
