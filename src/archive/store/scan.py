"""One strict pass over a WARC file: where each record lies, its digests, and what is wrong.

Records are read as strictly as `archive.store.framing` says.  Where bytes are lost, the scan
goes on at the next place that reads as a record, and names the range.  Memory stays flat.

Not for: what the log says of the records (`archive.store.check`).
"""

from collections.abc import Iterator
from pathlib import Path

from archive.core.finding import Finding
from archive.errors import DamageError
from archive.store.disk import explain_error
from archive.store.framing import BEGINNINGS, Listener, Scanned, scan_record
from archive.store.gzip_members import MAGIC, Window
from archive.store.resync import find_record, is_zeros

_RESYNC = "use the record's other copies, or what the scan found after it"


def scan_warc(
    path: Path, *, start: int = 0, listen: Listener | None = None
) -> Iterator[Scanned | Finding]:
    """Give every record of the file from ``start`` on, and findings where it is not one.

    A record with problems is given after a finding for each of them.  Where bytes are lost,
    the scan goes on at the next place that reads as a record, and a finding names the range.

    Raises:
        StoreError: the file cannot be read.
    """
    try:
        yield from _scan(path, start, listen)
    except OSError as error:
        raise explain_error(error, "read", path) from error


def _scan(path: Path, start: int, listen: Listener | None) -> Iterator[Scanned | Finding]:
    with path.open("rb") as stream:
        end = stream.seek(0, 2)
        window = Window(stream, start, end)
        is_gzip = window.read_exactly(2) == MAGIC[:2]
        window.move(start)
        while window.left:
            offset = window.place
            try:
                scanned = scan_record(window, is_gzip=is_gzip, listen=listen)
            except DamageError as error:
                yield from _resync(window, offset, end, path.name, str(error), is_gzip=is_gzip)
                continue
            for problem in scanned.problems:
                yield Finding(
                    severity="damage",
                    what=problem,
                    file=path.name,
                    offset=offset,
                    record_id=scanned.header.record_id or None,
                    holds="the other records of the file",
                    remedy=_RESYNC,
                )
            yield scanned


def _resync(
    window: Window, offset: int, end: int, name: str, why: str, *, is_gzip: bool
) -> Iterator[Finding]:
    """Move the window to the next place that reads as a record, and name what lies between."""
    if is_zeros(window, offset):
        yield Finding(
            severity="note",
            what=f"zero bytes from {offset} to the end ({end})",
            file=name,
            offset=offset,
            holds="every record before them",
            remedy="none is needed; a copying program may have padded the file",
        )
        window.move(end)
        return
    begins = _begins_member if is_gzip else _begins_plain
    found = find_record(window, offset + 1, begins, is_gzip=is_gzip)
    window.move(found)
    yield Finding(
        severity="damage",
        what=f"{why}; bytes {offset} to {found} are lost",
        file=name,
        offset=offset,
        holds="the records before" + (" and after" if found < end else ""),
        remedy=_RESYNC if found < end else "restore the file from a copy",
    )


def _begins_member(data: bytes) -> bool:
    return data.startswith(b"WARC/")


def _begins_plain(data: bytes) -> bool:
    return data[:10].rstrip(b"\r\n") in BEGINNINGS
