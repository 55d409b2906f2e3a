"""Finding what belongs to a capture: the hops of its visit.  Not for: names of captures."""

from contextlib import closing
from pathlib import Path

from archive.index.database import open_readonly
from archive.index.lookup import find_capture, select_visit
from archive.workflows.capture import CaptureRun
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import capture_all, make_archive, make_world, write_to
from tests.support.raw_server import answer_page, answer_redirect, serve_raw

RUN = CaptureRun(batch=None)


def test_the_hops_of_a_visit_were_looked_for_among_all_captures(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "archive")
    with serve_raw(
        {"/one": answer_page(b"one"), "/old": answer_redirect("/new"), "/new": answer_page(b"new")}
    ) as server:
        one, moved = capture_all(archive, (server.url("/one"), server.url("/old")), run=RUN)
    asked: list[str] = []
    with closing(open_readonly(archive.layout.database)) as index:
        index.set_trace_callback(asked.append)
        hops = select_visit(index, find_capture(index, moved.last.id))
        assert [hop.hop for hop in hops] == [0, 1]
        assert select_visit(index, hops[0]) == hops
        alone = find_capture(index, one.last.id)
        assert select_visit(index, alone) == [alone]
        index.set_trace_callback(None)
        plans = [
            row[3] for sql in asked for row in index.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        ]
    assert any("captures_visit" in step for step in plans)
    assert not [step for step in plans if step.startswith("SCAN captures")]
    with write_to(archive, make_world(seed="withdraw")) as writing:
        withdraw_capture(writing, plan_withdrawal(writing, hops[0].id), reason="an order")
    with closing(open_readonly(archive.layout.database)) as index:
        left = select_visit(index, find_capture(index, moved.last.id))
    assert [(hop.id, hop.outcome) for hop in left] == [
        (hops[0].id, "withdrawn"),
        (hops[1].id, "response"),
    ]
