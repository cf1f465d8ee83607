"""Letters by text message: what each says, and the provider or the modem's folder that takes them."""

import os
import ssl
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode, urlsplit

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pathway.jobs.delivery import SMS_HOLDS, Delivered, Problem, carried
from pathway.kernel.clock import PARIS, Clock
from pathway.kernel.errors import Unavailable
from pathway.kernel.languages import FRENCH, gettext, ngettext, speaking
from pathway.kernel.settings import ROOT, Settings, public_link
from pathway.kernel.sms import septets
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.outbox import Contents, Leased, give_up_old, queue_state
from pathway.store.tables import Channel
from pathway.store.transaction import Transaction

OUTGOING, INCOMING = "outgoing", "incoming"  # as the programs of modems call them

_SECONDS = 15.0  # of silence from the provider
_FOR_ALL = {401: Problem.SIGN_IN, 403: Problem.SIGN_IN, 429: Problem.BUSY}  # the next message would hear the same

_TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "sms"),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_TEMPLATES.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # jinja2.ext.i18n
# Other alphabets leave seventy signs a message, hardly more than its link: they would cost three, or arrive in pieces.
_FITS = frozenset({FRENCH, "en"})

_NO_WAY = "Aucun SMS ne peut partir : réglez CARTE_SMS_URL ou CARTE_SMS_FOLDER. Les SMS attendent."
_MISSING = "Aucun SMS ne peut partir : il manque CARTE_PUBLIC_URL dans les réglages. Les SMS attendent."
_PORT = "Le port de CARTE_SMS_URL n’existe pas. Les SMS attendent."
_TWO = "Réglez CARTE_SMS_URL ou CARTE_SMS_FOLDER, pas les deux. Les SMS attendent."


class Provider(Protocol):
    """What takes a message."""

    @property
    def is_down(self) -> bool:
        """Whether it takes nothing more in this round."""
        ...

    def send(self, name: str, to: str, text: str) -> Problem | None:
        """Hand it over; gives what went wrong, if anything. `name` is the same each time that message is tried."""
        ...


class HttpProvider:
    """A provider over HTTP: one POST a message, whose certificate is checked and which leads nowhere else."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened before the first message."""
        self._settings = settings
        self._down: Problem | None = None

    @property
    def is_down(self) -> bool:
        """Whether it takes nothing more in this round."""
        return self._down is not None

    def send(self, name: str, to: str, text: str) -> Problem | None:
        """Any 2xx is its yes. Down for this round, and asked no more: whom nobody reaches, who refuses the account or
        asks to wait."""
        if self._down:
            return self._down
        connection = self._connection()
        try:
            return self._answered(connection, name, to, text)
        except ssl.SSLError:
            self._down = Problem.NOT_TRUSTED
        except (ConnectionResetError, BrokenPipeError, HTTPException):
            return Problem.CUT  # perhaps of this message alone
        except (OSError, ValueError):  # an address that leads nowhere is no fault of the message
            self._down = Problem.UNREACHABLE
        finally:
            connection.close()
        return self._down

    def _answered(self, connection: HTTPConnection, name: str, to: str, text: str) -> Problem | None:
        place = urlsplit(self._settings.sms_url)
        path = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
        connection.request("POST", path, body=self._body(to, text), headers=self._headers(name))
        status = connection.getresponse().status  # its words may repeat the number: they are not read
        if 200 <= status < 300:
            return None
        if status in _FOR_ALL:
            self._down = _FOR_ALL[status]
            return self._down
        return Problem.BUSY if status >= 500 else Problem.REFUSED

    def _connection(self) -> HTTPConnection:
        place = urlsplit(self._settings.sms_url)
        host = place.hostname or ""
        if place.scheme == "https":
            return HTTPSConnection(host, place.port, timeout=_SECONDS, context=ssl.create_default_context())
        return HTTPConnection(host, place.port, timeout=_SECONDS)

    def _headers(self, name: str) -> dict[str, str]:
        kind = "application/json" if self._settings.sms_format == "json" else "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Accept": "application/json", "Idempotency-Key": name, "User-Agent": "carte"}
        if self._settings.sms_token:
            headers["Authorization"] = f"Bearer {self._settings.sms_token}"
        return headers

    def _body(self, to: str, text: str) -> bytes:
        names = self._settings.sms_fields.split(",")
        said = zip(names, (to, self._settings.sms_sender, text), strict=True)
        fields = {name: value for name, value in said if value}
        return orjson.dumps(fields) if self._settings.sms_format == "json" else urlencode(fields).encode()


