"""What every response says to the browser: run nothing, frame nothing, tell nobody.

Our pages run no script, but for the quote tool on two of them, and none needs it.  Datasette's own
pages have scripts in their templates; each gets a nonce when its template is read, so that a
script which stands in data never has one.  In the same way those pages get our style, pages of
errors included, and a main landmark.
Not for: permissions (`archive.datasette_plugin.pages`).
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

from jinja2.ext import Extension

from archive.datasette_plugin.ours import find_database
from archive.datasette_plugin.serving import PLUGIN, ROOT

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

# Our pages as readers type them: these paths, and whatever lies below these.
_PATHS = {
    "/": "/home",
    "/robots.txt": "/robots",
    **{path: path for path in ("/search", "/cdx", "/edits", "/edits.atom")},
}
_ROOMS = (
    *("/capture/", "/replay/", "/memento/", "/timegate/", "/timemap/"),
    *("/statement/", "/compare/", "/publisher/"),
)

NONCE = "archive_nonce"  # what templates call it
# Of the response being made; pages of errors are rendered without any variables of ours.
_nonce: ContextVar[str] = ContextVar(NONCE, default="")
# Event handlers that stand in Datasette's templates; no other is run, whatever data says.
_HANDLERS = ("openColumnChooser()",)
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-hashes' {handlers};"
    " style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'self'"
)
_SCRIPT = re.compile(r"<script(?=[\s>{])")
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
        async def answer(
            scope: Scope, receive: Callable[[], Awaitable[Message]], send: Send
        ) -> None:
            if scope["type"] != "http" or await find_database(datasette) is None:
                await app(scope, receive, send)
                return
            nonce = secrets.token_urlsafe(16)

            async def send_guarded(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": _add_headers(message, nonce)}
                await send(message)

            scope = _lead(scope, datasette.setting("base_url"))
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
        ("cross-origin-opener-policy", "same-origin"),
    )
    return headers + [
        (name.encode(), value.encode()) for name, value in wanted if name.encode() not in present
    ]


def _format_hashes() -> str:
    """Return the handlers as CSP Level 3 wants them."""
    digests = (hashlib.sha256(handler.encode()).digest() for handler in _HANDLERS)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _lead(scope: Scope, base: str) -> Scope:
    """Return the scope of a request, on its way to a page of ours if it names one.

    Paths are taken as they were sent, since they may hold addresses with escapes of their own.
    """
    raw = bytes(scope.get("raw_path") or str(scope["path"]).encode()).decode("latin-1")
    path = "/" + raw[len(base) :] if base != "/" and raw.startswith(base) else raw
    path = path.partition("?")[0]
    target = _PATHS.get(path) or (path if path.startswith(_ROOMS) else None)
    if target is None:
        return scope
    return {**scope, "path": ROOT + target, "raw_path": (ROOT + target).encode("latin-1")}
