"""The chain of a real statement, as PROV and PREMIS, and what other programs read in it.

Not for: the verb's options (``tests/cli/test_export.py``).
"""

import io
import json
import tracemalloc
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from prov.model import ProvDocument
from pyld import jsonld

from archive.core.chain import Agent, CaptureFact, Fact, WithdrawalFact
from archive.core.curation import parse_assertions
from archive.errors import InputError
from archive.interchange.premis import NAMESPACE, format_premis
from archive.interchange.prov import list_parts
from archive.interchange.prov_json import format_prov_json
from archive.interchange.prov_o import format_prov_o
from archive.workflows.cite import cite_capture
from archive.workflows.curate import assert_fields
from archive.workflows.export import export_chain
from archive.workflows.opening import Archive
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import run_archive, write_to
from tests.workflows.test_cite import ALTERED, CLOSING, FERRY, OPENING, Site, edit_site

PROV = "http://www.w3.org/ns/prov#"
ORDER = {
    "object": ("objectIdentifier", "objectCharacteristics", "originalName", "storage",
               "relationship"),
    "event": ("eventIdentifier", "eventType", "eventDateTime", "eventDetailInformation",
              "eventOutcomeInformation", "linkingAgentIdentifier", "linkingObjectIdentifier"),
    "agent": ("agentIdentifier", "agentName", "agentType"),
}  # fmt: skip
WHOLE = ("object", "event", "agent")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, dict[str, str]]:
    """An archive in which everything happened; nobody changes it."""
    with edit_site(tmp_path_factory.mktemp("chain") / "archive") as site:
        return site.archive, fill(site)


def fill(site: Site) -> dict[str, str]:
    first = site.capture(*FERRY)
    second = site.capture(OPENING, ALTERED, CLOSING)
    third = site.capture(*FERRY)  # the payload is known: a revisit
    gone = site.capture_status("404 Not Found")
    other = site.visit(site.server.url("/other")).last.id
    with write_to(site.archive) as writing:
        for day, reason in (("2024-01-30", "The printed copy says so."), ("2024-01-29", "No.")):
            assert_fields(
                writing, first, parse_assertions([f"published={day}"]), reason=reason, by="C. Ada"
            )
    with write_to(site.archive) as writing:
        plan = plan_withdrawal(writing, other)
        withdraw_capture(writing, plan, reason="A court said so.")
    return {"first": first, "second": second, "third": third, "gone": gone, "other": other}


Told = tuple[Archive, dict[str, str]]


def write_chain(archive: Archive, name: str | None, form: Any) -> str:
    return "".join(export_chain(archive, name, form))


def read_prov(text: str) -> ProvDocument:
    return ProvDocument.deserialize(io.StringIO(text), format="json")


def test_prov_reads_the_chain_of_a_statement(told: Told) -> None:
    archive, ids = told
    text = write_chain(archive, ids["second"], "prov-json")
    document = read_prov(text)
    kinds = Counter(type(record).__name__ for record in document.get_records())
    assert kinds["ProvGeneration"] >= 4
    data = json.loads(text)
    captures = {key for key in data["activity"] if key.startswith("urn:archive:capture:")}
    assert captures == {f"urn:archive:capture:{ids[key]}" for key in ("first", "second", "third",
                                                                     "gone")}  # fmt: skip
    act = data["activity"][f"urn:archive:capture:{ids['gone']}"]
    assert act["archive:status"] == 404
    record = cite_capture(archive, ids["first"]).citation.record
    assert data["entity"][record]["archive:payload"].startswith("sha256:")
    people = [item for item in data["agent"].values() if item["prov:label"] == "C. Ada"]
    assert len(people) == 1
    assert {"A. Archivist"} <= {item["prov:label"] for item in data["agent"].values()}
    assert all(None is not item.get("prov:type") for item in data["agent"].values())


def test_versions_are_revisions_with_the_interval_of_the_edit(told: Told) -> None:
    archive, ids = told
    data = json.loads(write_chain(archive, ids["first"], "prov-json"))
    versions = {key: item for key, item in data["entity"].items() if ":version:" in key}
    assert len(versions) == 3
    second = next(item for item in versions.values() if item["archive:number"] == 2)
    assert second["archive:changedAfter"] < second["archive:changedBy"]
    assert second["archive:announced"] == "unannounced"
    revised = [
        (item["prov:generatedEntity"][-1], item["prov:usedEntity"][-1])
        for item in data["wasDerivedFrom"].values()
        if item.get("prov:type", {}).get("$") == "prov:Revision" and ":version:" in str(item)
    ]
    assert sorted(revised) == [("2", "1"), ("3", "2")]
    (alternate,) = data["alternateOf"].values()
    assert alternate["prov:alternate2"] == cite_capture(archive, ids["first"]).citation.record


