"""Run by ``test_kill.py``: writes until it is killed, and tells which leaves are stored.

Run as ``python killed_writer.py ARCHIVE SEED``, from the root of the repository.
"""

import os
import random
import sys
from pathlib import Path

from archive.core.leaf import format_leaf
from archive.store.layout import Layout
from tests.store.drafts import make_maker, open_writer


def main() -> None:
    root, seed = sys.argv[1:]
    chance = random.Random(seed)
    maker = make_maker(seed)
    with open_writer(
        Layout(root=Path(root)), maker, rotate_bytes=200_000, lock_seconds=9
    ) as writer:
        while True:
            groups = [
                maker.capture(os.urandom(chance.randrange(20_000)), spooled=chance.random() < 0.2)
                for _ in range(chance.randrange(1, 12))
            ]
            for leaf in writer.append(groups):
                sys.stdout.buffer.write(format_leaf(leaf) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
