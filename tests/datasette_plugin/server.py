"""The real server, started as ``archive serve`` starts it.

Not for: pages in this process (``site.py``).
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

_START = (
    "import sys; from pathlib import Path;"
    " from archive.workflows.serve import replace_process, serve_archive, serve_copy;"
    " from archive.workflows.settings_file import read_settings;"
    " place, port, public = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ['public'];"
    " settings = read_settings(place.parent / 'archive.toml');"
    " replace_process(serve_copy(place, settings, port=port, public=public)"
    " if place.suffix == '.db' else serve_archive(place, port=port, public=public))"
)
_PATIENCE = 60.0


def find_free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def start_server(root: Path, *, public: bool = False) -> Iterator[str]:
    """Serve the archive at ``root``, or the copy there, and yield the address."""
    with run_server(root, public=public) as (address, _):
        yield address


@contextmanager
def run_server(root: Path, *, public: bool = False) -> Iterator[tuple[str, int]]:
    """Serve as `start_server` does, and yield address and process id."""
    port = find_free_port()
    log = (root.parent if root.suffix == ".db" else root) / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(root), str(port), *(["public"] if public else [])],
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(process, port, log)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/robots.txt")
            is_answered = connection.getresponse().status == 200
            # Somebody else's server could answer there; ours says when it listens.
            if is_answered and "Uvicorn running" in log.read_text("utf-8", "replace"):
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(f"the server did not start: {log.read_text()}")
