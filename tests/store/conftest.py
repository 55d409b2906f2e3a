"""An archive folder and what fills it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store.layout import Layout
from tests.store.drafts import Maker, make_maker


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """The places of an archive that is not made yet."""
    return Layout(root=tmp_path / "archive")


@pytest.fixture
def maker() -> Maker:
    """Makes groups."""
    return make_maker()


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder for thousands of small archives: in memory, where the system has such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)
