"""Relays in one line each: sent by Bruno, answered by Élise, read by whoever is asked about."""

from typing import Any

from pathway.casework.followup.queries import PointLine, open_points
from pathway.casework.relays.actions import bounce_late, send_relay
from pathway.casework.relays.queries import RelayView, late_relays, relay_seen, relays_of
from pathway.casework.relays.reading import Outside
from pathway.casework.relays.rules import AgreedWay, LateRelay, RelayPurpose
from pathway.casework.relays.writing import Letter
from pathway.casework.sharing.queries import is_visible
from pathway.demo.town import Town
from tests.casework.enrolments.steps import system

ASSOCIATION = Outside(name="Association Tremplin", email="accueil@tremplin.example", phone="02 99 00 00 00")


def letter(town: Town, to: str = "mission-locale", *sections: str, **more: Any) -> Letter:
    """What Bruno writes with Amina; `to` empty is a structure outside the platform."""
    chosen: dict[str, Any] = {"agreed_way": AgreedWay.IN_PERSON, "message": "Elle vient de ma part.", **more}
    return Letter(
        purpose=RelayPurpose.TRAINING,
        sections=sections or ("contact", "situation"),
        to_structure_id=town.structures[to] if to else "",
        outside=None if to else ASSOCIATION,
        **chosen,
    )


def send(town: Town, record_id: str, to: str = "mission-locale", *sections: str, by: str = "bruno", **more: Any) -> str:
    """That relay, sent now."""
    enrolment_id = more.pop("enrolment_id", "")
    with town.acting(by) as tx:
        return send_relay(
            tx, record_id=record_id, letter=letter(town, to, *sections, **more), enrolment_id=enrolment_id
        )


def seen(town: Town, relay_id: str, by: str = "bruno") -> RelayView:
    """The relay as that professional reads it."""
    with town.acting(by, write=False) as tx:
        return relay_seen(tx, relay_id)


def known(town: Town, record_id: str, by: str = "elise") -> bool:
    """Whether that professional may know that this record exists."""
    with town.acting(by, write=False) as tx:
        return is_visible(tx, record_id)


def answer(town: Town, action: Any, relay_id: str, by: str = "elise", **more: Any) -> None:
    """One gesture of that professional, on the relay as it stands."""
    with town.acting(by) as tx:
        action(tx, relay_id=relay_id, version=relay_seen(tx, relay_id).version, **more)


def night(town: Town) -> tuple[int, int]:
    """The night's work on relays, at the town's instant."""
    with system(town.store, town.clock, write=False) as tx:
        late = late_relays(tx)
    done = []
    for relay_id in late:
        with system(town.store, town.clock) as tx:
            done.append(bounce_late(tx, relay_id))
    return done.count(LateRelay.BACK), done.count(LateRelay.REMINDED)


def to_call(town: Town, record_id: str, by: str = "bruno") -> list[PointLine]:
    """The open points that professional sees."""
    with town.acting(by, write=False) as tx:
        return open_points(tx, record_id)


def of_person(town: Town, record_id: str, by: str) -> list[RelayView]:
    """The relays of that person which that professional may know of."""
    with town.acting(by, write=False) as tx:
        return relays_of(tx, record_id)
