"""What one writes with warcio and requests: ``capture_http.py LIST WARC``, gzip asked for.

Not for: anything but being measured.
"""

import sys
from pathlib import Path

from warcio.capture_http import capture_http  # isort: skip  # it has to come before requests
import requests


def main(urls: list[str], warc: str) -> None:
    """Fetch each address over kept connections, and let warcio record it."""
    with capture_http(warc, warc_version="1.1"), requests.Session() as session:
        for url in urls:
            session.get(url, headers={"Accept-Encoding": "gzip"}).raise_for_status()


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_text("utf-8").split(), sys.argv[2])
