"""The transport: what everything that asks something of the network goes through.

One exchange is: resolve, ask the guard, take or open a connection, send, read to the end.  Rules:

1. Every exchange is judged by the guard, also on a connection that is kept from before.
2. A kept connection that ends before the first byte of the answer is replaced by a new one, once
   and silently (RFC 9112 §9.3.1); only a new connection's failure is a failure.  A POST, which
   must not be sent twice, always has a new one.
3. The date of an exchange is taken just before its request is sent, or when it began if it
   failed before.

Not for: WARC records (`archive.workflows`), or order and politeness (`archive.capture.schedule`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from archive.capture.connect import check_addresses, open_wire, resolve_host
from archive.capture.headers import (
    Cookies,
    format_request,
    is_named_origin,
    make_fields,
    read_cookies,
)
from archive.capture.message import read_answer
from archive.capture.pool import Pool
from archive.capture.resolve import Resolve, Resolver
from archive.capture.settings import TransportSettings
from archive.capture.tls import make_context
from archive.capture.visit import Clock, Hop, Means, Sleep, make_exchanges, refuse_address
from archive.capture.wire import Wire
from archive.core.condition import Condition
from archive.core.exchange import Answer, Body, Exchange, Failure, Purpose, RobotsAdvice, Visit
from archive.core.uri import Url, parse_url
from archive.errors import InputError

# Which earlier answer a request may refer to: its address, what for, and its bytes without that.
FindCondition = Callable[[Url, Purpose, bytes], Condition | None]


class Transport:
    """Holds connections and resolver threads: ``async with Transport(…) as transport``."""

    def __init__(
        self,
        settings: TransportSettings,
        *,
        clock: Clock,
        resolve: Resolve | None = None,
        sleep: Sleep = asyncio.sleep,
        find_condition: FindCondition | None = None,
    ) -> None:
        """Take the settings as they are; the clock dates exchanges, ``sleep`` waits for retries.

        ``find_condition`` is asked before each request of a visit that may be conditional.

        Raises:
            InputError: a header, the cookies file or the CA file is not usable.
        """
        self.settings = settings
        self.clock = clock
        self.sleep = sleep
        self._find_condition = find_condition
        self._resolver = Resolver()
        self._resolve = resolve or self._resolver.resolve
        self._fields = make_fields(settings.user_agent, settings.headers)
        self._cookies = read_cookies(settings.cookies_file)
        if settings.ca_file is not None:
            make_context(ca_file=settings.ca_file, verify=True)
        self._pool = Pool()
        self._means = Means(fetch=self._fetch_hop, clock=clock, sleep=sleep, limits=settings.limits)
        # A robots.txt that cannot be read is no reason to keep the page waiting.
        self._means_once = replace(self._means, limits=replace(settings.limits, attempts=1))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.close()
        self._resolver.close()
        await asyncio.sleep(0)  # lets asyncio close the sockets

    async def visit(
        self,
        address: str,
        *,
        typed: bool = True,
        purpose: Purpose = "statement",
        robots: RobotsAdvice | None = None,
        body: Body | None = None,
        conditional: bool = False,
    ) -> Visit:
        """Return the visit to ``address``: redirects and repeats, then the page.

        ``typed`` says that a person gave this address (see `archive.capture.guard`, rule 4, and
        `archive.capture.headers`, rule 2).  Advice that is applied and forbids the address
        leaves a single exchange which says so.  ``body`` makes it a POST, which follows nothing;
        ``conditional`` allows to ask only for what is not as it was.

        Raises:
            StoreError: the spool folder does not take the bytes.
        """
        if robots is not None and robots.applied and robots.allowed is False:
            forbidden = self._refuse(address, f"{robots.address} disallows this address")
            return Visit(address=address, purpose=purpose, exchanges=(forbidden,), robots=robots)
        means = self._means if purpose != "robots" else self._means_once
        exchanges = await make_exchanges(
            address,
            typed=typed,
            cookies=Cookies(self._cookies),
            means=means,
            body=body,
            conditional=purpose if conditional else None,
        )
        return Visit(address=address, purpose=purpose, exchanges=exchanges, robots=robots)

    async def fetch(self, url: Url | str, *, typed: bool = True) -> Exchange:
        """Return one exchange, without following or repeating anything.

        Raises:
            StoreError: the spool folder does not take the bytes.
        """
        try:
            parsed = parse_url(url) if isinstance(url, str) else url
        except InputError as error:
            return refuse_address(str(url), str(error), self.clock())
        named = parsed if typed else None
        hop = Hop(url=parsed, typed=typed, named=named, cookies=Cookies(self._cookies))
        exchange = await self._fetch_hop(hop)
        return replace(exchange, address=url) if isinstance(url, str) else exchange

    def _refuse(self, address: str, reason: str) -> Exchange:
        exchange = refuse_address(address, reason, self.clock())
        return replace(exchange, url=parse_url(address))

    async def _fetch_hop(self, hop: Hop) -> Exchange:
        url, settings = hop.url, self.settings
        started = self.clock()
        deadline = asyncio.get_running_loop().time() + settings.limits.total_seconds
        resolved = await resolve_host(url, resolve=self._resolve, settings=settings)
        if isinstance(resolved, Failure):
            return self._fail(url, started, (), resolved)
        refusal = check_addresses(url, resolved, typed_port=hop.typed, settings=settings)
        if refusal is not None:
            return self._fail(url, started, resolved, refusal)
        cookie, cookie_is_secret = hop.cookies.format_cookie(url)
        make_request = partial(
            format_request,
            url,
            self._fields,
            with_secrets=hop.named is not None and is_named_origin(hop.named, url),
            cookie=cookie,
            cookie_is_secret=cookie_is_secret,
            body=hop.body,
        )
        request = make_request()
        condition = None
        if (
            hop.conditional is not None
            and self._find_condition is not None
            and not request.left_out
        ):
            condition = self._find_condition(url, hop.conditional, request.sent)
            request = make_request(condition=condition)
        kept = self._pool.take(url, resolved) if hop.body is None else None
        while True:
            opened = kept or await open_wire(url, resolved, settings=settings, deadline=deadline)
            if isinstance(opened, Failure):
                return self._fail(url, started, resolved, opened)
            started = self.clock()
            outcome = await self._ask(opened, url, request.sent, deadline)
            if kept and isinstance(outcome, Failure) and outcome.kind == "disconnect":
                kept = None
                continue
            return Exchange(
                address=str(url),
                url=url,
                started=started,
                finished=self.clock(),
                request=request.shown,
                left_out=request.left_out,
                resolved=resolved,
                connection=opened.connection,
                outcome=outcome,
                condition=condition,
            )

    async def _ask(self, wire: Wire, url: Url, request: bytes, deadline: float) -> Answer | Failure:
        limits = self.settings.limits
        reusable = False
        wire.start_timer(idle=limits.idle_seconds, deadline=deadline)
        try:
            wire.send(request)
            outcome, reusable = await read_answer(
                wire, limits=limits, spool_folder=self.settings.spool_folder
            )
        finally:
            if reusable:
                wire.stop_timer()
                self._pool.keep(wire, url)
            else:
                wire.close()
        return outcome

    def _fail(
        self, url: Url, started: datetime, resolved: tuple[str, ...], failure: Failure
    ) -> Exchange:
        return Exchange(
            address=str(url),
            url=url,
            started=started,
            finished=self.clock(),
            request=b"",
            left_out=(),
            resolved=resolved,
            connection=None,
            outcome=failure,
        )
