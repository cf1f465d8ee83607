"""What structures hand each other: relays on their way, appointments, an absence, a structure that closed."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import partial

from pathway.casework.agreements.actions import give_agreement, stop_sharing
from pathway.casework.encounters.actions import plan_appointment, settle_appointment
from pathway.casework.encounters.queries import coming_appointments
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Every, Slot
from pathway.casework.lifecycle.actions import close_structure
from pathway.casework.partners.actions import declare_absence
from pathway.casework.partners.rules import Role
from pathway.casework.relays.actions import accept_relay, acknowledge_relay, refuse_relay, send_relay
from pathway.casework.relays.queries import relays_of
from pathway.casework.relays.reading import RelayView
from pathway.casework.relays.rules import AgreedWay, RefusalReason, RelayPurpose
from pathway.casework.relays.writing import Letter
from pathway.demo.agenda import Agenda, worked
from pathway.demo.lives import Life
from pathway.demo.personas import CLOSED
from pathway.demo.told import Told, plan_told
from pathway.demo.town import Town
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction

_HEIR = "ccas"
_ON_SUPPORT = frozenset({"contact", "situation", "project"})
_ON_DAILY_LIFE = frozenset({"contact", "household", "mobility"})
_WORD = "La personne est d’accord pour être appelée. Elle est disponible le matin."
_CLOSES, _AWAY_DECLARED, _AWAY_DAYS = 12, 3, 8


def plan_exchanges(lives: Mapping[str, Life], town: Town, agenda: Agenda, *, today: date) -> None:
    """Plan all of it, for those of these people who live in the town."""
    plan_told(EXCHANGES, lives, agenda)
    agenda.plan(worked(today - timedelta(days=_CLOSES)), 18 * 60, partial(_close, town))
    agenda.plan(worked(today - timedelta(days=_AWAY_DECLARED)), 11 * 60, partial(_go_away, town, today))


def _pass_on(by: str, to: str, purpose: RelayPurpose, sections: frozenset[str], life: Life) -> None:
    letter = Letter(
        purpose=purpose,
        sections=sections,
        to_structure_id=life.town.structures[to],
        message=_WORD,
        agreed_way=AgreedWay.IN_PERSON,
    )
    with life.town.acting(by) as tx:
        send_relay(tx, record_id=life.record_id, letter=letter)


def _relay(tx: Transaction, life: Life) -> RelayView:
    return next(one for one in relays_of(tx, life.record_id) if one.is_pending)


def _acknowledge(by: str, life: Life) -> None:
    with life.town.acting(by) as tx:
        relay = _relay(tx, life)
        acknowledge_relay(tx, relay_id=relay.id, version=relay.version)


def _accept(by: str, life: Life) -> None:
    with life.town.acting(by) as tx:
        relay = _relay(tx, life)
        accept_relay(tx, relay_id=relay.id, version=relay.version)


def _refuse(by: str, life: Life) -> None:
    with life.town.acting(by) as tx:
        relay = _relay(tx, life)
        refuse_relay(tx, relay_id=relay.id, version=relay.version, reason=RefusalReason.NO_PLACE)


def _meet(ahead: int, hour: time, subject: str, times: int, life: Life) -> None:
    """Bruno plans it, so many days after the day the town's two years end (before it when negative)."""
    every = Every.WEEK if times > 1 else Every.ONCE
    day = worked(life.today + timedelta(days=ahead)) if ahead < 0 else life.today + timedelta(days=ahead)
    slot = Slot(day=day, hour=hour, minutes=45, way=AppointmentWay.IN_PERSON, every=every, times=times)
    with life.town.acting("bruno") as tx:
        plan_appointment(tx, record_id=life.record_id, slot=slot, subject=subject)


def _miss(life: Life) -> None:
    with life.town.acting("bruno") as tx:
        one = coming_appointments(tx, life.record_id)[0]
        settle_appointment(tx, appointment_id=one.id, state=AppointmentState.MISSED, version=one.version)


def _agree(by: str, structure: str, sections: frozenset[str], months: int, life: Life) -> None:
    with life.town.acting(by) as tx:
        there = life.town.structures[structure]
        give_agreement(tx, record_id=life.record_id, structure_id=there, sections=sections, months=months)


def _stop(by: str, life: Life) -> None:
    """She no longer wants that structure to read her record."""
    with life.town.acting(by) as tx:
        stop_sharing(tx, record_id=life.record_id, structure_id=life.town.structures[_HEIR])


