"""Comparing two states of a statement: against its own limit, difflib and rapidfuzz on words.

All rivals run in this process, on the same invented text.  difflib is given a tenth of the
text, since the whole takes it minutes.  Not for: how well facts are told (`tests/history`).
"""

import difflib
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz.distance import Indel

from archive.core.version import Content, Stated
from archive.history.align import align_texts, apply_spans
from archive.history.compare import compare_contents
from bench.ground import Ground
from bench.measure import Rival, Sample, run_in_turn
from bench.report import Figure, Goal, Line, Note, Scale, compare

TOPIC = "comparing versions"
_SIZE = 100_000  # characters
_TYPICAL, _WORST = 25.0, 300.0  # milliseconds
_MILLISECONDS = Scale(quantity="cpu", unit="ms", factor=1000)
_SMALL = _SIZE // 10
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two texts to compare, and what was done to the first."""

    what: str
    old: str
    new: str


def measure(ground: Ground) -> Iterator[Line]:
    """Give times at 100 KB, how they grow, and those of two libraries beside ours."""
    rounds = max(ground.options.rounds, 5)
    for share in (0.15, 0.6):
        yield _limit(_edit(_SIZE, share), _TYPICAL, rounds)
    for pair in (_shuffle(_SIZE), *_make_worst(_SIZE)):
        yield _limit(pair, _WORST, rounds)
    yield from _measure_growth(rounds)
    yield from _measure_peers(rounds)
    yield Note(
        topic=TOPIC,
        words=f"difflib (words, autojunk off) is given {_SMALL // 1000} KB: its time grows with"
        " the square; text is invented, CPU time of this process",
    )


def _limit(pair: _Pair, limit: float, rounds: int) -> Figure:
    taken = _time(pair.what, partial(_compare, pair), rounds)
    return Figure(
        topic=TOPIC,
        what=pair.what,
        unit="ms",
        ours=taken,
        against="limit",
        peer=limit,
        ratio=taken / limit,
        goal=Goal(sense="<=", firm=1.0),
    )


def _measure_growth(rounds: int) -> Iterator[Line]:
    """Give the time at four sizes, each beside the time for half as much."""
    before: float | None = None
    for size in (50_000, 100_000, 200_000, 400_000):
        taken = _time(f"{size // 1000} KB", partial(_compare, _edit(size, 0.15)), rounds)
        yield Figure(
            topic=TOPIC,
            what=f"{size // 1000} KB, 15 % of sentences edited",
            unit="ms",
            ours=taken,
            against="half as much" if before else "",
            peer=before,
            ratio=taken / before if before else None,
            goal=Goal(sense="<=", firm=3.0) if before else None,
        )
        before = taken


def _measure_peers(rounds: int) -> Iterator[Line]:
    """Align words; facts, class and furniture are ours alone and left out."""
    for size, name, peer in (
        (_SIZE, "rapidfuzz on words", _run_rapidfuzz),
        (_SMALL, "difflib on words", _run_difflib),
    ):
        for share in (0.15, 0.6):
            pair = _edit(size, share)
            rivals = [
                Rival(name="ours", run=partial(_sample, partial(_align, pair))),
                Rival(name=name, run=partial(_sample, partial(peer, pair))),
            ]
            taken = run_in_turn(rivals, rounds=rounds)
            yield compare(
                TOPIC,
                f"alignment alone, {pair.what}",
                taken["ours"],
                taken[name],
                against=name,
                scale=_MILLISECONDS,
                goal=Goal(sense=">=", firm=1.0),
            )


# --- what is run ----------------------------------------------------------------------------------


def _compare(pair: _Pair) -> None:
    found = compare_contents(_make_content(pair.old), _make_content(pair.new))
    assert found.text_changed


def _make_content(text: str) -> Content:
    return Content(text=text, title="A title", stated=Stated())


def _align(pair: _Pair) -> None:
    assert apply_spans(pair.old, align_texts(pair.old, pair.new)) == pair.new


def _run_rapidfuzz(pair: _Pair) -> None:
    assert Indel.opcodes(_WORD.findall(pair.old), _WORD.findall(pair.new))


def _run_difflib(pair: _Pair) -> None:
    old, new = _WORD.findall(pair.old), _WORD.findall(pair.new)
    assert difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _time(name: str, run: Callable[[], None], rounds: int) -> float:
    """Return the median CPU time in milliseconds."""
    taken = run_in_turn([Rival(name=name, run=partial(_sample, run))], rounds=rounds)[name]
    return sorted(sample.cpu for sample in taken)[len(taken) // 2] * 1000


def _sample(run: Callable[[], None]) -> Sample:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Sample(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall)


# --- texts ----------------------------------------------------------------------------------------


def _make_words(chance: random.Random) -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(4000)]


def _make_sentences(size: int, chance: random.Random, words: Sequence[str]) -> list[str]:
    """Return sentences that have ``size`` characters together."""
    sentences = []
    length = 0
    while length < size:
        sentence = " ".join(chance.choices(words, k=chance.randint(8, 26))).capitalize() + "."
        sentences.append(sentence)
        length += len(sentence) + 1
    return sentences


def _lay_out(sentences: Sequence[str]) -> str:
    """Return a text of sentences, four to a paragraph."""
    return "\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))


def _edit(size: int, share: float) -> _Pair:
    """Return a text, and one in which words of some sentences differ; a few come or go."""
    chance = random.Random(size)
    words = _make_words(chance)
    old = _make_sentences(size, chance, words)
    new: list[str] = []
    for sentence in old:
        if chance.random() >= share:
            new.append(sentence)
            continue
        fate = chance.random()
        if fate < 0.8:
            pieces = sentence.split(" ")
            for _ in range(chance.randint(1, 4)):
                pieces[chance.randrange(len(pieces))] = chance.choice(words)
            new.append(" ".join(pieces))
        elif fate < 0.9:
            new += (sentence, *_make_sentences(1, chance, words))
    what = f"{size // 1000} KB, {share:.0%} of sentences edited"
    return _Pair(what=what, old=_lay_out(old), new=_lay_out(new))


def _shuffle(size: int) -> _Pair:
    chance = random.Random(size)
    old = _make_sentences(size, chance, _make_words(chance))
    new = old[:]
    chance.shuffle(new)
    what = f"{size // 1000} KB, every sentence elsewhere"
    return _Pair(what=what, old=_lay_out(old), new=_lay_out(new))


def _make_worst(size: int) -> Iterator[_Pair]:
    """Yield texts on which comparing is slow by nature."""
    chance = random.Random(size)
    words = _make_words(chance)
    many = chance.choices(words, k=size // 7)
    half = len(many) // 2
    long = " ".join([*many[:half], "more", *many[half:]])
    name = f"{size // 1000} KB"
    yield _Pair(what=f"{name}, one sentence", old=" ".join(many), new=long)
    others = (_lay_out(_make_sentences(size, chance, words)) for _ in range(2))
    yield _Pair(what=f"{name}, nothing in common", old=next(others), new=next(others))
    joined = "".join(many)
    yield _Pair(what=f"{name}, no spaces", old=joined, new=f"{joined[:half]}more{joined[half:]}")
    lines = "a line\n" * (size // 7)
    yield _Pair(what=f"{name}, equal lines", old=lines, new=f"another\n{lines}another")
