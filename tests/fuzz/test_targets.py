"""The fuzzers' promises, for a moment each: `make fuzz` looks for longer."""

import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.drawn import run_drawn
from fuzz.inputs import SEEDS
from fuzz.targets import TARGETS, Broken, try_input


@pytest.mark.parametrize("name", TARGETS)
def test_drawn_inputs_break_no_promise(name: str) -> None:
    assert run_drawn(name, seconds=0) == pytest.approx(200, abs=100)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_break_no_promise(name: str) -> None:
    for data in SEEDS[name]:
        try_input(name, data)


def test_what_breaks_a_promise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_it(data: bytes) -> None:
        if len(data) > 2:
            raise Broken("shorter")

    monkeypatch.setitem(TARGETS, "url", break_it)
    with pytest.raises(Broken, match="shorter"):
        run_drawn("url", seconds=0)


def test_the_command_prints_a_line_for_each_target(repository: Path) -> None:
    command = [sys.executable, "-m", "fuzz", "0.2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(TARGETS)
    assert "FOUND" not in done.stdout
