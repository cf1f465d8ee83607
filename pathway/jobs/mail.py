"""Sending the outbox: letters leave one by one, outside any transaction, at least once and never twice on purpose."""

import smtplib
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from pathway.kernel.choice import Choice
from pathway.kernel.clock import Clock
from pathway.kernel.errors import PathwayError, Unavailable
from pathway.kernel.settings import ROOT, Settings, public_link
from pathway.kernel.wording import listed
from pathway.store import outbox
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.outbox import Contents, Leased
from pathway.store.transaction import Transaction

_LOT = 10
_LEASE = timedelta(minutes=15)
_MARGIN = timedelta(minutes=2)
_SECONDS = 15.0  # of silence from the mail server
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))  # 22 h 21 in all

# Plain text has nothing to escape, and a letter only ever says a link of ours and a duration.
_TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "mail"), undefined=StrictUndefined, autoescape=False, trim_blocks=True
)

_MISSING = "Aucune lettre ne peut partir : il manque {names} dans les réglages. Les lettres attendent."
_IN_CLEAR = "CARTE_SMTP_USER demande CARTE_SMTP_TLS=starttls ou tls : un mot de passe ne part pas en clair."


class Problem(Choice):
    """Why a letter did not leave. Never the server's own words: they often repeat the address."""

    UNREACHABLE = "unreachable", "le serveur d’envoi ne répond pas"
    NOT_TRUSTED = (
        "not_trusted",
        "la liaison chiffrée avec le serveur d’envoi échoue (certificat, ou CARTE_SMTP_TLS)",
    )
    NOT_OFFERED = "not_offered", "le serveur d’envoi n’offre pas ce qui est demandé (chiffrement, connexion, accents)"
    SIGN_IN = "sign_in", "le serveur d’envoi refuse le compte ou son mot de passe"
    SENDER = "sender", "le serveur d’envoi refuse l’expéditeur"
    RECIPIENT = "recipient", "le serveur d’envoi refuse le destinataire"
    CUT = "cut", "le serveur d’envoi a coupé"
    REFUSED = "refused", "le serveur d’envoi refuse la lettre"
    UNWRITABLE = "unwritable", "la lettre ne peut pas être écrite"


# The first that fits: smtplib's family and TLS failures are all OSError.
_PROBLEMS: tuple[tuple[type[OSError], Problem], ...] = (
    (ssl.SSLError, Problem.NOT_TRUSTED),
    (smtplib.SMTPAuthenticationError, Problem.SIGN_IN),
    (smtplib.SMTPRecipientsRefused, Problem.RECIPIENT),
    (smtplib.SMTPSenderRefused, Problem.SENDER),
    (smtplib.SMTPNotSupportedError, Problem.NOT_OFFERED),
    (smtplib.SMTPServerDisconnected, Problem.CUT),
    (smtplib.SMTPConnectError, Problem.UNREACHABLE),
    (smtplib.SMTPException, Problem.REFUSED),
)


