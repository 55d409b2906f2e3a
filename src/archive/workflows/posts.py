"""Asking outsiders by POST, and storing question and answer as captures.

Time-stamping authorities and witnesses are asked so, and who wants to hear of edits is told.  The
answer is stored whatever it is, and before anybody judges it.  Not for: what to ask, or what an
answer proves (`archive.workflows.tokens`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.capture.recorded import make_posts
from archive.capture.settings import TransportSettings
from archive.core.exchange import Answer, Exchange, Post, Purpose
from archive.core.http import decode_body, parse_head
from archive.core.leaf import Leaf
from archive.index.lookup import Original, find_original
from archive.index.rows import CaptureRow, make_capture_row
from archive.workflows.capture import close_spools
from archive.workflows.opening import OpenArchive
from archive.workflows.records import make_visit_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """What one POST left, once it is durable: its last capture, and the content of the answer.

    ``content`` is None unless a whole answer came, whatever its status.
    """

    post: Post
    capture: CaptureRow
    content: bytes | None

    @property
    def answer(self) -> bytes | None:
        """The content of a whole answer with status 200; None for any other."""
        return self.content if self.capture.status == 200 else None


def capture_posts(
    archive: OpenArchive, posts: Sequence[Post], *, transport: TransportSettings
) -> tuple[PostResult, ...]:
    """Make POSTs side by side, store them, and return what they left, in the same order.

    Raises:
        StoreError: the disk refused.
    """
    if not posts:
        return ()
    visits = make_posts(posts, settings=transport, clock=archive.world.clock)
    captures: list[CaptureRow] = []

    def find(payload: str, purpose: Purpose) -> Original | None:
        return find_original(archive.index, payload, purpose=purpose)

    try:
        contents = [_read_content(visit.exchanges[-1], transport) for visit in visits]
        identity = archive.world.identity
        made = [
            make_visit_groups(visit, batch=post.batch, identity=identity, find_original=find)
            for post, visit in zip(posts, visits, strict=True)
        ]
        groups = [group for several in made for group in several]

        def make_rows(leaves: Sequence[Leaf]) -> Iterator[CaptureRow]:
            for leaf, group in zip(leaves, groups, strict=True):
                captures.append(make_capture_row(leaf, group.metadata, group.head))
                yield captures[-1]

        archive.store([group.draft for group in groups], make_rows)
    finally:
        close_spools(visits)
    rows = iter(captures)
    lasts = [[next(rows) for _ in visit.exchanges][-1] for visit in visits]
    return tuple(
        PostResult(post=post, capture=capture, content=content)
        for post, capture, content in zip(posts, lasts, contents, strict=True)
    )


def _read_content(exchange: Exchange, transport: TransportSettings) -> bytes | None:
    answer = exchange.outcome
    if not isinstance(answer, Answer) or answer.truncated or answer.malformed:
        return None
    block = answer.block
    if not isinstance(block, bytes):
        whole = block.read()
        block.seek(0)
        block = whole
    head = parse_head(block)
    return decode_body(head, block[head.length :], transport.limits.content_bytes)
