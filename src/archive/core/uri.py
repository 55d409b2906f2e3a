"""The one strict URL parser, the canonical key of a statement, and the sort key (SURT).

Rules:

1. http and https only; no userinfo, no backslash, no control or white space, no ``%`` in
   the host, no trailing dot, at most `MAX_LENGTH` characters (RFC 3986, read strictly).
2. A host is a DNS name (IDNA 2008, UTS 46 mapped), a canonical dotted quad or a bracketed
   IPv6 address.  Spellings that only some parsers take for an address (``127.1``,
   ``0x7f000001``, circled digits) are refused, so that no two parsers can disagree.
3. The request target is kept as given; only characters that cannot travel (non-ASCII and,
   in a redirect, spaces) are percent-encoded.

Not for: deciding whether an address may be contacted (`archive.capture.guard`).
"""

import ipaddress
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urljoin

import idna

from archive.errors import InputError

MAX_LENGTH = 8192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SPLIT = re.compile(
    r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_HALF = re.compile("[\ud800-\udfff]")  # a lone surrogate, which no encoding carries
_KEEP = "!#$%&'()*+,/:;=?@[]~-._|^`{}\"<>"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# Parameters that say how a reader came, never what is shown.
TRACKING_PARAMETERS = frozenset(
    "fbclid gclid gclsrc dclid msclkid yclid igshid mc_cid mc_eid _ga _gl _hsenc _hsmi"
    " mkt_tok ref_src vero_id wickedid oly_enc_id oly_anon_id s_cid cmpid ito at_medium"
    " at_campaign".split()
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_")

# The path of a home page: a language or region, or an index page, or the one under the other.
_HOME_PATH = re.compile(
    r"(?:/[a-z]{2}(?:[-_](?:[a-z]{4}[-_])?[a-z]{2})?)?"
    r"(?:/|(?:/(?:index|default|home|homepage|startseite|accueil|inicio)(?:\.[a-z]{3,5})?/?))?",
    re.IGNORECASE | re.ASCII,
)
_LANGUAGE_PARAMETERS = frozenset("lang language locale hl".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """An http or https address, without fragment, as it can be asked for.

    ``host`` is lower-case ASCII (brackets left off an IPv6 address), ``target`` the path
    with its query, ready for a request line.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host as it stands in a ``Host`` header: brackets and a non-default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority, as in ``https://example.org``."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        """Give the whole address."""
        return self.origin + self.target


@lru_cache(maxsize=4096)
def parse_url(text: str) -> Url:
    """Read a URL that a person or a list names.

    Raises:
        InputError: the address breaks a rule of this module; the message says which.
    """
    if len(text) > MAX_LENGTH:
        raise _refusal(text[:60] + "…", f"longer than {MAX_LENGTH} characters")
    if _UNSAFE.search(text):
        raise _refusal(text, "has white space, a control character or a backslash")
    if not text.isascii() and _HALF.search(text):
        raise _refusal(text, "has half a character")
    match = _SPLIT.fullmatch(text)
    if match is None:
        raise _refusal(text, "is not http:// or https://")
    scheme, authority, path, query = match.groups()
    scheme = scheme.lower()
    if "@" in authority:
        raise _refusal(text, "carries a user name; give credentials by --header or --cookies")
    host, port = _split_authority(text, authority, scheme)
    target = _encode(path or "/") + ("" if query is None else "?" + _encode(query))
    return Url(scheme=scheme, host=host, port=port, target=target)


def resolve_location(base: Url, location: str) -> Url:
    """Read the ``Location`` of a redirect that ``base`` answered with (RFC 9110 §10.2.2).

    Spaces inside are percent-encoded, because servers send them; the rest is as strict
    as `parse_url`.

    Raises:
        InputError: the target breaks a rule of this module.
    """
    trimmed = location.strip(" \t")
    if _UNSAFE.search(trimmed.replace(" ", "")):
        raise _refusal(trimmed[:200], "has a control character or a backslash")
    try:
        joined = urljoin(str(base), trimmed.replace(" ", "%20"))
    except ValueError as error:
        raise _refusal(trimmed[:200], str(error)) from error
    return parse_url(joined)


def format_statement_key(url: Url) -> str:
    """Return the canonical key that groups addresses of one statement.

    http and https, default ports and listed tracking parameters make no difference; the
    spelling of percent-encoding is unified; nothing else is touched.
    """
    path, mark, query = url.target.partition("?")
    kept = [
        pair
        for pair in query.split("&")
        if pair and not _is_tracking(pair.partition("=")[0].lower())
    ]
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if url.port in _DEFAULT_PORTS.values() else f":{url.port}"
    tail = "?" + "&".join(map(_unify_escapes, kept)) if mark and kept else ""
    return f"{host}{port}{_unify_escapes(path)}{tail}"


def strip_tracking(url: Url) -> Url:
    """Return ``url`` without the listed tracking parameters; the rest stays as it is."""
    path, mark, query = url.target.partition("?")
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _is_tracking(pair.partition("=")[0].lower())]
    if len(kept) == len(pairs):
        return url
    return replace(url, target=path + (mark + "&".join(kept) if kept else ""))


def is_home(url: Url) -> bool:
    """Tell whether ``url`` is the home page of its host, in any language, and no statement.

    Its path is ``/``, a language or region (``/en``, ``/de-DE/``, ``/zh_Hant_TW/``), an index page
    (``/index.*``, ``/default.*``, ``/home``, ``/startseite`` …), or such a page below such a
    language; its query holds nothing but tracking parameters and a language.  ``/?p=12`` is none.
    """
    path, _, query = url.target.partition("?")
    names = (pair.partition("=")[0].lower() for pair in query.split("&") if pair)
    return _HOME_PATH.fullmatch(_unify_escapes(path)) is not None and all(
        _is_tracking(name) or name in _LANGUAGE_PARAMETERS for name in names
    )


def format_surt(url: Url) -> str:
    """Return the sort-friendly form ``org,example)/path?a=1&b=2``: lower case, no ``www``."""
    if _is_address(url.host):
        host = url.host
    else:
        labels = re.sub(r"^www\d*\.", "", url.host).split(".")
        host = ",".join(reversed(labels))
    port = "" if url.port == _DEFAULT_PORTS[url.scheme] else f":{url.port}"
    path, _, query = _unify_escapes(url.target).lower().partition("?")
    path = path.rstrip("/") or "/"
    tail = "?" + "&".join(sorted(query.split("&"))) if query else ""
    return f"{host}{port}){path}{tail}"


def _refusal(text: str, why: str) -> InputError:
    return InputError(f"address refused: {text!r} {why}", remedy="check the address")


def _split_authority(text: str, authority: str, scheme: str) -> tuple[str, int]:
    if authority.startswith("["):
        literal, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise _refusal(text, "has a broken IPv6 address")
        port_text = rest[1:]
        try:
            host = str(ipaddress.IPv6Address(literal))
        except ValueError as error:
            raise _refusal(text, "has a broken IPv6 address") from error
        if "%" in literal:
            raise _refusal(text, "has a % in its host")
    else:
        name, _, port_text = authority.partition(":")
        host = _parse_host(text, name)
    if port_text and not (port_text.isascii() and port_text.isdigit() and len(port_text) <= 5):
        raise _refusal(text, "has a port that is no number")
    port = int(port_text) if port_text else _DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise _refusal(text, "has a port outside 1 to 65535")
    return host, port


def _parse_host(text: str, name: str) -> str:
    if not name:
        raise _refusal(text, "has no host")
    if "%" in name:
        raise _refusal(text, "has a % in its host")
    if name.endswith("."):
        raise _refusal(text, "has a host that ends with a dot")
    if name.isascii():
        host = name.lower()
    else:
        try:
            host = idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise _refusal(text, f"has a host that is no domain name ({error})") from error
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        if not name.isascii() or not _is_address(host):
            raise _refusal(text, "spells a numeric address unusually")
        return host
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refusal(text, "has a host that is no domain name")
    return host


@lru_cache(maxsize=4096)
def _is_address(host: str) -> bool:
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        return False


def _encode(text: str) -> str:
    return text if text.isascii() else quote(text, safe=_KEEP)


def _is_tracking(name: str) -> bool:
    return name in TRACKING_PARAMETERS or name.startswith(_TRACKING_PREFIXES)


def _unify_escapes(text: str) -> str:
    """Decode escapes of unreserved characters and write the others in upper case."""

    def unify(match: re.Match[str]) -> str:
        raw = unquote_to_bytes(match.group())
        return raw.decode("ascii") if raw[0] in _UNRESERVED else match.group().upper()

    return re.sub(r"%[0-9A-Fa-f]{2}", unify, text) if "%" in text else text
