from datetime import timedelta
from functools import partial

import pytest

from pathway.casework.accounts.queries import account_by_login
from pathway.casework.cards.actions import end_visit, forget_old_codes, replace_card, show_code
from pathway.casework.cards.queries import card_number, on_paper, open_visits
from pathway.casework.cards.rules import PERSONAL_TRIES, SHOWN_LENGTH, VISIT_SECTIONS
from pathway.casework.partners.rules import Role
from pathway.casework.records.names import Query
from pathway.casework.records.queries import found, record_opened
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from pathway.store.journal import entries_about
from tests.casework.cards.counter import link, on_counter, presented, printed, seen, shown, stop_all
from tests.casework.enrolments.steps import rows, share, system
from tests.hostile.test_at_once import at_once
from tests.town import herself, welcome
from tests.web.jobseeker.lives import at_home

VISIT = VISIT_SECTIONS[Role.COUNSELLOR]


def number_of(town: Town, record_id: str) -> str:
    with herself(town, record_id, write=False) as tx:
        return card_number(tx, record_id)


def deeds(town: Town, record_id: str) -> list[str]:
    with system(town.store, town.clock, write=False) as tx:
        entries = entries_about(tx.connection, record_id, limit=50)
    return [act["do"] for entry in reversed(entries) for act in entry["acts"] if record_id in act["on"]]


def test_a_shown_code_opens_her_record_to_a_structure_that_knew_nothing_of_her(town: Town) -> None:
    amina = welcome(town)
    assert seen(town, amina) == frozenset()
    assert presented(town, shown(town, amina)).record_id == amina
    assert seen(town, amina) == VISIT
    assert seen(town, amina, "chloe") == frozenset()
    with town.acting("elise") as tx:
        assert "health" not in record_opened(tx, amina).sections


def test_presenting_is_written_in_her_log_as_a_presence(town: Town) -> None:
    amina = welcome(town)
    presented(town, shown(town, amina))
    assert deeds(town, amina)[-2:] == ["show_card", "present_card"]
    with system(town.store, town.clock, write=False) as tx:
        last = entries_about(tx.connection, amina, limit=1)[0]
    act = last["acts"][-1]
    assert (act["purpose"], act["sections"]) == ("presence", sorted(VISIT))
    assert last["structure"] == town.structures["mission-locale"]


