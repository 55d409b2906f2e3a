"""What is handed out of a capture.  Not for: pages around it (``tests/datasette_plugin``)."""

from contextlib import closing
from dataclasses import replace

import pytest

from archive.errors import DamageError
from archive.index.database import open_readonly
from archive.index.lookup import find_capture
from archive.workflows.opening import Archive
from archive.workflows.payload import read_payload
from tests.support.archives import capture_all
from tests.support.raw_server import answer_page, serve_raw


def test_the_bytes_of_another_record_were_shown_as_those_of_a_capture(
    empty_archive: Archive,
) -> None:
    """WARC files beside a copy may be others than those that it was made from."""
    with serve_raw({"/a": answer_page(b"<p>nine"), "/b": answer_page(b"<p>four")}) as server:
        addresses = [server.url("/a"), server.url("/b")]
        capture_all(empty_archive, addresses)
    with closing(open_readonly(empty_archive.layout.database)) as index:
        first, second = (find_capture(index, address) for address in addresses)
    assert read_payload(empty_archive.layout, first).content == b"<p>nine"
    moved = replace(first, warc=second.warc, offset=second.offset, length=second.length)
    with pytest.raises(DamageError, match="its digest is another"):
        read_payload(empty_archive.layout, moved)
