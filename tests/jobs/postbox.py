"""A real mail server on this machine: STARTTLS with a throw-away certificate, sign-in, refusals on demand."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP as POLICY
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pathway.kernel.clock import SystemClock

HOST = "127.0.0.1"
USER, PASSWORD = "carte", "un-mot-de-passe-de-relais"


@dataclass(kw_only=True)
class Postbox:
    """What the server took, and what it refuses."""

    port: int
    certificate: Path
    letters: list[Message] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    on_letter: Callable[[], None] = lambda: None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings with which the program sends here."""
        return {
            "CARTE_SMTP_HOST": HOST,
            "CARTE_SMTP_PORT": self.port,
            "CARTE_SMTP_USER": USER,
            "CARTE_SMTP_PASSWORD": PASSWORD,
            "CARTE_MAIL_FROM": "Carte vitale de l’emploi <carte@valmer.example>",
            "CARTE_PUBLIC_URL": "https://carte.valmer.example",
        }

    def only(self) -> EmailMessage:
        """The one letter that came."""
        assert len(self.letters) == 1
        found = self.letters[0]
        assert isinstance(found, EmailMessage)
        return found

    async def handle_RCPT(
        self, _server: object, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse those it must refuse, repeating the address as real servers do."""
        if address in self.refused:
            return f"550 5.1.1 <{address}> unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: Session, envelope: Envelope) -> str:
        """Keep the letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(BytesParser(policy=POLICY).parsebytes(envelope.content))
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.on_letter()
        return "250 OK"


@contextmanager
def listening(folder: Path) -> Iterator[Postbox]:
    """The server, until the end of the block."""
    certificate = made_certificate(folder)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "server.key")
    box = Postbox(port=free_port(), certificate=certificate)
    controller = Controller(
        box,
        hostname=HOST,
        port=box.port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=signs_in,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def signs_in(_server: object, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
    """Whether the account and its password are the right ones."""
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)  # the server says so itself


def made_certificate(folder: Path) -> Path:
    """A certificate for this machine, signed by itself; its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relais d’essai")])
    now = SystemClock().now()
    built = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
    built = built.serial_number(x509.random_serial_number())
    built = built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    signed = built.add_extension(place, critical=False).sign(key, hashes.SHA256())
    own, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, own, none))
    path = folder / "server.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return path


def free_port() -> int:
    """A port nobody listens to."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
