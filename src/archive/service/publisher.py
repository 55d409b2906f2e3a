"""A small publisher's site on loopback, for the demo: one invented statement, edited unannounced.

Follows HTTP/1.1 as far as the standard library's server does.  Not for: serving an archive.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = "/statements/ferry-timetable"

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Ferry timetable for the winter | Harbour Office of Norrvik</title>
<meta property="og:site_name" content="Harbour Office of Norrvik">
<meta property="article:published_time" content="2026-11-02T09:00:00+01:00">
<script type="application/ld+json">
{"@context": "https://schema.org", "@type": "NewsArticle",
 "headline": "Ferry timetable for the winter",
 "datePublished": "2026-11-02T09:00:00+01:00",
 "author": {"@type": "Person", "name": "Ida Lindqvist"},
 "publisher": {"@type": "Organization", "name": "Harbour Office of Norrvik"}}
</script>
</head>
<body>
<header><nav><a href="/">Home</a> <a href="/statements/">Statements</a></nav></header>
<main><article>
<h1>Ferry timetable for the winter</h1>
<p class="byline">By Ida Lindqvist, 2 November 2026</p>
<p>The Harbour Office of Norrvik has adopted the winter timetable of the ferry between Norrvik and
the island of Stensholm. It holds from 1 December 2026 until 31 March 2027.</p>
<p>There will be {departures} departures a day in each direction. The first ferry leaves Norrvik at
six in the morning, the last one at nine in the evening. Bicycles travel free of charge.</p>
<p>The office asked residents of the island for their opinion in September and received 214
replies. It thanks everybody who took part. The replies can be read at the office.</p>
</article></main>
<footer>Harbour Office of Norrvik, Quay 1</footer>
</body>
</html>
"""


class Publisher:
    """The site: where it is, and how it edits its statement."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        """Publish on ``server``."""
        self._server = server
        self.departures = "twelve"

    @property
    def url(self) -> str:
        """Address of the statement."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def edit(self) -> None:
        """Change the statement, and say nothing about it."""
        self.departures = "nine"

    def format_page(self) -> bytes:
        """Return the statement as it stands now."""
        return _PAGE.replace("{departures}", self.departures).encode()


@contextmanager
def open_publisher() -> Iterator[Publisher]:
    """Run the site on a free port of 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer with the statement, or 404."""
            found = self.path == PATH
            body = publisher.format_page() if found else b"Not here.\n"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8" if found else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher = Publisher(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
