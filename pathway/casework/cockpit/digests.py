"""The letter of the week: how a structure went, in a few counts, for whoever leads it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from pathway.casework.alerts.digests import work_of
from pathway.casework.cockpit.queries import exits_and_weeks, relays_without_answer
from pathway.casework.cockpit.rules import monday_of
from pathway.casework.cockpit.vocabulary import Fate
from pathway.casework.partners.queries import PROFILE
from pathway.casework.team.holders import Team
from pathway.kernel.clock import local_day
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import last_posted, post
from pathway.store.transaction import Transaction

_KEY = "weekly"


def written_this_week(tx: Transaction, *, on: date) -> frozenset[tuple[str, str]]:
    """(account, structure) of the letters already written in the week of that day."""
    monday = monday_of(on)
    return frozenset(
        (account, structure) for (account, structure), at in _written(tx).items() if local_day(at) >= monday
    )


def week_of(tx: Transaction, team: Team) -> dict[str, int]:
    """The counts of that structure: its queue of alerts; the points first due last week, by what became of them; the
    exits it follows with a late point or none; the relays it sent that nobody answered. With what the structure may
    see, as its page « Pilotage » counts them."""
    tx.actor = replace(tx.actor, structure_id=team.structure_id)
    alerts = {name for work in work_of(tx, team, since={}).values() for name in work.queue}
    exits, weeks = exits_and_weeks(tx)
    last = weeks[monday_of(tx.today) - timedelta(weeks=1)]
    return {
        "queue": len(alerts),
        "held": last[Fate.HELD],
        "later": last[Fate.LATER] + last[Fate.NOT_DONE],
        "waiting": last[Fate.WAITING],
        "late_exits": exits.late,
        "bare_exits": exits.nothing,
        "relays": relays_without_answer(tx),
    }


def send_weekly(tx: Transaction, *, account_id: str, structure_id: str, counts: Mapping[str, int], on: date) -> None:
    """Put the letter of that week in the queue, once whatever happens."""
    profile = tx.sealing.open(account_id, [PROFILE])[PROFILE].payload
    key = f"{_KEY}:{account_id}:{structure_id}:{monday_of(on).isoformat()}"
    post(tx, kind=LetterKind.WEEKLY, to=profile["email"], variables={"link": "/pilotage"}, key=key, counts=counts)


def _written(tx: Transaction) -> dict[tuple[str, str], datetime]:
    found = {}
    for key, at in last_posted(tx, LetterKind.WEEKLY).items():
        _, account, structure = key.split(":")
        found[account, structure] = at
    return found
