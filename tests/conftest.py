"""Fixtures that serve nearly all tests.

Not for: helpers; those are modules of ``tests/support``, imported by the tests that use them.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.clock import Clock, make_clock
from tests.support.golden import Golden
from tests.support.network import Refusals, refuse_network

ROOT = Path(__file__).parents[1]

# Examples are drawn alike in every run: a failure in CI is a failure here.  No deadline, since
# machines differ; the time-out of each test stands in pyproject.toml.
settings.register_profile("archive", deadline=None, derandomize=True, database=None)
settings.load_profile("archive")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files first")


@pytest.fixture(scope="session", autouse=True)
def own_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Active for every test: programs that it runs keep their keys in a folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        yield


@pytest.fixture(autouse=True)
def own_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Active for every test: it is another user, who remembers nothing of what others signed."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("user")))


@pytest.fixture(autouse=True)
def no_network() -> Iterator[Refusals]:
    """Active for every test: refuses addresses that are not loopback, and fails the test."""
    with refuse_network() as refusals:
        yield refusals
    if refusals.addresses:
        pytest.fail(f"the test tried to leave the machine: {refusals.addresses}", pytrace=False)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder for thousands of small archives: in memory, where the system has such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def clock() -> Clock:
    """A clock that advances one second a call, from a fixed start."""
    return make_clock()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares with files under ``tests/golden``."""
    return Golden(update=bool(request.config.getoption("--update-golden")))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real pages and WARC files that cannot be shipped; they lie beside a developer's clone."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("no ../shared/data beside the repository")
    return path
