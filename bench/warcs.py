"""WARC files to be verified, written by warcio as most are: pages, and small records.

Request and response pairs, SHA-1 digests; of the bodies 60 % are plain, 20 % gzip, 20 % chunked.
Not for: archives of our own (`bench.ground`).
"""

import gzip
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.corpus import SEED
from bench.news import Newsroom

_CHUNK = 8000
_TAGS = re.compile(rb"<[^>]+>")


def write_warc(path: Path, bodies: Iterable[bytes]) -> int:
    """Write a pair of records for each body; return how many records there are."""
    chance = random.Random(f"warc {SEED}")
    count = 0
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for number, plain in enumerate(bodies):
            url = f"http://host{number % 50}.example/statement/{number}"
            fields, body = _encode(plain, chance.random())
            response = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1"),
            )
            asked = StatusAndHeaders(
                f"GET /statement/{number} HTTP/1.1", [("Host", "host")], is_http_request=True
            )
            request = writer.create_warc_record(url, "request", http_headers=asked)
            writer.write_request_response_pair(request, response)
            count += 2
    return count


def make_statuses(count: int) -> Iterator[bytes]:
    """Give texts of 0.5 to 6 kB, no two alike."""
    newsroom = Newsroom(SEED)
    chance = random.Random(f"statuses {SEED}")
    texts = [_TAGS.sub(b" ", newsroom.make_page(number)) for number in range(40)]
    for number in range(count):
        text = chance.choice(texts)
        start = chance.randrange(max(len(text) - 6000, 1))
        yield b"<p>%d %s" % (number, text[start : start + chance.randint(500, 6000)])


def repeat_file(source: Path, target: Path, size: int) -> None:
    """Join copies of a file until there are ``size`` bytes; members stay whole."""
    with target.open("wb") as out:
        while out.tell() < size:
            with source.open("rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)


def inflate_file(source: Path, target: Path) -> None:
    """Write what a gzip file holds."""
    with gzip.open(source, "rb") as stream, target.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)


def _encode(body: bytes, drawn: float) -> tuple[list[tuple[str, str]], bytes]:
    fields = [("Content-Type", "text/html; charset=utf-8"), ("Server", "bench")]
    if drawn < 0.2:
        body = gzip.compress(body, 6, mtime=0)
        fields.append(("Content-Encoding", "gzip"))
    elif drawn < 0.4:
        pieces = [body[place : place + _CHUNK] for place in range(0, len(body), _CHUNK)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
        return [*fields, ("Transfer-Encoding", "chunked")], body
    return [*fields, ("Content-Length", str(len(body)))], body
