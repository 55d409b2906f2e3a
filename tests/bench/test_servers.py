import socket
import sys
import time
import zlib
from pathlib import Path

import pytest

from bench.corpus import Corpus, write_corpus
from bench.servers import list_hosts, run_late_server, run_nginx
from tests.support.programs import program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return write_corpus(tmp_path_factory.mktemp("corpus") / "site", 2)


def ask(host: str, port: int, path: str, *, packed: bool) -> tuple[str, bytes]:
    wanted = "Accept-Encoding: gzip\r\n" if packed else ""
    with socket.create_connection((host, port), timeout=10) as wire:
        wire.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{wanted}Connection: close\r\n\r\n".encode()
        )
        data = b""
        while b"\r\n\r\n" not in data:
            data += wire.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += wire.recv(65536)
    return head.decode().lower(), body


def test_nginx_serves_both_forms_on_every_host(corpus: Corpus, tmp_path: Path) -> None:
    program("nginx")
    hosts = list_hosts(2)
    page = (corpus.folder / corpus.paths[0][1:]).read_bytes()
    with run_nginx(corpus.folder, tmp_path / "run", hosts=hosts) as port:
        for host in hosts:
            head, body = ask(host, port, corpus.paths[0], packed=False)
            assert "content-encoding" not in head
            assert body == page
            head, body = ask(host, port, corpus.paths[0], packed=True)
            assert "content-encoding: gzip" in head
            assert zlib.decompress(body, wbits=31) == page
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((hosts[0], port), timeout=5)


def test_the_late_server_is_late(corpus: Corpus, tmp_path: Path) -> None:
    hosts = list_hosts(2)
    page = (corpus.folder / corpus.paths[1][1:]).read_bytes()
    with run_late_server(
        corpus.folder, tmp_path / "run", seconds=0.2, copies=2, hosts=hosts
    ) as port:
        start = time.monotonic()
        head, body = ask(hosts[1], port, f"{corpus.paths[1]}?copy=1", packed=True)
        assert time.monotonic() - start >= 0.2
        assert head.startswith("http/1.1 200")
        assert zlib.decompress(body, wbits=31) == page + b"<!-- copy 1 -->\n"
        assert ask(hosts[0], port, "/missing", packed=True)[0].startswith("http/1.1 404")
