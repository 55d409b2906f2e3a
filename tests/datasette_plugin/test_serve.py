"""Starting the server.  Not for: its pages (``test_pages.py``) or looks (``test_browser.py``)."""

import json
import socket
import sys
from pathlib import Path

import pytest

from archive.errors import DamageError, InputError
from archive.index.describe import format_datasette_yml
from archive.service.port import check_port
from archive.store.layout import Layout
from archive.workflows.serve import make_serve_command, serve_archive
from archive.workflows.settings_file import read_settings
from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.server import find_free_port


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "metadata").mkdir()
    write_sample(Layout(root=tmp_path).database)
    return tmp_path


def find_option(command: list[str], option: str) -> str:
    """What follows an option of Datasette's."""
    return command[command.index(option, command.index("serve")) + 1]


def test_the_command_names_everything(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text(
        '[archive]\norganisation = "2026"\ncontact = "a@b.example"\n'
    )
    command = make_serve_command(
        Path("/a/metadata/archive.db"),
        config="/a/datasette.yml",
        metadata="/a/datasette.yml",
        settings=read_settings(tmp_path / "archive.toml"),
        host="127.0.0.1",
        port=8001,
        open_browser=True,
    )
    assert command == [
        *(sys.executable, "-P", "-m", "datasette", "serve", "/a/metadata/archive.db"),
        *("-c", "/a/datasette.yml", "-m", "/a/datasette.yml"),
        *("--host", "127.0.0.1", "--port", "8001"),
        *("-s", "plugins.statement-archive.organisation", json.dumps("2026")),
        *("-s", "plugins.statement-archive.contact", json.dumps("a@b.example")),
        "-o",
    ]


def test_an_archives_own_description_is_used(archive: Path) -> None:
    (archive / "datasette.yml").write_text("title: Ours\n")
    command = serve_archive(archive, port=find_free_port())
    own = str(archive / "datasette.yml")
    assert find_option(command, "-c") == find_option(command, "-m") == own
    assert "-i" not in command
    assert "--immutable" not in command


def test_without_one_it_is_made_and_leaves_nothing_behind(archive: Path) -> None:
    before = sorted(archive.rglob("*"))
    command = serve_archive(archive, port=find_free_port())
    for option in ("-c", "-m"):
        with Path(find_option(command, option)).open(encoding="utf-8") as file:
            assert file.read() == format_datasette_yml()
    assert [path for path in sorted(archive.rglob("*")) if "archive.db-" not in path.name] == [
        path for path in before if "archive.db-" not in path.name
    ]


def test_a_missing_index_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DamageError) as raised:
        serve_archive(tmp_path)
    assert "archive rebuild" in raised.value.remedy


def test_an_index_that_is_none_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "metadata").mkdir()
    Layout(root=tmp_path).database.write_bytes(b"no database, but long enough to be looked at" * 99)
    with pytest.raises(DamageError) as raised:
        serve_archive(tmp_path)
    assert "archive rebuild" in raised.value.remedy


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_in_use_is_refused(archive: Path, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError) as raised:
            serve_archive(archive, host=host, port=port)
        assert str(port) in str(raised.value)
        assert "--port" in raised.value.remedy


@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1", 0), ("127.0.0.1", 70000), ("192.0.2.1", 8001)]
)
def test_what_cannot_be_listened_on_is_refused(host: str, port: int) -> None:
    with pytest.raises(InputError):
        check_port(host, port)


def test_a_port_just_left_can_be_taken_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # the side that closes first keeps the port waiting
            client.recv(1)
    check_port("127.0.0.1", port)
