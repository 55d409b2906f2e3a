"""A disk that is full, and bytes that change: nothing torn, nothing silent."""

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from random import Random

import pytest

from archive.errors import StoreError
from archive.workflows.opening import Archive
from tests.support.archives import (
    SETTINGS,
    capture_all,
    list_findings,
    make_archive,
    make_world,
    run_archive,
)
from tests.support.faults import FailingDisk
from tests.support.programs import program
from tests.support.raw_server import answer_page, serve_raw


def test_enospc_at_every_write(tmp_path: Path) -> None:
    """ENOSPC at the first, second, … change of the disk, until a capture needs no more."""
    page = answer_page(b"<p>The bridge is open again.</p>")
    with serve_raw({"/a": page, "/b": page}) as server:
        for number in range(1, 200):
            archive = make_archive(tmp_path / str(number))
            capture_all(archive, [server.url("/b")])
            disk = FailingDisk(number, count=2)
            if try_capture(archive, server.url("/a"), disk):
                break
            names = {path: path.read_bytes() for path in archive.layout.warcs.glob("*.gz")}
            capture_all(archive, [server.url("/a")])
            assert list_findings(archive) == [], number
            assert all(path.read_bytes() == data for path, data in names.items())
        else:
            pytest.fail("a capture never stopped writing")
    assert number > 10


def try_capture(archive: Archive, address: str, disk: FailingDisk) -> bool:
    """Capture on a disk that fails; return whether that went well."""
    try:
        capture_all(archive, [address], world=make_world(disk=disk, seed="x"))
    except StoreError as error:
        if "full" not in str(error) and "No space left" not in str(error):
            raise
        return False
    return True


def test_a_full_disk(tmp_path: Path) -> None:
    """A real one: capture until a small tmpfs is full, verify, make room, go on."""
    mount, private = program("mount"), find_private_mounts()
    folder = tmp_path / "disk"
    folder.mkdir()
    script = f"""
        set -eu
        {mount} -t tmpfs -o size=4m tmpfs {folder}
        mkdir {folder}/warcs {folder}/metadata
        cat > {folder}/archive.toml
        head -c 1200000 /dev/zero > {folder}/ballast
        run() {{ {sys.executable} -m archive "$@" --archive {folder} --json; }}
        code=0
        while [ $code = 0 ]; do
            run capture "$1" --no-extract > {tmp_path}/said 2> {tmp_path}/why || code=$?
        done
        echo "stopped $code"
        run verify --level full > {tmp_path}/before || [ $? = 3 ] || echo "damage"
        rm {folder}/ballast
        run capture "$1" --no-extract > /dev/null
        run verify --level full > {tmp_path}/after || echo "damage"
        ls {folder}/warcs/*.open 2> /dev/null || true
    """
    bodies = count()

    def answer(_request: bytes) -> bytes:
        return answer_page(Random(next(bodies)).randbytes(100_000))  # no secret

    with serve_raw(answer) as server:
        done = subprocess.run(
            [*private, "sh", "-c", script, "sh", server.url("/a")],
            input=SETTINGS.format(name="disk"),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    why = (tmp_path / "why").read_text()
    assert done.stdout.splitlines() == ["stopped 5"], (done, why)
    assert (tmp_path / "said").read_text() == ""
    assert "full" in why
    assert "Traceback" not in why
    # The disk may fill up between log and index, which then catches up once there is room.
    before = [json.loads(line) for line in (tmp_path / "before").read_text().splitlines()]
    assert all("a writer is at work, or stopped" in one["what"] for one in before[:-1])
    assert json.loads((tmp_path / "after").read_text().splitlines()[-1])["exit_code"] == 0


def find_private_mounts() -> list[str]:
    """Return the start of a command that may mount something nobody else sees."""
    unshare = program("unshare")
    for flags in ("-rm", "-m"):  # the former needs no root, but no chroot around it either
        if (
            subprocess.run([unshare, flags, "true"], capture_output=True, check=False).returncode
            == 0
        ):
            return [unshare, flags]
    pytest.skip("this user may not mount a small disk here")


def test_a_flipped_byte_is_found(empty_archive: Archive) -> None:
    """The command names record, file and offset; the sweep over every byte is the store's test."""
    with serve_raw({"/a": answer_page(b"<p>The bridge is open again.</p>")}) as server:
        (result,) = capture_all(empty_archive, [server.url("/a")])
    path = next(empty_archive.layout.warcs.glob("*.gz"))
    data = bytearray(path.read_bytes())
    data[result.last.offset + result.last.length // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    done = run_archive(["verify", "--level", "full", "--json"], root=empty_archive.layout.root)
    assert done.returncode == 1
    findings = [json.loads(line) for line in done.stdout.splitlines()[:-1]]
    (damage,) = [item for item in findings if item["record_id"] == result.last.record_id]
    assert damage["file"].endswith(path.name)
    assert damage["offset"] == result.last.offset
    assert damage["remedy"]
