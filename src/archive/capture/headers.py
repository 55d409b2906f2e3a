"""What a request says: its lines, a person's own fields and cookies, and which stay secret.

Follows RFC 9110 and RFC 9112 §3.  Rules:

1. A field given by a person is secret unless it is listed in `_PLAIN`; so is every ``Cookie`` to
   which a person's cookies contributed.  The record of a request says ``left-out`` in place of a
   secret value.
2. Secret fields travel to the origin that the person named alone, and to its https form; never
   to another host, and never from https back to http.  Cookies keep to their domain and path.
3. Nobody may set the fields that frame a message or name its host.

Not for: secrets in what servers answer, which is kept as it came.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from archive.core.condition import Condition, list_condition_fields
from archive.core.exchange import Body
from archive.core.http import FIELD_VALUE
from archive.core.uri import Url
from archive.errors import InputError

if TYPE_CHECKING:
    # Loaded only where there are cookies: many runs meet none.
    from http.cookiejar import Cookie

    from archive.capture.cookies import Jars

LEFT_OUT = "left-out"
_DEFAULTS: tuple[tuple[str, str], ...] = (
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Encoding", "gzip, deflate"),
)
_PLAIN = frozenset(
    "accept accept-charset accept-encoding accept-language cache-control dnt from pragma priority"
    " referer save-data sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc"
    " upgrade-insecure-requests user-agent".split()
)
_FRAMING = frozenset(
    "connection content-length expect host keep-alive proxy-connection te trailer"
    " transfer-encoding upgrade".split()
)
_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The bytes of a request, the same with secret values replaced, and the fields replaced."""

    sent: bytes
    shown: bytes
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The header fields of every request: ``plain`` for all, ``secret`` for the named origin."""

    plain: tuple[tuple[str, str], ...]
    secret: tuple[tuple[str, str], ...]


def make_fields(user_agent: str, headers: tuple[tuple[str, str], ...]) -> Fields:
    """Return our own fields with a person's: theirs take the place of ours of the same name.

    Raises:
        InputError: a field cannot be sent; the message never shows its value.
    """
    for name, value in (("User-Agent", user_agent), *headers):
        if not _NAME.fullmatch(name):
            raise InputError(f"not a header name: {name!r}", remedy="write NAME: VALUE")
        if name.lower() in _FRAMING:
            raise InputError(f"the header {name} is ours to set", remedy="leave it out")
        if not FIELD_VALUE.fullmatch(value):
            raise InputError(
                f"the header {name} has a value that cannot be sent",
                remedy="use one line, without control characters, beginning and ending visibly",
            )
    given = {name.lower() for name, _ in headers}
    own = (("User-Agent", user_agent), *_DEFAULTS)
    plain = [pair for pair in own if pair[0].lower() not in given]
    plain += [pair for pair in headers if pair[0].lower() in _PLAIN]
    secret = tuple(pair for pair in headers if pair[0].lower() not in _PLAIN)
    return Fields(plain=tuple(plain), secret=secret)


def format_request(
    url: Url,
    fields: Fields,
    *,
    with_secrets: bool,
    cookie: str | None,
    cookie_is_secret: bool,
    body: Body | None = None,
    condition: Condition | None = None,
) -> Request:
    """Return the request for ``url``: a person's ``Cookie`` field and ``cookie`` make one field.

    With a body it is a POST, and shown with all of it.
    """
    lines = [("Host", url.authority), *fields.plain]
    hidden: list[str] = []
    cookies = [cookie] if cookie else []
    if with_secrets:
        for name, value in fields.secret:
            if name.lower() == "cookie":
                cookies.insert(0, value)
                cookie_is_secret = True
            else:
                lines.append((name, value))
                hidden.append(name)
    if cookies:
        lines.append(("Cookie", "; ".join(cookies)))
        if cookie_is_secret:
            hidden.append("Cookie")
    if condition is not None:
        lines.extend(list_condition_fields(condition))
    lines.append(("Connection", "keep-alive"))
    start = f"GET {url.target} HTTP/1.1\r\n"
    if body is not None:
        start = f"POST {url.target} HTTP/1.1\r\n"
        lines.append(("Content-Type", body.content_type))
        lines.append(("Content-Length", str(len(body.data))))
        lines.extend(body.fields)
    sent = start + "".join([f"{name}: {value}\r\n" for name, value in lines]) + "\r\n"
    data = body.data if body is not None else b""
    if not hidden:
        raw = sent.encode("latin-1") + data
        return Request(sent=raw, shown=raw, left_out=())
    shown = start + "".join(
        [f"{name}: {LEFT_OUT if name in hidden else value}\r\n" for name, value in lines]
    )
    return Request(
        sent=sent.encode("latin-1") + data,
        shown=(shown + "\r\n").encode("latin-1") + data,
        left_out=tuple(dict.fromkeys(hidden)),
    )


def is_named_origin(named: Url, url: Url) -> bool:
    """Tell whether secrets meant for ``named`` may go to ``url``: its origin, or its https form."""
    if named.host != url.host:
        return False
    if (named.scheme, named.port) == (url.scheme, url.port):
        return True
    return (named.scheme, named.port, url.scheme, url.port) == ("http", 80, "https", 443)


class Cookies:
    """The cookies of one visit: a person's, and those that servers set on the way."""

    __slots__ = ("_jars",)

    def __init__(self, given: "tuple[Cookie, ...]") -> None:
        self._jars = _open_jars(given) if given else None

    def format_cookie(self, url: Url) -> tuple[str | None, bool]:
        """Return the value of ``Cookie`` for ``url``, and whether a person's cookie is in it."""
        return (None, False) if self._jars is None else self._jars.format_cookie(url)

    def take_cookies(self, url: Url, values: tuple[str, ...]) -> None:
        """Take over what the ``Set-Cookie`` fields of an answer from ``url`` set."""
        if self._jars is None:
            self._jars = _open_jars(())
        self._jars.take_cookies(url, values)


def read_cookies(path: str | None) -> "tuple[Cookie, ...]":
    """Return the cookies of a file in Netscape's format; none where there is no file.

    Raises:
        InputError: the file cannot be read.
    """
    if path is None:
        return ()
    found: tuple[Cookie, ...] = import_module("archive.capture.cookies").read_cookies(path)
    return found


def _open_jars(given: "tuple[Cookie, ...]") -> "Jars":
    jars: Jars = import_module("archive.capture.cookies").Jars(given)
    return jars
