"""A real time-stamping authority on loopback: ``openssl ts``, with certificates made for it.

It can misbehave: by configuration, by changing the query before it is answered, and by signing
again what an honest answer said, with ``openssl cms``.  Not for: judging answers.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.programs import program

POLICY = "1.3.6.1.4.1.32473.1"  # of the arc for documentation (RFC 5612)
GARBAGE = b"<!doctype html><title>It works!</title>"
DAY = timedelta(days=1)
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONFIGURATION = """\
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
{certs}
signer_digest = sha256
default_policy = {policy}
digests = {digests}
{accuracy}
clock_precision_digits = {digits}
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""

KeyKind = Literal["rsa", "p256"]
Usage = Literal["critical", "plain", "other", "none"]  # of the extension "extended key usage"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Change = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Certificates, and a folder with what openssl needs to answer in its name."""

    folder: Path
    root: Issued
    signer: Issued
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, query: bytes) -> bytes:
        """The answer of ``openssl ts`` to a query."""
        with self.lock:  # it counts serial numbers in a file
            (self.folder / "query").write_bytes(query)
            _run(
                self.folder,
                "ts",
                "-reply",
                "-config",
                "ts.cnf",
                "-queryfile",
                "query",
                "-out",
                "answer",
            )
            return (self.folder / "answer").read_bytes()

    def sign(
        self, info: bytes, *, extra: tuple[Issued, ...] = (), names_signer: bool = True
    ) -> bytes:
        """An answer that grants a token saying ``info`` (TSTInfo), whatever it is.

        Among what is signed is the name of the signer's certificate, with ``names_signer``.
        """
        with self.lock:
            (self.folder / "info").write_bytes(info)
            (self.folder / "extra.pem").write_bytes(b"".join(each.pem for each in extra))
            more = ["-certfile", "extra.pem"] if extra else []
            more += ["-cades"] if names_signer else []
            command = f"cms -sign -binary -nodetach -outform DER -econtent_type {_TST_INFO}"
            files = "-in info -signer signer.pem -inkey signer.key -out token"
            _run(self.folder, *command.split(), *files.split(), *more)
            token = (self.folder / "token").read_bytes()
        return grant(token)

    def read_info(self, answer: bytes) -> bytes:
        """What an answer's token says (TSTInfo, DER), unjudged."""
        with self.lock:
            (self.folder / "answer").write_bytes(answer)
            _run(self.folder, "ts", "-reply", "-in", "answer", "-token_out", "-out", "token")
            command = "cms -verify -noverify -binary -inform DER -in token -out info"
            _run(self.folder, *command.split())
            return (self.folder / "info").read_bytes()


def grant(token: bytes) -> bytes:
    """The answer (TimeStampResp) that grants ``token``."""
    content = bytes.fromhex("3003020100") + token
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def make_root(
    name: str = "Test root", *, ends: timedelta = 3650 * DAY, issuer: Issued | None = None
) -> Issued:
    """A certificate authority that began 20 years ago, on its own or under ``issuer``."""
    key = make_key("p256")
    subject = make_name(name)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 7300 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Issued(certificate=certificate, key=key)


def make_authority(
    folder: Path,
    *,
    root: Issued | None = None,
    name: str = "Test TSA",
    kind: KeyKind = "p256",
    begins: datetime | None = None,
    ends: datetime | None = None,
    usage: Usage = "critical",
    with_root: bool = False,
    digests: str = "sha256",
    digits: int = 0,
    key: Key | None = None,
    accuracy: str = "accuracy = secs:1, millisecs:500, microsecs:100",
) -> Authority:
    """An authority of its own, or under ``root``; ``with_root`` puts that into every token."""
    program("openssl")
    root = root or make_root()
    key = key or make_key(kind)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(make_name(name))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins or now - DAY)
        .not_valid_after(ends or now + 365 * DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if usage != "none":
        purpose = (
            ExtendedKeyUsageOID.CODE_SIGNING
            if usage == "other"
            else ExtendedKeyUsageOID.TIME_STAMPING
        )
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=usage != "plain")
    signer = Issued(certificate=builder.sign(root.key, hashes.SHA256()), key=key)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "signer.pem").write_bytes(signer.pem)
    (folder / "signer.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "serial").write_text("01")
    text = _CONFIGURATION.format(
        folder=folder,
        policy=POLICY,
        digests=digests,
        digits=digits,
        accuracy=accuracy,
        certs=f"certs = {folder}/root.pem" if with_root else "",
    )
    (folder / "ts.cnf").write_text(text)
    return Authority(folder=folder, root=root, signer=signer)


def make_key(kind: KeyKind) -> Key:
    """A fresh key."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ec.generate_private_key(ec.SECP256R1())


def make_name(name: str) -> x509.Name:
    """A subject that consists of a common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def change_nonce(query: bytes) -> bytes:
    """The same query with another nonce."""
    end = query.rindex(b"\x01\x01\xff")  # certReq
    return query[: end - 1] + bytes((query[end - 1] ^ 1,)) + query[end:]


def change_message(query: bytes) -> bytes:
    """The same query about other data."""
    start = query.index(b"\x04\x20") + 2
    return query[:start] + bytes((query[start] ^ 1,)) + query[start + 1 :]


@dataclass(slots=True, kw_only=True)
class Served:
    """A running authority: its address, and the queries that came, with their content types."""

    url: str
    queries: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def serve_authority(
    authority: Authority, *, query: Change | None = None, answer: Change | None = None
) -> Iterator[Served]:
    """Answer queries by POST (RFC 3161 §3.4); ``query`` and ``answer`` change what passes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # http.server calls it so
            body = self.rfile.read(int(self.headers["Content-Length"]))
            served.queries.append((self.headers["Content-Type"], body))
            reply = authority.answer(query(body) if query else body)
            if answer:
                reply = answer(reply)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as in the base
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Served(url=f"http://127.0.0.1:{server.server_port}/tsr")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join(10)


def _run(folder: Path, *arguments: str) -> None:
    command = [program("openssl"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr.decode()}")
