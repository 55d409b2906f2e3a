"""An archive of very many captures: an invented index, written by the project's own row writers.

Only the index is made, no WARC file: pages are drawn from the index alone.  The captures lie
before the first leaf of the log (their places are negative), so that real ones can follow.  All
follows from a seed; what is there already is not made again, so that a run that was stopped goes
on.
Not for: measuring (`bench.goals.site`).
"""

import hashlib
import random
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from archive.core.claim import Assertion, Claim, Field
from archive.core.identity import derive_capture_id, derive_statement_id
from archive.core.instant import format_instant
from archive.core.uri import format_statement_key, format_surt, parse_url
from archive.core.version import (
    ChangeClass,
    Comparison,
    Content,
    Digests,
    Fact,
    PageFacts,
    Span,
    Stated,
    Verdict,
)
from archive.history.digests import RULES
from archive.history.trace import trace_captures
from archive.index.database import (
    Index,
    open_database,
    read_indexed_leaves,
    refresh_statements,
    write_rows,
)
from archive.index.rows import CaptureRow, ReadingRow, Row, TextRow, derive_text_hash
from archive.index.versions import HistoryRules
from bench.measure import show_progress

_SEED = "crowd"
_BATCH = 10_000
_LABEL = "invented 1"
_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
_SECONDS = 11 * 365 * 86_400
_HOSTS = 3_000
_SENTENCES = 20_000
_CHANGED, _FAILED = 0.33, 0.03  # of the captures after the first
_WATCHED = 0.0002  # statements with thousands of captures
_LONG = 0.005  # statements with texts of 100 kB
# Letters of each language, and its share of the hosts.
_LETTERS = {
    "en": ("abcdefghijklmnoprstuvw", 0.58),
    "de": ("abcdefghiklmnoprstuvwzäöü", 0.12),
    "tr": ("abcçdefgğhıiklmnoöprsştuüyz", 0.08),
    "ru": ("абвгдежзиклмнопрстуфхцчшыя", 0.06),
    "ar": ("ابتثجحخدرزسشصطعغفقكلمنهوي", 0.08),
    "zh": ("".join(map(chr, range(0x4E00, 0x5200))), 0.08),
}


class _Event(NamedTuple):
    """One capture: when, of which statement, the how many-th, and of which version."""

    second: int
    statement: int
    number: int
    version: int
    holder: int  # the capture that holds the same payload; itself where it is new
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    code: str
    words: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Host:
    name: str
    publisher: str
    language: _Language


