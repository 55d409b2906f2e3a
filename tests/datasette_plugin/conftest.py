"""Fixtures for the pages: an index of made-up statements, in a Datasette that is closed again.

Not for: making the index (``sample.py``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.site import Site


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the sample; nobody writes to it."""
    return write_sample(tmp_path_factory.mktemp("index") / "archive.db")


@pytest.fixture(scope="session")
def site(index: Path) -> Iterator[Site]:
    """The sample, as anybody sees it; nobody changes it."""
    with Site(index) as site:
        yield site
