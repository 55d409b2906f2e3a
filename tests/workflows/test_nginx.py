"""A real web server: nginx, with what it does by itself to a page."""

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from urllib.error import URLError

from archive.workflows.opening import Archive
from tests.support.archives import capture_all, list_findings, read_principal
from tests.support.programs import program

PAGE = "<!doctype html><title>Fair</title><p>" + "The autumn fair opens on Saturday. " * 200

CONFIGURATION = """
daemon off;
master_process off;
error_log stderr;
pid {folder}/pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ text/html html; text/plain txt; }}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/site;
    location /gzip/ {{ alias {folder}/site/; gzip on; gzip_min_length 1; gzip_http_version 1.0; }}
    location = /moved {{ return 301 /page.html; }}
    location = /nothing {{ return 204; }}
    location = /gone {{ return 410 "gone"; }}
    location = /drop {{ return 444; }}
    location = /slow/ {{ limit_rate 1k; }}
  }}
}}
"""


@contextmanager
def serve_nginx(folder: Path) -> Iterator[str]:
    """Run nginx on a free port; give its origin."""
    nginx = program("nginx")
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "page.html").write_text(PAGE)
    (folder / "site" / "empty.txt").write_text("")
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder, port=port))
    command = [nginx, "-p", str(folder), "-c", str(folder / "conf"), "-e", "stderr"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        origin = f"http://127.0.0.1:{port}"
        try:
            for _ in range(100):
                if answers(origin):
                    break
                time.sleep(0.05)
            yield origin
        finally:
            process.terminate()


def answers(origin: str) -> bool:
    """Tell whether the server is there."""
    try:
        with urllib.request.urlopen(origin + "/page.html", timeout=5):  # noqa: S310  # loopback
            return True
    except (URLError, ConnectionError):
        return False


def test_what_nginx_sends_is_what_is_stored(empty_archive: Archive, tmp_path: Path) -> None:
    with serve_nginx(tmp_path / "nginx") as origin:
        targets = (
            "/page.html",
            "/gzip/page.html",
            "/empty.txt",
            "/nothing",
            "/gone",
            "/drop",
            "/no",
        )
        results = {
            result.address.removeprefix(origin): result
            for result in capture_all(empty_archive, [origin + target for target in targets])
        }
        (moved,) = capture_all(empty_archive, [origin + "/moved"])
    assert {target: item.last.status for target, item in results.items()} == {
        "/page.html": 200,
        "/gzip/page.html": 200,
        "/empty.txt": 200,
        "/nothing": 204,
        "/gone": 410,
        "/drop": None,
        "/no": 404,
    }
    assert results["/drop"].last.outcome == "disconnect"
    plain = read_principal(empty_archive, results["/page.html"])
    assert plain.block.endswith(b"\r\n\r\n" + PAGE.encode())
    assert b"\r\nAccept-Ranges: bytes\r\n" in plain.block
    packed = results["/gzip/page.html"].last
    assert (
        b"\r\nTransfer-Encoding: chunked\r\n"
        in read_principal(empty_archive, results["/gzip/page.html"]).block
    )
    assert packed.content == results["/page.html"].last.content
    assert packed.payload != results["/page.html"].last.payload
    assert [hop.status for hop in moved.captures] == [301, 200]
    assert moved.last.outcome == "revisit"
    assert list_findings(empty_archive) == []
