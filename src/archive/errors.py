"""Every exception of the archive, drawn as a tree, and the exit code each one fixes.

::

    ArchiveError
    ├── InputError        the caller must act       exit 2
    │   └── AbsentQuotationError  the cited version does not hold the passage
    ├── UndecidableError  nobody here can tell      exit 3
    ├── CaptureError      the other server, or our network guard, said no   exit 4
    ├── StoreError        whoever keeps the disk    exit 5
    │   ├── BusyError     another process is writing
    │   └── DamageError   stored bytes are not what they should be
    └── WitnessError      the third party           exit 6

A check that ran and said no is a result, not an exception: it yields findings and
exit code 1 (see `EXIT_FINDINGS`).  Not for: turning exceptions into words on a
terminal, which `archive.cli.main` does in one place.
"""

EXIT_DONE = 0
EXIT_FINDINGS = 1
EXIT_INPUT = 2
EXIT_UNDECIDABLE = 3
EXIT_CAPTURE = 4
EXIT_STORE = 5
EXIT_WITNESS = 6
EXIT_INTERRUPTED = 130

EXIT_CODES: dict[int, str] = {
    EXIT_DONE: "done (a recorded 404 or an unchanged page is done)",
    EXIT_FINDINGS: "findings, or some of several failed",
    EXIT_INPUT: "input: the command line, a file or an address is not usable",
    EXIT_UNDECIDABLE: "undecidable: what is needed to decide is missing",
    EXIT_CAPTURE: "capture: the other side, or our network guard, refused",
    EXIT_STORE: "store: the disk, the lock or stored bytes",
    EXIT_WITNESS: "witness: a third party did not answer as it should",
    EXIT_INTERRUPTED: "interrupted",
}


class ArchiveError(Exception):
    """Base of all: a message that says what, where and what to do.

    ``remedy`` is the last part, kept apart so that a surface can set it off.
    """

    exit_code = EXIT_FINDINGS

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class InputError(ArchiveError):
    """The caller must act: a bad argument, file, address or configuration."""

    exit_code = EXIT_INPUT


class AbsentQuotationError(InputError):
    """A quotation does not stand in the cited version.

    ``nearest`` is the passage there that is most like it, empty where there is none;
    ``holders`` are the captures whose texts hold it.
    """

    def __init__(
        self, message: str, *, remedy: str, nearest: str = "", holders: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.nearest = nearest
        self.holders = holders


class UndecidableError(ArchiveError):
    """What would be needed to decide is missing."""

    exit_code = EXIT_UNDECIDABLE


class CaptureError(ArchiveError):
    """The other server failed, or our guard refused to connect."""

    exit_code = EXIT_CAPTURE


class StoreError(ArchiveError):
    """Whoever keeps the disk must act."""

    exit_code = EXIT_STORE


class BusyError(StoreError):
    """Another process holds the writer's lock."""


class DamageError(StoreError):
    """Stored bytes are not what the log or the format says they should be."""


class WitnessError(ArchiveError):
    """A third party outside the archive did not answer as it should."""

    exit_code = EXIT_WITNESS
