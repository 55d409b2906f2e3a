"""Cookies: those of a person's file, and those that servers set.

They go by the rules of `http.cookiejar`, whose jars read the real clock to tell expired cookies;
nothing of that is recorded.  Loaded where there are cookies (`archive.capture.headers`), because
that brings half of the standard library's e-mail.  Not for: which cookies are secret.
"""

import email.message
import http.cookiejar
import urllib.request

from archive.core.http import FIELD_VALUE
from archive.core.uri import Url
from archive.errors import InputError


def read_cookies(path: str) -> tuple[http.cookiejar.Cookie, ...]:
    """Return the cookies of a file in Netscape's format.

    Raises:
        InputError: the file cannot be read.
    """
    jar = http.cookiejar.MozillaCookieJar(path)
    try:
        jar.load(ignore_discard=True, ignore_expires=True)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"no cookies can be read from {path}: {error}",
            remedy="give a file in Netscape's cookies.txt format",
        ) from error
    for cookie in jar:
        if cookie.expires == 0:  # browsers write this for "until the browser closes"
            cookie.expires = None
            cookie.discard = True
        if not FIELD_VALUE.fullmatch(f"{cookie.name}={cookie.value}"):
            raise InputError(
                f"the cookie {cookie.name!r} of {cookie.domain} in {path} cannot be sent",
                remedy="take it out, or percent-encode its value",
            )
    return tuple(jar)


class Jars:
    """A person's cookies, and beside them all that count in one visit."""

    __slots__ = ("_given", "_jar")

    def __init__(self, given: tuple[http.cookiejar.Cookie, ...]) -> None:
        self._given = _fill_jar(given) if given else None
        self._jar = _fill_jar(given)

    def format_cookie(self, url: Url) -> tuple[str | None, bool]:
        """Return the value of ``Cookie`` for ``url``, and whether a person's cookie is in it."""
        secret = self._given is not None and _format_cookie(self._given, url) is not None
        return _format_cookie(self._jar, url), secret

    def take_cookies(self, url: Url, values: tuple[str, ...]) -> None:
        """Take over what the ``Set-Cookie`` fields of an answer from ``url`` set."""
        answer = _Answer()
        for value in values:
            text = value.encode().decode("latin-1")  # as the bytes of a header travel
            if FIELD_VALUE.fullmatch(text):
                answer.message["Set-Cookie"] = text
        request = urllib.request.Request(str(url))  # noqa: S310  # a carrier; nothing is opened
        # http.cookiejar asks of an answer nothing but info().
        self._jar.extract_cookies(answer, request)  # type: ignore[arg-type]


def _fill_jar(cookies: tuple[http.cookiejar.Cookie, ...]) -> http.cookiejar.CookieJar:
    jar = http.cookiejar.CookieJar()
    for cookie in cookies:
        jar.set_cookie(cookie)
    return jar


def _format_cookie(jar: http.cookiejar.CookieJar, url: Url) -> str | None:
    request = urllib.request.Request(str(url))  # noqa: S310  # a carrier; nothing is opened
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


class _Answer:
    """What `http.cookiejar` wants to see of an answer."""

    def __init__(self) -> None:
        self.message = email.message.Message()

    def info(self) -> email.message.Message:
        return self.message