@dataclass(kw_only=True)
class Delivered:
    """What a delivery did: letters sent, to be tried again, given up; and how often each problem was met."""

    sent: int = 0
    retry: int = 0
    given_up: int = 0
    problems: Counter[Problem] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many letters were handled."""
        return self.sent + self.retry + self.given_up


class Postman:
    """One round at the mail server: a connection kept from letter to letter, opened again when the server cuts it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened before the first letter."""
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self.is_down = False

    def send(self, message: EmailMessage) -> Problem | None:
        """Hand it over; gives what went wrong, if anything. A server that does not open is `is_down` from then on."""
        try:
            server = self._server or self._open()
        except OSError as error:
            self.is_down = True
            return _problem(error)
        try:
            server.send_message(message)
        except OSError as error:
            self.leave()  # what a half-said letter left on the connection must not reach the next one
            return _problem(error)
        return None

    def leave(self) -> None:
        """Say goodbye to the server, if it is still there."""
        server, self._server = self._server, None
        if server:
            with suppress(OSError):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        chosen, context = self._settings, ssl.create_default_context()
        place = (chosen.smtp_host, chosen.smtp_port)
        if chosen.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(*place, timeout=_SECONDS)
        try:
            if chosen.smtp_tls == "starttls":
                server.starttls(context=context)
            if chosen.smtp_user:
                server.login(chosen.smtp_user, chosen.smtp_password)
        except OSError:
            server.close()
            raise
        self._server = server
        return server


def check_may_send(store: Store, settings: Settings) -> None:
    """`Unavailable` naming the settings without which no letter may leave. A demonstration needs no public address."""
    needed = {"CARTE_SMTP_HOST": settings.smtp_host, "CARTE_MAIL_FROM": settings.mail_from}
    if not store.is_demo:
        needed["CARTE_PUBLIC_URL"] = settings.public_url
    names = [name for name, value in needed.items() if not value]
    if names:
        raise Unavailable(_MISSING.format(names=listed(names)))
    if settings.smtp_user and settings.smtp_tls == "none":
        raise Unavailable(_IN_CLEAR)


def deliver(
    store: Store,
    settings: Settings,
    clock: Clock,
    *,
    limit: int,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send up to `limit` letters whose turn has come, in leased lots, until there are none or `is_stopping()`.

    At least once: killed between the server's yes and the record of it, a letter leaves again after its lease, with the
    same Message-ID. A refused letter is tried again after 1, 5, 15, 60 minutes, 3, 6 and 12 hours, then given up.
    `Unavailable` when the settings do not allow sending; nothing is then touched.
    """
    check_may_send(store, settings)
    done = Delivered()
    postman = Postman(settings)
    try:
        while done.total < limit and not (is_stopping() or postman.is_down):
            lot = _lease(store, clock, min(_LOT, limit - done.total))
            if not lot:
                break
            _deliver_lot(store, settings, clock, postman, lot, done)
    finally:
        postman.leave()
    return done


def written(settings: Settings, clock: Clock, letter: Leased, said: Contents) -> EmailMessage:
    """The letter as it leaves. `ValueError` for a line break in a header, `TemplateError` without its words."""
    words = {"link": public_link(settings, said.path), "valid_for": said.valid_for}
    subject, _, body = _TEMPLATES.get_template(f"{letter.kind}.txt").render(words).partition("\n")
    headers = {
        "From": settings.mail_from,
        "To": said.to,
        "Subject": subject,
        "Date": format_datetime(clock.now()),
        "Message-ID": f"<{letter.id}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMessage()
    for name, value in headers.items():
        if "\r" in value or "\n" in value:  # a header that ends would let its rest be read as others
            raise ValueError(f"{name} holds a line break")
        message[name] = value
    message.set_content(body.strip() + "\n", cte="quoted-printable")  # what every relay carries
    return message


def _deliver_lot(
    store: Store, settings: Settings, clock: Clock, postman: Postman, lot: tuple[Leased, ...], done: Delivered
) -> None:
    until = clock.now() + _LEASE - _MARGIN
    for letter in lot:
        if clock.now() > until:
            return  # a slow server: what is left is taken up again when its lease ends
        problem = _send(store, settings, clock, postman, letter)
        _record(store, clock, letter, problem, done)


def _lease(store: Store, clock: Clock, limit: int) -> tuple[Leased, ...]:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        if not outbox.due_count(tx):
            return ()  # an idle worker writes nothing
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        return outbox.lease(tx, limit=limit, until=clock.now() + _LEASE)


def _send(store: Store, settings: Settings, clock: Clock, postman: Postman, letter: Leased) -> Problem | None:
    try:
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
            said = outbox.contents(tx, letter.id)
        message = written(settings, clock, letter, said)
    except Unavailable:
        raise  # the base, not the letter
    except (PathwayError, TemplateError, ValueError):
        return Problem.UNWRITABLE
    return postman.send(message)


def _record(store: Store, clock: Clock, letter: Leased, problem: Problem | None, done: Delivered) -> None:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        if problem is None:
            outbox.mark_sent(tx, letter)
            done.sent += 1
            return
        done.problems[problem] += 1
        if problem is Problem.UNWRITABLE or letter.attempts > len(_WAITS):
            outbox.give_up(tx, letter, problem=problem.value)
            done.given_up += 1
            return
        # A refusal is tried again whatever its code: relays are misconfigured more often than addresses are wrong.
        outbox.put_off(tx, letter, problem=problem.value, next_try_at=tx.now + _WAITS[letter.attempts - 1])
        done.retry += 1


def _problem(error: OSError) -> Problem:
    return next((problem for kind, problem in _PROBLEMS if isinstance(error, kind)), Problem.UNREACHABLE)
