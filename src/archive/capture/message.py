"""Reading one answer off a connection: where it ends, and every byte of it.

h11 judges the framing (RFC 9112); it sees copies, and the bytes themselves are kept as they
came.  Rules:

1. The block is everything from the status line of the final response to the end of its message.
   1xx heads before it are kept apart.  Where nothing but 1xx heads came, the last of them is the
   block.
2. What h11 refuses is malformed: we go on reading until the connection ends, falls silent or
   meets a limit, keep all of it, and say why.  So are bytes after the end of the message.
3. What stops early is truncated (WARC/1.1 §5.13): ``disconnect``, ``time`` or ``length``.
4. A malformed or truncated message has no payload digest, for nobody knows its payload.

Not for: sending requests, or deciding whether to repeat them (`archive.capture.fetch`).
"""

import asyncio
import re
import ssl

import h11

from archive.capture.measure import Body, Tally
from archive.capture.settings import Limits
from archive.capture.wire import Wire
from archive.core.exchange import Answer, Failure, Truncation

_HEAD_END = re.compile(rb"\n\r?\n")
_PREFIX = b"HTTP/"
_PYTHON = re.compile(r"""bytearray\(b(('|").*?\2)\)|\bb(('|").*?\4)""", re.DOTALL)
_SHOWN = 200
_INTERIM = 32  # heads
_TURN = 1000  # pieces of a body
# h11 has to know that something was asked; what exactly makes no difference to an answer.
_ASKED = h11.Request(method="GET", target="/", headers=[("Host", "asked")])
_ASKED_ALL = h11.EndOfMessage()


class _Reading:
    """One answer while it is read: holds the spool file until the answer is made."""

    __slots__ = ("body", "early", "head", "interim", "malformed", "tally", "truncated")

    def __init__(self, limits: Limits, spool_folder: str) -> None:
        self.tally = Tally(spool_folder=spool_folder, cap=limits.wire_bytes)
        self.interim: list[bytes] = []
        self.early = bytearray()  # what came and is no whole head yet
        self.head: int | None = None
        self.body: Body | None = None
        self.malformed: str | None = None
        self.truncated: Truncation | None = None


async def read_answer(
    wire: Wire, *, limits: Limits, spool_folder: str
) -> tuple[Answer | Failure, bool]:
    """Return the answer to the request just sent, and whether the connection can be used again.

    The wire's timer must be running.

    Raises:
        StoreError: the spool folder does not take the bytes.
    """
    reading = _Reading(limits, spool_folder)
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=limits.head_bytes)
    parser.send(_ASKED)
    parser.send(_ASKED_ALL)
    try:
        response = await _read_heads(wire, parser, reading, limits)
        if isinstance(response, Failure):
            return response, False
        if response is not None:
            await _read_body(wire, parser, reading, response, limits)
        if reading.malformed is not None and reading.truncated is None:
            await _drain(wire, reading, limits)
        reusable = (
            reading.malformed is None
            and reading.truncated is None
            and parser.our_state is h11.DONE
            and parser.their_state is h11.DONE
            and wire.is_fresh
        )
        return _make_answer(reading, limits), reusable
    except BaseException:
        reading.tally.discard()
        raise


async def _read_heads(
    wire: Wire, parser: h11.Connection, reading: _Reading, limits: Limits
) -> h11.Response | Failure | None:
    """Read up to and including the final head; None means that it did not come or is no head."""
    early = reading.early
    searched = 0
    while True:
        match = _HEAD_END.search(early, searched)
        if match is None and len(early) <= limits.head_bytes:
            if early and not early.startswith(_PREFIX[: len(early)]):
                _refuse(reading, "does not begin with HTTP/")
                return None
            searched = max(0, len(early) - 2)
            try:
                data = await wire.read()
            except TimeoutError:
                return _stop(wire, reading, "time")
            if not data:
                return _stop(wire, reading, "disconnect")
            early += data
            continue
        end = match.end() if match else len(early)
        if end > limits.head_bytes:
            _refuse(reading, f"the head is longer than {limits.head_bytes} bytes")
            return None
        parser.receive_data(bytes(early[:end]))
        try:
            event = parser.next_event()
        except h11.RemoteProtocolError as error:
            _refuse(reading, _describe(error))
            return None
        if isinstance(event, h11.Response):
            reading.head = end
            return event
        if len(reading.interim) == _INTERIM:
            _refuse(reading, f"more than {_INTERIM} interim heads")
            return None
        reading.interim.append(bytes(early[:end]))
        del early[:end]
        searched = 0


