"""`carte worker`: sends the letters that wait, once or until it is stopped."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pathway.cli.french import REFUSED, FrenchCommand
from pathway.cli.opening import opened, operating, settings
from pathway.cli.output import emit, facts, say
from pathway.jobs.forgotten import answer_forgotten
from pathway.jobs.mail import Delivered, check_may_send, deliver
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted
from pathway.store.clocks import clock_of
from pathway.store.opening import Store
from pathway.store.outbox import queue_state

_STOPS = {signal.SIGTERM, signal.SIGINT}
_PAUSE_SECONDS = 5
_MOST = 10_000


@click.command("worker", cls=FrenchCommand, short_help="Envoie les lettres qui attendent.")
@click.option("--once", is_flag=True, help="Envoie ce qui attend, puis s’arrête.")
@click.option("--json", "as_json", is_flag=True, help="Avec --once, écrit une valeur JSON.")
@click.pass_context
def command(ctx: click.Context, once: bool, as_json: bool) -> None:
    """Envoie par courriel les lettres qui attendent, toutes les quelques secondes, jusqu’à Ctrl-C.

    Prépare aussi les lettres des mots de passe oubliés.

    Plusieurs « ./carte worker » peuvent tourner ensemble. Une lettre refusée est réessayée pendant un jour.

    \b
    Exemples :
      ./carte worker
      ./carte worker --once --json
    """
    if as_json and not once:
        raise click.UsageError("L’option « --json » ne va qu’avec « --once ».", ctx)
    chosen = settings()
    with opened() as store:
        check_may_send(store, chosen)
        if not once:
            _run_on(store, chosen)
        elif _run_once(store, chosen, as_json=as_json).given_up:
            ctx.exit(REFUSED)


def _run_once(store: Store, chosen: Settings, *, as_json: bool) -> Delivered:
    answer_forgotten(store, clock_of(store))
    done = deliver(store, chosen, clock_of(store), limit=_MOST)
    _tell(done)
    with operating(store) as tx:
        waiting = queue_state(tx).waiting
    counts = {"sent": done.sent, "retry": done.retry, "given_up": done.given_up, "waiting": waiting}
    labels = ("Parties", "À réessayer", "Abandonnées", "En attente")
    if as_json:
        emit(counts)
    else:
        facts(list(zip(labels, counts.values(), strict=True)))
    return done


def _run_on(store: Store, chosen: Settings) -> None:
    with _stops_held():
        say("envoi des lettres (Ctrl-C pour arrêter)")
        _round(store, chosen)
        while not signal.sigtimedwait(_STOPS, _PAUSE_SECONDS):
            _round(store, chosen)
    say("envoi arrêté.")


def _round(store: Store, chosen: Settings) -> None:
    try:
        answer_forgotten(store, clock_of(store))
        _tell(deliver(store, chosen, clock_of(store), limit=_MOST, is_stopping=_is_asked_to_stop))
    except Unavailable as error:
        say(error.sentence)  # the base may come back: the letters are still in it


def _tell(done: Delivered) -> None:
    for problem, number in done.problems.items():
        say(f"{counted(number, 'lettre n’est pas partie', 'lettres ne sont pas parties')} : {problem.label}.")


def _is_asked_to_stop() -> bool:
    return bool(signal.sigpending() & _STOPS)


@contextmanager
def _stops_held() -> Iterator[None]:
    """Keep a request to stop waiting until a letter under way has been sent and recorded."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
