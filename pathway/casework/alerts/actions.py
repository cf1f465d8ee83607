"""Opening, updating and clearing alerts; giving them to somebody, putting them off, dismissing them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, func, insert, select, update

from pathway.casework.alerts.changes import hold_alert, note_change, note_changes
from pathway.casework.alerts.deciding import Decision, Look, content, decide, outdated, standing, together
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.firing import Key, dismissal, dump, fired
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.policy import AlertPolicy, changed, thresholds
from pathway.casework.alerts.queries import AlertLine, alert_seen
from pathway.casework.alerts.reading import Seen, facts_of, people_of, seen_now, works_now
from pathway.casework.alerts.since import touched_since
from pathway.casework.alerts.tables import Alert, AlertPolicyVersion, WorkSeen
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState, DismissReason
from pathway.casework.followup.actions import reassign_points
from pathway.casework.partners.queries import works_in
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_version = table_of(AlertPolicyVersion)
_work = table_of(WorkSeen)
_STILL = select(_work).where(_work.c.until_at.is_(None))
_SAY_AGAIN = update(_alert).where(_alert.c.id == bindparam("this_alert"))
_SNOOZE_DAYS = 7
_SAID = ("rule_version", "policy_version", "level", "structure_id")
_OURS = "Choisissez un·e collègue de votre structure."
_WHY = "Dites pourquoi vous écartez cette alerte."


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one lot of the nightly changed."""

    opened: int
    updated: int
    cleared: int


@dataclass(frozen=True, kw_only=True)
class Together:
    """What became of several alerts: how many were done, which ended meanwhile or may only be read, and which the actor
    may not know of. Nothing was written about the two last."""

    done: int
    left: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        """How many were not done."""
        return len(self.left) + len(self.unknown)


def sweep(tx: Transaction, record_ids: Sequence[str], *, on: date, seen: Seen | None = None) -> Swept:
    """Evaluate those pathways as recorded at the cut-off: open what fires, renew what still does, clear what no longer
    does.

    The ids are cards that stand for a person; of alerts opened twice about her linked cards, one stays. `seen`: the
    territory at the cut-off, the transaction's instant when there is none. Safe to run again: the same facts change
    nothing. An alert dismissed comes back on other facts or a higher level; one that ended since the cut-off is said as
    it stood then, and stays ended. What becomes another structure's is another alert: to whom one gave it, until when
    it put it off and what she answered to it do not go with it.
    """
    at = seen.at if seen else None
    person = people_of(tx, record_ids, hold=True)
    decided = decide(tx, person, on=on, seen=seen or seen_now(tx), at=at)
    return _carry_out(tx, together(decided.values()), on, at)


def sweep_looked_at(tx: Transaction, looks: Sequence[Look], *, on: date, seen: Seen) -> Swept:
    """`sweep` of people whom a snapshot looked at: once they are held, what it decided is written, and those for whom
    it may be outdated are evaluated again. Then what was answered since the cut-off is cleared (`look_again`)."""
    person = people_of(tx, [one.name for one in looks], hold=True)
    again = outdated(tx, looks, person)
    decided = [one.decision for one in looks if one.name not in again]
    if again:
        theirs = {card: name for card, name in person.items() if name in again}
        decided += decide(tx, theirs, on=on, seen=seen, at=seen.at).values()
    swept = _carry_out(tx, together(decided), on, seen.at)
    late = sorted(again | {one.name for one in looks if one.is_touched}) if tx.now > seen.at else []
    return replace(swept, cleared=swept.cleared + look_again(tx, late, since=seen.at)) if late else swept


def clear_settled(tx: Transaction, *, record_id: str) -> int:
    """Clear at once the alerts of a person that what was just recorded has answered; gives how many. Opens none."""
    return _settle(tx, people_of(tx, same_person(tx, record_id)[:1], hold=True))


def look_again(tx: Transaction, record_ids: Sequence[str], *, since: datetime) -> int:
    """After `sweep`: clear what was answered about those people since the cut-off, on present facts; gives how many."""
    person = people_of(tx, record_ids)
    touched = {person[card] for card in touched_since(tx, since, cards=person)}
    return _settle(tx, {card: name for card, name in person.items() if name in touched})


def _carry_out(tx: Transaction, decided: Decision, on: date, at: datetime | None) -> Swept:
    _renew(tx, decided.renewed, at)
    # Cleared before others open: the same person, rule and circle have one open alert.
    _clear(tx, decided.gone, at)
    _open(tx, decided.opened, on, at)
    cleared = sum(row.state == AlertState.OPEN.value for row in decided.gone)
    return Swept(opened=len(decided.opened), updated=len(decided.renewed), cleared=cleared)