def test_an_assertion_stands_beside_the_conclusion_and_supersedes_openly(told: Told) -> None:
    archive, ids = told
    data = json.loads(write_chain(archive, ids["first"], "prov-json"))
    said = [item for item in data["entity"].values() if item.get("archive:field") == "published"]
    asserted = {
        item["archive:answer"]: item["archive:state"] for item in said if "archive:reason" in item
    }
    assert asserted == {"2024-01-30": "superseded", "2024-01-29": "in force"}
    concluded = {
        item["archive:answer"][:10]
        for item in said
        if "archive:rule" in item and "archive:answer" in item  # of the 404 nothing is known
    }
    assert concluded == {"2024-02-05"}


def test_a_primary_source_is_named_by_a_person_alone(site_root: Path) -> None:
    with edit_site(site_root / "archive") as site:
        capture = site.capture(*FERRY)
        before = write_chain(site.archive, capture, "prov-o")
        assert "hadPrimarySource" not in before
        with write_to(site.archive) as writing:
            assert_fields(
                writing,
                capture,
                parse_assertions(["origin=Norrvik News Agency"]),
                reason="Its wire had it the day before.",
                by="C. Ada",
            )
        text = write_chain(site.archive, capture, "prov-json")
        data = json.loads(text)
        (relation,) = [
            item for item in data["wasDerivedFrom"].values()
            if item.get("prov:type", {}).get("$") == "prov:PrimarySource"
        ]  # fmt: skip
        origin = data["entity"][relation["prov:usedEntity"]]
        assert origin["prov:label"] == "Norrvik News Agency"
        assert read_prov(text).get_records()
        assert "hadPrimarySource" in write_chain(site.archive, capture, "prov-o")


@pytest.fixture
def site_root(tmp_path: Path) -> Path:
    return tmp_path


def test_a_json_ld_processor_expands_prov_o_to_the_same(told: Told) -> None:
    archive, ids = told
    graph = jsonld.expand(json.loads(write_chain(archive, None, "prov-o")))
    nodes = jsonld.flatten(graph)
    by_id = {node["@id"]: node for node in nodes}
    data = json.loads(write_chain(archive, None, "prov-json"))
    for kind in ("entity", "activity", "agent"):
        typed = {
            node["@id"] for node in nodes
            if f"{PROV}{kind.title()}" in node.get("@type", ())
        }  # fmt: skip
        assert typed == set(data[kind])
    capture = by_id[f"urn:archive:capture:{ids['first']}"]
    assert capture[f"{PROV}startedAtTime"][0]["@type"].endswith("#dateTime")
    assert capture["urn:archive:term:outcome"] == [{"@value": "response"}]
    used = {node["@id"] for node in nodes if f"{PROV}used" in node}
    assert used == {item["prov:activity"] for item in data["used"].values()}


def read_premis(text: str) -> ET.Element:
    """Check what the schema wants that can be checked without it, and return the root."""
    root = ET.fromstring(text)  # noqa: S314  # ours
    assert root.tag == f"{{{NAMESPACE}}}premis"
    assert root.get("version") == "3.0"
    names = [child.tag.partition("}")[2] for child in root]
    assert names == sorted(names, key=WHOLE.index)
    for child in root:
        kind = child.tag.partition("}")[2]
        parts = [part.tag.partition("}")[2] for part in child]
        assert parts == sorted(parts, key=ORDER[kind].index), ET.tostring(child)
        assert f"{kind}Identifier" in parts
    known = {find_text(child, ".//p:objectIdentifierValue") for child in root}
    known |= {find_text(child, ".//p:agentIdentifierValue") for child in root}
    for role in ("linkingAgent", "linkingObject"):
        for linked in root.iterfind(f".//p:{role}IdentifierValue", {"p": NAMESPACE}):
            assert linked.text in known, linked.text
    ids = [find_text(child, "./p:*/p:eventIdentifierValue") for child in root]
    events = [item for item in ids if item]
    assert len(events) == len(set(events))
    return root


def find_text(element: ET.Element, path: str) -> str | None:
    return element.findtext(path, namespaces={"p": NAMESPACE})