class Crowd:
    """The invented statements, their hosts and languages; rows are made one by one."""

    def __init__(self, captures: int) -> None:
        """Decide what there is, up to ``captures`` captures."""
        chance = random.Random(_SEED)
        languages = [_make_language(code, letters) for code, (letters, _) in _LETTERS.items()]
        shares = [share for _, share in _LETTERS.values()]
        self.hosts = [
            _make_host(number, chance.choices(languages, shares)[0]) for number in range(_HOSTS)
        ]
        # Few hosts have most of the statements.
        self._weights = list(accumulate(1 / (place + 3) for place in range(_HOSTS)))
        self.events = self._plan(captures)

    def name_statement(self, statement: int) -> str:
        """Return the id of a statement."""
        return derive_statement_id(format_statement_key(parse_url(self.make_url(statement))))

    def name_capture(self, statement: int) -> str:
        """Return the id of the first capture of a statement."""
        return derive_capture_id(_name_record(statement, 0))

    def count_versions(self) -> dict[int, int]:
        """Return how many versions each statement has."""
        versions: dict[int, int] = {}
        for event in self.events:
            versions[event.statement] = max(versions.get(event.statement, 0), event.version + 1)
        return versions

    def make_url(self, statement: int) -> str:
        """Return the address of a statement."""
        host = self.find_host(statement)
        return f"https://{host.name}/{statement % 97}/story-{statement}"

    def make_rows(self, first: int, last: int) -> Iterator[Row]:
        """Yield the rows of these captures, of each that brings a new payload also its text's."""
        for place in range(first, last):
            event = self.events[place]
            leaf = 2 * (place - len(self.events))
            capture = self._make_capture(event, leaf)
            yield capture
            if event.holder == event.number and not event.failed:
                yield self._make_text(event, capture, leaf + 1)

    def _plan(self, captures: int) -> list[_Event]:
        events: list[_Event] = []
        statement = 0
        while len(events) < captures:
            chance = random.Random(f"{_SEED} {statement}")
            count = 1
            if chance.random() < _WATCHED:
                count = chance.randrange(500, 3_000)
            elif chance.random() > 0.5:
                count = 2 + int(chance.expovariate(1 / 7))
            begun = chance.randrange(_SECONDS)
            moments = [
                begun + int((_SECONDS - begun) * (chance.random() ** 2)) for _ in range(count)
            ]
            version = holder = 0
            for number, second in enumerate(sorted(moments)):
                failed = number > 0 and chance.random() < _FAILED
                if number and not failed and chance.random() < _CHANGED:
                    version, holder = version + 1, number
                events.append(_Event(second, statement, number, version, holder, failed))
            statement += 1
        events = events[:captures]
        events.sort()
        return events

    @lru_cache(maxsize=1 << 20)  # noqa: B019  # it lives as long as the process
    def find_host(self, statement: int) -> _Host:
        """Return who published a statement."""
        chance = random.Random(f"{_SEED} host {statement}")
        return chance.choices(self.hosts, cum_weights=self._weights)[0]

    def _make_words(self, event: _Event, host: _Host) -> tuple[str, str]:
        """Return title and text of a version; each differs from the one before by a little."""
        chance = random.Random(f"{_SEED} text {event.statement}")
        count = 700 if chance.random() < _LONG else 4 + int(chance.expovariate(1 / 16))
        sentences = chance.choices(host.language.sentences, k=count)
        title = " ".join(chance.choices(host.language.words[:2000], k=chance.randint(3, 9)))
        for number in range(max(0, event.version - 40), event.version):
            edit = random.Random(f"{_SEED} edit {event.statement} {number}")
            sentences[edit.randrange(len(sentences))] = edit.choice(host.language.sentences)
            if edit.random() < 0.3:
                sentences.append(f"{edit.randrange(10, 5000)} {edit.choice(host.language.words)}.")
            if edit.random() < 0.1:
                title = f"{title} {edit.choice(host.language.words)}"
        if host.language.code == "zh":
            title = title.replace(" ", "")
        paragraphs = (" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
        return title.capitalize(), "\n".join(paragraphs)

    def _make_capture(self, event: _Event, leaf: int) -> CaptureRow:
        url = self.make_url(event.statement)
        parsed = parse_url(url)
        is_new = event.holder == event.number
        record_id = _name_record(event.statement, event.number)
        moment = _FIRST + timedelta(seconds=event.second, microseconds=event.statement)
        payload = f"sha256:{_digest(f'{event.statement} {event.version}')}"
        status = 404 if event.failed else 200
        capture_id = derive_capture_id(record_id)
        holder = derive_capture_id(_name_record(event.statement, event.holder))
        return CaptureRow(
            id=capture_id,
            record_id=record_id,
            key=format_statement_key(parsed),
            alias_of=None,
            url=url,
            surt=format_surt(parsed),
            captured_at=format_instant(moment),
            year=moment.year,
            outcome="response" if is_new or event.failed else "revisit",
            status=status,
            media_type="text/html",
            location=None,
            payload=None if event.failed else payload,
            payload_length=20_000,
            content=None if event.failed else payload,
            content_length=90_000,
            revisit_of=None if is_new or event.failed else holder,
            unmodified_of=None,
            text_outcome="none" if event.failed else "pending",  # a revisit shares its holder's
            error=None,
            peer="192.0.2.7",
            tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
            purpose="statement",
            visit=capture_id,
            address=url,
            hop=0,
            hops=1,
            batch=None,
            warc=f"invented-{event.second // 500_000:05}.warc.gz",
            offset=event.second % 1_000_000,
            length=21_000,
            leaf=leaf,
        )

    def _make_text(self, event: _Event, capture: CaptureRow, leaf: int) -> TextRow:
        host = self.find_host(event.statement)
        title, text = self._make_words(event, host)
        day = capture.captured_at[:10]
        author = " ".join(host.language.words[event.statement % 900 :][:2]).title()
        stated = Stated(
            published=day if event.version == 0 else None,
            modified=day if event.version % 2 else None,
            author=author,
            publisher=host.publisher,
        )
        said: list[tuple[Field, str]] = [
            ("title", title),
            ("publisher", host.publisher),
            ("author", author),
            ("published", day),
            ("language", host.language.code),
        ]
        claims = tuple(
            Claim(field=field, raw=value, value=value, source=source, locator=f"{source}[0].$.x",
                  rule=f"{source}/1")
            for field, value in said
            for source in ("json-ld", "open-graph")
        )  # fmt: skip
        assertions = tuple(
            Assertion(field=field, value=value, rule="invented/1", confidence=0.9,
                      supports=(2 * place, 2 * place + 1), contradicts=())
            for place, (field, value) in enumerate(said)
        )  # fmt: skip
        words = f"sha256:{_digest(text)}"
        reading = ReadingRow(
            title=title,
            stated=stated,
            digests=Digests(
                words=words, fold=words, title=_digest(title), meta=_digest(str(stated))
            ),
            rules=RULES,
            page=PageFacts(quality="usable", reason="", visible=words, links=()),
        )
        return TextRow(
            record_id=_name_record(event.statement, event.number, text=True),
            capture_id=capture.id,
            extractor=_LABEL,
            outcome="text",
            detail=None,
            warc=capture.warc,
            offset=capture.offset + 21_000,
            length=2_000,
            leaf=leaf,
            text_hash=derive_text_hash(title, text),
            digest=words,
            title=title,
            text=text,
            claims=claims,
            assertions=assertions,
            reading=reading,
        )


def write_crowd(path: Path, captures: int) -> Crowd:
    """Bring the index at ``path`` to this many invented captures; return what they are.

    Every statement is derived as `archive rebuild` derives it, at the end; how two versions differ
    is invented, since comparing would take most of the time.
    """
    crowd = Crowd(captures)
    done = path.with_name(f"crowd-{captures}")
    with closing(open_database(path)) as connection:
        for name, value in (("cache_size", -1_000_000), ("synchronous", 0)):
            connection.execute(f"PRAGMA {name} = {value}")
        begun = _count_written(connection, captures)
        leaves = read_indexed_leaves(connection)
        for first in range(begun, captures, _BATCH):
            show_progress(f"invented captures: {first:,} of {captures:,}")
            last = min(first + _BATCH, captures)
            rows = crowd.make_rows(first, last)
            write_rows(connection, rows, leaves=leaves, origin="crowd.example/log", refresh=False)
        if not done.exists():
            show_progress("deriving statements and versions")
            rules = HistoryRules(trace=trace_captures, compare=_invent_comparison)
            refresh_statements(connection, rules)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            done.touch()
        show_progress("")
    return crowd


def _invent_comparison(old: Content, new: Content) -> Comparison:
    chance = random.Random(f"{old.payload} {new.payload}")
    changes: tuple[ChangeClass, ...] = ("substantive", "typographic", "boilerplate")
    verdicts: tuple[Verdict, ...] = ("announced", "unannounced")
    facts: tuple[Fact, ...] = ("headline", "date", "number", "name", "negation", "quotation")
    at, end = len(new.text) // 2, min(len(new.text), len(new.text) // 2 + 120)
    return Comparison(
        change=chance.choices(changes, (80, 10, 10))[0],
        text_changed=True,
        verdict=chance.choices(verdicts, (1, 5))[0],
        facts=tuple(fact for fact in facts if chance.random() < 0.3),
        spans=(
            Span(operation="equal", old=(0, at), new=(0, at)),
            Span(operation="delete", old=(at, len(old.text)), new=None, text=old.text[at:end]),
            Span(operation="insert", old=None, new=(at, end), text=new.text[at:end]),
        ),
        words_deleted=chance.randrange(1, 60),
        words_inserted=chance.randrange(1, 60),
        words_moved=0,
    )


def _count_written(connection: Index, captures: int) -> int:
    (leaf,) = connection.execute("SELECT max(leaf) FROM captures WHERE leaf < 0").fetchone()
    return 0 if leaf is None else leaf // 2 + captures + 1


def _make_language(code: str, letters: str) -> _Language:
    chance = random.Random(f"{_SEED} {code}")
    longest = 2 if code == "zh" else 10
    words = tuple(
        "".join(chance.choices(letters, k=chance.randint(min(2, longest), longest)))
        for _ in range(6_000)
    )
    weights = list(accumulate(1 / (place + 2) for place in range(len(words))))
    joint, stop = ("", "。") if code == "zh" else (" ", ".")
    sentences = tuple(
        joint.join(chance.choices(words, cum_weights=weights, k=chance.randint(6, 26))).capitalize()
        + stop
        for _ in range(_SENTENCES)
    )
    return _Language(code=code, words=words, sentences=sentences)


def _make_host(number: int, language: _Language) -> _Host:
    joint = "" if language.code == "zh" else " "
    name = joint.join(language.words[number % 900 + at * 7] for at in range(3))
    return _Host(name=f"host{number}.example", publisher=name.title(), language=language)


def _name_record(statement: int, number: int, *, text: bool = False) -> str:
    return uuid.UUID(int=statement << 24 | number << 1 | text, version=4).urn


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
