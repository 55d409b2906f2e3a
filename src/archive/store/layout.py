"""Where things lie in an archive folder.

Follows ``docs/format.md``, "Where things lie".  Not for: what the files hold.
"""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import DamageError, InputError
from archive.store.disk import Disk, explain_error
from archive.store.regular import open_regular

_WARC = ".warc.gz"
OPEN = ".open"  # the suffix of a file that is still being written
_WARC_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.warc\.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The places of one archive; ``root`` is its folder.

    ``copy`` is the index that stands in for the archive's own where a public copy is read.
    """

    root: Path
    copy: Path | None = None

    @property
    def warcs(self) -> Path:
        """The folder of WARC files."""
        return self.root / "warcs"

    @property
    def metadata(self) -> Path:
        """The folder of what the archive knows about its WARC files."""
        return self.root / "metadata"

    @property
    def log(self) -> Path:
        """The folder of the capture log."""
        return self.metadata / "log"

    @property
    def keys(self) -> Path:
        """The folder of public keys."""
        return self.metadata / "keys"

    @property
    def witness(self) -> Path:
        """The folder of what the archive, as a witness of other logs, remembers of them."""
        return self.metadata / "witness"

    @property
    def database(self) -> Path:
        """The index: derived, may be deleted at any time."""
        return self.copy or self.metadata / "archive.db"

    @property
    def lock(self) -> Path:
        """The file whose lock the one writer holds."""
        return self.metadata / "lock"

    @property
    def quarantine(self) -> Path:
        """The folder of torn tails and damaged input."""
        return self.root / "quarantine"

    @property
    def settings(self) -> Path:
        """The archive's settings."""
        return self.root / "archive.toml"

    @property
    def datasette(self) -> Path:
        """How Datasette shows the index."""
        return self.root / "datasette.yml"

    def find_warc(self, name: str) -> Path | None:
        """Return where the WARC file ``name`` lies now, finished or still open, or None.

        Beside a writer, which may rename it at any time, `open_warc` is the one to use.

        Raises:
            DamageError: ``name`` is no file name; a log that names such a file was altered.
        """
        return next((place for place in self._list_places(name) if place.is_file()), None)

    def open_warc(self, name: str) -> BinaryIO | None:
        """Open the WARC file ``name`` for reading, unbuffered, wherever it lies; or give None.

        Raises:
            DamageError: as `find_warc`.
            StoreError: it is there, but cannot be opened.
        """
        for place in self._list_places(name):
            try:
                with contextlib.suppress(FileNotFoundError):
                    return open_regular(place)
            except OSError as error:
                raise explain_error(error, "read", place) from error
        return None

    def _list_places(self, name: str) -> tuple[Path, ...]:
        if not _WARC_NAME.fullmatch(name):
            raise DamageError(
                f"the log names a WARC file {name!r}, which is no file name of ours",
                remedy="run `archive verify`; restore metadata/log from a copy",
            )
        path = self.warcs / name
        # A writer may rename the file between two looks, so the first place is looked at again.
        return (path, self.warcs / (name + OPEN), path)


def has_warcs(layout: Layout) -> bool:
    """Tell whether there is any WARC file, finished or open: a log must then be there too.

    Raises:
        StoreError: the folder cannot be read.
    """
    try:
        names = [path.name for path in layout.warcs.iterdir()]
    except FileNotFoundError:
        return False
    except OSError as error:
        raise explain_error(error, "read", layout.warcs) from error
    return any(name.endswith((_WARC, _WARC + OPEN)) for name in names)


def find_archive(start: Path) -> Layout:
    """Return the archive that ``start`` lies in, looking upwards.

    An archive is a folder with ``archive.toml``, or with both ``warcs/`` and ``metadata/``.

    Raises:
        InputError: there is none.
    """
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        layout = Layout(root=candidate)
        if layout.settings.is_file() or (layout.warcs.is_dir() and layout.metadata.is_dir()):
            return layout
    raise InputError(f"no archive at {start} or above", remedy="make one: archive init")


def make_folders(layout: Layout, disk: Disk) -> None:
    """Make the folders of an archive that are not there yet."""
    for folder in (
        layout.root,
        layout.warcs,
        layout.metadata,
        layout.log,
        layout.keys,
        layout.quarantine,
    ):
        disk.make_folder(folder)
