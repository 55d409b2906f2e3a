"""Checking a part: parts cover everything, runs in time go on, only what is sound is skipped."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

import pytest

from archive.core.finding import Finding
from archive.store.check import check_archive
from archive.store.layout import Layout
from archive.workflows.verify_part import Coverage, Part, Selection
from tests.store.drafts import list_warcs, make_maker, open_writer
from tests.support.clock import START

LEAVES = 40


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An archive of 40 leaves."""
    layout = Layout(root=tmp_path / "archive")
    maker = make_maker()
    with open_writer(layout, maker) as writer:
        for number in range(LEAVES):
            writer.append([maker.conversion(f"text {number} " * 50)])
    return layout


def run(
    layout: Layout,
    *,
    clock: Callable[[], datetime] = lambda: START,
    level: str = "stored",
    **part: object,
) -> tuple[list[Finding], Coverage]:
    selection = Selection(layout, Part(**part), level=level, clock=clock)  # type: ignore[arg-type]  # passed on
    findings = []
    for finding in check_archive(layout, level="full", choice=selection.choice, threads=1):
        selection.hear(finding)
        findings.append(finding)
    return findings, selection.finish()


def make_ticking(step: timedelta) -> Callable[[], datetime]:
    """Return a clock that is a step later each time it is looked at."""
    ticks = count()
    return lambda: START + next(ticks) * step


def damage_leaf(layout: Layout, leaf: int) -> None:
    """Flip a bit in the records of a leaf."""
    entry = (layout.log / "tile" / "entries" / "000.open").read_bytes()
    at = entry.index(f'"sequence":{leaf},'.encode())
    start = entry.rindex(b'"offset":', 0, at)
    offset = int(entry[start + 9 :].partition(b",")[0])
    (path,) = list_warcs(layout)
    data = bytearray(path.read_bytes())
    data[offset + 40] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.mark.parametrize("parts", [1, 3, 7, 40, 50])
def test_parts_cover_every_leaf_once(layout: Layout, parts: int) -> None:
    read = [run(layout, number=number + 1, count=parts)[1] for number in range(parts)]
    assert sum(one.leaves for one in read) == LEAVES
    spans = [(one.first, one.last) for one in read if one.first is not None]
    assert spans == sorted(spans)
    assert read[0].total == LEAVES


def test_parts_that_are_not_named_take_turns(layout: Layout) -> None:
    assert [run(layout, count=4)[1].part for _ in range(5)] == ["1/4", "2/4", "3/4", "4/4", "1/4"]


def test_damage_is_found_in_its_part_alone(layout: Layout) -> None:
    damage_leaf(layout, 25)
    found = [run(layout, number=number, count=4)[0] for number in (1, 2, 3, 4)]
    assert [len(one) for one in found] == [0, 0, 1, 0]


def test_runs_in_time_stop_and_go_on(layout: Layout) -> None:
    damage_leaf(layout, 30)
    covered = []
    findings: list[Finding] = []
    for _ in range(20):
        found, coverage = run(layout, clock=make_ticking(timedelta(seconds=1)), seconds=7.0)
        findings += found
        covered.append((coverage.first, coverage.last, coverage.resume))
        if not coverage.resume:
            break
    assert covered[0][0] == 0
    for before, after in pairwise(covered):
        assert after[0] == before[2] == (before[1] or 0) + 1
    assert covered[-1][1:] == (LEAVES - 1, 0)
    assert len(covered) > 3
    assert len(findings) == 1
    assert run(layout, seconds=100.0)[1].first == 0


def test_a_run_with_no_time_reads_one_leaf(layout: Layout) -> None:
    assert run(layout, clock=make_ticking(timedelta(hours=1)), seconds=0.001)[1].leaves == 1


def test_what_was_sound_lately_is_passed_over_and_damage_is_not(layout: Layout) -> None:
    damage_leaf(layout, 12)
    day = timedelta(days=1)
    assert len(run(layout)[0]) == 1
    findings, coverage = run(layout, clock=lambda: START + day / 2, age=day)
    assert (len(findings), coverage.leaves, coverage.fresh) == (1, 1, LEAVES - 1)
    assert coverage.first == 12
    assert run(layout, clock=lambda: START + 2 * day, age=day)[1].leaves == LEAVES
    # What was checked less strictly is not passed over; nor is what lies in the future.
    assert run(layout, clock=lambda: START + 2 * day, age=day, level="full")[1].leaves == LEAVES
    assert run(layout, clock=lambda: START - day, age=day)[1].leaves == LEAVES


def test_damage_that_names_no_record_leaves_nothing_sound(layout: Layout) -> None:
    """A file that is missing is told once, and no record of it was read."""
    list_warcs(layout)[0].unlink()
    assert run(layout)[0]
    assert run(layout, age=timedelta(days=1))[1].fresh == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": "statement-archive/verify/1"}', "\x00" * 9]
)
def test_a_state_that_cannot_be_read_is_as_none(layout: Layout, text: str) -> None:
    path = layout.metadata / "verify.json"
    run(layout)
    assert json.loads(path.read_text("utf-8"))["sound"]
    path.write_text(text, "utf-8")
    assert run(layout, age=timedelta(days=1))[1].leaves == LEAVES
    path.unlink()
    assert run(layout, age=timedelta(days=1))[1].leaves == LEAVES
