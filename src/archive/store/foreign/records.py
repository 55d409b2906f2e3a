"""Reading others' records one after the other, whatever is unusual or wrong about them.

Rules:

1. A record is intact where its end is certain: its block has the length that its header says,
   and then come line ends and the next record, or the end of the member or file.
2. Digests that are stated must fit.
3. Where a record's end is not certain, or bytes are broken, the walk goes on at the next place
   that reads as a record, and the range that is lost is named.
4. What is only unusual is counted, and told once.

Longer than 300 lines, since the walk and the reading of one record share the flow.
Not for: records that are plainly in order, which are most (`archive.store.foreign.swift`).
"""

import re
from collections.abc import Iterator

from archive.errors import DamageError
from archive.store.foreign.dialects import LOOK, MAX_HEAD, Dialect, Head
from archive.store.foreign.digests import (
    Alternatives,
    Body,
    Claim,
    Sink,
    is_http,
    make_hasher,
    read_claim,
)
from archive.store.foreign.flow import Flow, Mark
from archive.store.foreign.reports import Report
from archive.store.foreign.revisits import note_payload, note_revisit
from archive.store.gzip_members import Hasher
from archive.store.resync import find_record, is_zeros

_PIECE = 1 << 20
_LINE_ENDS = re.compile(rb"[\r\n]*")
_CRLF = re.compile(rb"(?:\r\n)*")
_LF = re.compile(rb"[\r\n]*")
_NO_ENDS = "no line ends follow the block"
_MISFIT = "Content-Length does not fit"


class Walk:
    """Reads records off a flow; what is found goes into the report."""

    def __init__(self, flow: Flow, dialect: Dialect, report: Report, *, digests: bool) -> None:
        self.flow = flow
        self.dialect = dialect
        self.report = report
        self.digests = digests and dialect.has_digests
        self.is_open = False
        self.was_tidy = flow.window.place > 0  # what came before is of the same hand
        self._was_joined = False
        self._in_member = 0

    def step_out(self) -> int:
        """Read on from the window's place to where a member ends, or of a plain file one record.

        Returns the offset behind it, at which the window stands.
        """
        self.is_open = False
        self.step()
        while self.is_open and self.flow.is_gzip:
            self.step()
        place = self.flow.stop_here()
        self.is_open = False
        return place

    def step(self) -> None:
        """Read one record, or pass over what is none; the window's end is the file's."""
        if not self.is_open:
            try:
                self.is_open = self.flow.open_member()
            except DamageError as error:
                self._lose(self.flow.window.place, str(error))
                return
            self._in_member = 0
            if not self.is_open:
                return
        try:
            self._read_record()
            self.is_open = bool(self.flow.peek(1))
        except DamageError as error:
            self._lose(self.flow.member, str(error))

    def _read_record(self) -> None:
        flow = self.flow
        first = flow.peek(LOOK)
        if not first:
            self.report.add_oddity("a gzip member that holds nothing", flow.place)
            return
        if not self.dialect.begins(first):
            self._pass_over(flow.place, "what stands here is no record", is_start=True)
            return
        self._in_member += 1
        if self._in_member == 2 and flow.is_gzip:
            self.report.add_oddity("a gzip member holds several records", flow.place)
        place = flow.place
        self._was_joined = False
        head = self._read_head()
        if head is None or head.problem:
            why = head.problem if head else "the header has no end"
            self._pass_over(place, why, is_start=False)
            return
        self.report.records += 1
        for oddity in head.oddities:
            self.report.add_oddity(oddity, place)
        _Reading(self, head, place).run()
        if self._was_joined:
            self.report.add_oddity("a record lies over several gzip members", place)

    def _read_head(self) -> Head | None:
        size = LOOK
        while True:
            data = self.flow.peek(size)
            head = self.dialect.parse_head(data)
            if head is not None:
                if not head.problem:
                    self.flow.take(head.size)
                return head
            if len(data) == size:
                if size > MAX_HEAD:
                    return None
                size *= 4
            elif not self.join_next():
                return None

    def join_next(self) -> bool:
        """Go on into the next member, unless a record begins there or there is none."""
        ahead = self.flow.look_ahead(LOOK)
        if not ahead or self.dialect.begins(ahead):
            return False
        self.flow.join()
        self._was_joined = True
        return True

    def read_block(self, length: int, sinks: list[Sink]) -> int:
        """Hand the block to the sinks, and return how much of it there is."""
        left = length
        while left:
            piece = self.flow.take(min(left, _PIECE))
            if piece:
                left -= len(piece)
                for sink in sinks:
                    sink(piece)
            elif not self.join_next():
                break
        return length - left

    def pass_over(self, place: int, why: str, record_id: str) -> None:
        """Go to the next record, and say what is lost from ``place`` on."""
        self._pass_over(place, why, is_start=True, record_id=record_id)

    def _pass_over(self, place: int, why: str, *, is_start: bool, record_id: str = "") -> None:
        flow = self.flow
        begin = flow.passed
        found, is_zero = flow.skip_to(self.dialect.pattern, is_start=is_start)
        if not flow.is_gzip:
            if is_zero and not found and is_start and not record_id:
                _note_zeros(self.report, place, flow.place)
                return
            self.report.add_damage(
                f"{why}; bytes {place} to {flow.place} are lost", place, record_id
            )
            return
        inside = f"bytes {begin} to {flow.passed} of what the gzip member holds are lost"
        self.report.add_damage(f"{why}; {inside}", place, record_id)

    def _lose(self, offset: int, why: str) -> None:
        """Go on at the next member that begins a record."""
        window = self.flow.window
        self.flow.close()
        self.is_open = False
        if is_zeros(window, offset):
            _note_zeros(self.report, offset, window.place)
            return
        found = find_record(window, offset + 1, self.dialect.begins, is_gzip=self.flow.is_gzip)
        window.move(found)
        but = f", but for {self._in_member - 1} records" if self._in_member > 1 else ""
        self.report.add_damage(f"{why}; bytes {offset} to {found} are lost{but}", offset)


