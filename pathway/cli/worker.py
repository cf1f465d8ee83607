"""`carte worker`: sends the letters that wait and carries imports on, once or until it is stopped."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from pathway.cli.french import REFUSED, FrenchCommand
from pathway.cli.opening import opened, operating, settings
from pathway.cli.output import emit, facts, say
from pathway.jobs import mail, sms
from pathway.jobs.delivery import Delivered
from pathway.jobs.forgotten import answer_forgotten
from pathway.jobs.imports import carry_imports_on
from pathway.jobs.replies import read_replies
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted
from pathway.store.clocks import clock_of
from pathway.store.opening import Store
from pathway.store.outbox import queue_state
from pathway.store.tables import Channel

_STOPS = {signal.SIGTERM, signal.SIGINT}
_PAUSE_SECONDS = 5
_MOST = 10_000
_LABELS = {"sent": "Parties", "retry": "À réessayer", "given_up": "Abandonnées", "waiting": "En attente"}
_NOT_LEFT = {
    Channel.EMAIL: ("lettre n’est pas partie", "lettres ne sont pas parties"),
    Channel.SMS: ("SMS n’est pas parti", "SMS ne sont pas partis"),
}


@click.command("worker", cls=FrenchCommand, short_help="Envoie les lettres et mène les imports.")
@click.option("--once", is_flag=True, help="Envoie ce qui attend, puis s’arrête.")
@click.option("--json", "as_json", is_flag=True, help="Avec --once, écrit une valeur JSON.")
@click.pass_context
def command(ctx: click.Context, once: bool, as_json: bool) -> None:
    """Envoie par courriel et par SMS les lettres qui attendent, toutes les quelques secondes, jusqu’à Ctrl-C.

    Prépare aussi les lettres des mots de passe oubliés, et lit les réponses STOP d’un modem.

    Mène aussi à leur fin les imports demandés à l’écran, comme « ./carte intake run ».

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
        if once:
            carry_imports_on(store, clock_of(store))
            if _run_once(store, chosen, _ways(store, chosen), as_json=as_json):
                ctx.exit(REFUSED)
        else:
            _run_on(store, chosen, _ways(store, chosen))


def _ways(store: Store, chosen: Settings) -> frozenset[Channel]:
    """By what letters may leave. What keeps one channel shut is said and stops no other; none open is a refusal."""
    checks = {Channel.EMAIL: mail.check_may_send}
    if chosen.sends_sms:
        checks[Channel.SMS] = sms.check_may_send
    shut: dict[Channel, Unavailable] = {}
    for channel, check in checks.items():
        try:
            check(store, chosen)
        except Unavailable as error:
            shut[channel] = error
    if len(shut) == len(checks):
        raise shut[Channel.EMAIL]
    for refusal in shut.values():
        say(refusal.sentence)
    return frozenset(checks) - frozenset(shut)


def _run_once(store: Store, chosen: Settings, ways: frozenset[Channel], *, as_json: bool) -> bool:
    """Whether some letter was given up."""
    done = _delivered(store, chosen, ways)
    with operating(store) as tx:
        waiting = {channel: queue_state(tx, channel).waiting for channel in Channel}
    counts = {channel: _counts(done.get(channel, Delivered()), waiting[channel]) for channel in Channel}
    whole = {name: sum(each[name] for each in counts.values()) for name in _LABELS}
    if as_json:
        emit({**whole, **{channel.value: each for channel, each in counts.items()}})
    else:
        facts([(label, _by_channel(name, whole, counts)) for name, label in _LABELS.items()])
    return bool(whole["given_up"])


def _counts(done: Delivered, waiting: int) -> dict[str, int]:
    return {"sent": done.sent, "retry": done.retry, "given_up": done.given_up, "waiting": waiting}


def _by_channel(name: str, whole: Mapping[str, int], counts: Mapping[Channel, Mapping[str, int]]) -> str:
    """« 3 (courriel : 2, SMS : 1) », the total alone when nothing goes by message."""
    if not counts[Channel.SMS][name]:
        return str(whole[name])
    return f"{whole[name]} (courriel : {counts[Channel.EMAIL][name]}, SMS : {counts[Channel.SMS][name]})"


def _run_on(store: Store, chosen: Settings, ways: frozenset[Channel]) -> None:
    with _stops_held():
        say("envoi des lettres (Ctrl-C pour arrêter)")
        _round(store, chosen, ways)
        while not signal.sigtimedwait(_STOPS, _PAUSE_SECONDS):
            _round(store, chosen, ways)
    say("envoi arrêté.")


def _round(store: Store, chosen: Settings, ways: frozenset[Channel]) -> None:
    try:
        _delivered(store, chosen, ways, is_stopping=_is_asked_to_stop)
        carry_imports_on(store, clock_of(store), is_stopping=_is_asked_to_stop)
    except Unavailable as error:
        say(error.sentence)  # the base may come back: the letters are still in it


def _delivered(store: Store, chosen: Settings, ways: frozenset[Channel], **stopping: Any) -> dict[Channel, Delivered]:
    """Answers first: who has just answered STOP receives nothing of this round."""
    clock = clock_of(store)
    answer_forgotten(store, clock)
    if Channel.SMS in ways:
        _obey_replies(store, chosen)
    else:
        sms.forget_late(store, clock)
    sends = {Channel.EMAIL: mail.deliver, Channel.SMS: sms.deliver}
    done = {one: sends[one](store, chosen, clock, limit=_MOST, **stopping) for one in Channel if one in ways}
    for channel, each in done.items():
        _tell(channel, each)
    return done


def _obey_replies(store: Store, chosen: Settings) -> None:
    try:
        read_replies(store, clock_of(store), chosen.sms_folder)
    except Unavailable as error:
        say(error.sentence)  # a file that does not go away keeps no letter from leaving


def _tell(channel: Channel, done: Delivered) -> None:
    for problem, number in done.problems.items():
        left = counted(number, *_NOT_LEFT[channel])
        say(f"{left} : {problem.label}.")


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
