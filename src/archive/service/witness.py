"""A witness on a socket: ``POST /add-checkpoint``, and ``GET /`` to say who it is.

Follows C2SP tlog-witness over HTTP/1.1 (RFC 9112), which h11 parses.  Rules:

1. Whatever comes in, the server goes on: a message that is none is answered as far as it can be,
   and its connection closed.
2. Nothing is unbounded: sizes, the time a message may take, and connections at once.
3. Questions are answered one at a time, in a thread of their own: answering writes to the disk.

Not for: what the answer is, which comes in as a function (`archive.workflows.witness`).
"""

import asyncio
import contextlib
import signal
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

import h11

from archive.errors import InputError

_TEXT = "text/plain; charset=utf-8"
_PIECE = 65536
_LINGER_SECONDS = 1.0

# Status, content type and body.
Reply = tuple[int, str, bytes]
Answer = Callable[[bytes], Reply]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """How much, how long, and how many at once."""

    body_bytes: int = 65536
    head_bytes: int = 16384
    message_seconds: float = 10.0
    idle_seconds: float = 60.0
    connections: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessService:
    """What is served: answers at ``path``, who the witness is at ``/``; its keeper is told."""

    path: str
    about: str
    answer: Answer
    clock: Callable[[], datetime]
    tell: Tell = lambda _line: None
    limits: ServiceLimits = ServiceLimits()


class _CannotAnswerError(Exception):
    """A message that is refused before anybody looks at what it asks."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def serve_witness(
    service: WitnessService,
    *,
    host: str,
    port: int,
    stop: asyncio.Event,
    tell_port: Callable[[int], None],
) -> None:
    """Serve until ``stop`` is set; ``tell_port`` is told the port once it is listened on.

    Raises:
        InputError: the port cannot be listened on.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="witness") as thread:
        listener = _Listener(service, thread)
        try:
            server = await asyncio.start_server(listener.talk, host, port, limit=_PIECE)
        except (OSError, UnicodeError) as error:
            raise InputError(
                f"cannot listen on {host}, port {port}: {error}",
                remedy="give another with --port, or stop what uses it",
            ) from error
        try:
            tell_port(server.sockets[0].getsockname()[1])
            await stop.wait()
        finally:
            server.close()
            await listener.close()
            await server.wait_closed()


