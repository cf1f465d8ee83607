"""A real provider of messages on this machine: HTTPS with a throw-away certificate, refusals and silences on demand."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from tests.jobs.postbox import HOST, made_certificate

TOKEN = "un-jeton-de-fournisseur"


@dataclass(kw_only=True)
class Counter:
    """What the provider took. `answers`: the next ones it gives, then 202; 0 cuts, a negative one keeps silent."""

    port: int
    certificate: Path
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    on_message: Callable[[], None] = lambda: None
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings with which the program sends here."""
        return {
            "CARTE_SMS_URL": f"https://{HOST}:{self.port}/v1/messages?canal=court",
            "CARTE_SMS_TOKEN": TOKEN,
            "CARTE_SMS_SENDER": "CARTE",
            "CARTE_PUBLIC_URL": "https://carte.valmer.example",
        }


@contextmanager
def open_counter(folder: Path) -> Iterator[Counter]:
    """The provider, until the end of the block."""
    certificate = made_certificate(folder)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "server.key")
    here = Counter(port=0, certificate=certificate)

    class Handler(BaseHTTPRequestHandler):
        """One message."""

        def do_POST(self) -> None:
            """Keep it, and answer as it was told, repeating the number as real providers do."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.taken.append(({"path": self.path, **dict(self.headers.items())}, body))
            here.on_message()
            status = here.answers.pop(0) if here.answers else 202
            if status < 0:
                here.release.wait(20)
            if status > 0:
                self.send_response(status)
                self.send_header("Location", f"https://{HOST}:{here.port}/ailleurs")
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

    class Server(ThreadingHTTPServer):
        """Silent when a client goes away."""

        def handle_error(self, request: object, client_address: object) -> None:
            """A handshake that failed, a caller that left: what is tested."""

    server = Server((HOST, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        here.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
