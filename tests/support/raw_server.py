"""A server on loopback that sends exactly the bytes it is told to, when it is told to.

Each connection has a thread.  What a request's target maps to is a `Script`; a target without one
is answered 404.  Not for: being a web server (tests that want one use nginx).
"""

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

Target = str
_BODY_SIZE = re.compile(rb"^Content-Length: *(\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Wait ``pause`` seconds, send; ``times`` over."""

    send: bytes
    pause: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The steps of one answer, and what follows: another request, a proper end, FIN, or RST.

    A proper end is, over TLS, the closing alert and then FIN; ``cut`` leaves the alert out.
    """

    steps: tuple[Step, ...]
    close: bool = False
    cut: bool = False
    reset: bool = False


NOT_FOUND = Script(steps=(Step(send=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),))

Answer = bytes | Script
Answers = Mapping[Target, Answer] | Callable[[bytes], Answer | None]


@dataclass(slots=True, kw_only=True)
class RawServer:
    """A running server, and what it has seen: requests in order, and how many connections."""

    address: str
    port: int
    scheme: str
    requests: list[bytes] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)  # of the requests, monotonic
    connections: int = 0
    most_at_once: int = 0  # requests under way

    @property
    def origin(self) -> str:
        """The start of every address here, as in ``http://127.0.0.1:4711``."""
        return f"{self.scheme}://{self.address}:{self.port}"

    def url(self, target: str = "/") -> str:
        """The address of ``target``."""
        return self.origin + target

    @property
    def targets(self) -> list[str]:
        """The targets asked for, in order."""
        return [request.split(b" ")[1].decode() for request in self.requests]


def answer_page(
    body: bytes = b"<p>page</p>", *, status: str = "200 OK", fields: tuple[str, ...] = ()
) -> bytes:
    """A plain answer with a Content-Length."""
    lines = (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body


def answer_redirect(
    location: str, *, status: str = "302 Found", fields: tuple[str, ...] = ()
) -> bytes:
    """A redirect with an empty body."""
    return answer_page(b"", status=status, fields=(f"Location: {location}", *fields))


@contextmanager
def serve_raw(
    answers: Answers,
    *,
    address: str = "127.0.0.1",
    port: int = 0,
    context: ssl.SSLContext | None = None,
) -> Iterator[RawServer]:
    """Serve ``answers``, by target or by request, until the block ends."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family, backlog=512)
    server = RawServer(
        address=address, port=listener.getsockname()[1], scheme="https" if context else "http"
    )
    running = _Running(listener=listener, server=server, answers=answers, context=context)
    thread = threading.Thread(target=running.accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        running.stop()
        thread.join(10)


@dataclass(slots=True, kw_only=True)
class _Running:
    listener: socket.socket
    server: RawServer
    answers: Answers
    context: ssl.SSLContext | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    sockets: set[socket.socket] = field(default_factory=set)
    threads: list[threading.Thread] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    active: int = 0

    def accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                if self.stopping.is_set():
                    sock.close()
                    return
                self.server.connections += 1
                self.sockets.add(sock)
            thread = threading.Thread(target=self.serve, args=(sock,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> None:
        with self.lock:
            self.stopping.set()
            sockets = list(self.sockets)
        for sock in (self.listener, *sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(10)

    def serve(self, plain: socket.socket) -> None:
        sock = plain
        try:
            if self.context is not None:
                sock = self.context.wrap_socket(plain, server_side=True)
                with self.lock:
                    self.sockets.add(sock)
            self._serve_requests(sock)
        except OSError:  # the other side went away, or we are stopping
            pass
        finally:
            sock.close()
            plain.close()
            with self.lock:
                self.sockets -= {sock, plain}

    def _serve_requests(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = b""
        while not self.stopping.is_set():
            while b"\r\n\r\n" not in buffer:
                data = sock.recv(65536)
                if not data:
                    return
                buffer += data
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            size = _BODY_SIZE.search(head)
            length = int(size.group(1)) if size else 0
            while len(buffer) < length:
                data = sock.recv(65536)
                if not data:
                    return
                buffer += data
            request = head + b"\r\n\r\n" + buffer[:length]
            buffer = buffer[length:]
            with self.lock:
                self.server.requests.append(request)
                self.server.moments.append(time.monotonic())
                self.active += 1
                self.server.most_at_once = max(self.server.most_at_once, self.active)
            script = self._find_script(request)
            with ExitStack() as under_way:
                under_way.callback(self._leave)
                self._play(sock, script, under_way)
            if script.reset:
                linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, for no time: RST
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            if script.close or script.cut:
                if isinstance(sock, ssl.SSLSocket) and script.close:
                    with contextlib.suppress(OSError):
                        sock.unwrap()  # the closing alert
                    return
                sock.shutdown(socket.SHUT_WR)
                sock.settimeout(5)
                while sock.recv(
                    65536
                ):  # until the client has gone too, lest a RST overtake the answer
                    pass
                return

    def _find_script(self, request: bytes) -> Script:
        if callable(self.answers):
            answer = self.answers(request)
        else:
            answer = self.answers.get(request.split(b" ")[1].decode())
        if isinstance(answer, bytes):
            return Script(steps=(Step(send=answer),))
        return NOT_FOUND if answer is None else answer

    def _play(self, sock: socket.socket, script: Script, under_way: ExitStack) -> None:
        for left, step in zip(range(len(script.steps), 0, -1), script.steps, strict=True):
            for again in range(step.times, 0, -1):
                if self.stopping.wait(step.pause) if step.pause else self.stopping.is_set():
                    return
                if left == again == 1:
                    under_way.close()  # whoever has the last byte may ask again at once
                sock.sendall(step.send)

    def _leave(self) -> None:
        with self.lock:
            self.active -= 1
