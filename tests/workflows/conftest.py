"""The fixture that nearly all workflow tests use.  Not for: servers."""

from pathlib import Path

import pytest

from archive.workflows.opening import Archive
from tests.support.archives import make_archive


@pytest.fixture
def empty_archive(tmp_path: Path) -> Archive:
    """An empty archive that may capture from loopback."""
    return make_archive(tmp_path / "archive")
