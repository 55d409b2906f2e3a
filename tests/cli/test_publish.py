"""The verbs ``access`` and ``publish`` as they are typed.  Not for: what is in a copy."""

import json
from pathlib import Path

import pytest

from archive.workflows.opening import Archive
from tests.support.archives import capture_all, make_archive, run_archive
from tests.support.raw_server import answer_page, serve_raw


@pytest.fixture
def held(tmp_path: Path) -> tuple[Archive, str]:
    with serve_raw(lambda _: answer_page(b"<p>x")) as server:
        archive = make_archive(tmp_path / "archive")
        capture_all(archive, [server.url("/a"), server.url("/b")])
        return archive, server.url("/a")


def test_what_is_closed_is_left_out_and_counted(held: tuple[Archive, str]) -> None:
    archive, url = held
    root = archive.layout.root
    target = root.parent / "out.db"
    said = run_archive(["access", url, "private", "--reason", "Not for all.", "--json"], root=root)
    assert json.loads(said.stdout)["access"] == "private"
    told = run_archive(["publish", str(target)], root=root)
    assert told.returncode == 0, told.stderr
    assert "holds     1 statements, 1 captures" in told.stdout
    assert "left out  1 private" in told.stdout
    assert run_archive(["publish", str(target)], root=root).returncode == 2
    again = json.loads(run_archive(["publish", str(target), "--force", "--json"], root=root).stdout)
    assert again["left_out"] == {"private": 1}
    assert f"sha256:{again['sha256']}" in told.stdout
    served = run_archive(["serve", "--public", "--json"], root=root)
    assert (served.returncode, "archive publish" in served.stderr) == (2, True)
    served = run_archive(["serve", "--public", "--database", str(target), "--json"])
    assert str(target) in json.loads(served.stdout)["command"]


@pytest.mark.parametrize(
    "words",
    [
        ["access", "URL", "secret", "--reason", "x"],
        ["access", "URL", "embargo", "soon", "--reason", "x"],
        ["access", "http://nowhere.example/", "open", "--reason", "x"],
        ["publish", "out.db", "--exclude", "nobody.example"],
        ["publish", "nowhere/out.db"],
        ["serve", "--database", "nothing.db"],
    ],
)
def test_what_cannot_be_done_is_said(held: tuple[Archive, str], words: list[str]) -> None:
    archive, url = held
    arguments = [url if word == "URL" else word for word in words]
    told = run_archive(arguments, root=archive.layout.root)
    assert told.returncode == 2, told.stderr
    assert "Traceback" not in told.stderr