def _close(town: Town) -> None:
    """Her structure closes, and the one that takes over is the one she stopped: she waits for another."""
    operator = Actor(role=Role.OPERATOR.value, account_id=town.accounts["root"])
    with Transaction(town.store, actor=operator, clock=town.clock, door="demo") as tx:
        close_structure(tx, structure_id=town.structures[CLOSED.code], heir_id=town.structures[_HEIR])


def _go_away(town: Town, today: date) -> None:
    """Fatou is away from today, and Bruno stands in."""
    with town.acting("fatou") as tx:
        declare_absence(
            tx,
            account_id=town.accounts["fatou"],
            from_on=today,
            until_on=today + timedelta(days=_AWAY_DAYS),
            stand_in_id=town.accounts["bruno"],
        )


_P = RelayPurpose
_RELAYS: tuple[Told, ...] = (
    Told("Inès Haddouche (elise)", 1, 11 * 60, partial(_pass_on, "elise", "pae-centre", _P.SUPPORT, _ON_SUPPORT)),
    Told("Khadija Berrada (bruno)", 8, 10 * 60, partial(_pass_on, "bruno", "ccas", _P.DAILY_LIFE, _ON_DAILY_LIFE)),
    Told("Khadija Berrada (bruno)", 7, 11 * 60 + 30, partial(_acknowledge, "nadia")),
    Told("Khadija Berrada (bruno)", 5, 15 * 60, partial(_accept, "nadia")),
    Told("Zeynep Aksoy (bruno)", 7, 14 * 60, partial(_pass_on, "bruno", "plie", _P.SUPPORT, _ON_SUPPORT)),
    Told("Zeynep Aksoy (bruno)", 1, 10 * 60, partial(_refuse, "lucie")),
    # Nobody acknowledges it: a night gives it back.
    Told("Mamadou Sow (fatou)", 14, 10 * 60, partial(_pass_on, "fatou", "mission-locale", _P.TRAINING, _ON_SUPPORT)),
)
_APPOINTMENTS: tuple[Told, ...] = (
    Told("Yanis Aït Slimane (bruno)", 6, 12 * 60, partial(_meet, 0, time(10), "Préparer un entretien", 1)),
    Told("Gülsüm Yıldız (bruno)", 6, 16 * 60 + 30, partial(_meet, 0, time(16, 30), "", 1)),
    Told("Amina Benkacem (elise)", 6, 12 * 60 + 10, partial(_meet, 2, time(10), "Point sur la garde d’enfants", 1)),
    Told("Bilal Cherkaoui (bruno)", 6, 12 * 60 + 15, partial(_meet, 3, time(14), "Atelier de recherche d’emploi", 4)),
    Told("Hélène Guégan (bruno)", 9, 12 * 60, partial(_meet, -1, time(14), "", 1)),
    Told("Hélène Guégan (bruno)", 1, 15 * 60, _miss),
)
_LANDES = "Rosalie Mbemba (odile)"
_REFUSED_HEIR: tuple[Told, ...] = (
    Told(_LANDES, 60, 11 * 60, partial(_agree, "odile", _HEIR, _ON_DAILY_LIFE, 6)),
    Told(_LANDES, 30, 11 * 60, partial(_stop, "odile")),
)
# What rests unsettled, so that each rule of alerts has somebody to speak of.
_AT_RISK: tuple[Told, ...] = (
    Told("Gülsüm Yıldız (bruno)", 30, 12 * 60, partial(_meet, -20, time(11), "", 1)),
    Told("Gülsüm Yıldız (bruno)", 20, 15 * 60, _miss),
    Told("Gülsüm Yıldız (bruno)", 15, 12 * 60, partial(_meet, -9, time(11), "", 1)),
    Told("Gülsüm Yıldız (bruno)", 9, 16 * 60, _miss),
    Told("Bilal Cherkaoui (bruno)", 32, 10 * 60, partial(_pass_on, "bruno", "plie", _P.SUPPORT, _ON_SUPPORT)),
    Told("Bilal Cherkaoui (bruno)", 30, 11 * 60, partial(_acknowledge, "lucie")),
    Told("Bilal Cherkaoui (bruno)", 27, 15 * 60, partial(_accept, "lucie")),
    Told("Amina Benkacem (elise)", 66, 11 * 60, partial(_agree, "bruno", "pae-centre", _ON_SUPPORT | {"household"}, 3)),
)
EXCHANGES = (*_RELAYS, *_APPOINTMENTS, *_REFUSED_HEIR, *_AT_RISK)
