"""Emptying the outbox by one channel: letters leave one by one, outside any transaction, in leased lots."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from jinja2 import TemplateError

from pathway.kernel.choice import Choice
from pathway.kernel.clock import Clock
from pathway.kernel.errors import PathwayError, Unavailable
from pathway.kernel.ringing import rings_from
from pathway.store import outbox
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.outbox import Contents, Leased
from pathway.store.stops import is_stopped
from pathway.store.tables import Channel
from pathway.store.transaction import Transaction

_LOT = 10
_LEASE = timedelta(minutes=15)
_MARGIN = timedelta(minutes=2)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))  # 22 h 21 in all
SMS_HOLDS = timedelta(days=3)  # what is new then is read by signing in: later, a message only worries


class Problem(Choice):
    """Why a letter did not leave. Never the server's own words: they often repeat the address."""

    UNREACHABLE = "unreachable", "le serveur d’envoi ne répond pas"
    NOT_TRUSTED = "not_trusted", "la liaison chiffrée avec le serveur d’envoi échoue (certificat, ou CARTE_SMTP_TLS)"
    NOT_OFFERED = "not_offered", "le serveur d’envoi n’offre pas ce qui est demandé (chiffrement, connexion, accents)"
    SIGN_IN = "sign_in", "le serveur d’envoi refuse le compte ou son mot de passe"
    SENDER = "sender", "le serveur d’envoi refuse l’expéditeur"
    RECIPIENT = "recipient", "le serveur d’envoi refuse le destinataire"
    CUT = "cut", "le serveur d’envoi a coupé"
    BUSY = "busy", "le serveur d’envoi demande d’attendre"
    REFUSED = "refused", "le serveur d’envoi refuse la lettre"
    FOLDER = "folder", "le dossier des SMS ne s’écrit pas (CARTE_SMS_FOLDER)"
    UNWRITABLE = "unwritable", "la lettre ne peut pas être écrite"
    STOPPED = "stopped", "ce numéro a répondu STOP"
    TOO_LATE = "too_late", "il est trop tard pour la dire"
    SILENT = "silent", "la personne ne reçoit plus rien"
    ASLEEP = "asleep", "ce n’est pas une heure à faire sonner un téléphone"


_NEVER = frozenset({Problem.UNWRITABLE, Problem.STOPPED, Problem.TOO_LATE})  # another try would change nothing


class Courier(Protocol):
    """One round with what carries the letters of a channel."""

    @property
    def is_down(self) -> bool:
        """Whether nothing more can leave in this round."""
        ...

    def carry(self, letter: Leased, said: Contents) -> Problem | None:
        """Write the letter and hand it over; gives what went wrong, if anything. `ValueError`, `TemplateError` when it
        cannot be written."""
        ...

    def leave(self) -> None:
        """End the round."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """What came of a letter, and when the appointment it speaks of begins, if it was read."""

    problem: Problem | None
    meeting_at: datetime | None = None


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


def carried(
    store: Store,
    clock: Clock,
    courier: Courier,
    channel: Channel,
    *,
    limit: int,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send up to `limit` letters of that channel whose turn has come, until there are none or `is_stopping()`.

    At least once: killed between the server's yes and the record of it, a letter leaves again after its lease, under
    the same name. A refused letter is tried again after 1, 5, 15, 60 minutes, 3, 6 and 12 hours, then given up. What
    cannot be written, comes too late, or goes to a number that answered « STOP » meanwhile is given up at once. A
    message waits for an hour at which a telephone may ring, however late the worker is.
    """
    done = Delivered()
    try:
        while done.total < limit and not (is_stopping() or courier.is_down):
            lot = _lease(store, clock, channel, min(_LOT, limit - done.total))
            if not lot:
                break
            _carry_lot(store, clock, courier, lot, done)
    finally:
        courier.leave()
    return done


def _carry_lot(store: Store, clock: Clock, courier: Courier, lot: tuple[Leased, ...], done: Delivered) -> None:
    until = clock.now() + _LEASE - _MARGIN
    for letter in lot:
        if clock.now() > until:
            return  # a slow server: what is left is taken up again when its lease ends
        _record(store, clock, letter, _send(store, clock, courier, letter), done)


def _lease(store: Store, clock: Clock, channel: Channel, limit: int) -> tuple[Leased, ...]:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        if not outbox.due_count(tx, channel):
            return ()  # an idle worker writes nothing
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        return outbox.lease(tx, limit=limit, until=clock.now() + _LEASE, channel=channel)


def _send(store: Store, clock: Clock, courier: Courier, letter: Leased) -> _Tried:
    try:
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
            said = outbox.contents(tx, letter.id)
            problem = _kept_back(tx, letter, said)
        problem = problem or courier.carry(letter, said)
        return _Tried(problem=problem, meeting_at=said.planned.starts_at if said.planned else None)
    except Unavailable:
        raise  # the base, not the letter
    except (PathwayError, TemplateError, ValueError):
        return _Tried(problem=Problem.UNWRITABLE)


def _kept_back(tx: Transaction, letter: Leased, said: Contents) -> Problem | None:
    """Why it must not leave now, though it was written."""
    if said.planned and said.planned.starts_at <= tx.now:
        return Problem.TOO_LATE
    if letter.channel != Channel.SMS:
        return None
    if is_stopped(tx, said.to):
        return Problem.STOPPED
    if letter.created_at is not None and tx.now - letter.created_at > SMS_HOLDS:
        return Problem.TOO_LATE
    return Problem.ASLEEP if rings_from(tx.now, said.planned.starts_at if said.planned else None) > tx.now else None


def _record(store: Store, clock: Clock, letter: Leased, tried: _Tried, done: Delivered) -> None:
    problem = tried.problem
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        if problem is None:
            outbox.mark_sent(tx, letter)
            done.sent += 1
            return
        done.problems[problem] += 1
        if problem in _NEVER or (letter.attempts > len(_WAITS) and problem is not Problem.ASLEEP):
            outbox.give_up(tx, letter, problem=problem.value)
            done.given_up += 1
            return
        # A refusal is tried again whatever its code: relays are misconfigured more often than addresses are wrong.
        outbox.put_off(tx, letter, problem=problem.value, next_try_at=_next_try(tx.now, letter, tried))
        done.retry += 1


def _next_try(now: datetime, letter: Leased, tried: _Tried) -> datetime:
    at = now if tried.problem is Problem.ASLEEP else now + _WAITS[letter.attempts - 1]
    return rings_from(at, tried.meeting_at) if letter.channel == Channel.SMS else at
