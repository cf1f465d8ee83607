"""What becomes of relays under way when whoever sent one leaves, or a structure closes: none waits where nobody is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pathway.casework.relays.queries import open_relays
from pathway.casework.relays.reading import RelayView
from pathway.casework.relays.rules import RelayGesture, RelayState, Side
from pathway.casework.relays.writing import change_relay, keep_change, step
from pathway.store.transaction import Transaction

_ANSWERED_FOR = "Dans la structure d’envoi, quelqu’un d’autre suit maintenant ce relais."
_TAKEN_OVER = "La structure d’envoi a fermé : celle qui prend sa suite suit maintenant ce relais."


def give_relays(
    tx: Transaction, *, structure_id: str, from_id: str, to_id: str, cards: Sequence[str] = ()
) -> list[RelayView]:
    """Let a colleague answer for the relays under way that another sent from that structure (about the person of those
    cards, or anybody): who comes back is then hers to call. Gives them as they were; who sent each stays in its life.
    """
    those = [
        one for one in open_relays(tx, from_structure=structure_id) if one.sent_by == from_id and _is_of(one, cards)
    ]
    for one in those:
        _move(tx, one, {"sent_by": to_id}, _ANSWERED_FOR)
    return those


def take_over_relay(tx: Transaction, relay: RelayView, *, structure_id: str, account_id: str | None) -> None:
    """Let another structure answer for a relay whose sender closes: who comes back, comes back to it.

    One that was sent to that very structure, or waits there already for another of its own, comes back at once. A draft
    goes with it, or is dropped.
    """
    sent_by = account_id or relay.sent_by
    answering = {"from_structure_id": structure_id, "sent_by": sent_by}
    is_back_home = relay.to_structure_id == structure_id
    is_twin = any(_is_same_way(relay, one) for one in open_relays(tx, from_structure=structure_id))
    if not is_back_home and not is_twin:
        _move(tx, relay, answering, _TAKEN_OVER)
    elif relay.state is RelayState.DRAFT:
        step(tx, relay, RelayGesture.WITHDRAW, Side.SENDER, version=relay.version)
    else:
        held = replace(relay, from_structure_id=structure_id, sent_by=sent_by)
        _bounce(tx, held, {} if is_back_home else answering)


def bounce_received(tx: Transaction, *, structure_id: str) -> list[RelayView]:
    """Give back at once to whoever sent them the relays that wait in a structure where nobody can enter anybody any
    more; gives them as they were."""
    those = open_relays(tx, to_structure=structure_id)
    for one in those:
        _bounce(tx, one, {})
    return those


def _is_of(relay: RelayView, cards: Sequence[str]) -> bool:
    return relay.is_pending and (not cards or relay.record_id in cards)


def _is_same_way(relay: RelayView, other: RelayView) -> bool:
    is_same_person = (relay.record_id, relay.to_structure_id) == (other.record_id, other.to_structure_id)
    return is_same_person and not relay.is_outside and relay.is_pending and other.is_pending


def _bounce(tx: Transaction, relay: RelayView, changes: Mapping[str, Any]) -> None:
    step(tx, relay, RelayGesture.BOUNCE, Side.NIGHT, version=relay.version, **changes)
    tx.journal("relay_bounced", records=[relay.record_id], relay=relay.id)


def _move(tx: Transaction, relay: RelayView, values: Mapping[str, Any], said: str) -> None:
    change_relay(tx, relay, relay.version, values)
    keep_change(tx, relay, relay.state, Side.NIGHT, number=relay.version + 1, note={"text": said})