def test_premis_tells_every_event_in_the_librarys_words(told: Told) -> None:
    archive, ids = told
    root = read_premis(write_chain(archive, None, "premis"))
    events = Counter(item.text for item in root.iterfind(".//p:eventType", {"p": NAMESPACE}))
    assert events["capture"] >= len(ids)
    assert events["deletion"] == 1
    assert events["metadata modification"] == 2
    assert events["digital signature generation"] == 1
    assert events["message digest calculation"] >= 3
    record = cite_capture(archive, ids["first"]).citation
    (held,) = [
        item for item in root if find_text(item, ".//p:objectIdentifierValue") == record.record
    ]
    assert record.payload is not None
    assert find_text(held, ".//p:messageDigest") == record.payload.value
    assert find_text(held, ".//p:messageDigestAlgorithm") == "SHA-256"


def test_a_check_is_told_of_what_it_read(tmp_path: Path) -> None:
    with edit_site(tmp_path / "archive") as site:
        first = site.capture(*FERRY)
        done = run_archive(["verify", "--record"], root=site.archive.layout.root)
        assert done.returncode == 0, done.stdout
        after = site.capture(OPENING, ALTERED, CLOSING)
        elsewhere = site.visit(site.server.url("/other")).last.id
        for name, number in ((first, 1), (elsewhere, 0), (None, 1)):
            root = read_premis(write_chain(site.archive, name, "premis"))
            kinds = [item.text for item in root.iterfind(".//p:eventType", {"p": NAMESPACE})]
            assert kinds.count("fixity check") == number, name
            data = json.loads(write_chain(site.archive, name, "prov-json"))
            checks = [
                item for item in data["activity"].values()
                if item["prov:type"]["$"] == "archive:FixityCheck"
            ]  # fmt: skip
            assert len(checks) == number
        assert after


def test_a_capture_of_no_statement_is_told_of_by_itself(told: Told) -> None:
    archive, _ = told
    data = json.loads(write_chain(archive, None, "prov-json"))
    robots = [
        key.rpartition(":")[2] for key, item in data["activity"].items()
        if item.get("archive:url", "").endswith("/robots.txt")
    ]  # fmt: skip
    assert robots
    alone = json.loads(write_chain(archive, robots[0], "prov-json"))
    assert [key for key in alone["activity"] if ":capture:" in key] == [
        f"urn:archive:capture:{robots[0]}"
    ]
    with pytest.raises(InputError):
        write_chain(archive, "zzzzzzzz", "prov-json")


HOSTILE = 'x"]]>\x00\x1b[31m\u202e&lt;</originalName>{"@id": "y"}\ud800'
AGENT = Agent(id=HOSTILE, kind="person", name=HOSTILE)


def make_capture(number: int) -> CaptureFact:
    return CaptureFact(
        id=f"c{number:015}",
        record=f"urn:uuid:{number:032x}",
        statement="s1",
        url="http://a.example/",
        time="2026-11-22T09:00:00.000000Z",
        outcome="response",
        status=200,
        media_type="text/html",
        payload="sha256:" + "a" * 64,
        payload_length=9,
        peer=None,
        tls=None,
        visit="v",
        hop=0,
        repeats=None,
        warc="w",
        offset=0,
        length=1,
        leaf=number,
        agents=(),
    )


def test_what_a_page_says_breaks_no_form() -> None:
    facts: list[Fact] = [
        replace(make_capture(1), url=HOSTILE, media_type=HOSTILE, peer=HOSTILE, agents=(AGENT,)),
        WithdrawalFact(
            record=HOSTILE,
            withdrawn="urn:uuid:1",
            reason=HOSTILE,
            agent=AGENT,
            time="2026-11-22T10:00:00.000000Z",
        ),
    ]
    document = read_prov("".join(format_prov_json(list_parts(facts))))
    assert len(list(document.get_records())) == 9
    graph = jsonld.expand(json.loads("".join(format_prov_o(list_parts(facts)))))
    assert all(node["@id"].startswith("urn:") for node in graph)
    root = ET.fromstring("".join(format_premis(facts)))  # noqa: S314  # ours
    assert len(root) == 5  # an object, three events, an agent


def test_an_archive_of_any_size_is_written_in_bounded_memory() -> None:
    def make() -> Any:
        return (make_capture(number) for number in range(5_000))

    for form in (
        lambda facts: format_prov_json(list_parts(facts)),
        lambda facts: format_prov_o(list_parts(facts)),
        format_premis,
    ):
        tracemalloc.start()
        length = sum(map(len, form(make())))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert length > 3 << 20
        assert peak < 2 << 20
