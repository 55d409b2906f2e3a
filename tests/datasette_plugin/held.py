"""An archive with real captures for the tests of its pages: made over loopback, then served.

Not for: an index alone (``sample.py``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archive.workflows.opening import Archive
from tests.datasette_plugin.site import Site
from tests.support.archives import capture_all, make_archive, make_world
from tests.support.clock import START, make_clock
from tests.support.raw_server import Answer, RawServer, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003010101005bf6b20a0000000049454e44ae426082"
)


@dataclass(slots=True, kw_only=True)
class Kept:
    """An archive, and the server whose pages it captures; ``answers`` may change in between."""

    archive: Archive
    server: RawServer
    answers: dict[str, Answer]
    runs: int = 0

    def url(self, target: str) -> str:
        """The address of a target."""
        return self.server.url(target)

    def capture(self, *targets: str, at: datetime | None = None) -> dict[str, str]:
        """Capture these, in the second ``at``; return the id of each one's last capture."""
        self.runs += 1
        start = at or START + timedelta(days=self.runs)
        clock = make_clock(start, step=timedelta(milliseconds=1))
        world = make_world(clock=clock, seed=f"run {self.runs}")
        results = capture_all(self.archive, [self.url(target) for target in targets], world=world)
        return {
            result.address.removeprefix(self.server.origin): result.last.id for result in results
        }

    def serve(self) -> Site:
        """The archive in a Datasette of this process."""
        return Site(self.archive.layout.database)


@contextmanager
def keep_archive(root: Path, answers: dict[str, Answer]) -> Iterator[Kept]:
    """Make an archive at ``root`` that captures what a server on loopback answers."""
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        yield Kept(archive=make_archive(root / "archive"), server=server, answers=answers)
