"""Nobody about whom a rule fires, or who has an open alert, is left out of what a night looks at."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pathway.casework.alerts.actions import observe_work, sweep
from pathway.casework.alerts.candidates import candidates
from pathway.casework.alerts.firing import fired
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY
from pathway.casework.alerts.reading import facts_of, people_of, seen_now
from pathway.casework.alerts.tables import Alert
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.followup.rules import ContactResult, ExitKind
from pathway.casework.relays.rules import RelayState
from pathway.casework.sharing.tables import Record
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from tests.casework.enrolments.steps import rows, system
from tests.town import FRIDAY
from tools.benchmarks.life_rows import Her, Lot, agreed, enter, leave, met, relayed, spoken, withdrawn, write

PLACES = (("pae-centre", "pae"), ("mission-locale", "cej"), ("ateliers-canal", "iae"), ("quai-neuf", "quai-neuf"))
REASONS = ("abandoned", "trial_ended_by_person", "end_of_scheme")
PENDING = (RelayState.SENT, RelayState.ACCEPTED, RelayState.APPOINTMENT)
Lives = Sequence[tuple[int, Sequence[int]]]
Deed = Callable[[Lot, Her, Random], object]


def missed_twice(lot: Lot, her: Her, days: int) -> None:
    met(lot, her, days, AppointmentState.MISSED)
    met(lot, her, days + 3, AppointmentState.MISSED)


DEEDS: tuple[Deed, ...] = (
    lambda lot, her, draw: leave(
        lot,
        her,
        (days := draw.randrange(100)),
        draw.choice([*ExitKind, *[ExitKind.NO_SOLUTION] * 8]),
        open_due=[draw.randrange(-60, 40) for _ in range(draw.randrange(3))],
        entered=days + draw.randrange(60),
        reason=draw.choice(REASONS),
    ),
    lambda lot, her, draw: spoken(lot, her, draw.randrange(100), draw.choice(list(ContactResult))),
    lambda lot, her, draw: met(
        lot, her, draw.randrange(90), draw.choice((AppointmentState.MISSED, AppointmentState.ATTENDED))
    ),
    lambda lot, her, draw: missed_twice(lot, her, draw.randrange(1, 40)),
    lambda lot, her, draw: relayed(lot, her, draw.randrange(60), RelayState.BOUNCED),
    lambda lot, her, draw: agreed(lot, her, draw.randrange(-60, 10)),
    lambda lot, her, draw: withdrawn(lot, her, draw.randrange(30)),
)
LIVES = st.tuples(st.integers(0, 2**32), st.lists(st.integers(0, len(DEEDS) - 1), min_size=0, max_size=6))
TERRITORIES = st.lists(LIVES, min_size=1, max_size=12)
ANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def settled(town: Town, lives: Lives) -> None:
    """Those people with what was recorded of them, in any structure, sensitive or not; a third have a second card."""
    with system(town.store, FixedClock(FRIDAY)) as tx:
        lot, last = Lot(tx=tx, draw=Random(0)), ""
        for seed, deeds in lives:
            draw = Random(seed)
            stands = last if last and draw.random() < 0.3 else ""
            record_id = new_id()
            tx.sealing.create(record_id, {"card": {}})
            made = {"created_by": "x", "structure_id": town.structures["pae-centre"], "recorded_at": lot.at(200)}
            lot.add("record", **{**made, "id": record_id, "canonical_id": stands or record_id})
            last = stands or record_id
            _lived(town, lot, record_id, draw, deeds)
        write(lot)
        observe_work(tx)
        tx.journal("settle")


def _lived(town: Town, lot: Lot, record_id: str, draw: Random, deeds: Sequence[int]) -> None:
    """Half of them are followed closely, so that one deed alone may put them at risk."""
    is_calm = draw.random() < 0.5
    place, scheme = draw.choice(PLACES[:1] if is_calm else PLACES)
    account = draw.choice([*[town.accounts["bruno"]] * (8 if is_calm else 1), "gone"])
    here = {"structure_id": town.structures["pae-centre"], "from_at": lot.at(150)}
    if is_calm or draw.random() < 0.7:
        lot.add("referent", record_id=record_id, account_id=account, **here)
    her = Her(
        record_id=record_id, account_id=account, structure_id=town.structures[place], scheme_id=town.schemes[scheme]
    )
    for number in deeds[:1] if is_calm else deeds:
        at = her.structure_id if is_calm else town.structures[draw.choice(PLACES)[0]]
        DEEDS[number](lot, replace(her, structure_id=at), draw)
    if draw.random() < 0.6:
        enter(lot, her, draw.randrange(120), planned=-draw.randrange(-10, 120))
    if is_calm:
        spoken(lot, replace(her, structure_id=town.structures["mission-locale"]), draw.choice((0, 0, 40)))
    elif draw.random() < 0.3:
        relayed(lot, her, draw.randrange(60), draw.choice(PENDING))


def heard(town: Town) -> None:
    """Everybody is reached that very day: much of what was wrong is not any more."""
    with system(town.store, FixedClock(FRIDAY)) as tx:
        lot = Lot(tx=tx, draw=Random(0))
        for row in tx.execute(select(table_of(Record).c.id)).all():
            spoken(
                lot, Her(record_id=row.id, account_id="x", structure_id=town.structures["pae-centre"], scheme_id=""), 0
            )
        write(lot)
        tx.journal("heard")


def left_out(town: Town, days: int) -> set[str]:
    """Those about whom a rule fires, or an alert is open, that the night of so many days later would not look at."""
    with system(town.store, FixedClock(FRIDAY + timedelta(days=days)), write=False) as tx:
        everybody = list(tx.execute(select(table_of(Record).c.canonical_id).distinct()).scalars())
        facts = facts_of(tx, people_of(tx, everybody), seen_now(tx))
        found = {name for name, _, _ in fired(facts, on=tx.today, policy=DEFAULT_ALERT_POLICY)}
        alert = table_of(Alert)
        person = people_of(tx, everybody)
        open_now = tx.execute(select(alert.c.record_id).where(alert.c.state == "open")).scalars()
        return (found | {person[card] for card in open_now}) - set(candidates(tx, on=tx.today))


def night(town: Town, days: int) -> None:
    """The alerts of that day, of everybody."""
    with system(town.store, FixedClock(FRIDAY + timedelta(days=days))) as tx:
        sweep(tx, candidates(tx, on=tx.today), on=tx.today)
        tx.journal("sweep")


@ANY
@given(lives=TERRITORIES)
def test_a_night_looks_at_everyone_about_whom_a_rule_fires(
    sqlite_town: Town, lives: list[tuple[int, list[int]]]
) -> None:
    settled(sqlite_town, lives)
    assert [left_out(sqlite_town, days) for days in (0, 9, 70)] == [set()] * 3
    night(sqlite_town, 0)
    heard(sqlite_town)
    assert left_out(sqlite_town, 0) == set()


def test_so_it_does_in_a_territory_of_hundreds_on_each_engine(town: Town) -> None:
    draw = Random(7)
    settled(town, [(draw.randrange(2**32), draw.choices(range(len(DEEDS)), k=draw.randrange(6))) for _ in range(250)])
    assert [left_out(town, days) for days in (0, 1, 9, 33, 70)] == [set()] * 5
    night(town, 0)
    heard(town)
    assert [left_out(town, days) for days in (0, 33)] == [set()] * 2
    assert len({row["rule"] for row in rows(town.store, "alert")}) == 11
