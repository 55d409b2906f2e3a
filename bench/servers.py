"""The servers of the corpus: nginx without delay, and one of ours that answers late.

nginx has one worker, keeps connections, and serves the gzip form to whoever asks for it.  Both
answer on many loopback addresses, which stand for as many hosts.  Linux answers on all of
127.0.0.0/8; elsewhere only 127.0.0.1 exists, and the benchmarks of capture cannot run.

Not for: what is served (`bench.corpus`).
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.measure import BenchError
from bench.programs import PEERS, find_program

_START_SECONDS = 60.0

_NGINX = """\
{user}
worker_processes 1;
daemon off;
pid {run}/pid;
error_log {run}/errors warn;
events {{ worker_connections 4096; }}
http {{
    types {{ text/html html; application/octet-stream bin; }}
    access_log off;
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    sendfile on;
    tcp_nopush on;
    gzip_static on;
    gzip_vary on;
    keepalive_requests 1000000;
    keepalive_timeout 65;
    open_file_cache max=20000 inactive=300s;
    server {{
        {listen}
        root {root};
    }}
}}
"""


def list_hosts(count: int) -> tuple[str, ...]:
    """Return ``count`` loopback addresses, from 127.0.0.2 on."""
    return tuple(f"127.0.{(n + 2) // 250}.{(n + 2) % 250}" for n in range(count))


def list_urls(hosts: Sequence[str], port: int, paths: Sequence[str]) -> tuple[str, ...]:
    """Return an address for each path, the hosts in turn."""
    return tuple(
        f"http://{hosts[number % len(hosts)]}:{port}{path}" for number, path in enumerate(paths)
    )


def find_free_port() -> int:
    """Return a port that nobody listens on now, on any address."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_nginx(root: Path, run: Path, *, hosts: Sequence[str]) -> Iterator[int]:
    """Serve the folder ``root`` on ``hosts``; gives the port.

    Raises:
        BenchError: nginx is not there, or does not start.
    """
    nginx = find_program("nginx")
    if nginx is None:
        raise BenchError("nginx is not installed (Debian: apt-get install nginx-light)")
    run.mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    config = run / "nginx.conf"
    config.write_text(
        _NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            run=run,
            root=root,
            listen="".join(f"listen {host}:{port};" for host in hosts),
        ),
        "utf-8",
    )
    command = [nginx, "-p", str(run), "-c", str(config), "-e", str(run / "errors")]
    with _run_server(command, hosts[0], port, log=run / "errors"):
        yield port


@contextmanager
def run_late_server(
    root: Path, run: Path, *, seconds: float, copies: int, hosts: Sequence[str]
) -> Iterator[int]:
    """Serve ``copies`` of each page in ``root``, each answer ``seconds`` late; gives the port.

    Raises:
        BenchError: it does not start.
    """
    run.mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    script = str(PEERS / "late_server.py")
    command = [sys.executable, script, str(root), str(port), str(seconds), str(copies)]
    with _run_server(command, hosts[0], port, log=run / "errors"):
        yield port


@contextmanager
def _run_server(command: Sequence[str], host: str, port: int, *, log: Path) -> Iterator[None]:
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        )
    try:
        _wait_for(process, host, port, log)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", host: str, port: int, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    words = log.read_text("utf-8", "replace")[-1000:]
    raise BenchError(f"{process.args!r} does not answer on {host}:{port}\n{words}")
