"""``archive export``, as it is typed.  Not for: the chain (``tests/workflows/test_export.py``)."""

import json
from pathlib import Path

import pytest

from archive.workflows.opening import Archive
from tests.support.archives import capture_all, make_archive, run_archive
from tests.support.raw_server import answer_page, serve_raw


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, str]:
    """An archive of one page; nobody changes it."""
    archive = make_archive(tmp_path_factory.mktemp("exported") / "archive")
    with serve_raw({"/a": answer_page(b"<p>Ferry \x1b[31m news</p>")}) as server:
        return archive, capture_all(archive, [server.url("/a")])[-1].last.id


def test_a_chain_is_printed_or_written(made: tuple[Archive, str], tmp_path: Path) -> None:
    archive, capture = made
    root = archive.layout.root
    for form in ("prov-json", "prov-o", "premis"):
        printed = run_archive(["export", "prov", capture, "--format", form], root=root)
        assert printed.returncode == 0, printed.stderr
        assert "\x1b" not in printed.stdout
        path = tmp_path / form
        done = run_archive(
            ["export", "prov", capture, "--format", form, "--output", str(path), "--json"],
            root=root,
        )
        assert json.loads(done.stdout) == {
            "output": str(path), "format": form, "bytes": len(printed.stdout.encode()),
        }  # fmt: skip
        assert path.read_text("utf-8") == printed.stdout
    assert sorted(item.name for item in tmp_path.iterdir()) == ["premis", "prov-json", "prov-o"]


def test_a_failure_leaves_the_file_that_was_there(
    made: tuple[Archive, str], tmp_path: Path
) -> None:
    path = tmp_path / "chain.json"
    path.write_text("kept", "utf-8")
    arguments = ["export", "prov", "zzzzzzzz", "--output", str(path)]
    assert run_archive(arguments, root=made[0].layout.root).returncode == 2
    assert path.read_text("utf-8") == "kept"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "arguments",
    [
        ["prov"],
        ["prov", "a1b2c3", "--all"],
        ["prov", "--all", "--format", "premis", "--json"],
        ["prov", "--all", "--format", "rdf"],
        ["prov", "--all", "--output", "/nowhere/chain.json"],
        ["chain"],
    ],
)
def test_what_cannot_be_meant_is_refused(made: tuple[Archive, str], arguments: list[str]) -> None:
    assert run_archive(["export", *arguments], root=made[0].layout.root).returncode == 2
