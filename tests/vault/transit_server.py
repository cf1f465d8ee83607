"""A transit engine of our own behind real HTTP, which answers as Vault's documentation says it does."""

import base64
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "hvs.essai"
KEY = "carte"


@dataclass
class Engine:
    """What the engine holds, and how it behaves. `asked`: the paths and bodies it received."""

    versions: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})
    is_sealed: bool = False
    binds: bool = True
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def rotate(self) -> None:
        """As « vault write -f transit/keys/carte/rotate »."""
        self.versions[max(self.versions) + 1] = os.urandom(32)

    def answer(self, path: str, token: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and body for a POST."""
        self.asked.append((path, given))
        if self.is_sealed:  # api-docs, « HTTP status codes »: 503, Vault is down or sealed, with a list of errors
            return 503, {"errors": ["Vault is sealed"]}
        if token != TOKEN:  # the same page: 403, your token may not do that
            return 403, {"errors": ["permission denied"]}
        acts = {
            f"/v1/transit/encrypt/{KEY}": self.encrypt,
            f"/v1/transit/decrypt/{KEY}": self.decrypt,
            f"/v1/transit/rewrap/{KEY}": self.rewrap,
        }
        if path not in acts:
            return 400, {"errors": ["encryption key not found"]}
        return acts[path](given)

    def encrypt(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """api-docs/secret/transit, « Encrypt data »: {"data": {"ciphertext": "vault:v1:…"}}."""
        version = max(self.versions)
        nonce = os.urandom(12)
        plain = base64.b64decode(given["plaintext"])
        blob = nonce + AESGCM(self.versions[version]).encrypt(nonce, plain, self._bound(given))
        return 200, _data(ciphertext=f"vault:v{version}:{base64.b64encode(blob).decode()}", key_version=version)

    def decrypt(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The same page, « Decrypt data »: {"data": {"plaintext": "…"}}; 400 when it is not authentic."""
        try:
            prefix, version, text = given["ciphertext"].split(":")
            if prefix != "vault":
                raise ValueError("no such prefix")
            blob = base64.b64decode(text, validate=True)
            plain = AESGCM(self.versions[int(version[1:])]).decrypt(blob[:12], blob[12:], self._bound(given))
        except (InvalidTag, KeyError, ValueError):
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, _data(plaintext=base64.b64encode(plain).decode())

    def rewrap(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The same page, « Rewrap data »: under the newest version, without its plain text. No `associated_data` is
        among its parameters: it is ignored, and what was bound to some is not authentic (400)."""
        status, opened = self.decrypt({"ciphertext": given["ciphertext"]})
        return (status, opened) if status != 200 else self.encrypt({"plaintext": opened["data"]["plaintext"]})

    def _bound(self, given: dict[str, Any]) -> bytes:
        return base64.b64decode(given.get("associated_data", "")) if self.binds else b""


def _data(**said: Any) -> dict[str, Any]:
    """The envelope of every answer of a secrets engine."""
    return {"request_id": "e2e", "lease_id": "", "renewable": False, "lease_duration": 0, "data": said, "auth": None}


@contextmanager
def serving(engine: Engine, certificate: Path | None = None) -> Iterator[str]:
    """Serve it on this machine; gives the address. With a certificate (« server.key » beside it), over TLS."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Answer as the engine does."""
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = engine.answer(self.path, self.headers.get("X-Vault-Token", ""), given)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_name("server.key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
