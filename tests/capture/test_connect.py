"""Connections: names, addresses in turn, and TLS with its evidence."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509

from archive.core.exchange import Answer, Exchange, Failure, Tls
from archive.errors import InputError
from tests.capture.conftest import MakeVisit, OpenTransport, name_hosts
from tests.support.awkward import LIMITS
from tests.support.raw_server import RawServer, Script, Step, answer_page, serve_raw

NAME = "news.example"
PAGE = answer_page()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def make_server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@contextmanager
def serve_tls(context: ssl.SSLContext, answer: bytes | Script = PAGE) -> Iterator[RawServer]:
    with serve_raw({"/": answer}, context=context) as server:
        yield server


def read_only_exchange(visit: MakeVisit, server: RawServer, **changes: Any) -> Exchange:
    names = name_hosts(news="127.0.0.1")
    made = visit(f"https://{NAME}:{server.port}/", resolve=names, **changes)
    (exchange,) = made.exchanges
    return exchange


def read_tls_facts(exchange: Exchange) -> Tls:
    assert isinstance(exchange.outcome, Answer), exchange.outcome
    assert exchange.connection is not None
    assert exchange.connection.tls is not None
    return exchange.connection.tls


def test_tls_1_3_leaves_its_facts(authority: trustme.CA, ca_file: str, visit: MakeVisit) -> None:
    with serve_tls(make_server_context(authority, NAME)) as server:
        tls = read_tls_facts(read_only_exchange(visit, server, ca_file=ca_file))
    assert tls.version == "TLSv1.3"
    assert tls.cipher.startswith("TLS_")
    assert tls.error is None
    leaf = x509.load_der_x509_certificate(tls.chain[0])
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [NAME]


@pytest.mark.parametrize(
    ("openssl", "iana"),
    [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    ],
)
def test_tls_1_2_ciphers_have_their_iana_names(
    authority: trustme.CA, ca_file: str, visit: MakeVisit, openssl: str, iana: str
) -> None:
    context = make_server_context(authority, NAME)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(openssl)
    with serve_tls(context) as server:
        tls = read_tls_facts(read_only_exchange(visit, server, ca_file=ca_file))
    assert (tls.version, tls.cipher) == ("TLSv1.2", iana)


def test_the_whole_chain_is_kept_as_the_server_sent_it(
    authority: trustme.CA, ca_file: str, visit: MakeVisit
) -> None:
    middle = authority.create_child_ca()
    issued = middle.issue_cert(NAME)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    with serve_tls(context) as server:
        tls = read_tls_facts(read_only_exchange(visit, server, ca_file=ca_file))
    sent = [x509.load_pem_x509_certificate(blob.bytes()) for blob in issued.cert_chain_pems]
    assert [x509.load_der_x509_certificate(one) for one in tls.chain] == sent
    assert len(tls.chain) == 2


@pytest.mark.parametrize(
    ("names", "root", "words"),
    [
        (
            (NAME,),
            "unknown",
            "self-signed certificate in certificate chain|unable to get local issuer",
        ),
        (("other.example",), "trusted", "Hostname mismatch"),
    ],
)
def test_a_bad_certificate_stops_the_exchange_or_is_recorded(
    authority: trustme.CA,
    ca_file: str,
    visit: MakeVisit,
    names: tuple[str, ...],
    root: str,
    words: str,
) -> None:
    ca = ca_file if root == "trusted" else None
    with serve_tls(make_server_context(authority, *names)) as server:
        refused = read_only_exchange(visit, server, ca_file=ca)
        assert server.requests == []
        accepted = read_only_exchange(visit, server, ca_file=ca, accept_bad_certificate=True)
    assert isinstance(refused.outcome, Failure)
    assert refused.outcome.kind == "tls"
    assert "the certificate does not verify" in refused.outcome.message
    assert refused.attempts == ()
    error = read_tls_facts(accepted).error
    assert error is not None
    assert any(part in error for part in words.split("|"))


def test_a_good_certificate_is_verified_although_bad_ones_may_pass(
    authority: trustme.CA, ca_file: str, visit: MakeVisit
) -> None:
    with serve_tls(make_server_context(authority, NAME)) as server:
        exchange = read_only_exchange(visit, server, ca_file=ca_file, accept_bad_certificate=True)
    assert read_tls_facts(exchange).error is None


def test_a_handshake_that_nobody_answers_is_a_tls_failure(visit: MakeVisit) -> None:
    limits = replace(LIMITS, connect_seconds=0.2)
    with serve_raw({}) as server:
        exchange = read_only_exchange(visit, server, limits=limits)
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "tls"
    assert "no handshake" in exchange.outcome.message


def test_a_tls_connection_that_just_stops_truncates_a_body_without_length(
    authority: trustme.CA, ca_file: str, visit: MakeVisit
) -> None:
    """RFC 9112 §9.8: without the closing alert nobody knows whether that was all."""
    page = b"HTTP/1.1 200 OK\r\n\r\n<p>all?"
    for closes, truncated in ((True, None), (False, "disconnect")):
        script = Script(steps=(Step(send=page),), close=closes, cut=not closes)
        with serve_tls(make_server_context(authority, NAME), script) as server:
            answer = read_only_exchange(visit, server, ca_file=ca_file).outcome
        assert isinstance(answer, Answer)
        assert answer.block == page
        assert answer.truncated == truncated


def test_tls_connections_are_kept_open(
    authority: trustme.CA, ca_file: str, transport: OpenTransport
) -> None:
    async def run(server: RawServer) -> list[Exchange]:
        async with transport(ca_file=ca_file, resolve=name_hosts(news="127.0.0.1")) as opened:
            address = f"https://{NAME}:{server.port}/"
            return [await opened.fetch(address), await opened.fetch(address)]

    with serve_tls(make_server_context(authority, NAME)) as server:
        first, second = asyncio.run(run(server))
        assert server.connections == 1
    assert read_tls_facts(first) == read_tls_facts(second)


def test_a_ca_file_that_is_none_is_the_callers_fault(
    transport: OpenTransport, tmp_path: Path, visit: MakeVisit
) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    for name in (str(path), str(tmp_path / "missing.pem")):
        with pytest.raises(InputError, match="no certificates can be read"):
            visit("https://a.example/", ca_file=name)


def test_addresses_are_tried_in_turn(visit: MakeVisit) -> None:
    with serve_raw({"/": PAGE}, address="127.0.0.3") as server:
        made = visit(
            f"http://a.example:{server.port}/", resolve=name_hosts(a=("127.0.0.2", "127.0.0.3"))
        )
    (exchange,) = made.exchanges
    assert isinstance(exchange.outcome, Answer)
    assert exchange.resolved == ("127.0.0.2", "127.0.0.3")
    assert exchange.connection is not None
    assert exchange.connection.address == "127.0.0.3"
    assert exchange.connection.port == server.port


def test_a_refused_connection_names_every_address_tried(visit: MakeVisit) -> None:
    with serve_raw({}) as server:
        port = server.port
    limits = replace(LIMITS, attempts=1)
    made = visit(
        f"http://a.example:{port}/", resolve=name_hosts(a=("127.0.0.2", "127.0.0.3")), limits=limits
    )
    outcome = made.exchanges[0].outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind == "connect"
    assert "127.0.0.2: " in outcome.message
    assert "127.0.0.3: " in outcome.message


def test_a_name_without_address_is_a_dns_failure(visit: MakeVisit) -> None:
    for resolve, words in (
        (name_hosts(), "Name or service not known"),
        (name_hosts(a=()), "no address"),
    ):
        outcome = visit("http://a.example/", resolve=resolve).exchanges[0].outcome
        assert isinstance(outcome, Failure)
        assert outcome.kind == "dns"
        assert words in outcome.message


def test_ipv6_addresses_are_connected_to(visit: MakeVisit) -> None:
    with serve_raw({"/": PAGE}, address="::1") as server:
        made = visit(f"http://[::1]:{server.port}/", allow_networks=(ip_network("::1/128"),))
    (exchange,) = made.exchanges
    assert isinstance(exchange.outcome, Answer)
    assert f"Host: [::1]:{server.port}\r\n".encode() in exchange.request
