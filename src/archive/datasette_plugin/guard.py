"""What every response says to the browser: run nothing, frame nothing, tell nobody.

Our pages run no script, but for the quote tool on two of them, and none needs it.  Datasette's own
pages have scripts in their templates; each gets a nonce when its template is read, so that a
script which stands in data never has one.  In the same way those pages get our style, pages of
errors included, and a main landmark.
Not for: permissions (`archive.datasette_plugin.pages`).
"""

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

from jinja2.ext import Extension

from archive.datasette_plugin.formulas import split_whole
from archive.datasette_plugin.ours import find_database, follow_file, is_copy, note_files
from archive.datasette_plugin.rows import FORMS
from archive.datasette_plugin.serving import PLUGIN, ROOT
from archive.datasette_plugin.strangers import (
    ABSENT,
    CLOSED,
    Refusal,
    bound_list,
    find_refusal,
)
from archive.index.access import find_closing
from archive.workflows.serve import PUBLIC

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

# Our pages as readers type them: these paths, and whatever lies below these.
_PATHS = {
    "/": "/home",
    "/robots.txt": "/robots",
    **{path: path for path in ("/search", "/cdx", "/edits", "/edits.atom")},
    **{f"{path}.{form}": f"{path}.{form}" for path in ("/search", "/edits") for form in FORMS},
}
_ROOMS = (
    *("/capture/", "/replay/", "/memento/", "/timegate/", "/timemap/"),
    *("/statement/", "/compare/", "/publisher/"),
    *("/resolve/", "/ark:", "/.well-known/ni/"),
)

