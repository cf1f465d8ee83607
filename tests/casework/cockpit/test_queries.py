from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from pathway.casework.alerts.outcomes import outcomes
from pathway.casework.cockpit.queries import (
    Cockpit,
    Listed,
    MaskedSpreads,
    cockpit,
    exits_listed,
    gaps_listed,
    load_listed,
    masked_cockpit,
    points_listed,
    relays_listed,
)
from pathway.casework.cockpit.rules import Gap
from pathway.casework.cockpit.vocabulary import Fate, Length, Load, Towards, Wait, Waiting
from pathway.casework.relays.actions import accept_relay, refuse_relay
from pathway.casework.relays.rules import RefusalReason
from pathway.casework.reports.rules import Hidden
from pathway.casework.sharing.tables import AccessGrant
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import agree, stop
from tests.casework.alerts.test_outcomes import lived
from tests.casework.enrolments.steps import call, enter, leave, system
from tests.casework.relays.scenes import answer, send
from tests.town import AMINA, FRIDAY, welcome

START = FRIDAY.date()


def people(town: Town, count: int, *, first: int = 1) -> list[str]:
    """So many people of Bruno's structure, each with a step begun today."""
    found = []
    for born in range(first, first + count):
        found.append(welcome(town, identity=replace(AMINA, birth_date=date(1990, 1, born))))
    return found


def left(town: Town, clock: FixedClock, count: int, *, reason: str = "end_of_scheme", first: int = 1) -> list[str]:
    """They entered, and left 40 days later; nobody called since: 30 days went by."""
    found = people(town, count, first=first)
    steps = [enter(town, one).enrolment_id for one in found]
    clock.move(timedelta(days=40))
    for step in steps:
        leave(town, step, reason=reason)
    clock.move(timedelta(days=30))
    return found


def both(town: Town, clock: FixedClock) -> None:
    """Six exits with late points, six without."""
    left(town, clock, 6)
    for one in people(town, 6, first=10):
        leave(town, enter(town, one).enrolment_id)


def seen(town: Town, by: str = "denis") -> Cockpit:
    with town.acting(by, write=False) as tx:
        return cockpit(tx)


def masked(town: Town) -> MaskedSpreads:
    with town.acting("theo", write=False) as tx:
        return masked_cockpit(tx)


def listed(town: Town, ask: Callable[..., list[Any]], *which: Any, by: str = "denis") -> list[Any]:
    with town.acting(by, write=False) as tx:
        return ask(tx, *which)


def due(found: Cockpit) -> int:
    return sum(sum(week.values()) for week in found.spreads.weeks.values())


def close(town: Town, record_id: str) -> None:
    """The structure's access to her ended yesterday."""
    grant = table_of(AccessGrant)
    with system(town.store, town.clock) as tx:
        ended = tx.now - timedelta(days=1)
        tx.execute(update(grant).where(grant.c.record_id == record_id).values(until_at=ended))
        tx.journal("close")


def lists_of(tx: Transaction, found: Cockpit) -> list[tuple[str, int, list[Listed] | list[Gap]]]:
    """Every figure beside the list it opens."""
    exits, spreads = found.exits, found.spreads
    pairs: list[tuple[str, int, list[Listed] | list[Gap]]] = [
        ("late", exits.late, exits_listed(tx, Waiting.LATE)),
        ("nothing", exits.nothing, exits_listed(tx, Waiting.NOTHING)),
        ("followed", exits.followed, exits_listed(tx, Waiting.FOLLOWED)),
        ("still", spreads.open_gaps, gaps_listed(tx, None)),
    ]
    for monday, week in spreads.weeks.items():
        pairs += [(f"{monday} {fate}", week[fate], points_listed(tx, monday, [fate])) for fate in Fate]
    for towards in Towards:
        waits = spreads.relays[towards]
        pairs += [(f"{towards} {wait}", waits[wait], relays_listed(tx, towards, wait)) for wait in Wait]
    pairs += [(f"gap {length}", spreads.gaps[length], gaps_listed(tx, length)) for length in Length]
    for line in found.load:
        counts = {Load.POINTS: line.points, Load.LATE: line.late, Load.PEOPLE: line.people}
        pairs += [(f"{line.name} {load}", counts[load], load_listed(tx, load, line.account_id)) for load in Load]
    return pairs


def lively(town: Town, clock: FixedClock) -> list[str]:
    """Six people who left: one was reached late, one is no longer theirs, one shares with nobody, one was passed on and
    taken, one refused."""
    found = left(town, clock, 6)
    call(town, found[0])
    close(town, found[1])
    stop(town, found[2], "pae-centre")
    taken, refused = send(town, found[3]), send(town, found[4])
    clock.move(timedelta(days=5))
    answer(town, accept_relay, taken)
    answer(town, refuse_relay, refused, reason=RefusalReason.NO_PLACE)
    return found


def test_every_figure_counts_what_its_list_shows(town: Town, clock: FixedClock) -> None:
    lively(town, clock)
    with town.acting("denis", write=False) as tx:
        pairs = lists_of(tx, cockpit(tx))
    assert [(name, number) for name, number, shown in pairs if number != len(shown)] == []
    assert sum(number > 0 for _, number, _ in pairs) >= 12


def test_somebody_whose_record_closed_to_them_is_neither_counted_nor_listed(town: Town, clock: FixedClock) -> None:
    (amina,) = left(town, clock, 1)
    before = seen(town)
    assert (before.exits.late, due(before), before.spreads.open_gaps) == (1, 2, 1)
    close(town, amina)
    after = seen(town)
    assert (after.exits.followed, due(after), after.spreads.open_gaps) == (0, 0, 0)
    assert {(one.points, one.people) for one in after.load} == {(0, 0)}


