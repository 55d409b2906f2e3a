import json
import sys
from pathlib import Path

import pytest

from bench.measure import BenchError, Rival, Sample, run_in_turn, run_metered

BUSY = "import time\nwhile time.process_time() < 0.4: pass"
IN_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
IN_AN_ORPHAN = (
    "import subprocess, sys\n"
    f"child = subprocess.Popen([sys.executable, '-c', {BUSY!r}])\n"
    "child.returncode = 0  # nobody waits for it"
)


@pytest.mark.parametrize("program", [BUSY, IN_A_CHILD])
def test_cpu_of_the_whole_tree_counts(program: str) -> None:
    sample = run_metered([sys.executable, "-c", program])
    assert 0.4 <= sample.cpu < 5
    assert sample.wall >= 0.4
    assert sample.rss > 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
def test_an_orphan_counts_but_its_time_is_not_waited_for() -> None:
    sample = run_metered([sys.executable, "-c", IN_AN_ORPHAN])
    assert sample.cpu >= 0.4
    assert sample.wall < 0.4


def test_sleeping_costs_no_cpu() -> None:
    sample = run_metered([sys.executable, "-c", "import time; time.sleep(0.4)"])
    assert sample.wall >= 0.4
    assert sample.cpu < 0.3


def test_a_failure_is_no_sample() -> None:
    with pytest.raises(BenchError, match=r"(?s)ended with 3.*out of paper"):
        run_metered(
            [
                sys.executable,
                "-c",
                "import sys; print('out of paper', file=sys.stderr); sys.exit(3)",
            ]
        )


def test_what_is_printed_goes_to_the_file_named(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_metered([sys.executable, "-c", "print('[1]')"], out=out)
    assert json.loads(out.read_text("utf-8")) == [1]


def test_rivals_run_in_turn_after_a_warm_up() -> None:
    ran: list[str] = []

    def run(name: str) -> Sample:
        ran.append(name)
        return Sample(cpu=len(ran), wall=0)

    taken = run_in_turn(
        [Rival(name="a", run=lambda: run("a")), Rival(name="b", run=lambda: run("b"))], rounds=2
    )
    assert ran == list("ababab")
    assert [sample.cpu for sample in taken["a"]] == [3, 5]
    assert [sample.cpu for sample in taken["b"]] == [4, 6]
