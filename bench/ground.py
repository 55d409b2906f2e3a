"""What the benchmarks stand on: corpus, servers, archives and folders, made when first needed.

Not for: measuring (`bench.measure`).
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from fastwarc.warc import ArchiveIterator, WarcRecordType

from bench.corpus import Corpus, write_corpus
from bench.measure import BenchError, Sample, run_metered, show_progress
from bench.programs import archive_command
from bench.servers import list_hosts, list_urls, run_late_server, run_nginx

HOSTS = 10
LATE_HOSTS = 100
LATENCY = 0.1
LATE_COPIES = 4  # of each page, so that the start of a run does not count for much

_SETTINGS = """\
[archive]
operator = "Benchmark"
key_path = "{keys}"
[politeness]
delay_seconds = 0
per_host = {per_host}
in_flight = {in_flight}
[network]
allow = ["127.0.0.0/8"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How much is measured: pages of the corpus, counted rounds, captures of the crowd.

    ``crowd`` is the folder where the crowd is kept from run to run; None makes it anew.
    """

    pages: int
    rounds: int
    captures: int = 0
    crowd: Path | None = None


class Ground:
    """Holds a temporary folder and servers; to be closed."""

    def __init__(self, folder: Path, options: Options) -> None:
        """Work in ``folder``, which is somebody else's to remove."""
        self.options = options
        self._folder = folder
        self._open = ExitStack()
        self._count = 0
        self._corpus: Corpus | None = None
        self._nginx: int | None = None
        self._late: int | None = None

    def __enter__(self) -> Self:
        """Give the ground itself; what archives remember of their keys is kept in its folder."""
        before = os.environ.get("XDG_CONFIG_HOME")
        os.environ["XDG_CONFIG_HOME"] = str(self._folder / "config")
        self._open.callback(_restore, "XDG_CONFIG_HOME", before)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the servers."""
        self._open.close()

    @property
    def corpus(self) -> Corpus:
        """The pages."""
        if self._corpus is None:
            show_progress(f"making {self.options.pages} pages")
            self._corpus = write_corpus(self._folder / "site", self.options.pages)
        return self._corpus

    def list_pages(self) -> tuple[str, ...]:
        """Return the address of every page, the hosts in turn."""
        return self.list_addresses(self.corpus.paths)

    def list_addresses(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Return an address for each path under the corpus' folder, the hosts in turn."""
        hosts = list_hosts(HOSTS)
        if self._nginx is None:
            run = self._folder / "nginx"
            self._nginx = self._open.enter_context(run_nginx(self.corpus.folder, run, hosts=hosts))
        return list_urls(hosts, self._nginx, paths)

    def list_late_pages(self) -> tuple[str, ...]:
        """Return the address of every copy of a page on a server that answers `LATENCY` late."""
        hosts = list_hosts(LATE_HOSTS)
        if self._late is None:
            self._late = self._open.enter_context(
                run_late_server(
                    self.corpus.folder,
                    self._folder / "late",
                    seconds=LATENCY,
                    copies=LATE_COPIES,
                    hosts=hosts,
                )
            )
        copies = [f"{path}?copy={n}" for n in range(LATE_COPIES) for path in self.corpus.paths]
        return list_urls(hosts, self._late, copies)

    def make_folder(self) -> Path:
        """Return a new empty folder."""
        self._count += 1
        folder = self._folder / f"run-{self._count:05}"
        folder.mkdir()
        return folder

    def write_list(self, urls: Iterable[str]) -> Path:
        """Write addresses into a file, one a line."""
        path = self.make_folder() / "urls.txt"
        path.write_text("".join(f"{url}\n" for url in urls), "utf-8")
        return path

    def make_archive(
        self, *, folder: Path | None = None, per_host: int = 4, in_flight: int = 64
    ) -> Path:
        """Return the folder of a new archive that may ask loopback, without pauses."""
        folder = folder or self.make_folder()
        keys = f"../{folder.name}-keys"
        run_metered([*archive_command(), "init", folder, "--key-path", keys])
        settings = _SETTINGS.format(keys=keys, per_host=per_host, in_flight=in_flight)
        (folder / "archive.toml").write_text(settings, "utf-8")
        return folder


def _restore(name: str, value: str | None) -> None:
    if value is None:
        del os.environ[name]
    else:
        os.environ[name] = value


def capture_list(archive: Path, urls: Path, *, pages: int, extract: bool = False) -> Sample:
    """Have the archive capture a list; return what it took, and the size of its WARC files.

    Raises:
        BenchError: not every page is there afterwards.
    """
    # Others fetch the pages alone, so we do here.
    command = [
        *archive_command(),
        "capture",
        "--from",
        str(urls),
        "--no-companions",
        "--no-requisites",
    ]
    sample = run_metered([*command, *([] if extract else ["--no-extract"])], cwd=archive)
    return add_size(sample, archive / "warcs", pages=pages)


def add_size(sample: Sample, folder: Path, *, pages: int) -> Sample:
    """Return the sample with the size of the WARC files in ``folder``.

    Raises:
        BenchError: they do not hold a response for each page.
    """
    files = sorted(folder.glob("*.warc.gz*"))
    found = sum(count_responses(path) for path in files)
    if found < pages:
        raise BenchError(f"{folder}: {found} responses in {len(files)} files, not {pages}")
    return replace(sample, size=sum(path.stat().st_size for path in files))


def count_responses(path: Path) -> int:
    """Return how many responses with status 200 a WARC file holds."""
    with path.open("rb") as stream:
        records = ArchiveIterator(stream, record_types=WarcRecordType.response)
        return sum(1 for record in records if record.http_headers.status_code == 200)


def remove_folder(folder: Path) -> None:
    """Remove what a run left: there are many runs."""
    shutil.rmtree(folder, ignore_errors=True)
