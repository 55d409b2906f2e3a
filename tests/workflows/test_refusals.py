"""What the network guard refuses: no connection, one clear line, one record."""

import json
from ipaddress import ip_network

import pytest

from archive.workflows.opening import Archive
from tests.support.archives import capture_all, list_findings, make_transport, run_archive
from tests.support.attacks import URLS
from tests.support.raw_server import RawServer, answer_redirect, serve_raw


def name_port(address: str, server: RawServer) -> str:
    """Return the address with the port of the trap."""
    return address.replace("PORT", str(server.port))


@pytest.mark.parametrize("address", URLS)
def test_refused_addresses_make_no_connection(empty_archive: Archive, address: str) -> None:
    with serve_raw({}) as trap:
        settings = make_transport(empty_archive, allow_networks=())
        (result,) = capture_all(empty_archive, [name_port(address, trap)], transport=settings)
        assert trap.connections == 0
    assert result.last.outcome == "blocked"
    assert result.has_failed
    assert len(result.captures) == 1
    assert "\n" not in (result.last.error or "\n")
    assert list_findings(empty_archive) == []


def test_refused_redirects_make_no_connection(empty_archive: Archive) -> None:
    """A server that may be asked redirects to every address that may not."""
    with serve_raw({}, address="127.0.0.9") as trap:
        targets = [name_port(item.replace("127.0.0.1", "127.0.0.9"), trap) for item in URLS]
        answers = {
            f"/{place}": answer_redirect(target)
            for place, target in enumerate(targets)
            if target.isascii() and "\t" not in target and len(target) < 1000
        }
        with serve_raw(answers, address="127.0.0.8") as server:
            opened = (ip_network("127.0.0.8/32"),)
            settings = make_transport(empty_archive, allow_networks=opened)
            results = capture_all(
                empty_archive, [server.url(target) for target in answers], transport=settings
            )
        assert trap.connections == 0
    assert len(results) == len(answers)
    for result in results:
        assert [hop.status for hop in result.captures] == [302, None], result.address
        assert result.last.outcome == "blocked"
    assert list_findings(empty_archive) == []


def test_a_refusal_is_one_clear_line(empty_archive: Archive) -> None:
    with serve_raw({}, address="127.0.0.9") as trap:
        settings = empty_archive.layout.settings
        settings.write_text("", encoding="utf-8")
        done = run_archive(["capture", trap.url("/")], root=empty_archive.layout.root)
        assert trap.connections == 0
    assert done.returncode == 4
    assert len(done.stdout.splitlines()) == 1
    assert "blocked" in done.stdout
    assert "127.0.0.9" in done.stdout
    listed = run_archive(["list", "--captures", "--json"], root=empty_archive.layout.root)
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [row["outcome"] for row in rows if row["purpose"] == "statement"] == ["blocked"]
