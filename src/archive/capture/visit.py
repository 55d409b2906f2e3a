"""One visit: from an address through redirects and repeats to the page.

Follows RFC 9110 §15.4 (redirects), §10.2.3 (Retry-After).  Rules:

1. Every hop and every 429 or 503 is an exchange of its own.  A connection that failed before an
   answer is tried again; the tries that failed are listed in the exchange that follows.
2. A redirect is followed up to the limit, and never to a request that was made before with the
   same cookies; the last answer then stands as it is.  A redirect into a refused address adds an
   exchange that says so.
3. A POST follows no redirect, and is repeated only where it cannot have been acted upon
   (RFC 9110 §9.2.2): no connection came about, or the server said that it was busy.
4. Waiting times double from the first one on; there is no chance in them.

Not for: connections (`archive.capture.fetch`), or several visits (`archive.capture.schedule`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from archive.capture.headers import Cookies
from archive.capture.settings import Limits
from archive.core.exchange import Answer, Attempt, Body, Exchange, Failure, Purpose
from archive.core.http import Head, parse_head
from archive.core.uri import Url, parse_url, resolve_location
from archive.errors import InputError

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[object]]

_REPEATABLE = frozenset(("dns", "connect", "disconnect", "timeout"))
_UNSENT = frozenset(("dns", "connect"))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_BUSY = frozenset((429, 503))
_TOLD = frozenset(str(status).encode() for status in _REDIRECTS | _BUSY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of a visit: ``typed`` where a person typed its port, ``named`` whose secrets.

    With a body it is a POST; ``conditional`` says for which purpose it may ask only for what is
    not as it was.
    """

    url: Url
    typed: bool
    named: Url | None
    cookies: Cookies
    body: Body | None = None
    conditional: Purpose | None = None


class Fetch(Protocol):
    """What makes one exchange of a hop."""

    async def __call__(self, hop: Hop) -> Exchange:
        """Return the exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a visit needs from outside."""

    fetch: Fetch
    clock: Clock
    sleep: Sleep
    limits: Limits


async def make_exchanges(
    address: str,
    *,
    typed: bool,
    cookies: Cookies,
    means: Means,
    body: Body | None = None,
    conditional: Purpose | None = None,
) -> tuple[Exchange, ...]:
    """Return the exchanges that ``address`` led to, at least one.

    ``typed`` says that a person gave the address: its port is open, and their secrets go there.
    ``body`` makes it a POST; ``conditional`` lets each hop ask, for that purpose, only for what is
    not as it was.
    """
    try:
        first = parse_url(address)
    except InputError as error:
        return (refuse_address(address, str(error), means.clock()),)
    exchanges: list[Exchange] = []
    seen: set[tuple[str, str | None]] = set()
    url = first
    redirects = 0
    while True:
        own_port = typed and (url.host, url.port) == (first.host, first.port)
        named = first if typed else None
        hop = Hop(
            url=url,
            typed=own_port,
            named=named,
            cookies=cookies,
            body=body,
            conditional=conditional,
        )
        cookie, _ = cookies.format_cookie(url)
        head = await _fetch_patiently(hop, exchanges, means)
        location = head.find("location") if head and head.status in _REDIRECTS else None
        if location is None or body is not None or redirects == means.limits.redirects:
            return tuple(exchanges)
        redirects += 1
        seen.add((str(url), cookie))
        try:
            url = resolve_location(url, location)
        except InputError as error:
            exchanges.append(refuse_address(location, str(error), means.clock()))
            return tuple(exchanges)
        if (str(url), cookies.format_cookie(url)[0]) in seen:
            return tuple(exchanges)


def refuse_address(address: str, reason: str, moment: datetime) -> Exchange:
    """Return the exchange of an address that is no URL we may ask for."""
    return Exchange(
        address=address,
        url=None,
        started=moment,
        finished=moment,
        request=b"",
        left_out=(),
        resolved=(),
        connection=None,
        outcome=Failure(kind="blocked", message=reason),
    )


def choose_wait(head: Head, *, now: datetime, attempt: int, limits: Limits) -> float | None:
    """Return how many seconds to wait after a 429 or 503, or None if that is too long.

    ``attempt`` counts the tries so far, from 1.
    """
    text = head.find("retry-after")
    wait = limits.backoff_seconds * 2 ** (attempt - 1)
    if text is not None:
        if text.isascii() and text.isdigit():
            wait = float(text[:12])
        else:
            try:
                moment = parsedate_to_datetime(text)
                wait = max(0.0, (moment - now).total_seconds())
            except (ValueError, TypeError, OverflowError):
                pass  # no date, or one without a zone: as if nothing had been said
    return wait if wait <= limits.retry_after_seconds else None


def read_told_head(exchange: Exchange) -> Head | None:
    """Return the head of an answer that asks for a further request, None for any other."""
    answer = exchange.outcome
    if not isinstance(answer, Answer):
        return None
    block = answer.block
    if not isinstance(block, bytes):
        start = block.read(answer.head_length)
        block.seek(0)
        block = start
    if block[9:12] not in _TOLD:
        return None
    return parse_head(block[: answer.head_length])


async def _fetch_patiently(hop: Hop, exchanges: list[Exchange], means: Means) -> Head | None:
    """Add the exchanges of one hop, repeats included; return the last head, if it tells more."""
    failed: list[Attempt] = []
    repeatable = _REPEATABLE if hop.body is None else _UNSENT
    attempt = 0
    while True:
        attempt += 1
        exchange = await means.fetch(hop)
        outcome = exchange.outcome
        last = attempt >= means.limits.attempts
        if isinstance(outcome, Failure):
            if outcome.kind in repeatable and not last:
                failed.append(Attempt(started=exchange.started, failure=outcome))
                await means.sleep(means.limits.backoff_seconds * 2 ** (attempt - 1))
                continue
            exchanges.append(replace(exchange, attempts=tuple(failed)) if failed else exchange)
            return None
        exchanges.append(replace(exchange, attempts=tuple(failed)) if failed else exchange)
        failed.clear()
        head = read_told_head(exchange)
        if head is None:
            return None
        _take_cookies(hop, head)
        if head.status not in _BUSY or last:
            return head
        wait = choose_wait(head, now=means.clock(), attempt=attempt, limits=means.limits)
        if wait is None:
            return head
        await means.sleep(wait)


def _take_cookies(hop: Hop, head: Head) -> None:
    values = tuple(value for name, value in head.fields if name.lower() == "set-cookie")
    if values:
        hop.cookies.take_cookies(hop.url, values)
