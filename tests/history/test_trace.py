"""What the captures of one statement tell together: versions, absences, and what passes."""

from dataclasses import replace

import pytest

from archive.core.version import Sighting, Trace, Wording
from archive.history.trace import trace_captures

URL = "https://office.example/notice"
BASE = Sighting(
    capture="",
    source="",
    moment="",
    url=URL,
    outcome="response",
    status=200,
    location=None,
    is_alias=False,
    reading="text",
    quality="usable",
    title="t",
    meta="m",
    wordings=(),
)


def show(words: str, *labels: str, leaf: int = 0, **changes: object) -> Sighting:
    """A usable capture; ``words`` stand for its own words, the same under each label."""
    wordings = tuple(
        Wording(label=label, leaf=leaf + place, words=words)
        for place, label in enumerate(labels or ("one",))
    )
    return replace(BASE, wordings=wordings, **changes)  # type: ignore[arg-type]  # fields of it


def answer(status: int | None, **changes: object) -> Sighting:
    """A capture of another answer, which has been read where there was something to read."""
    facts: dict[str, object] = {"status": status, "reading": None, **changes}
    return replace(BASE, **facts)  # type: ignore[arg-type]  # same


def redirect(location: str, status: int = 302, **changes: object) -> Sighting:
    return answer(status, location=location, quality=None, **changes)


def fail(kind: str) -> Sighting:
    return replace(BASE, outcome=kind, status=None, reading=None, quality=None)


A, B = show("a"), show("b")
LOST = answer(404)


def trace(*sightings: Sighting) -> Trace:
    """The trace of captures that are named by their places, from c0 on."""
    return trace_captures(
        [
            replace(
                seen,
                capture=f"c{place}",
                source=seen.source or f"c{place}",
                moment=f"2026-03-{place + 1:02d}",
            )
            for place, seen in enumerate(sightings)
        ]
    )


def tell_versions(found: Trace) -> list[str]:
    return [f"{item.first.capture}–{item.last.capture} {item.captures}" for item in found.versions]


@pytest.mark.parametrize(
    ("sightings", "versions", "numbers"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([A], ["c0–c0 1"], [1], id="one capture is a version"),
        pytest.param([A, A, A], ["c0–c2 3"], [1, 1, 1], id="equal captures are one version"),
        pytest.param(
            [A, B, A], ["c0–c0 1", "c1–c1 1", "c2–c2 1"], [1, 2, 3], id="back again is a third"
        ),
        pytest.param([A, show("a", title="u")], ["c0–c0 1", "c1–c1 1"], [1, 2], id="another title"),
        pytest.param(
            [A, show("a", meta="n")], ["c0–c0 1", "c1–c1 1"], [1, 2], id="other stated metadata"
        ),
        pytest.param(
            [A, show("b", quality="block page"), A],
            ["c0–c2 2"],
            [1, None, 1],
            id="a block page between makes no version",
        ),
        pytest.param(
            [A, show("b", quality="consent wall"), show("b", quality="challenge page"), B],
            ["c0–c0 1", "c3–c3 1"],
            [1, None, None, 2],
            id="nor do a consent wall and a challenge",
        ),
        pytest.param([A, LOST, A], ["c0–c2 2"], [1, None, 1], id="away and back is one version"),
        pytest.param(
            [A, show("b", quality="soft 404"), A],
            ["c0–c2 2"],
            [1, None, 1],
            id="nor does a soft 404 make one",
        ),
        pytest.param(
            [A, show("b", outcome="truncated"), show("b", outcome="malformed"), A],
            ["c0–c3 2"],
            [1, None, None, 1],
            id="what is truncated or malformed makes none",
        ),
        pytest.param(
            [show("a", quality=None)], ["c0–c0 1"], [1], id="a page that was not judged is usable"
        ),
        pytest.param(
            [answer(200, reading="none", quality="usable")], [], [None], id="an image has no words"
        ),
        pytest.param(
            [A, show("b", status=503), show("b", status=403), A],
            ["c0–c3 2"],
            [1, None, None, 1],
            id="the text of an error page makes none",
        ),
        pytest.param(
            [A, answer(304), show("a", status=304, source="c0")],
            ["c0–c2 2"],
            [1, None, 1],
            id="a 304 counts where it is known what is not modified",
        ),
    ],
)
def test_versions(sightings: list[Sighting], versions: list[str], numbers: list[int]) -> None:
    found = trace(*sightings)
    assert tell_versions(found) == versions
    assert list(found.numbers) == numbers
    assert len(found.steps) == max(0, len(versions) - 1)


