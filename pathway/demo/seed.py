"""Two years of a small town ending today, lived day after day through the same actions as real life."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import orjson

from pathway.casework.accounts.passwords import hash_password
from pathway.casework.alerts.actions import dismiss_alert, give_alert, snooze_alert
from pathway.casework.alerts.queries import AlertLine, open_alerts
from pathway.casework.alerts.vocabulary import DismissReason, RuleId
from pathway.casework.partners.queries import colleagues
from pathway.casework.partners.rules import Role
from pathway.casework.records.actions import create_records
from pathway.casework.records.rules import Way
from pathway.casework.sharing.queries import access_of
from pathway.demo.agenda import Agenda, Report, worked
from pathway.demo.choices import plan_choices
from pathway.demo.exchanges import plan_exchanges
from pathway.demo.groups import plan_groups
from pathway.demo.lives import Life
from pathway.demo.people import PEOPLE
from pathway.demo.personas import AMINA_EMAIL, COLLEAGUES, PASSWORD, PERSONAS, SignIn, sign_ins
from pathway.demo.plans import plan_plans
from pathway.demo.rights import plan_requests
from pathway.demo.team import keep_teams
from pathway.demo.town import Town, settle, settle_closed
from pathway.demo.watch import plan_lost_factor, plan_watch
from pathway.jobs.nightly import run_night
from pathway.kernel.clock import FixedClock, local_day, start_of_day
from pathway.store.actor import SYSTEM, Actor
from pathway.store.opening import Store, mark_as_demo, set_mark
from pathway.store.transaction import Transaction

COMPLETE = "demo-complete"  # the mark of a town that lived to its end: the day it was seeded
SIGN_INS = "demo-personas"  # the mark the sign-in page reads
_FILE_CAME = 510  # days ago
_SETTLED = 735
_AWAY = 25  # for so many days, the responsables left the alerts to whoever opens the demonstration
_NIGHT_HOUR = timedelta(hours=5)


@dataclass(kw_only=True)
class Seeded:
    """A town that lived: its people by code, and the day on which its two years end."""

    town: Town
    today: date
    lives: dict[str, Life] = field(default_factory=dict)


def seed(store: Store, *, now: datetime, report: Report, password_hash: str = "") -> Seeded:
    """Live the two years that end on the day of `now`; the same day gives the same town, but for drawn identifiers."""
    today = local_day(now)
    clock = FixedClock(start_of_day(today - timedelta(days=_SETTLED)) + timedelta(hours=9))
    _mark_demo(store, clock)
    kept = password_hash or hash_password(PASSWORD)
    town = settle(store, clock, since=today - timedelta(days=_SETTLED), password_hash=kept)
    settle_closed(town, since=local_day(clock.at), password_hash=kept)
    agenda = Agenda(clock, until=start_of_day(today))
    seeded = Seeded(town=town, today=today, lives=_lives(town, agenda, today))
    _plan(seeded, agenda, kept)
    agenda.live(report)
    clock.at = min(now, start_of_day(today) + _NIGHT_HOUR)
    keep_teams(town)
    _sleep(town)
    _mark_complete(store, clock, today)
    return seeded


def _lives(town: Town, agenda: Agenda, today: date) -> dict[str, Life]:
    return {
        who.code: Life(who=who, town=town, agenda=agenda, today=today, number=number)
        for number, who in enumerate(PEOPLE)
    }


def _plan(seeded: Seeded, agenda: Agenda, password_hash: str) -> None:
    agenda.plan(worked(seeded.today - timedelta(days=_FILE_CAME)), 10 * 60, partial(_bring_file, seeded))
    for life in seeded.lives.values():
        life.begin()
    amina = seeded.lives[PEOPLE[0].code]
    amina.open_account(by="bruno", ago=61, email=AMINA_EMAIL, password_hash=password_hash)
    plan_requests(amina, agenda)
    plan_choices(amina, agenda)
    plan_watch(seeded.lives, agenda)
    plan_lost_factor(seeded.town, agenda, today=seeded.today)
    plan_exchanges(seeded.lives, seeded.town, agenda, today=seeded.today)
    plan_plans(seeded.lives, agenda)
    plan_groups(seeded.lives, seeded.town, agenda, today=seeded.today)
    for weeks in range(_SETTLED // 7 - 1, 0, -1):
        monday = seeded.today - timedelta(days=7 * weeks + seeded.today.weekday())
        agenda.plan(monday, 5 * 60, partial(_sleep, seeded.town))
        if (seeded.today - monday).days > _AWAY:
            agenda.plan(monday, 9 * 60, partial(_supervise, seeded))


def _bring_file(seeded: Seeded) -> None:
    """The PLIE's people of before the card come in one lot, as from a file."""
    town = seeded.town
    lot = [life for life in seeded.lives.values() if life.who.is_imported]
    operator = Actor(role=Role.OPERATOR.value, account_id=town.accounts["root"], structure_id=town.structures["plie"])
    with Transaction(town.store, actor=operator, clock=town.clock, door="demo") as tx:
        ids = create_records(tx, [life.new_person() for life in lot], way=Way.IMPORTED, referent_id=None)
    for life, record_id in zip(lot, ids, strict=True):
        life.record_id = record_id


