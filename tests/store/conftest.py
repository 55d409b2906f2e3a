"""An archive folder and what fills it."""

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