def _settle(tx: Transaction, person: Mapping[str, str]) -> int:
    open_now, _ = standing(tx, person)
    if not open_now:
        return 0
    found = fired(facts_of(tx, person, seen_now(tx)), on=tx.today, policy=policy_on(tx, tx.today))
    gone = [row for key, row in open_now.items() if key not in found]
    _clear(tx, gone)
    return len(gone)


def settle_cards(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Look again at people whose cards were just linked or taken apart: no alert speaks of what is no longer hers."""
    people = {card: None for name in record_ids for card in same_person(tx, name)[:1]}
    sweep(tx, list(people), on=tx.today)


def publish_policy(tx: Transaction, changes: Mapping[str, int], *, from_on: date) -> AlertPolicy:
    """Publish new thresholds from that day on, the others as they are in force that day; gives the new version.

    `Invalid` for a threshold that cannot be, `Refused` for a day already past: nights that were lived keep theirs.
    """
    if from_on < tx.today:
        raise Refused("Les nuits passées gardent leurs seuils. Donnez aujourd’hui ou un jour à venir.", field="from_on")
    rank = tx.execute(select(func.count()).select_from(_version).where(_version.c.from_on == from_on)).scalar_one()
    policy = changed(policy_on(tx, from_on), f"{from_on.isoformat()}.{rank + 1}", changes)
    values = {
        "version": policy.version,
        "from_on": from_on,
        "thresholds": dump(thresholds(policy)),
        "published_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_version).values(**values))
    tx.journal("publish_alert_policy", version=policy.version, changes=dict(changes))
    return policy


def observe_work(tx: Transaction) -> int:
    """Keep who follows people where as it is now, for the night that comes and any replay of it; gives how many posts
    began or ended since the last time."""
    here = works_now(tx)
    known = {(row.account_id, row.structure_id): row.id for row in tx.execute(_STILL)}
    begun, ended = sorted(here - set(known)), [known[key] for key in sorted(set(known) - here)]
    if begun:
        rows = [
            {"id": new_id(), "account_id": account, "structure_id": structure, "from_at": tx.now, "until_at": None}
            for account, structure in begun
        ]
        tx.execute(insert(_work), rows)
    if ended:
        tx.execute(update(_work).where(_work.c.id.in_(ended)).values(until_at=tx.now))
    tx.journal("observe_work", begun=len(begun), ended=len(ended))
    return len(begun) + len(ended)


def give_alert(tx: Transaction, *, alert_id: str, account_id: str) -> None:
    """Give an alert, and the points de suivi the structure holds for that person, to a colleague."""
    alert = _alert_held(tx, alert_id)
    _check_ours(tx, account_id)
    # First what may be refused: among several given at once, one refused must leave nothing half written.
    reassign_points(tx, record_id=alert.record_id, owner_id=account_id)
    tx.execute(update(_alert).where(_alert.c.id == alert_id).values(assigned_to=account_id, returned_on=None))
    note_change(tx, alert.card_id, alert_id, AlertChangeKind.GIVEN, assigned_to=account_id)
    tx.journal("give_alert", records=[alert.record_id], alert=alert_id, to=account_id)


def snooze_alert(tx: Transaction, *, alert_id: str) -> date:
    """« Vu, me le rappeler dans 7 jours » ; gives the day it comes back."""
    alert = _alert_to_settle(tx, alert_id)
    until = tx.today + timedelta(days=_SNOOZE_DAYS)
    tx.execute(update(_alert).where(_alert.c.id == alert_id).values(snoozed_until=until, returned_on=None))
    note_change(tx, alert.card_id, alert_id, AlertChangeKind.SNOOZED)
    tx.journal("snooze_alert", records=[alert.record_id], alert=alert_id)
    return until


def dismiss_alert(tx: Transaction, *, alert_id: str, reason: DismissReason | None, note: str = "") -> None:
    """End an alert with a reason; it does not come back on the same facts. The note, if any, is sealed."""
    if reason is None:
        raise Invalid(_WHY, field="reason")
    alert = _alert_to_settle(tx, alert_id)
    _end(tx, [alert_id], AlertState.DISMISSED)
    note_change(
        tx,
        alert.card_id,
        alert_id,
        AlertChangeKind.DISMISSED,
        reason=reason.value,
        facts=dismissal(alert.facts, alert.level),
        note=note,
    )
    tx.journal("dismiss_alert", records=[alert.record_id], alert=alert_id, reason=reason.value)


def give_alerts(tx: Transaction, alert_ids: Sequence[str], *, account_id: str) -> Together:
    """Give several alerts to a colleague, each looked at."""
    _check_ours(tx, account_id)
    return _each(tx, alert_ids, lambda alert_id: give_alert(tx, alert_id=alert_id, account_id=account_id))


def snooze_alerts(tx: Transaction, alert_ids: Sequence[str]) -> Together:
    """Put several alerts off for a week, each looked at."""
    return _each(tx, alert_ids, lambda alert_id: snooze_alert(tx, alert_id=alert_id))


def dismiss_alerts(
    tx: Transaction, alert_ids: Sequence[str], *, reason: DismissReason | None, note: str = ""
) -> Together:
    """Set several alerts aside for one reason, each looked at."""
    if reason is None:
        raise Invalid(_WHY, field="reason")
    return _each(tx, alert_ids, lambda alert_id: dismiss_alert(tx, alert_id=alert_id, reason=reason, note=note))


def _each(tx: Transaction, alert_ids: Sequence[str], gesture: Callable[[str], object]) -> Together:
    left: list[str] = []
    unknown: list[str] = []
    for alert_id in sorted(alert_ids):  # two responsables who tick the same ones never wait for each other
        try:
            gesture(alert_id)
        except (Conflict, Refused):
            left.append(alert_id)
        except NotFound:
            unknown.append(alert_id)
    found = Together(done=len(alert_ids) - len(left) - len(unknown), left=tuple(left), unknown=tuple(unknown))
    tx.journal("settle_alerts", done=found.done, refused=found.refused)
    return found


def _check_ours(tx: Transaction, account_id: str) -> None:
    if not works_in(tx, account_id, tx.actor.structure_id):
        raise Refused(_OURS, field="account_id")


def _alert_to_settle(tx: Transaction, alert_id: str) -> AlertLine:
    """The alert, for who may write about that person; `Refused` when her structure may only read."""
    alert = _alert_held(tx, alert_id)
    require_part(tx, alert.record_id, Part.ALERTS.value)
    return alert


def _alert_held(tx: Transaction, alert_id: str) -> AlertLine:
    """The alert as it stands once a colleague or the night is done with it; `Conflict` if it ended."""
    hold_alert(tx, alert_id)
    return alert_seen(tx, alert_id)


def _open(tx: Transaction, found: Mapping[Key, Finding], on: date, at: datetime | None) -> None:
    if not found:
        return
    rows = [
        {
            "id": new_id(),
            "record_id": record_id,
            "rule": rule,
            "circle": circle,
            "state": AlertState.OPEN.value,
            "opened_on": on,
            "opened_at": at or tx.now,
            **content(finding),
        }
        for (record_id, rule, circle), finding in found.items()
    ]
    tx.execute(insert(_alert), rows)
    note_changes(tx, AlertChangeKind.OPENED, {row["id"]: _said(row) for row in rows}, at=at)


def _renew(tx: Transaction, contents: Mapping[str, Mapping[str, Any]], at: datetime | None) -> None:
    """Say again what those alerts say."""
    if contents:
        rows = [{"this_alert": alert_id, **content} for alert_id, content in contents.items()]
        tx.execute(_SAY_AGAIN, rows)
    said = {alert_id: _said(content) for alert_id, content in contents.items()}
    note_changes(tx, AlertChangeKind.UPDATED, said, at=at)


def _said(content: Mapping[str, Any]) -> str:
    """What the alert says from then on, kept with its change."""
    said = {name: content[name] for name in _SAID}
    return dump({**said, "parameters": orjson.loads(content["parameters"]), "facts": orjson.loads(content["facts"])})


def _clear(tx: Transaction, rows: Sequence[Row[Any]], at: datetime | None = None) -> None:
    """End those as answered; of those that ended since that instant, only say that they had no reason left then."""
    _end(tx, [row.id for row in rows if row.state == AlertState.OPEN.value], AlertState.CLEARED, at)
    note_changes(tx, AlertChangeKind.CLEARED, {row.id: None for row in rows}, at=at)


def _end(tx: Transaction, alert_ids: Sequence[str], state: AlertState, at: datetime | None = None) -> None:
    if alert_ids:
        ended = {"state": state.value, "ended_at": at or tx.now}
        # One set aside while the night looked at it stays set aside.
        standing = (_alert.c.id.in_(alert_ids), _alert.c.state == AlertState.OPEN.value)
        tx.execute(update(_alert).where(*standing).values(**ended))
