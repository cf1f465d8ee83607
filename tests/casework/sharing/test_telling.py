"""By what she is told: a proved e-mail, else a message where nothing keeps it back, else nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.enrolments.actions import cancel_exit
from pathway.casework.enrolments.rules import CancelReason
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.records.actions import merge_claims
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.facts import cautions_in, claims_of
from pathway.casework.records.rules import Claim, Fact, Provenance, Section, Way, fact_to_json
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.sharing import silence
from pathway.casework.sharing.actions import choose_sms, restrict, tell_her
from pathway.casework.sharing.queries import reach_of
from pathway.casework.sharing.rules import CONTACT, NO_MESSAGE, PHONES, Reach, is_cautioned, mobiles_in, number_to_tell
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import Meeting, contents
from pathway.store.stops import obey
from tests.casework.enrolments.steps import enter, leave, rows, system
from tests.casework.resets.letters import proved
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE
from tests.web.jobseeker.lives import at_home

MOBILE = "+33612345678"
PATH = "/qui-voit-quoi"
WHOLE = Reach(mobiles=(MOBILE,), has_account=True)
SAID = Provenance(
    structure_id="s" * 26, role="counsellor", on=date(2026, 11, 2), way=Way.SAID, confirmed_on=None, by=""
)


def told(town: Town, record_id: str, kind: LetterKind = LetterKind.RIGHTS_ANSWERED, **other: Any) -> list[str]:
    """To whom telling her that writes, each after its channel."""
    before = {row["id"] for row in rows(town.store, "letter")}
    with system(town.store, town.clock) as tx:
        tell_her(tx, record_id, kind, PATH, **other)
        tx.journal("tell")
    added = [row for row in rows(town.store, "letter") if row["id"] not in before]
    with system(town.store, town.clock, write=False) as tx:
        return [f"{row['channel']} {contents(tx, str(row['id'])).to}" for row in added]


def waiting(town: Town) -> int:
    return len(rows(town.store, "letter", "WHERE state = 'waiting'"))


def said(town: Town, record_id: str, **claims: Any) -> None:
    with town.acting("bruno") as tx:
        merge_claims(tx, record_id, claims, way=Way.SAID)
        tx.journal("said")


def at(town: Town, record_id: str) -> str:
    """She has opened her account, without an e-mail."""
    at_home(town, record_id)
    return record_id


def test_without_a_proved_address_a_message_leaves_and_with_one_a_letter_alone(town: Town) -> None:
    amina = at(town, welcome(town))
    assert told(town, amina) == [f"sms {MOBILE}"]
    email = proved(town, amina)
    assert told(town, amina) == [f"email {email}"]


@pytest.mark.parametrize("caution", ["no_message", "phone_is_shared"])
def test_a_caution_keeps_every_message_back_whoever_said_it(town: Town, caution: str) -> None:
    amina = at(town, welcome(town))
    said(town, amina, **{caution: True})
    assert told(town, amina) == []
    with herself(town, amina) as tx:
        merge_claims(tx, amina, {caution: False}, way=Way.SAID)
        tx.journal("said")
    assert told(town, amina) == []  # the two disagree: one who says so is enough


def test_nothing_is_sent_to_a_number_she_contests(town: Town) -> None:
    amina = at(town, welcome(town))
    with herself(town, amina) as tx:
        restrict(tx, record_id=amina, section="contact", item_key="phones")
        tx.journal("limit")
    assert told(town, amina) == []


def test_her_refusal_holds_until_she_takes_it_back(town: Town) -> None:
    amina = at(town, welcome(town))
    with herself(town, amina) as tx:
        choose_sms(tx, record_id=amina, is_wanted=False)
    assert told(town, amina) == []
    with herself(town, amina) as tx:
        choose_sms(tx, record_id=amina, is_wanted=True)
    assert told(town, amina) == [f"sms {MOBILE}"]


def test_only_the_telephone_that_answered_stop_takes_it_back(town: Town) -> None:
    amina = at(town, welcome(town))
    with system(town.store, town.clock) as tx:
        obey(tx, sender="33612345678", text="STOP")
    other = welcome(town, identity=ZOE)  # whoever says that number wants it to ring
    for her in (amina, other):
        with herself(town, her) as tx:
            choose_sms(tx, record_id=her, is_wanted=True)
    starts_at = town.clock.now() + timedelta(days=2)
    meeting = Meeting(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), ref="r")
    assert told(town, amina) == [] and told(town, other, LetterKind.APPOINTMENT, meeting=meeting) == []
    with system(town.store, town.clock) as tx:
        obey(tx, sender="0612345678", text="Reprendre")
    assert told(town, amina) == [f"sms {MOBILE}"]


@pytest.mark.parametrize("has_email", [True, False])
def test_nothing_leaves_once_a_structure_recorded_that_she_died(town: Town, has_email: bool) -> None:
    amina = at(town, welcome(town))
    if has_email:
        proved(town, amina)
    step = enter(town, amina).enrolment_id
    assert len(told(town, amina)) == 1 and waiting(town) >= 1
    leave(town, step, reason="death")
    assert waiting(town) == 0, "what waited to leave never does"
    assert told(town, amina) == [] and told(town, amina, LetterKind.CONTACT_CHANGED) == []
    with town.acting("bruno") as tx:
        cancel_exit(tx, enrolment_id=step, reason=CancelReason.WRONG_PERSON)
    assert len(told(town, amina)) == 1


def test_somebody_who_enters_after_a_death_was_recorded_is_alive_and_told(town: Town, clock: FixedClock) -> None:
    amina = at(town, welcome(town))
    enter(town, amina, scheme="pae")
    leave(town, enter(town, amina, scheme="plie", by="bruno").enrolment_id, reason="death")
    assert told(town, amina) == [], "a step that was open before proves nothing"
    clock.move(timedelta(hours=1))
    enter(town, amina, scheme="plie")
    assert told(town, amina) == [f"sms {MOBILE}"]


def test_saying_no_to_follow_up_keeps_back_nothing_about_her_rights(sqlite_town: Town) -> None:
    amina = at(sqlite_town, welcome(sqlite_town))
    leave(sqlite_town, enter(sqlite_town, amina).enrolment_id, reason="follow_up_refused")
    assert told(sqlite_town, amina, LetterKind.EXCEPTIONAL_ACCESS) == [f"sms {MOBILE}"]


def test_the_words_of_exits_read_from_below_are_those_of_exits() -> None:
    assert SchemeExit.__tablename__ == silence.EXIT
    words = {"id", "record_id", "kind", silence.REASON, "recorded_at", "cancelled_at"}
    assert words <= set(table_of(SchemeExit).c.keys())
    assert Enrolment.__tablename__ == silence.ENTRY
    assert {"record_id", "recorded_at", "exited_at"} <= set(table_of(Enrolment).c.keys())
    assert exit_reason(silence.DEATH).kind.value == silence.CLOSED


def test_without_an_account_only_the_hour_of_an_appointment_is_worth_a_message(town: Town) -> None:
    amina = welcome(town)
    meeting = Meeting(
        starts_at=town.clock.now() + timedelta(days=2), ends_at=town.clock.now() + timedelta(days=2, hours=1), ref="r"
    )
    assert told(town, amina) == []
    assert told(town, amina, LetterKind.APPOINTMENT_REMINDER, meeting=meeting) == [f"sms {MOBILE}"]


def test_what_may_not_be_said_by_a_message_is_not(town: Town) -> None:
    amina = at(town, welcome(town))
    assert told(town, amina, LetterKind.CONTACT_CHANGED) == []


def test_the_same_thing_is_told_once_by_a_message(town: Town) -> None:
    amina = at(town, welcome(town))
    assert told(town, amina, key="rights:7") == [f"sms {MOBILE}"]
    assert told(town, amina, key="rights:7") == []


def test_a_number_said_since_is_the_one_that_is_told(town: Town) -> None:
    amina = at(town, welcome(town))
    with system(town.store, town.clock, write=False) as tx:
        assert reach_of(tx, amina).mobiles == (MOBILE,)
    landline = fact("phones", ["+33212345678", "+33687654321"], on=date(2026, 11, 3))
    assert mobiles_in([{"phones": fact("phones", [MOBILE])}, {"phones": landline}]) == ("+33687654321", MOBILE)


@pytest.mark.parametrize(
    "change",
    [
        {"emails": (("a", "amina@exemple.fr"),)},
        {"is_cautioned": True},
        {"wants_sms": False},
        {"has_account": False},
        {"mobiles": ()},
    ],
)
def test_each_thing_alone_keeps_a_message_back(change: dict[str, Any]) -> None:
    assert number_to_tell(WHOLE, says_all=False) == MOBILE
    assert number_to_tell(replace(WHOLE, **change), says_all=False) == ""


def fact(key: str, value: Any, *rivals: Any, on: date = SAID.on) -> dict[str, Any]:
    """A fact as its section is sealed."""
    provenance = replace(SAID, on=on)
    beside = tuple(Claim(value=one, provenance=provenance) for one in rivals)
    return fact_to_json(Fact(key=key, value=value, provenance=provenance, rivals=beside))


@given(st.sampled_from(sorted(CAUTIONS)), st.lists(st.booleans(), min_size=1, max_size=3))
def test_a_caution_is_read_here_as_records_read_it(key: str, values: list[bool]) -> None:
    beside = tuple(Claim(value=one, provenance=SAID) for one in values[1:])
    one = Fact(key=key, value=values[0], provenance=SAID, rivals=beside)
    assert [claim.value for claim in claims_of(one)] == values
    keeps_back = key in NO_MESSAGE and key in cautions_in({key: one})
    assert is_cautioned([{key: fact_to_json(one)}]) is keeps_back


def test_the_words_read_from_below_are_those_of_the_dictionary() -> None:
    assert Section.CONTACT.value == CONTACT
    assert {CATALOGUE[key].section for key in (PHONES, *NO_MESSAGE)} == {Section.CONTACT}
    assert set(NO_MESSAGE) == {key for key, guarded in CAUTIONS.items() if PHONES in guarded}
