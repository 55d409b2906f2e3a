"""Hostile WARC files: findings within seconds, memory that stays flat, never an error."""

import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from archive.core.finding import Finding
from archive.store.foreign.check import check_file
from archive.store.foreign.digests import Dechunker
from archive.store.framing import Scanned
from archive.store.regular import open_regular, read_regular
from archive.store.scan import scan_warc
from tests.support.attacks import HostileWarc, make_warcs

_SECONDS = 20.0  # each takes less than 3 on a quiet machine


@pytest.fixture(scope="module")
def warcs() -> dict[str, HostileWarc]:
    return make_warcs()


@pytest.mark.parametrize("name", make_warcs())
def test_a_hostile_file_gives_findings_in_time(
    warcs: dict[str, HostileWarc], name: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(warcs[name].data)
    start = time.process_time()
    for item in scan_warc(path):
        assert isinstance(item, Scanned | Finding)
    severities = {finding.severity for finding in check_file(path)}
    assert ("damage" in severities) == warcs[name].is_damaged
    assert time.process_time() - start < _SECONDS


def test_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    size = 512 << 20
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: %d\r\n\r\n" % size
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 24)
    with (tmp_path / "a.warc.gz").open("wb") as file:
        file.write(engine.compress(head))
        for _ in range(size // len(zeros)):
            file.write(engine.compress(zeros))
        file.write(engine.compress(b"\r\n\r\n") + engine.flush())
    code = (
        "import re, sys; from pathlib import Path;"
        "from archive.store.scan import scan_warc;"
        "(item,) = scan_warc(Path(sys.argv[1])); assert not item.problems;"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.warc.gz")]
    kilobytes = int(subprocess.run(command, capture_output=True, check=True).stdout)
    assert kilobytes < 100_000


def test_one_byte_chunks_took_hours() -> None:
    taken: list[bytes] = []
    dechunker = Dechunker(taken.append)
    start = time.process_time()
    for _ in range(4):
        dechunker.feed(b"1\r\nx\r\n" * 100_000)
    dechunker.feed(b"0\r\n\r\n")
    assert time.process_time() - start < _SECONDS
    assert dechunker.is_framed
    assert len(b"".join(taken)) == 400_000


def test_a_pipe_was_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match=r"no regular file|Is a directory"):
            open_regular(path)
    assert [finding.severity for finding in check_file(tmp_path / "pipe")] == ["undecidable"]


def test_a_small_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 1 << 30)
    with pytest.raises(OSError, match="more than 100 bytes"):
        read_regular(path, 100)
    os.truncate(path, 100)
    assert read_regular(path, 100) == bytes(100)