def test_a_step_names_the_captures_on_both_sides() -> None:
    found = trace(A, A, fail("dns"), B, B, A)
    assert [
        (item.number, item.before.capture, item.after.capture, item.label, item.is_confirmed)
        for item in found.steps
    ] == [(2, "c1", "c3", "one", True), (3, "c4", "c5", "one", False)]


# --- one label for both sides -------------------------------------------------------------------


def test_an_upgrade_of_the_extractor_makes_no_version() -> None:
    old = show("a", "one")
    new = show("a, read otherwise", "two", leaf=9)
    waiting = trace(old, old, new)
    assert tell_versions(waiting) == ["c0–c2 3"]
    assert waiting.versions[0].pending == 1
    assert [(one.capture, other.capture) for one, other in waiting.pending] == [("c1", "c2")]
    again = replace(
        old, wordings=(*old.wordings, Wording(label="two", leaf=10, words="a, read otherwise"))
    )
    compared = trace(old, again, new)
    assert tell_versions(compared) == ["c0–c2 3"]
    assert not compared.pending


def test_a_change_at_the_time_of_an_upgrade_is_seen_once_both_are_read() -> None:
    old = Wording(label="one", leaf=0, words="a")
    again = (*show("a").wordings, Wording(label="two", leaf=10, words="a, read otherwise"))
    new = show("b, read otherwise", "two", leaf=9)
    assert tell_versions(trace(replace(A, wordings=(old,)), new)) == ["c0–c1 2"]
    found = trace(replace(A, wordings=again), new)
    assert tell_versions(found) == ["c0–c0 1", "c1–c1 1"]
    assert found.steps[0].label == "two"


def test_the_first_common_label_decides_for_ever() -> None:
    """A later label that sees a difference, or none, changes no old decision."""
    one = Wording(label="one", leaf=0, words="a")
    other = Wording(label="one", leaf=1, words="a")
    later = (Wording(label="two", leaf=5, words="x"), Wording(label="two", leaf=6, words="y"))
    same = trace(replace(A, wordings=(one, later[0])), replace(A, wordings=(other, later[1])))
    assert tell_versions(same) == ["c0–c1 2"]
    differs = (replace(other, words="b"), replace(later[1], words="x"))
    found = trace(replace(A, wordings=(one, later[0])), replace(A, wordings=differs))
    assert [step.label for step in found.steps] == ["one"]


def test_captures_of_one_payload_need_no_label() -> None:
    found = trace(A, show("b", "two"), show("b", "two", source="c1"))
    assert [(one.capture, other.capture) for one, other in found.pending] == [("c0", "c1")]


# --- absences -----------------------------------------------------------------------------------


def tell_absences(found: Trace) -> list[str]:
    return [
        f"{item.kind} {item.had.capture if item.had else '-'} {item.missing.capture}"
        f" {item.again.capture if item.again else '-'} {item.captures}: {item.reason}"
        for item in found.absences
    ]