def test_a_code_holds_until_just_before_its_third_minute(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    code = shown(town, amina)
    clock.move(timedelta(minutes=3))
    assert presented(town, code).record_id == ""
    clock.move(-timedelta(microseconds=1))
    assert presented(town, code).record_id == amina


def test_a_code_serves_once(town: Town) -> None:
    amina = welcome(town)
    code = shown(town, amina)
    assert presented(town, code, by="elise").record_id == amina
    assert presented(town, code, by="chloe").record_id == ""
    assert presented(town, code, by="elise").record_id == ""
    assert seen(town, amina, "chloe") == frozenset()


def test_a_new_code_ends_the_one_before(town: Town) -> None:
    amina = welcome(town)
    first, second = shown(town, amina), shown(town, amina)
    assert presented(town, first).record_id == ""
    assert presented(town, second).record_id == amina


def test_the_base_never_holds_a_code_as_it_stands(town: Town) -> None:
    amina = welcome(town)
    code = shown(town, amina)
    number, personal = printed(town, amina)
    kept = repr(rows(town.store, "card_code") + rows(town.store, "printed_card")).encode()
    assert len(code) == SHOWN_LENGTH
    assert not [word for word in (code, number, personal) if word.encode() in kept]


def test_two_counters_at_the_same_instant_one_is_opened(town: Town) -> None:
    amina = welcome(town)
    done: list[str] = []
    for _ in range(3):
        code = shown(town, amina)
        at_once(4, partial(type_at_once, town, code, done))
    assert sorted(done) == [""] * 9 + [amina] * 3


def type_at_once(town: Town, code: str, done: list[str], number: int) -> None:
    done.append(presented(town, code, by=("elise", "chloe", "bruno", "denis")[number]).record_id)


def test_tries_at_the_same_instant_are_all_counted(town: Town) -> None:
    waits: list[int] = []
    at_once(8, lambda _: waits.append(presented(town, "AAAAAA", by="chloe").wait))
    assert sorted(bool(wait) for wait in waits) == [False] * 5 + [True] * 3


def test_wrong_codes_wait_and_a_right_one_forgives_none(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    for _ in range(4):
        presented(town, "AAAAAA", by="chloe")
    assert presented(town, shown(town, amina), by="chloe").record_id == amina
    assert presented(town, "AAAAAA", by="chloe").wait == 0
    assert presented(town, shown(town, amina), by="chloe").wait == 60
    clock.move(timedelta(minutes=1))
    assert presented(town, shown(town, amina), by="chloe").record_id == amina


def test_one_counsellor_who_mistypes_slows_no_colleague(town: Town) -> None:
    amina = welcome(town)
    for _ in range(6):
        presented(town, "AAAAAA", by="chloe")
    assert presented(town, shown(town, amina), by="elise").record_id == amina


def test_wrong_codes_teach_nothing_and_name_nobody(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    spent, expired = shown(town, amina), ""
    presented(town, spent, by="elise")
    expired = shown(town, amina)
    clock.move(timedelta(minutes=4))
    before = deeds(town, amina)
    answers = [presented(town, code, by="chloe") for code in ("AAAAAA", "", "🐙" * 3, spent, expired)]
    assert len(set(answers)) == 1
    assert deeds(town, amina) == before


def test_the_visit_ends_at_midnight_and_support_does_not(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    presented(town, shown(town, amina))
    presented(town, shown(town, amina), by="bruno")
    clock.move(timedelta(hours=14))  # ten in the morning in Paris: fourteen hours before midnight
    assert seen(town, amina, "elise") == frozenset()
    assert "followup" in seen(town, amina, "bruno")
    clock.move(-timedelta(microseconds=1))
    assert seen(town, amina, "elise") == VISIT


def test_she_sees_the_visits_of_today_and_stops_one_at_once(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    for by in ("elise", "chloe", "elise"):
        presented(town, shown(town, amina), by=by)
        clock.move(timedelta(minutes=1))
    share(town, amina, "ccas", sections={"identity"})
    with herself(town, amina) as tx:
        assert [one.structure_id for one in open_visits(tx, amina)] == [
            town.structures["mission-locale"],
            town.structures[town.cast["chloe"].structure],
        ]
        end_visit(tx, structure_id=town.structures["mission-locale"])
    assert seen(town, amina, "elise") == frozenset()
    assert seen(town, amina, "chloe") == VISIT


def test_stopping_a_visit_leaves_what_an_agreement_opens(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity"})
    presented(town, shown(town, amina))
    with herself(town, amina) as tx:
        end_visit(tx, structure_id=town.structures["mission-locale"])
    assert seen(town, amina) == {"identity"}


def test_only_the_person_shows_a_code_or_stops_a_visit(town: Town) -> None:
    welcome(town)
    with pytest.raises(NotAllowed), town.acting("bruno") as tx:
        show_code(tx)
    with pytest.raises(NotAllowed), town.acting("bruno") as tx:
        end_visit(tx, structure_id=tx.actor.structure_id)


def test_a_card_presented_after_a_withdrawal_opens_nothing_and_says_nothing(town: Town) -> None:
    amina = welcome(town)
    stop_all(town, amina, "mission-locale")
    assert presented(town, shown(town, amina)) == presented(town, "AAAAAA")
    assert seen(town, amina) == frozenset()
    assert deeds(town, amina)[-1] == "present_card_stopped"
    assert not rows(town.store, "access_grant", "WHERE cause = 'presented_card'")
    assert presented(town, shown(town, amina), by="chloe").record_id == amina


def test_her_own_counsellor_is_told_that_the_card_does_not_end_a_withdrawal(town: Town) -> None:
    amina = welcome(town)
    stop_all(town, amina)
    done = presented(town, shown(town, amina), by="bruno")
    assert (done.record_id, done.is_stopped) == (amina, True)
    assert not rows(town.store, "withdrawal", "WHERE until_at IS NOT NULL")


def test_any_card_of_a_person_opens_the_whole_person(town: Town) -> None:
    amina, other = welcome(town), welcome(town, "chloe")
    link(town, other, amina)
    assert presented(town, shown(town, other)).record_id == amina
    assert seen(town, amina) == seen(town, other) == VISIT
    with herself(town, amina) as tx:
        end_visit(tx, structure_id=town.structures["mission-locale"])
    assert seen(town, amina) == seen(town, other) == frozenset()


def test_a_printed_card_and_its_code_open_the_visit(town: Town) -> None:
    amina = welcome(town)
    number, code = printed(town, amina)
    assert number == number_of(town, amina)
    spaced = f"{number[:4]} {number[4:8]} {number[8:]}"
    assert on_counter(town, spaced, f"{code[:4]} {code[4:]}".lower()).record_id == amina
    assert seen(town, amina) == VISIT
    assert on_counter(town, number, code, by="chloe").record_id == amina


def test_five_wrong_codes_close_a_printed_card_whoever_types_them(town: Town) -> None:
    amina = welcome(town)
    number, code = printed(town, amina)
    for by in ("elise", "chloe", "elise", "chloe", "elise"):
        assert on_counter(town, number, "AAAAAAAA", by=by).record_id == ""
    assert on_counter(town, number, code, by="bruno").record_id == ""
    assert deeds(town, amina).count("present_card_failed") == PERSONAL_TRIES
    with herself(town, amina, write=False) as tx:
        paper = on_paper(tx, amina)
    assert paper is not None and paper.is_closed
    again = printed(town, amina)
    assert on_counter(town, *again, by="bruno").record_id == amina


def test_a_right_code_forgives_the_wrong_ones_of_that_card(town: Town) -> None:
    amina = welcome(town)
    number, code = printed(town, amina)
    for _ in range(4):
        on_counter(town, number, "AAAAAAAA")
    assert on_counter(town, number, code).record_id == amina
    assert rows(town.store, "printed_card")[0]["tries"] == 0


def test_tries_of_one_printed_card_at_the_same_instant_are_five_in_all(town: Town) -> None:
    number, _ = printed(town, welcome(town))
    at_once(8, lambda n: on_counter(town, number, "AAAAAAAA", by=("elise", "chloe", "bruno", "denis")[n % 4]))
    assert rows(town.store, "printed_card")[0]["tries"] == PERSONAL_TRIES


def test_a_number_without_printed_card_is_answered_like_a_wrong_code(town: Town) -> None:
    amina = welcome(town)
    number, _ = printed(town, amina)
    wrong = on_counter(town, number, "AAAAAAAA")
    never = on_counter(town, number_of(town, welcome(town)), "AAAAAAAA")
    assert wrong == never == on_counter(town, "not a number", "AAAAAAAA", by="chloe")


def test_a_new_print_ends_the_code_before(town: Town) -> None:
    amina = welcome(town)
    first, second = printed(town, amina), printed(town, amina)
    assert on_counter(town, *first).record_id == ""
    assert on_counter(town, *second).record_id == amina


def test_whoever_saw_her_once_leaves_without_a_key(town: Town) -> None:
    amina = welcome(town)
    presented(town, shown(town, amina))
    with pytest.raises(Refused):
        printed(town, amina, by="elise")
    with pytest.raises(NotFound):
        printed(town, amina, by="chloe")
    with pytest.raises(Refused), town.acting("elise") as tx:
        replace_card(tx, record_id=amina)
    stop_all(town, amina, "pae-centre")
    with pytest.raises(Refused):
        printed(town, amina, by="bruno")


def test_a_lost_card_is_worth_nothing_anywhere(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina)
    old, code = printed(town, amina)
    waiting = shown(town, amina)
    with town.acting("bruno") as tx:
        new = replace_card(tx, record_id=amina)
    assert new != old and number_of(town, amina) == new
    assert on_counter(town, old, code).record_id == on_counter(town, new, code).record_id == ""
    assert presented(town, waiting).record_id == ""
    with town.acting("bruno") as tx:
        assert [len(found(tx, Query(card_number=number))) for number in (old, new)] == [0, 1]
        assert account_by_login(tx, old) is None
        account = account_by_login(tx, new)
    assert account is not None and account.record_id == amina


def test_she_replaces_her_own_card_and_what_it_opened_today_stays_hers_to_stop(town: Town) -> None:
    amina = welcome(town)
    presented(town, shown(town, amina))
    old = number_of(town, amina)
    with herself(town, amina) as tx:
        assert replace_card(tx, record_id=amina) != old
        assert len(open_visits(tx, amina)) == 1
    assert deeds(town, amina)[-1] == "replace_card"


def test_a_lost_card_is_lost_on_every_card_of_the_person(town: Town) -> None:
    amina, other = welcome(town), welcome(town, "chloe")
    numbers = [number_of(town, one) for one in (amina, other)]
    on_other = printed(town, other, by="chloe")
    link(town, other, amina)
    assert on_counter(town, *on_other).record_id == amina
    with town.acting("bruno") as tx:
        replace_card(tx, record_id=amina)
        assert [len(found(tx, Query(card_number=number))) for number in numbers] == [0, 0]
    assert on_counter(town, *on_other).record_id == ""


def test_codes_of_yesterday_are_forgotten(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    shown(town, amina)
    clock.move(timedelta(days=1))
    shown(town, amina)
    clock.move(timedelta(minutes=4))
    with system(town.store, clock) as tx:
        assert forget_old_codes(tx) == 1
        tx.journal("test")
    assert len(rows(town.store, "card_code")) == 1