def test_stopping_the_sharing_leaves_what_the_structure_recorded_itself(town: Town, clock: FixedClock) -> None:
    (amina,) = left(town, clock, 1)
    agree(town, amina, "mission-locale", "contact")
    stop(town, amina, "pae-centre")
    assert (seen(town).exits.followed, due(seen(town))) == (1, 2)
    assert seen(town, "sylvie").exits.followed == 0


def test_a_structure_without_relation_counts_nothing(town: Town, clock: FixedClock) -> None:
    lively(town, clock)
    found = seen(town, "yvan")
    assert (found.exits.followed, found.opened, found.spreads.open_gaps) == (0, 0, 0)
    assert {(one.points, one.people) for one in found.load} == {(0, 0)}
    assert sum(found.spreads.relays[Towards.MET].values()) == 0


def test_a_point_is_held_late_or_waited_for_in_the_week_it_was_first_due(town: Town, clock: FixedClock) -> None:
    (amina,) = left(town, clock, 1)  # points due 7 and 28 days after the exit; 30 days have passed
    assert _fates(town) == {Fate.WAITING: 2}
    call(town, amina)  # answers both: one of two days ago, one of three weeks ago
    assert _fates(town) == {Fate.HELD: 1, Fate.LATER: 1}
    clock.move(timedelta(weeks=12))
    assert set(_fates(town)) <= {Fate.WAITING}


def _fates(town: Town) -> dict[Fate, int]:
    found = {fate: len(listed(town, _points, fate)) for fate in Fate}
    return {fate: number for fate, number in found.items() if number}


def _points(tx: Transaction, fate: Fate) -> list[Listed]:
    return [one for monday in cockpit(tx).spreads.weeks for one in points_listed(tx, monday, [fate])]


def test_relays_are_spread_over_their_days(town: Town, clock: FixedClock) -> None:
    lively(town, clock)
    waits = seen(town).spreads.relays[Towards.ACCEPTED]
    assert {wait: number for wait, number in waits.items() if number} == {Wait.DAYS_7: 1, Wait.NEVER: 1}
    assert seen(town).spreads.relays[Towards.MET][Wait.STILL] == 1
    (one,) = listed(town, relays_listed, Towards.ACCEPTED, Wait.DAYS_7)
    assert one.what == "Accepté" and one.owner_id == town.accounts["bruno"]


@pytest.mark.parametrize(("reason", "lasting"), [("end_of_scheme", 1), ("cdi", 0)])
def test_no_step_is_a_gap_unless_she_works_for_good(town: Town, clock: FixedClock, reason: str, lasting: int) -> None:
    (amina,) = left(town, clock, 1, reason=reason)
    assert seen(town).spreads.open_gaps == lasting
    enter(town, amina, scheme="atelier")
    found = seen(town).spreads
    assert (found.open_gaps, found.gaps[Length.DAYS_60]) == (0, lasting)
    assert [(one.days, one.is_open) for one in listed(town, gaps_listed, Length.DAYS_60)] == [(30, False)] * lasting


def test_the_territory_leaves_out_structures_nobody_else_may_know_of(town: Town, clock: FixedClock) -> None:
    both(town, clock)
    hers = welcome(town, by="solene")
    leave(town, enter(town, hers, by="solene", scheme="quai-neuf").enrolment_id, by="solene")
    found = masked(town)
    assert found.exits.total == 12
    assert "CSAPA du Port" not in str(found) and "Une structure partenaire" not in str(found)


def test_the_team_is_told_by_name_with_what_nobody_of_it_holds(town: Town, clock: FixedClock) -> None:
    left(town, clock, 2)
    load = seen(town).load
    assert [one.name for one in load] == ["Bruno Lemaire", "Denis Carpentier", "Fatou Diallo"]
    assert (load[0].people, load[0].points, load[0].late) == (2, 10, 4)


def test_the_headline_of_alerts_is_that_of_their_page(town: Town, clock: FixedClock) -> None:
    lived(town, clock)
    found = seen(town)
    with town.acting("denis", write=False) as tx:
        judged = outcomes(tx, since=found.judged_since, structure_id=tx.actor.structure_id)
    assert (found.opened, found.needless) == (len(judged), sum(one.is_not_relevant for one in judged)) == (9, 2)


def test_the_territory_shows_no_small_count_and_names_structures_only(town: Town, clock: FixedClock) -> None:
    both(town, clock)
    found = masked(town)
    cells = [cell for week in found.weeks.values() for cell in (*week.cells, week.total)]
    cells += [*found.exits.cells, found.exits.total, *found.gaps.cells, found.gaps.total, found.unheld_total]
    assert all(isinstance(cell, Hidden) or cell >= 5 for cell in cells)
    assert (found.exits.cells, found.exits.total) == ((6, 6), 12)
    assert found.relays is None
    assert "Amina" not in str(found)


def test_the_number_of_statements_does_not_grow_with_people(town: Town, clock: FixedClock) -> None:
    left(town, clock, 1)
    few, fewer = _statements(town, cockpit), _statements(town, masked_cockpit, "theo")
    left(town, clock, 6, first=10)
    assert _statements(town, cockpit) == few <= 14
    assert _statements(town, masked_cockpit, "theo") == fewer <= 10


def _statements(town: Town, ask: Callable[[Transaction], Any], by: str = "denis") -> int:
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(told[2])

    with town.acting(by, write=False) as tx:
        event.listen(town.store.readers, "before_cursor_execute", note)
        ask(tx)
        event.remove(town.store.readers, "before_cursor_execute", note)
    return len(said)


def test_reading_the_cockpit_is_journalled(sqlite_town: Town) -> None:
    with sqlite_town.acting("denis", write=False) as tx:
        cockpit(tx)
        assert [act.action for act in tx.acts] == ["read_cockpit"]
