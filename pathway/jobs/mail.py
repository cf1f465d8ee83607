"""Letters by e-mail: what each says, and the mail server that takes them, at least once and never twice on purpose."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from textwrap import fill

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pathway.casework.encounters.calendar_file import calendar_of
from pathway.casework.territory.queries import territory_contact
from pathway.casework.territory.rules import Contact
from pathway.jobs.delivery import Delivered, Problem, carried
from pathway.kernel.clock import Clock
from pathway.kernel.errors import Unavailable
from pathway.kernel.languages import gettext, ngettext, speaking
from pathway.kernel.settings import ROOT, Settings, mail_domain, public_link
from pathway.kernel.wording import counted, listed, said_instant
from pathway.store.actor import SYSTEM
from pathway.store.letter_kinds import LetterKind
from pathway.store.opening import Store
from pathway.store.outbox import Contents, Leased
from pathway.store.tables import Channel
from pathway.store.transaction import Transaction

__all__ = ["Delivered", "Postman", "Problem", "check_may_send", "deliver", "written"]

_SECONDS = 15.0  # of silence from the mail server
_WIDTH = 76  # signs a line: what a plain letter shows without cutting

# Plain text has nothing to escape, and a letter only ever says a link of ours, a duration, an instant and counts.
_TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "mail"),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_TEMPLATES.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # jinja2.ext.i18n
_TEMPLATES.filters["counted"] = counted
_TEMPLATES.filters["wrapped"] = partial(fill, width=_WIDTH, break_long_words=False, break_on_hyphens=False)

_MISSING = "Aucune lettre ne peut partir : il manque {names} dans les réglages. Les lettres attendent."
_IN_CLEAR = "CARTE_SMTP_USER demande CARTE_SMTP_TLS=starttls ou tls : un mot de passe ne part pas en clair."

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


class Postman:
    """One round at the mail server: a connection kept from letter to letter, opened again when the server cuts it."""

    def __init__(self, settings: Settings, clock: Clock, contact: Contact | None = None) -> None:
        """Nothing is opened before the first letter."""
        self._settings = settings
        self._clock = clock
        self._contact = contact or Contact()
        self._server: smtplib.SMTP | None = None
        self.is_down = False

    def carry(self, letter: Leased, said: Contents) -> Problem | None:
        """Write it and hand it over."""
        return self.send(written(self._settings, self._clock, letter, said, self._contact))

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
    """Send up to `limit` letters by e-mail whose turn has come, as `carried` does, with the same Message-ID each time.

    `Unavailable` when the settings do not allow sending; nothing is then touched.
    """
    check_may_send(store, settings)
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        contact = territory_contact(tx)
    postman = Postman(settings, clock, contact)
    return carried(store, clock, postman, Channel.EMAIL, limit=limit, is_stopping=is_stopping)


def written(
    settings: Settings, clock: Clock, letter: Leased, said: Contents, contact: Contact | None = None
) -> EmailMessage:
    """The letter as it leaves, in its reader's language, signed by the territory.

    `ValueError` for a line break in a header, `TemplateError` without its words.
    """
    link = public_link(settings, said.path)
    subject, body = _worded(letter, said, link, contact or Contact())
    domain = mail_domain(settings)
    headers = {
        "From": settings.mail_from,
        "To": said.to,
        "Subject": subject,
        "Date": format_datetime(clock.now()),
        "Message-ID": f"<{letter.id}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMessage()
    for name, value in headers.items():
        if "\r" in value or "\n" in value:  # a header that ends would let its rest be read as others
            raise ValueError(f"{name} holds a line break")
        message[name] = value
    message.set_content(body.strip() + "\n", cte="quoted-printable")  # what every relay carries
    message["Content-Language"] = said.language
    if said.planned:
        is_cancelled = letter.kind == LetterKind.APPOINTMENT_CANCELLED
        with speaking(said.language):
            calendar = calendar_of(said.planned, link=link, domain=domain, is_cancelled=is_cancelled)
        message.add_attachment(
            calendar, "text", "calendar", filename="rendez-vous.ics", params={"method": "PUBLISH", "charset": "utf-8"}
        )
    return message


def _worded(letter: Leased, said: Contents, link: str, contact: Contact) -> tuple[str, str]:
    """Its subject and its text."""
    with speaking(said.language):
        words = {
            "link": link,
            "valid_for": _lasting(said.valid_for),
            "when": said_instant(said.planned.starts_at) if said.planned else "",
            "counts": said.counts,
            "territory": contact,
        }
        subject, _, body = _TEMPLATES.get_template(f"{letter.kind}.txt").render(words).partition("\n")
    return subject, body


def _lasting(span: str) -> str:
    """« 7 jours », as a letter keeps it, in the language spoken; nothing for nothing."""
    if not span:
        return ""
    number, unit = span.replace("\u00a0", " ").split()
    if unit.startswith("minute"):
        return ngettext("%(num)s minute", "%(num)s minutes", int(number))
    if unit.startswith("heure"):
        return ngettext("%(num)s heure", "%(num)s heures", int(number))
    return ngettext("%(num)s jour", "%(num)s jours", int(number))


def _problem(error: OSError) -> Problem:
    return next((problem for kind, problem in _PROBLEMS if isinstance(error, kind)), Problem.UNREACHABLE)