def _sleep(town: Town) -> None:
    run_night(town.store, town.clock, report=_silent)


def _supervise(seeded: Seeded) -> None:
    """The responsables look at their alerts: each is given to somebody, put off or dismissed with a reason."""
    for persona in (*PERSONAS, *COLLEAGUES):
        if persona.role is Role.SUPERVISOR:
            _handle_alerts(seeded, persona.code)


def _handle_alerts(seeded: Seeded, code: str) -> None:
    people = {life.record_id: life for life in seeded.lives.values()}
    with seeded.town.acting(code, write=False) as tx:
        waiting = [alert for alert in open_alerts(tx) if alert.assigned_to is None]
        # In the thirty days of reading after a support, nobody there decides anything any more.
        alerts = [alert for alert in waiting if access_of(tx, alert.record_id).may_write]
        team = colleagues(tx)
    for alert in sorted(alerts, key=lambda one: (people[one.record_id].number, one.rule)):
        life = people[alert.record_id]
        counsellor = life.counsellor_in(seeded.town.cast[code].structure)
        to = seeded.town.accounts[counsellor] if counsellor else next(iter(team))
        with seeded.town.acting(code) as tx:
            _handle(tx, alert, life, to)


def _handle(tx: Transaction, alert: AlertLine, life: Life, to: str) -> None:
    if alert.rule is RuleId.R07:
        reason = life.rng.choice((DismissReason.HANDLED, DismissReason.HANDLED, DismissReason.NOT_RELEVANT))
        dismiss_alert(tx, alert_id=alert.id, reason=reason, note="Vu avec la personne, elle reviendra vers nous.")
    elif life.rng.random() < 0.25:
        snooze_alert(tx, alert_id=alert.id)
    else:
        give_alert(tx, alert_id=alert.id, account_id=to)


def _mark_demo(store: Store, clock: FixedClock) -> None:
    with Transaction(store, actor=SYSTEM, clock=clock, door="demo") as tx:
        mark_as_demo(tx.connection)
        tx.journal("open_demo")


def _mark_complete(store: Store, clock: FixedClock, today: date) -> None:
    with Transaction(store, actor=SYSTEM, clock=clock, door="demo") as tx:
        give_sign_ins_away(tx)
        set_mark(tx.connection, COMPLETE, today.isoformat())
        tx.journal("complete_demo", day=today.isoformat())


def give_sign_ins_away(tx: Transaction) -> None:
    """Let the sign-in page of this base show its personas, and the second step their codes."""
    set_mark(tx.connection, SIGN_INS, orjson.dumps([_shown(one) for one in sign_ins()]).decode())


def _shown(one: SignIn) -> dict[str, str]:
    """What the sign-in page shows and fills."""
    return {
        "persona": one.persona,
        "name": one.name,
        "role": one.role_label,
        "wants": one.wants,
        "login": one.email,
        "password": one.password,
        "totp_secret": one.totp_secret,
    }


def _silent(_step: str, _done: int, _total: int) -> None:
    """A night of the past has nobody to report to."""