NONCE = "archive_nonce"  # what templates call it
# Of the response being made; pages of errors are rendered without any variables of ours.
_PERSONAL = (b"cookie", b"authorization")  # strangers are nobody, whatever they bring along
_nonce: ContextVar[str] = ContextVar(NONCE, default="")
# Event handlers that stand in Datasette's templates; no other is run, whatever data says.
_HANDLERS = ("openColumnChooser()",)
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-hashes' {handlers};"
    " style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'self'"
)
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{0,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_SCRIPT = re.compile(r"<script(?=[\s>{])")
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_CONTENT = '<section class="content">'
_OURS = "archive_"  # what the names of our own templates begin with


class GuardExtension(Extension):
    """Puts what a response of ours needs into templates; without a nonce they stay as they are."""

    def preprocess(
        self,
        source: str,
        name: str | None,
        filename: str | None = None,  # noqa: ARG002  # named by Jinja
    ) -> str:
        """Return the template's source with nonces, our style and the landmark."""
        if name is None or name.startswith(_OURS):
            return source
        nonce = f'{{% if {NONCE}() %}} nonce="{{{{ {NONCE}() }}}}"{{% endif %}}'
        main = f'<section class="content"{{% if {NONCE}() %}} role="main"{{% endif %}}>'
        path = f'{{{{ urls.static_plugins("{PLUGIN}", "tables.css") }}}}'
        style = f'{{% if {NONCE}() %}}<link rel="stylesheet" href="{path}">\n{{% endif %}}</head>'
        source = _SCRIPT.sub(f"<script{nonce}", source)
        return source.replace(_CONTENT, main).replace("</head>", style)


def read_nonce() -> str:
    """Return the nonce of the response being made; empty where none of ours is."""
    return _nonce.get()


def wrap_app(datasette: Any) -> Callable[[App], App]:
    """Return what puts headers on responses, and leads short paths to our pages."""

    def wrap(app: App) -> App:
        note_files(datasette)

        async def answer(
            scope: Scope, receive: Callable[[], Awaitable[Message]], send: Send
        ) -> None:
            is_asked = scope["type"] == "http"
            served = await find_database(datasette) if is_asked else None
            if served is None and not (is_asked and is_public()):
                await app(scope, receive, send)
                return
            database = None if served is None else await follow_file(datasette, served)
            nonce = secrets.token_urlsafe(16)
            pieces: list[bytes] = []
            is_csv = False

            async def send_guarded(message: Message) -> None:
                nonlocal is_csv
                if message["type"] == "http.response.start":
                    headers = _add_headers(message, nonce)
                    is_csv = _is_csv(scope, headers)
                    if is_csv:  # it becomes longer
                        headers = [one for one in headers if one[0].lower() != b"content-length"]
                    message = {**message, "headers": headers}
                elif is_csv and message["type"] == "http.response.body":
                    pieces.append(bytes(message.get("body", b"")))
                    more = bool(message.get("more_body"))
                    whole = b"".join(split_whole(pieces, is_last=not more))
                    message = {**message, "body": whole}
                await send(message)

            base = datasette.setting("base_url")
            path = _read_path(scope, base)
            if database is None:
                await _refuse(ABSENT, base, send_guarded)
                return
            if is_public():
                ours = _cut_base(str(datasette.urls.database(database.name)), base)
                refusal = _judge(scope, path, ours)
                if refusal is None and not is_copy(database):
                    # What was open when the server started may have been closed since.
                    closed = await database.execute_fn(find_closing)
                    refusal = CLOSED if closed is not None else None
                if refusal is not None:
                    await _refuse(refusal, base, send_guarded)
                    return
                scope = _forget_person(scope, path, ours)
            scope = _lead(scope, path)
            token = _nonce.set(nonce)
            try:
                await app(scope, receive, send_guarded)
            finally:
                _nonce.reset(token)

        return answer

    return wrap


def _add_headers(message: Message, nonce: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response with ours, except where a page set its own."""
    headers = list(message.get("headers", []))
    present = {bytes(name).lower() for name, _ in headers}
    wanted = (
        ("content-security-policy", _POLICY.format(nonce=nonce, handlers=_format_hashes())),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("permissions-policy", _PERMISSIONS),
        ("x-permitted-cross-domain-policies", "none"),
        ("cross-origin-opener-policy", "same-origin"),
    )
    return headers + [
        (name.encode(), value.encode()) for name, value in wanted if name.encode() not in present
    ]


def _format_hashes() -> str:
    """Return the handlers as CSP Level 3 wants them."""
    digests = (hashlib.sha256(handler.encode()).digest() for handler in _HANDLERS)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def is_public() -> bool:
    """Tell whether strangers are let in: ``archive serve --public`` says so."""
    return bool(os.environ.get(PUBLIC))


def _judge(scope: Scope, path: str, database: str) -> Refusal | None:
    hosts = [bytes(value) for name, value in scope["headers"] if bytes(name).lower() == b"host"]
    if not all(_HOST.fullmatch(host) for host in hosts):
        return Refusal(status=400, said="This is no name of a host.")  # it would stand in links
    return find_refusal(
        str(scope["method"]),
        path,
        bytes(scope.get("query_string", b"")).decode("latin-1"),
        database=database,
        ours=path in _PATHS or path.startswith(_ROOMS),
    )


def _forget_person(scope: Scope, path: str, database: str) -> Scope:
    """Return the request of nobody in particular: without cookies and tokens, and not too large."""
    headers = [one for one in scope["headers"] if bytes(one[0]).lower() not in _PERSONAL]
    query = bound_list(
        path, bytes(scope.get("query_string", b"")).decode("latin-1"), database=database
    )
    return {**scope, "headers": headers, "query_string": query.encode("latin-1")}


async def _refuse(refusal: Refusal, base: str, send: Send) -> None:
    """Answer at once; the body is not read, and so the connection ends."""
    body = f"{refusal.said}\n".encode() if refusal.said else b""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    if refusal.path:
        headers.append((b"location", (base.rstrip("/") + refusal.path).encode("latin-1")))
    start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _is_csv(scope: Scope, headers: list[tuple[bytes, bytes]]) -> bool:
    """Tell whether this is a table for a spreadsheet, whatever its type says."""
    kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
    path = unquote(str(scope["path"])).lower()
    return kind.startswith(b"text/csv") or (
        path.endswith(".csv") and kind.startswith((b"text/plain", b"text/html"))
    )


def _read_path(scope: Scope, base: str) -> str:
    """Return the path as it was sent, below the place where everything is."""
    raw = bytes(scope.get("raw_path") or str(scope["path"]).encode()).decode("latin-1")
    return _cut_base(raw.partition("?")[0], base)


def _cut_base(path: str, base: str) -> str:
    return "/" + path[len(base) :] if base != "/" and path.startswith(base) else path


def _lead(scope: Scope, path: str) -> Scope:
    """Return the scope of a request, on its way to a page of ours if it names one.

    Paths are taken as they were sent, since they may hold addresses with escapes of their own.
    """
    target = _PATHS.get(path) or (path if path.startswith(_ROOMS) else None)
    if target is None:
        return scope
    return {**scope, "path": ROOT + target, "raw_path": (ROOT + target).encode("latin-1")}
