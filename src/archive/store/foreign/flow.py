"""The bytes of a file as its records lie in them: inflated, and member after member.

A plain file is read as if it were one member.  What a member holds is never mixed with the next
one's, unless the reader joins them, because where a member ends is evidence of where a record
does.  Memory stays flat.

Not for: what the bytes mean (`archive.store.foreign.records`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.errors import DamageError
from archive.store.gzip_members import DEAF, Window, inflate_member

_PIECE = 1 << 20
_KEPT = 64 << 10  # of what was looked through, for what begins in one piece and ends in the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place to come back to: a member's offset, and how much of what it holds went before."""

    member: int
    passed: int


class Flow:
    """Reads on from the window's place; the window stands at a member, or at a record."""

    __slots__ = ("_at", "_buffer", "_next", "_passed", "_pieces", "is_gzip", "member", "window")

    def __init__(self, window: Window, *, is_gzip: bool) -> None:
        self.window = window
        self.is_gzip = is_gzip
        self.member = window.place
        self._buffer = b""
        self._at = 0
        self._passed = 0  # of what the member holds, up to the start of the buffer
        self._pieces: Iterator[bytes] | None = None
        self._next: tuple[int, bytes, Iterator[bytes]] | None = None

    @property
    def place(self) -> int:
        """The offset in the file: of the next byte, or in a gzip file of its member."""
        return self.member if self.is_gzip else self.member + self.passed

    @property
    def passed(self) -> int:
        """How many bytes of this member's content were taken."""
        return self._passed + self._at

    def open_member(self) -> bool:
        """Begin with the member at the window's place; False at the end of the file.

        Raises:
            DamageError: there is no gzip member.
        """
        ahead = self._next
        self.close()
        if ahead is not None:
            self.member, self._buffer, self._pieces = ahead
            return True
        if not self.window.left:
            return False
        self.member = self.window.place
        self._pieces = self._read_pieces()
        return True

    def close(self) -> None:
        """Forget what is left of this member, and what was read ahead; the window stays."""
        self._buffer, self._at, self._passed, self._pieces = b"", 0, 0, None
        self._next = None

    def stop_here(self) -> int:
        """Return the offset of what was not taken yet, and let the window stand there."""
        if self._next is not None:
            place = self._next[0]
        else:
            place = self.window.place - (0 if self.is_gzip else len(self._buffer) - self._at)
        self.close()
        self.window.move(place)
        return place

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes, or what is left of the member, and leave them there.

        Raises:
            DamageError: the member is broken.
        """
        while len(self._buffer) - self._at < size and self._pieces is not None:
            piece = next(self._pieces, None)
            if piece is None:
                self._pieces = None
                break
            self._buffer = self._buffer[self._at :] + piece
            self._passed += self._at
            self._at = 0
        return self._buffer[self._at : self._at + size]

    def take(self, size: int) -> bytes:
        """Return up to ``size`` of the next bytes; none at the end of the member."""
        if self._at == len(self._buffer):
            self.peek(1)
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        return data

    def look_ahead(self, size: int) -> bytes:
        """Return the beginning of the next member, where this one is read to its end.

        Nothing where there is none, or none that is sound.
        """
        if not self.is_gzip:
            return b""
        if self._next is None:
            start = self.window.place
            try:
                pieces = self._read_pieces()
                first = next(pieces, b"") if self.window.left else b""
                while first and len(first) < size and (more := next(pieces, b"")):
                    first += more
            except DamageError:
                self.window.move(start)
                return b""
            if not first:
                self.window.move(start)
                return b""
            self._next = start, first, pieces
        return self._next[1][:size]

    def join(self) -> None:
        """Go on into the member that `look_ahead` found, as if it were this one."""
        if self._next is not None:
            _, first, self._pieces = self._next
            self._passed += self._at
            self._buffer = self._buffer[self._at :] + first
            self._at = 0
            self._next = None

    def mark(self) -> Mark:
        """Return this place."""
        return Mark(member=self.member, passed=self.passed)

    def return_to(self, mark: Mark) -> None:
        """Go back to a place, reading the member again from its start."""
        self.close()
        if not self.is_gzip:
            self.window.move(mark.member + mark.passed)
            self.open_member()
            return
        self.window.move(mark.member)
        self.open_member()
        left = mark.passed
        while left:
            piece = self.take(min(left, _PIECE))
            if not piece:
                if not self.look_ahead(1):
                    return
                self.join()
            left -= len(piece)

    def skip_to(self, pattern: re.Pattern[bytes], *, is_start: bool) -> tuple[bool, bool]:
        """Go to the next match of ``pattern`` at the start of a line, or to the member's end.

        Returns whether there is one, and whether all that was passed over is zero bytes.
        ``is_start`` says that a line starts here.
        """
        is_zero = True
        while data := self.peek(_PIECE):
            first = 0 if is_start else 1
            for match in pattern.finditer(data):
                place = match.start()
                if place < first or (place and data[place - 1] != 10):
                    continue
                self._at += place
                return True, is_zero and not data[:place].strip(b"\x00")
            kept = _KEPT if len(data) == _PIECE else 0
            is_zero = is_zero and not data[: len(data) - kept].strip(b"\x00")
            self._at += len(data) - kept
            is_start = False
        return False, is_zero

    def _read_pieces(self) -> Iterator[bytes]:
        if self.is_gzip:
            return inflate_member(self.window, DEAF)
        return iter(lambda: self.window.read(_PIECE), b"")