class _Reading:
    """One record: its block, its digests, and what follows it."""

    def __init__(self, walk: Walk, head: Head, place: int) -> None:
        self.walk = walk
        self.head = head
        self.place = place
        fields = head.fields
        self.record_id = fields.get("warc-record-id", "").strip("<>")
        self.kind = fields.get("warc-type", "").lower() or "unnamed"
        self.block = self._claim("warc-block-digest")
        self.payload = self._claim("warc-payload-digest")
        self.is_block_sound = False

    def _claim(self, name: str) -> Claim:
        return read_claim(self.head, name) if self.walk.digests else Claim()

    def run(self) -> None:
        """Read the record to its end."""
        walk, flow = self.walk, self.walk.flow
        start = flow.mark()
        sinks, block, payload, body = self._make_sinks()
        size = walk.read_block(self.head.length, sinks)
        if size < self.head.length:
            self._report_short(size, start)
            return
        problems = list(self._judge_block(block))
        if payload is not None and self.payload.digest is not None:
            problems += self._judge_payload(payload, body, start)
        ends = self._read_line_ends()
        if ends is None:
            flow.return_to(start)
            why = f"{_MISFIT}: after {self.head.length} bytes comes neither line end nor record"
            walk.pass_over(self.place, why, self.record_id)
            return
        if not self._are_tidy(ends):
            problems.append(f"{_MISFIT}: the block is followed by {ends!r}")
        for problem in problems:
            self._damage(problem)
        self._note_digest()

    def _damage(self, problem: str) -> None:
        what = f"{self.kind} record: {problem}" if self.walk.dialect.has_digests else problem
        self.walk.report.add_damage(what, self.place, self.record_id)

    def _make_sinks(self) -> tuple[list[Sink], Hasher | None, Hasher | None, Body | None]:
        sinks: list[Sink] = []
        block = payload = body = None
        for claim in (self.block, self.payload):
            if claim.oddity:
                self.walk.report.add_oddity(claim.oddity, self.place)
        if self.block.digest is not None:
            block = make_hasher(self.block.digest)
            sinks.append(block.update)
        if self.payload.digest is not None and self.kind != "revisit":
            payload = make_hasher(self.payload.digest)
            body = Body([payload.update]) if is_http(self.head) else None
            sinks.append(body.feed if body else payload.update)
        return sinks, block, payload, body

    def _judge_block(self, hasher: Hasher | None) -> Iterator[str]:
        for claim in (self.block, self.payload):
            if claim.problem:
                yield claim.problem
        if hasher is not None and self.block.digest is not None:
            self.is_block_sound = hasher.hexdigest() == self.block.digest.value
            if not self.is_block_sound:
                yield "the block is not what WARC-Block-Digest says"

    def _judge_payload(self, hasher: Hasher, body: Body | None, start: Mark) -> Iterator[str]:
        wanted = self.payload.digest
        if wanted is None:
            return
        report = self.walk.report
        if hasher.hexdigest() == wanted.value:
            if body is not None and body.join("transfer-encoding"):
                report.add_oddity(
                    "a payload digest is of the body with its chunk framing", self.place
                )
            return
        over, is_capped = self._find_other(body, start)
        if over is not None:
            report.add_oddity(f"a payload digest is of the {over}", self.place)
        elif "warc-segment-number" in self.head.fields or "warc-truncated" in self.head.fields:
            report.add_oddity(
                "a payload digest of which only a part is here was not checked", self.place
            )
        elif is_capped:
            report.add_undecided(
                f"{self.kind} record: the payload decodes to more than is decoded here, so its"
                " digest was not checked",
                self.place,
                self.record_id,
            )
        else:
            yield "the payload is not what WARC-Payload-Digest says"

    def _find_other(self, body: Body | None, start: Mark) -> tuple[str | None, bool]:
        """Read the block once more, for the other digests that a payload may have."""
        wanted = self.payload.digest
        if wanted is None:
            return None, False
        self.walk.flow.return_to(start)
        others = Alternatives(wanted, body)
        self.walk.read_block(self.head.length, [others.feed])
        return others.find_match(), others.is_capped

    def _read_line_ends(self) -> bytes | None:
        """Take what stands between this block and the next record; None where that is no rest."""
        flow = self.walk.flow
        ends = b""
        while True:
            data = flow.peek(LOOK)
            match = _LINE_ENDS.match(data)
            part = match[0] if match else b""
            if part:
                flow.take(len(part))
                ends += part
            if len(part) < len(data):
                rest = flow.peek(LOOK)
                is_rest = self.walk.dialect.begins(rest) or not (flow.is_gzip or rest.strip(b"\0"))
                # Two line ends close the record, whatever stands behind them.
                return ends if is_rest or ends in self.walk.dialect.tidy else None
            if not part:
                ahead = flow.look_ahead(1)
                if ahead not in (b"\r", b"\n"):
                    return ends
                self.walk.join_next()

    def _are_tidy(self, ends: bytes) -> bool:
        """Tell whether these line ends leave it certain that the block ends there."""
        walk = self.walk
        if ends in walk.dialect.tidy:
            walk.was_tidy = True
            return True
        is_last = not walk.flow.is_gzip and not walk.flow.peek(1)
        if walk.dialect.has_digests and is_last and len(ends) < 4 and walk.was_tidy:
            return False  # the one before has them: the file was cut
        uniform = _LF if self.head.has_lf else _CRLF
        if not uniform.fullmatch(ends) and not self.is_block_sound:
            return False
        walk.was_tidy = False
        which = "other line ends than two follow the block" if ends else _NO_ENDS
        walk.report.add_oddity(which, self.place)
        return True

    def _report_short(self, size: int, start: Mark) -> None:
        walk, flow = self.walk, self.walk.flow
        says = f"the block has {size} bytes, but its header says {self.head.length}"
        if flow.is_gzip:
            is_last = not flow.window.left and not flow.look_ahead(1)
            where = "the file ends inside the record" if is_last else _MISFIT
            self._damage(f"{where}: {says}")
            return
        flow.return_to(start)
        found, _ = flow.skip_to(walk.dialect.pattern, is_start=True)
        where = _MISFIT if found else "the file ends inside the record"
        what = f"{where}: {says}; bytes {self.place} to {flow.place} are lost"
        walk.report.add_damage(what, self.place, self.record_id)

    def _note_digest(self) -> None:
        digest = self.payload.digest
        if digest is None:
            return
        result = bytes.fromhex(digest.value)
        if self.kind == "revisit":
            note_revisit(self.walk.report, self.head.fields, result, self.place)
        elif self.kind in ("response", "resource"):
            identity, address, date = (
                self.head.fields.get(name, "").encode()
                for name in ("warc-record-id", "warc-target-uri", "warc-date")
            )
            note_payload(self.walk.report, identity, address, date, result)


def _note_zeros(report: Report, start: int, end: int) -> None:
    report.add_oddity(f"zero bytes from {start} to the end ({end}), after every record", start)