@pytest.mark.parametrize(
    ("sightings", "absences", "state"),
    [
        pytest.param([A], [], "present", id="there"),
        pytest.param([A, LOST], ["gone c0 c1 - 1: status 404"], "gone", id="gone"),
        pytest.param(
            [A, LOST, LOST, A],
            ["gone c0 c1 c3 2: status 404"],
            "present",
            id="gone and there again",
        ),
        pytest.param(
            [A, answer(410), B, LOST],
            ["gone c0 c1 c2 1: status 410", "gone c2 c3 - 1: status 404"],
            "gone",
            id="gone twice",
        ),
        pytest.param(
            [A, LOST, show("x", quality="soft 404"), LOST],
            ["gone c0 c1 - 3: status 404, soft 404"],
            "gone",
            id="gone in two ways is one absence",
        ),
        pytest.param([LOST], ["gone - c0 - 1: status 404"], "never seen", id="never there"),
        pytest.param([LOST, A], ["gone - c0 c1 1: status 404"], "present", id="there later"),
        pytest.param(
            [A, redirect("/")],
            ["gone c0 c1 - 1: redirect to the home page"],
            "gone",
            id="sent to the home page",
        ),
        pytest.param(
            [A, redirect("https://www.office.example/en/", 301)],
            ["gone c0 c1 - 1: redirect to the home page"],
            "gone",
            id="sent to the home page of its host under www",
        ),
        pytest.param(
            [A, redirect("https://elsewhere.example/")], [], "present", id="sent elsewhere for now"
        ),
        pytest.param([A, redirect("/login")], [], "present", id="sent to another page for now"),
        pytest.param(
            [A, redirect("https://new.example/notice", 301)],
            ["moved c0 c1 - 1: moved to https://new.example/notice"],
            "moved",
            id="moved",
        ),
        pytest.param(
            [A, redirect("/new", 301, is_alias=True)], [], "present", id="its own other address"
        ),
        pytest.param(
            [A, redirect("http://office.example/notice?utm_source=x", 301)],
            [],
            "present",
            id="its own address again",
        ),
        pytest.param([A, redirect("http://[", 301)], [], "present", id="sent nowhere"),
        pytest.param(
            [A, redirect("https://new.example/x", 308), LOST, A],
            [
                "moved c0 c1 c3 1: moved to https://new.example/x",
                "gone c0 c2 c3 1: status 404",
            ],
            "present",
            id="moved, then gone, then there again",
        ),
        pytest.param(
            [replace(redirect("/"), url="https://office.example/en/")],
            [],
            "not shown",
            id="a home page that leads to another is not gone",
        ),
        *(
            pytest.param([A, passing, A], [], "present", id=f"passing: {passing.outcome}")
            for passing in map(fail, ("blocked", "dns", "connect", "tls", "timeout", "disconnect"))
        ),
        *(
            pytest.param([A, answer(status)], [], "present", id=f"passing: status {status}")
            for status in (401, 403, 429, 451, 500, 503, 599, 304, None, 199)
        ),
        pytest.param(
            [A, answer(404, quality="block page")], [], "present", id="a block page with a 404"
        ),
        pytest.param(
            [A, answer(404, outcome="truncated")], [], "present", id="half an answer tells nothing"
        ),
        pytest.param(
            [A, LOST, answer(200, reading="none")],
            ["gone c0 c1 c2 1: status 404"],
            "present",
            id="there again without words",
        ),
        pytest.param(
            [A, LOST, answer(200, reading="pending")],
            ["gone c0 c1 - 1: status 404"],
            "gone",
            id="what was not read yet ends nothing",
        ),
        pytest.param([fail("dns"), answer(503)], [], "unreachable", id="never reached"),
        pytest.param(
            [fail("dns"), show("x", quality="block page")], [], "not shown", id="never shown"
        ),
        pytest.param(
            [show("x", status=503, quality="block page")], [], "unreachable", id="blocked by a 503"
        ),
        pytest.param([answer(200, reading="pending")], [], "unread", id="not read yet"),
        pytest.param([answer(200, reading="timeout")], [], "not shown", id="could not be read"),
    ],
)
def test_absences(sightings: list[Sighting], absences: list[str], state: str) -> None:
    found = trace(*sightings)
    assert tell_absences(found) == absences
    assert found.state == state


@pytest.mark.parametrize(
    ("sightings", "confirmed"),
    [
        pytest.param([A, LOST, B], [False], id="seen once"),
        pytest.param([A, LOST, B, B], [True], id="seen twice"),
        pytest.param([A, LOST, B, A], [True], id="seen twice, edited between"),
        pytest.param([A, LOST, B, fail("dns"), B], [True], id="a failure between is none"),
        pytest.param([A, LOST, B, LOST, B], [False, False], id="seen once, twice"),
        pytest.param([A, LOST, B, LOST, B, B], [False, True], id="the later return alone"),
        pytest.param(
            [A, redirect("https://new.example/x", 308), LOST, A, A],
            [True, True],
            id="moved and gone end together",
        ),
        pytest.param([A, LOST, LOST], [False], id="not there"),
    ],
)
def test_a_return_that_one_capture_alone_shows_was_told_as_confirmed(
    sightings: list[Sighting], confirmed: list[bool]
) -> None:
    found = trace(*sightings)
    assert [item.is_return_confirmed for item in found.absences] == confirmed


def test_a_redirect_that_always_names_another_target_stays_short() -> None:
    found = trace(A, *(redirect(f"https://new.example/{number}", 301) for number in range(9)))
    (absence,) = found.absences
    assert absence.captures == 9
    assert absence.reason.count("https://") == 3


def test_ten_thousand_captures_are_traced_in_time() -> None:
    many = [A, LOST, B, fail("dns")] * 2500
    sightings = [
        replace(seen, capture=str(place), source=str(place)) for place, seen in enumerate(many)
    ]
    found = trace_captures(sightings)
    assert len(found.versions) == 5000
    assert len(found.absences) == 2500
