"""The pages in a real browser: nothing is refused, nothing complains, and pictures to look at.

Not for: what the pages say (``test_pages.py``).
"""

import http.server
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store.layout import Layout
from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.server import start_server
from tests.support.programs import program

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--force-device-scale-factor=1", "--virtual-time-budget=5000"),
    *("--enable-logging=stderr", "--v=0"),
]
DARK = "--blink-settings=preferredColorScheme=0"
PNG = b"\x89PNG\r\n\x1a\n"
CONSOLE = re.compile(r'CONSOLE[^"]*"(.*)", source: (.*)$', re.MULTILINE)

PAGES = [
    ("home", "/", (1000, 2200)),
    ("home-phone", "/", (500, 2600)),
    ("home-dark", "/", (1000, 2200)),
    ("search", "/search?q=meals", (1000, 800)),
    ("search-hostile", "/search?q=hostile", (1000, 800)),
    ("statements", "/archive/statements", (1400, 1300)),
    ("statements-dark", "/archive/statements", (1400, 1300)),
    ("statements-phone", "/archive/statements", (500, 2400)),
    ("captures", "/archive/captures", (1400, 1300)),
    ("tables", "/archive", (1200, 1200)),
    ("corrections", "/archive/corrections", (1400, 900)),
    ("query", "/archive/search?q=meals", (1200, 900)),
    ("missing", "/no/such/page", (1000, 600)),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program("chromium")  # without it there is nothing to serve for
    root = tmp_path_factory.mktemp("archive")
    (root / "metadata").mkdir()
    (root / "archive.toml").write_text('[archive]\norganisation = "Example University Library"\n')
    write_sample(Layout(root=root).database)
    with start_server(root) as address:
        yield address


def photograph(url: str, picture: Path, size: tuple[int, int], *more: str) -> list[str]:
    """Write a picture of the page, and return what the console said."""
    profile = picture.with_suffix(".profile")
    command = [program("chromium"), *FLAGS, *more, f"--user-data-dir={profile}"]
    command += [f"--window-size={size[0]},{size[1]}", f"--screenshot={picture}", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [f"{said} ({where})" for said, where in CONSOLE.findall(done.stderr)]


@pytest.mark.parametrize(("name", "path", "size"), PAGES, ids=[page[0] for page in PAGES])
def test_the_console_stays_silent(
    address: str, tmp_path: Path, name: str, path: str, size: tuple[int, int]
) -> None:
    picture = tmp_path / f"{name}.png"
    said = photograph(address + path, picture, size, *([DARK] if name.endswith("dark") else []))
    # The browser itself notes that an answer was 404, which is what was asked for.
    assert [
        line for line in said if "Failed to load resource" not in line or name != "missing"
    ] == []
    assert picture.read_bytes().startswith(PNG)
    assert picture.stat().st_size > 10_000


def test_dark_is_not_light(address: str, tmp_path: Path) -> None:
    light, dark = tmp_path / "light.png", tmp_path / "dark.png"
    photograph(address, light, (800, 600))
    photograph(address, dark, (800, 600), DARK)
    assert light.read_bytes() != dark.read_bytes()


class Bad(http.server.BaseHTTPRequestHandler):
    """A page that breaks its own policy, and throws."""

    def do_GET(self) -> None:
        body = (
            b"<script nonce='n'>window.x = 1; throw new Error('thrown here')</script>"
            b"<script>alert(1)</script><p style='color: red'>bad</p>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", "script-src 'nonce-n'; style-src 'self'")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_console_that_complains_would_be_heard(tmp_path: Path) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bad) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        said = photograph(f"http://127.0.0.1:{port}/", tmp_path / "bad.png", (400, 300))
        server.shutdown()
        thread.join()
    assert any("thrown here" in line for line in said)
    assert any("inline script" in line for line in said)
    assert any("inline style" in line for line in said)
