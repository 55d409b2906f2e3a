"""A real process, really killed (SIGKILL) while it writes, again and again."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from archive.core.leaf import parse_leaf
from archive.store.layout import Layout
from archive.store.log import read_log
from tests.store.drafts import list_findings, list_warcs, make_maker, open_writer

ROUNDS = int(os.environ.get("ARCHIVE_TESTS_KILLS", "20"))


def test_nothing_acknowledged_is_lost_to_a_kill(layout: Layout, repository: Path) -> None:
    chance = random.Random(1)
    layout.root.mkdir()
    acknowledged = []
    torn = 0
    for number in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.killed_writer", layout.root, f"round {number}"],
            stdout=subprocess.PIPE,
            cwd=repository,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(["src", "."])},
        )
        assert process.stdout is not None
        lines = [process.stdout.readline()]  # it has begun
        time.sleep(chance.random() * 0.15)
        process.kill()
        lines += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        acknowledged += [parse_leaf(line[:-1]) for line in lines if line.endswith(b"\n")]
        if number % 3 == 2:
            with open_writer(layout, make_maker(f"between {number}")) as writer:
                writer.append([make_maker(f"note {number}").annotation()])
            assert list_findings(layout) == []
        torn += sum(path.suffix == ".open" for path in list_warcs(layout))
    with open_writer(layout, make_maker("last")):
        pass
    assert list_findings(layout) == []
    stored = list(read_log(layout.log).read_leaves())
    assert len(acknowledged) >= ROUNDS
    for leaf in acknowledged:
        assert stored[leaf.sequence] == leaf
    assert torn, "no kill came at an interesting moment"
