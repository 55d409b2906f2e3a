"""A statement of very many versions: its page shows some, and leads to the others."""

import re
from dataclasses import replace
from pathlib import Path

from tests.datasette_plugin.sample import PAGES, write_sample
from tests.datasette_plugin.site import Site

_VERSIONS = 130


def list_versions(text: str) -> list[int]:
    """The versions that a page tells of, as they follow."""
    return [int(number) for number in re.findall(r"<strong>Version (\d+)</strong>", text)]


def test_a_long_history_comes_in_pages_the_latest_first(tmp_path: Path) -> None:
    pages = [
        replace(
            PAGES[3],
            text=f"The bridge was closed for the {number}th time, the council said.",
            captured_at=f"2026-03-{1 + number // 24:02}T{number % 24:02}:00:00.000000Z",
        )
        for number in range(_VERSIONS)
    ]
    with Site(write_sample(tmp_path / "archive.db", (*PAGES[:3], *pages))) as site:
        (statement,) = set(re.findall(r"/statement/(\w+)", site.visit("/search?q=bridge").text))
        first = site.visit(f"/statement/{statement}").text
        second = site.visit(f"/statement/{statement}?page=2").text
        beyond = site.visit(f"/statement/{statement}?page=9").text
    assert list_versions(first) == list(range(_VERSIONS - 99, _VERSIONS + 1))
    assert list_versions(second) == list(range(1, _VERSIONS - 99))
    assert list_versions(beyond) == list_versions(second)
    assert f"/statement/{statement}?page=2#history" in first
    assert 'rel="next"' not in second
    assert f"/statement/{statement}#history" in second
    assert first.count('class="tick"') == 1  # one path, however many captures
