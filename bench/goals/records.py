"""Writing response records, beside warcio's writer: CPU a record, and the size.

Each side is a process of its own (`bench.peers.write_records`) that reads the pages first, and
counts only its writing loop: ours with SHA-256 over block, payload, record and member, warcio as
it comes.  Two kinds of body: plain HTML, and the gzip bytes that a server sends.

Not for: log, index and fsync, which `bench.goals.capture` includes.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bench.ground import Ground, remove_folder
from bench.measure import Rival, Sample, run_in_turn, run_metered
from bench.programs import PEERS
from bench.report import MEGABYTES, Goal, Line, Scale, compare

TOPIC = "write response records"


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goals 7 and 8."""
    rivals = [
        Rival(name=f"{writer} {body}", run=partial(_write, ground, writer, body))
        for writer in ("ours", "warcio")
        for body in ("html", "gzip")
    ]
    rivals.append(Rival(name="stored gzip", run=lambda: _write(ground, "stored", "gzip")))
    taken = run_in_turn(rivals, rounds=ground.options.rounds)
    scale = 1000 / len(ground.corpus.paths)
    sides = (
        ("plain HTML", "ours html", "warcio html", "warcio, the same", 8, (7.0, 9.0)),
        ("gzip from the wire", "ours gzip", "warcio html", "warcio, plain HTML", 7, (2.5, 20.0)),
        ("gzip from the wire", "ours gzip", "warcio gzip", "warcio, the same", None, None),
        ("– log, read back, fsync", "stored gzip", "warcio gzip", "warcio, the same", None, None),
    )
    for what, ours, peer, against, number, bounds in sides:
        goal = (
            Goal(number=number, sense=">=", firm=bounds[0], stretch=bounds[1]) if bounds else None
        )
        yield compare(
            TOPIC,
            f"CPU a record, {what}",
            taken[ours],
            taken[peer],
            against=against,
            scale=Scale(quantity="cpu", unit="ms", factor=scale),
            goal=goal,
        )
    for what, ours, firm in (
        ("plain HTML", "ours html", 1.15),
        ("gzip from the wire", "ours gzip", 1.02),
    ):
        yield compare(
            TOPIC,
            f"size, {what}",
            taken[ours],
            taken["warcio html"],
            against="warcio, plain HTML",
            scale=MEGABYTES,
            goal=Goal(number=8 if firm > 1.1 else 7, sense="<=", firm=firm),
        )


def _write(ground: Ground, writer: str, body: str) -> Sample:
    folder = ground.make_folder()
    out = folder / "out.json"
    script = PEERS / "write_records.py"
    whole = run_metered(
        [sys.executable, script, writer, body, ground.corpus.folder, folder / "written"], out=out
    )
    told = json.loads(out.read_text("utf-8"))
    remove_folder(folder)
    return replace(whole, cpu=told["cpu"], wall=told["wall"], size=told["size"])
