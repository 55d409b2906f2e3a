"""robots.txt: fetched once for each origin and run, kept, and said of every address.

Follows RFC 9309.  A host that answers 4xx allows all; one that cannot be read, whatever the
reason, says nothing.  What a person asks for is fetched whatever robots.txt says, and the advice
recorded.  Not for: acting on the advice (`archive.capture.schedule`).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from protego import Protego

from archive.core.exchange import Answer, RobotsAdvice, Visit
from archive.core.http import decode_body, parse_head
from archive.core.uri import Url

_READ_BYTES = 1024 * 1024  # of a stored answer
_RULES_BYTES = 512 * 1024  # RFC 9309 §2.5 asks for 500 KiB at least
_KEPT_ORIGINS = 4096

VisitRobots = Callable[[str], Awaitable[Visit]]


class Robots:
    """The rules of the origins met in one run."""

    def __init__(self, *, user_agent: str) -> None:
        self._agent = user_agent.partition("/")[0].partition(" ")[0]
        self._known: OrderedDict[str, asyncio.Future[Protego | bool | None]] = OrderedDict()

    async def fetch_advice(
        self, url: Url, *, applied: bool, visit: VisitRobots
    ) -> tuple[RobotsAdvice, Visit | None]:
        """Return the advice for ``url``, and the visit to robots.txt if one was made for it."""
        address = f"{url.origin}/robots.txt"
        known = self._known.get(url.origin)
        made = None
        if known is None:
            known = asyncio.get_running_loop().create_future()
            self._known[url.origin] = known
            try:
                made = await visit(address)
            except BaseException:
                del self._known[url.origin]
                known.cancel()
                raise
            known.set_result(_read_rules(made))
            self._forget_oldest()
        rules = await asyncio.shield(known)
        return RobotsAdvice(
            address=address, allowed=self._ask(url, rules=rules), applied=applied
        ), made

    def _ask(self, url: Url, *, rules: Protego | bool | None) -> bool | None:
        if not isinstance(rules, Protego):
            return rules
        try:
            return rules.can_fetch(str(url), self._agent)
        except Exception:  # noqa: BLE001  # strangers write rules; that no run ends by them comes first
            return None

    def _forget_oldest(self) -> None:
        while len(self._known) > _KEPT_ORIGINS:
            self._known.popitem(last=False)


def _read_rules(visit: Visit) -> Protego | bool | None:
    """Return what `parse_robots` does, and None (unknown) where the rules cannot be read."""
    try:
        return parse_robots(visit)
    except Exception:  # noqa: BLE001  # as above: advice is not worth a run
        return None


def parse_robots(visit: Visit) -> Protego | bool | None:
    """Return the rules that a visit to robots.txt found; True: all is allowed; None: unknown."""
    answer = visit.exchanges[-1].outcome
    if not isinstance(answer, Answer):
        return None
    if isinstance(answer.block, bytes):
        block = answer.block[:_READ_BYTES]
    else:
        block = answer.block.read(_READ_BYTES)
        answer.block.seek(0)
    head = parse_head(block[: answer.head_length])
    if head.status is None or head.status >= 500 or head.status == 429:
        return None
    if not 200 <= head.status < 300:
        return True
    content = decode_body(head, block[answer.head_length :], _RULES_BYTES)
    return None if content is None else Protego.parse(content.decode("utf-8-sig", "replace"))