class FileProvider:
    """A folder that the program of a modem empties: one file a message, whole when it appears."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds `outgoing` and `incoming`; what is missing is made, closed to other accounts."""
        self._folder = folder
        self.is_down = False

    def send(self, name: str, to: str, text: str) -> Problem | None:
        """Written aside, then moved under its name: tried twice, it is the same file."""
        aside = self._folder / f".{name}"
        try:
            (self._folder / OUTGOING).mkdir(mode=0o700, parents=True, exist_ok=True)
            aside.unlink(missing_ok=True)
            _write(aside, f"To: {to.removeprefix('+')}\nAlphabet: UTF-8\n\n{text}\n".encode())
            aside.rename(self._folder / OUTGOING / name)
        except OSError:
            self.is_down = True
            return Problem.FOLDER
        return None


class Messenger:
    """One round at the provider: each letter is written in the words of a message."""

    def __init__(self, settings: Settings, provider: Provider) -> None:
        """With the provider the settings name."""
        self._settings = settings
        self._provider = provider

    @property
    def is_down(self) -> bool:
        """Whether the provider takes nothing more."""
        return self._provider.is_down

    def carry(self, letter: Leased, said: Contents) -> Problem | None:
        """Write it and hand it over."""
        return self._provider.send(letter.id, said.to, written(self._settings, letter, said))

    def leave(self) -> None:
        """Nothing is kept open from a message to the next."""


def check_may_send(store: Store, settings: Settings) -> None:
    """`Unavailable` naming what keeps messages from leaving. A demonstration needs no public address."""
    if not settings.sends_sms:
        raise Unavailable(_NO_WAY)
    if settings.sms_url and settings.sms_folder:
        raise Unavailable(_TWO)
    if not _is_port(settings.sms_url):
        raise Unavailable(_PORT)
    if not (settings.public_url or store.is_demo):
        raise Unavailable(_MISSING)


def deliver(
    store: Store,
    settings: Settings,
    clock: Clock,
    *,
    limit: int,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send up to `limit` messages whose turn has come, as `carried` does, under the same idempotency key each time.

    `Unavailable` when the settings do not allow it; nothing is then touched.
    """
    check_may_send(store, settings)
    courier = Messenger(settings, _provider_of(settings))
    return carried(store, clock, courier, Channel.SMS, limit=limit, is_stopping=is_stopping)


def forget_late(store: Store, clock: Clock) -> int:
    """Give up and empty the messages that waited too long, where none can leave: no number lies there for ever."""
    before = clock.now() - SMS_HOLDS
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        oldest = queue_state(tx, Channel.SMS).oldest_at
    if oldest is None or oldest >= before:
        return 0  # an idle worker writes nothing
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        return give_up_old(tx, Channel.SMS, posted_before=before, problem=Problem.TOO_LATE.value)


def written(settings: Settings, letter: Leased, said: Contents) -> str:
    """The message as it leaves, on one line: in its reader's language where its letters fit, else in French; the page
    it leads to speaks hers. `ValueError` for a sign phones may not show, `TemplateError` without its
    words."""
    when = said.planned.starts_at.astimezone(PARIS) if said.planned else None
    with speaking(said.language if said.language in _FITS else FRENCH):
        hour = gettext("%(day)s à %(hour)s", day=f"{when:%d/%m}", hour=f"{when:%H:%M}") if when else ""
        words = {"link": public_link(settings, said.path), "when": hour}
        text = " ".join(_TEMPLATES.get_template(f"{letter.kind}.txt").render(words).split())
    septets(text)
    return text


def _provider_of(settings: Settings) -> Provider:
    return FileProvider(settings.sms_folder) if settings.sms_folder else HttpProvider(settings)


def _is_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _write(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