def run_witness(
    service: WitnessService, *, host: str, port: int, tell_port: Callable[[int], None]
) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        InputError: the port cannot be listened on.
    """

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await serve_witness(service, host=host, port=port, stop=stop, tell_port=tell_port)

    asyncio.run(run())


class _Listener:
    """The connections that are open."""

    def __init__(self, service: WitnessService, thread: ThreadPoolExecutor) -> None:
        self._service = service
        self._thread = thread
        self._open: set[asyncio.Task[None]] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what one connection asks, one message after the other."""
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        is_full = len(self._open) > self._service.limits.connections
        talk = _Connection(self._service, self._thread, reader, writer)
        try:
            await talk.run(is_full=is_full)
        except (OSError, asyncio.CancelledError):
            pass  # whoever asked has gone, or the server ends
        except Exception:  # noqa: BLE001  # rule 1: a bug of ours must not end the service
            self._service.tell(traceback.format_exc())
        finally:
            if task is not None:
                self._open.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def close(self) -> None:
        """End every connection."""
        tasks = tuple(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Connection:
    """One connection, and where it is in its messages."""

    def __init__(
        self,
        service: WitnessService,
        thread: ThreadPoolExecutor,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._service = service
        self._thread = thread
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=service.limits.head_bytes)

    async def run(self, *, is_full: bool) -> None:
        """Answer messages until the connection ends."""
        limits = self._service.limits
        try:
            if is_full:
                raise _CannotAnswerError(503, "too many connections")
            while await self._wait_for_message():
                async with asyncio.timeout(limits.message_seconds):
                    request, body = await self._read_message()
                await self._send(request, await self._find_reply(request, body))
                if self._http.our_state is not h11.DONE:
                    return
                if self._http.their_state is not h11.DONE:
                    return
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint, "this is no HTTP/1.1 message")
        except TimeoutError:
            await self._refuse(408, "the message took too long")
        except _CannotAnswerError as error:
            await self._refuse(error.status, str(error))

    async def _wait_for_message(self) -> bool:
        """Return whether another message begins, within the time that a connection may idle."""
        if self._http.trailing_data[0]:
            return True
        try:
            async with asyncio.timeout(self._service.limits.idle_seconds):
                return await self._receive()
        except TimeoutError:
            return False

    async def _receive(self) -> bool:
        data = await self._reader.read(_PIECE)
        self._http.receive_data(data)
        return bool(data)

    async def _read_message(self) -> tuple[h11.Request, bytes]:
        request: h11.Request | None = None
        body = bytearray()
        while True:
            match event := self._http.next_event():
                case h11.Request():
                    request = event
                    self._require_small(event)
                    if self._http.they_are_waiting_for_100_continue:
                        await self._write(h11.InformationalResponse(status_code=100, headers=[]))
                case h11.Data():
                    body += event.data
                    if len(body) > self._service.limits.body_bytes:
                        raise _CannotAnswerError(413, "the message is too large")
                case h11.EndOfMessage() if request is not None:
                    return request, bytes(body)
                case h11.NEED_DATA:
                    await self._receive()
                case _:
                    raise _CannotAnswerError(400, "the connection ended within a message")

    def _require_small(self, request: h11.Request) -> None:
        for name, value in request.headers:
            if name == b"content-length" and int(value) > self._service.limits.body_bytes:
                raise _CannotAnswerError(413, "the message is too large")

    async def _find_reply(self, request: h11.Request, body: bytes) -> Reply:
        add = self._service.path.encode()
        allowed = {add: (b"POST",), b"/": (b"GET", b"HEAD")}.get(request.target)
        if allowed is None:
            return 404, _TEXT, b"there is nothing here; see /\n"
        if request.method not in allowed:
            return 405, _TEXT, b"use " + allowed[0] + b"\n"
        if request.target != add:
            return 200, _TEXT, self._service.about.encode()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._service.answer, body)
        except Exception:  # noqa: BLE001  # rule 1: the keeper sees the bug, whoever asked 500
            self._service.tell(traceback.format_exc())
            return 500, _TEXT, b"this witness cannot answer now\n"

    async def _send(self, request: h11.Request | None, reply: Reply) -> None:
        status, media_type, body = reply
        headers = [
            ("Date", format_datetime(self._service.clock(), usegmt=True)),
            ("Content-Type", media_type),
            ("Content-Length", str(len(body))),
        ]
        if status == 405 and request is not None:
            headers.append(("Allow", "GET, HEAD" if request.target == b"/" else "POST"))
        if request is None:
            headers.append(("Connection", "close"))
        is_head = request is not None and request.method == b"HEAD"
        await self._write(
            h11.Response(status_code=status, headers=headers),
            *(() if is_head else (h11.Data(data=body),)),
            h11.EndOfMessage(),
        )

    async def _refuse(self, status: int, text: str) -> None:
        """Answer what is no message, if anything can be answered, and read what still comes."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        await self._send(None, (status, _TEXT, f"{text}\n".encode()))
        with contextlib.suppress(OSError, TimeoutError):
            # Closed at once, the answer could be lost with what was not read.
            self._writer.write_eof()
            async with asyncio.timeout(_LINGER_SECONDS):
                while await self._reader.read(_PIECE):
                    pass

    async def _write(self, *events: h11.Event) -> None:
        for event in events:
            data = self._http.send(event)
            if data:
                self._writer.write(data)
        async with asyncio.timeout(self._service.limits.message_seconds):
            await self._writer.drain()
