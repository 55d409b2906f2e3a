import json

from bench.measure import Sample
from bench.report import Goal, Line, Note, Scale, compare, format_json, format_table

CPU = Scale(quantity="cpu", unit="ms", factor=1000)


def make_samples(*cpu: float) -> tuple[Sample, ...]:
    return tuple(Sample(cpu=value, wall=value) for value in cpu)


def test_more_is_asked_for_as_how_many_times_cheaper() -> None:
    goal = Goal(number=9, sense=">=", firm=2.5, stretch=4)
    figure = compare(
        "t", "w", make_samples(1, 2, 9), make_samples(6, 6, 6), against="peer", scale=CPU, goal=goal
    )
    assert (figure.ours, figure.peer, figure.ratio) == (2000, 6000, 3)
    assert (figure.low, figure.high) == (6 / 9, 6)
    assert figure.verdict == "met"


def test_less_is_asked_for_as_a_share_of_the_peer() -> None:
    goal = Goal(number=14, sense="<=", firm=1.1, stretch=1.03)
    figure = compare(
        "t", "w", make_samples(1.2), make_samples(1), against="peer", scale=CPU, goal=goal
    )
    assert figure.ratio == 1.2
    assert figure.verdict == "MISSED"


def test_verdicts() -> None:
    goal = Goal(sense="<=", firm=3, stretch=2)
    assert [goal.judge(ratio) for ratio in (1.0, 2.0, 2.5, 3.1)] == [
        "stretch",
        "stretch",
        "met",
        "MISSED",
    ]


def test_table_and_json_say_the_same() -> None:
    figure = compare(
        "topic",
        "what",
        make_samples(1),
        make_samples(2),
        against="peer",
        scale=CPU,
        goal=Goal(number=9, sense=">=", firm=2),
    )
    lines: list[Line] = [figure, Note(topic="topic", words="wget is absent")]
    table = format_table(lines)
    assert "== topic" in table
    assert "(wget is absent)" in table
    assert "2.00" in table
    data = json.loads(format_json(lines, options={"pages": 1}))
    assert data["figures"][0]["ratio"] == 2
    assert data["figures"][0]["verdict"] == "met"
    assert data["notes"][0]["words"] == "wget is absent"