async def _read_body(
    wire: Wire, parser: h11.Connection, reading: _Reading, response: h11.Response, limits: Limits
) -> None:
    tally = reading.tally
    reading.body = body = Body(codings=_list_codings(response), cap=limits.content_bytes)
    data = bytes(reading.early)
    kept = tally.keep(data)
    fresh = kept[reading.head :]
    events = 0
    while True:
        if len(kept) < len(data):
            reading.truncated = "length"
            return
        if fresh:
            parser.receive_data(fresh)
        try:
            while (event := parser.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Data):
                    body.add(event.data)
                    events += 1
                    if events % _TURN == 0:  # a flood of tiny chunks: let others have a turn
                        await asyncio.sleep(0)
                    continue
                if unread := len(parser.trailing_data[0]):
                    reading.malformed = f"{unread} bytes after the end of the message"
                elif wire.has_unread:
                    reading.malformed = "bytes after the end of the message"
                return
        except h11.RemoteProtocolError as error:
            reading.malformed = _describe(error)
            return
        try:
            data = await wire.read()
        except TimeoutError:
            reading.truncated = "time"
            return
        if not data:
            _end_body(wire, parser, reading)
            return
        fresh = kept = tally.keep(data)


def _end_body(wire: Wire, parser: h11.Connection, reading: _Reading) -> None:
    """The connection ended: the end of the message only where that is how it is framed."""
    reading.truncated = "disconnect"
    if not wire.clean_end:
        return
    parser.receive_data(b"")
    try:
        if isinstance(parser.next_event(), h11.EndOfMessage):
            reading.truncated = None
    except h11.RemoteProtocolError:
        return


async def _drain(wire: Wire, reading: _Reading, limits: Limits) -> None:
    """Read on without understanding, until the end, a silence or a limit."""
    wire.shorten_silence(limits.drain_seconds)
    while True:
        try:
            data = await wire.read()
        except TimeoutError:
            reading.truncated = "time" if wire.is_overdue else None
            return
        if not data:
            return
        if len(reading.tally.keep(data)) < len(data):
            reading.truncated = "length"
            return


def _refuse(reading: _Reading, reason: str) -> None:
    """The head is none: all that came belongs to the block."""
    reading.malformed = reason
    early = bytes(reading.early)
    if len(reading.tally.keep(early)) < len(early):
        reading.truncated = "length"


def _stop(wire: Wire, reading: _Reading, why: Truncation) -> Failure | None:
    """The head did not come whole: a failure if nothing came at all."""
    if not reading.early and reading.interim:
        reading.early += reading.interim.pop()
        reading.malformed = "no final answer came after an interim one"
    if reading.early:
        reading.tally.keep(bytes(reading.early))
        reading.truncated = why
        return None
    if why == "time":
        return Failure(kind="timeout", message="the answer did not begin in time")
    error = wire.error
    if isinstance(error, ssl.SSLError):
        return Failure(kind="tls", message=str(error))
    words = f": {error}" if error is not None else ""
    return Failure(kind="disconnect", message=f"the connection ended before the answer{words}")


def _list_codings(response: h11.Response) -> tuple[str, ...]:
    return tuple(
        name.strip().lower()
        for field, value in response.headers
        if field == b"content-encoding"
        for name in value.decode("latin-1").split(",")
    )


def _make_answer(reading: _Reading, limits: Limits) -> Answer:
    payload = content = content_length = None
    payload_length = 0
    if reading.body is not None and reading.malformed is None and reading.truncated is None:
        payload, content, content_length = reading.body.finish()
        payload_length = reading.body.length
    head_length = reading.head
    if head_length is None:
        start = reading.tally.peek(2 * limits.head_bytes)
        match = _HEAD_END.search(start)
        head_length = match.end() if match else min(len(start), limits.head_bytes)
    block, block_digest = reading.tally.finish()
    return Answer(
        interim=tuple(reading.interim),
        block=block,
        length=reading.tally.length,
        head_length=head_length,
        block_digest=block_digest,
        payload=payload,
        payload_length=payload_length,
        content=content,
        content_length=content_length,
        truncated=reading.truncated,
        malformed=reading.malformed,
    )


def _describe(error: h11.RemoteProtocolError) -> str:
    """Return what h11 says is wrong, less its Python, and not at any length."""
    words = _PYTHON.sub(r"\1\3", str(error))
    return words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
