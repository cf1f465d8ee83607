"""A territory's pathways written straight into the tables that a night reads: most people calm, a few at risk."""

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from pathway.casework.accounts.rules import AccountKind, AccountState
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.followup.rules import ContactResult, ExitKind
from pathway.casework.partners.rules import Role
from pathway.casework.relays.rules import RelayState
from pathway.demo.town import Town
from pathway.kernel.ids import new_id
from tools.benchmarks.life_rows import Her, Lot, agreed, enter, leave, met, relayed, spoken, write
from tools.benchmarks.measure import Say

_LOT = 1000
_EACH = 80  # people a counsellor follows
# The structure and scheme of a support, and how many people in a hundred are in it: two out of three once a month.
_SUPPORTS = (("pae-centre", "pae", 62), ("mission-locale", "cej", 10), ("ateliers-canal", "iae", 8))
_OLD = 200  # days: long before any threshold


Life = Callable[[Lot, Her], None]


def lives(town: Town, count: int, *, seed: int, say: Say) -> None:
    """Write that many people with what was done for them so far: 9 in 100 are looked at by a night, 3.5 alert it."""
    draw, written = Random(seed), 0
    turns = _turns(draw)
    while written < count:
        size = min(_LOT, count - written)
        with town.acting("denis") as tx:
            lot = Lot(tx=tx, draw=draw)
            for life in islice(turns, size):
                _live(town, lot, life)
            write(lot)
            tx.journal("create_records", created=size)
        written += size
        if written % 100_000 == 0:
            say(f"{written} personnes écrites sur {count}")


def _turns(draw: Random) -> Iterator[Life]:
    """Thousands of lives after thousands, each with the same shares, in an order of its own."""
    drawn = [life for life, number in _SHARES.items() for _ in range(number)]
    while True:
        draw.shuffle(drawn)
        yield from drawn


def _live(town: Town, lot: Lot, life: Life) -> None:
    (place,) = lot.draw.choices(_SUPPORTS, weights=[share for _, _, share in _SUPPORTS])
    her = Her(
        record_id=new_id(),
        account_id=_counsellor(lot, town.structures[place[0]]),
        structure_id=town.structures[place[0]],
        scheme_id=town.schemes[place[1]],
    )
    common = {"created_by": her.account_id, "structure_id": her.structure_id, "recorded_at": lot.at(_OLD)}
    lot.add("record", **{**common, "id": her.record_id, "canonical_id": her.record_id})
    if life is not _nobody:
        here = {"account_id": her.account_id, "structure_id": her.structure_id}
        lot.add("referent", record_id=her.record_id, from_at=lot.at(_OLD), **here)
    for days in (_OLD - 1, 150, 100):
        spoken(lot, her, days, ContactResult.MESSAGE_LEFT if days == 150 else ContactResult.REACHED)
    met(lot, her, 170, AppointmentState.ATTENDED)
    met(lot, her, 90, AppointmentState.ATTENDED)
    life(lot, her)


def _counsellor(lot: Lot, structure_id: str) -> str:
    """A colleague of that structure: one more whenever the last follows enough people."""
    here = [row for row in lot.rows.get("membership", []) if row["structure_id"] == structure_id]
    if here and lot.draw.randrange(_EACH):
        return str(here[-1]["account_id"])
    account_id = lot.add(
        "account",
        kind=AccountKind.PROFESSIONAL.value,
        state=AccountState.ACTIVE.value,
        password_hash="none",
        recorded_at=lot.at(_OLD),
    )
    role = Role.COUNSELLOR.value
    post = {"account_id": account_id, "structure_id": structure_id, "role": role}
    lot.add("membership", from_on=lot.day(_OLD), recorded_at=lot.at(_OLD), **post)
    return account_id


def _calm(lot: Lot, her: Her) -> None:
    """In a support, spoken with lately."""
    enter(lot, her, lot.draw.randrange(30, 190))
    spoken(lot, her, lot.draw.randrange(12))


def _settled(lot: Lot, her: Her) -> None:
    """Left for a lasting job: the first points are done, the others are to come."""
    leave(lot, her, 120, ExitKind.DURABLE_JOB, open_due=(-20, -80))
    spoken(lot, her, lot.draw.randrange(60))


def _missed_once(lot: Lot, her: Her) -> None:
    _calm(lot, her)
    met(lot, her, 20, AppointmentState.MISSED)


def _passed_on(lot: Lot, her: Her) -> None:
    _calm(lot, her)
    relayed(lot, her, 5, RelayState.ACCEPTED)


def _ended_and_heard(lot: Lot, her: Her) -> None:
    leave(lot, her, 20, ExitKind.NO_SOLUTION, open_due=(-10,))
    spoken(lot, her, 3)


def _ending_with_next(lot: Lot, her: Her) -> None:
    enter(lot, her, 150, planned=-30)
    spoken(lot, her, 5)
    relayed(lot, her, 2, RelayState.SENT)


def _late_point(lot: Lot, her: Her) -> None:
    leave(lot, her, 60, ExitKind.DURABLE_JOB, open_due=(lot.draw.randrange(8, 13), -30))
    spoken(lot, her, 20)


def _silent(lot: Lot, her: Her) -> None:
    enter(lot, her, 195)  # last spoken with a hundred days ago


def _gap(lot: Lot, her: Her) -> None:
    leave(lot, her, 50, ExitKind.SHORT_JOB, open_due=(-60,))
    spoken(lot, her, 10)


def _ending(lot: Lot, her: Her) -> None:
    enter(lot, her, 150, planned=-lot.draw.randrange(10, 44))
    spoken(lot, her, 5)


def _missed_twice(lot: Lot, her: Her) -> None:
    _calm(lot, her)
    for days in (22, 15):
        met(lot, her, days, AppointmentState.MISSED)


def _bounced(lot: Lot, her: Her) -> None:
    enter(lot, her, 150)
    spoken(lot, her, 12)
    relayed(lot, her, 9, RelayState.BOUNCED)


def _not_begun(lot: Lot, her: Her) -> None:
    enter(lot, her, 150)
    spoken(lot, her, 1)
    relayed(lot, her, 40, RelayState.ACCEPTED)


def _early(lot: Lot, her: Her) -> None:
    leave(lot, her, 12, ExitKind.NO_SOLUTION, open_due=(-10,), entered=20)


def _stopped_twice(lot: Lot, her: Her) -> None:
    """Two steps she stopped herself: the only ones whose exact reason the night opens."""
    lot.tx.sealing.create(her.record_id, {"card": {}})
    leave(lot, her, 150, ExitKind.NO_SOLUTION, entered=190, reason="abandoned")
    leave(lot, her, 20, ExitKind.NO_SOLUTION, open_due=(-10,), entered=140, reason="abandoned")


def _nobody(lot: Lot, her: Her) -> None:
    _calm(lot, her)


def _sharing_ends(lot: Lot, her: Her) -> None:
    _calm(lot, her)
    agreed(lot, her, -lot.draw.randrange(5, 29))


# Of a thousand people: those looked at although nothing is wrong, those about whom an alert opens, all the others.
_SHARES: dict[Life, int] = {
    _missed_once: 25,
    _passed_on: 10,
    _ended_and_heard: 10,
    _ending_with_next: 8,
    _late_point: 9,
    _silent: 11,
    _gap: 4,
    _ending: 3,
    _missed_twice: 2,
    _bounced: 1,
    _not_begun: 1,
    _early: 1,
    _stopped_twice: 1,
    _nobody: 1,
    _sharing_ends: 1,
    _settled: 180,
    _calm: 732,
}
