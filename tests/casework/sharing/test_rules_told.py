"""When a grant holds, what it is kept as, and by what number she may be told: each condition alone decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pathway.casework.sharing.rules import (
    EVERY_SECTION,
    HERSELF,
    Access,
    Cause,
    Grant,
    Reach,
    access_from,
    is_cautioned,
    is_live,
    is_referent_untold,
    mobiles_in,
    number_to_tell,
    pack_sections,
    unpack_sections,
)
from tests.town import FRIDAY

MOBILE, OTHER, HOME = "+33612345678", "+33798765432", "+33241000000"
SUPPORT = Grant(cause=Cause.SUPPORT, sections=frozenset({"identity", "contact"}))
ENDED = replace(SUPPORT, until_at=FRIDAY + timedelta(days=30))
EXCEPTIONAL = replace(SUPPORT, cause=Cause.EXCEPTIONAL)
REACH = Reach(mobiles=(MOBILE, OTHER), has_account=True)
SECOND = timedelta(seconds=1)


def opened(*grants: Grant, is_withdrawn: bool = False, hidden: tuple[tuple[str, str], ...] = ()) -> Access:
    access = access_from(grants, is_withdrawn=is_withdrawn, hidden=hidden)
    assert access is not None
    return access


def card(*numbers: str, on: str, confirmed_on: str | None = None) -> dict[str, Any]:
    return {"phones": {"value": list(numbers), "from": {"on": on, "confirmed_on": confirmed_on}}}


def test_a_lasting_support_opens_all_it_was_given_and_keeps_it_through_a_stop_as_its_own_only() -> None:
    plain = Access(sections=SUPPORT.sections, causes=frozenset({Cause.SUPPORT}), is_lasting_support=True)
    assert opened(SUPPORT) == plain
    assert opened(SUPPORT, is_withdrawn=True) == replace(plain, is_own_only=True)


@pytest.mark.parametrize("grant", [ENDED, EXCEPTIONAL, replace(SUPPORT, cause=Cause.RELAY)])
def test_a_stop_closes_everything_but_a_lasting_support(grant: Grant) -> None:
    assert access_from([grant], is_withdrawn=True, hidden=[]) is None
    assert opened(grant, SUPPORT, is_withdrawn=True).causes == {Cause.SUPPORT}


def test_nothing_opens_nothing() -> None:
    assert access_from([], is_withdrawn=False, hidden=[]) is None


def test_a_support_that_ended_is_read_and_an_exceptional_access_neither_writes_nor_enters() -> None:
    ended, exceptional = opened(ENDED), opened(EXCEPTIONAL)
    assert (ended.may_write, ended.may_enter, ended.is_lasting_support) == (False, True, False)
    assert (exceptional.may_write, exceptional.may_enter) == (False, False)
    assert opened(replace(ENDED, cause=Cause.RELAY)).may_write
    assert opened(EXCEPTIONAL, SUPPORT).may_write and opened(EXCEPTIONAL, SUPPORT).may_enter


def test_a_hidden_part_is_closed_and_a_hidden_answer_is_named() -> None:
    access = opened(SUPPORT, hidden=(("contact", ""), ("identity", "birth_name")))
    assert access.sections == {"identity"} and access.hidden_items == {"birth_name"}
    assert access.opens("identity") and not access.opens("contact")


def test_she_reads_every_section_of_hers_and_enters_nowhere() -> None:
    assert HERSELF.opens("health") and not HERSELF.may_enter and HERSELF.sections == {EVERY_SECTION}


@pytest.mark.parametrize("is_own_only", [True, False])
@pytest.mark.parametrize("is_ours", [True, False])
def test_a_referent_elsewhere_is_untold_only_after_a_stop(is_own_only: bool, is_ours: bool) -> None:
    access = replace(HERSELF, is_own_only=is_own_only)
    assert is_referent_untold(access, is_ours=is_ours) is (is_own_only and not is_ours)


def test_a_grant_holds_from_its_first_instant_to_just_before_its_last() -> None:
    end = FRIDAY + timedelta(days=1)
    moments = (FRIDAY - SECOND, FRIDAY, end - SECOND, end)
    assert [is_live(from_at=FRIDAY, until_at=end, now=one) for one in moments] == [False, True, True, False]
    assert is_live(from_at=FRIDAY, until_at=None, now=end) and not is_live(from_at=end, until_at=None, now=FRIDAY)


def test_sections_are_kept_in_order_and_read_back() -> None:
    assert pack_sections(frozenset({"pathway", "contact", "identity"})) == "contact identity pathway"
    assert unpack_sections("contact identity") == {"contact", "identity"}
    assert unpack_sections(pack_sections(frozenset())) == frozenset()


@pytest.mark.parametrize(
    ("reach", "says_all", "number"),
    [
        (REACH, False, MOBILE),
        (REACH, True, MOBILE),
        (replace(REACH, has_account=False), True, MOBILE),
        (replace(REACH, has_account=False), False, ""),
        (replace(REACH, emails=(("account", "a@b.fr"),)), True, ""),
        (replace(REACH, is_cautioned=True), True, ""),
        (replace(REACH, wants_sms=False), True, ""),
        (replace(REACH, mobiles=()), True, ""),
        (Reach(), True, ""),
        (Reach(mobiles=(MOBILE,)), True, MOBILE),
        (Reach(mobiles=(MOBILE,)), False, ""),
    ],
)
def test_a_message_is_sent_only_where_nothing_forbids_it(reach: Reach, says_all: bool, number: str) -> None:
    assert number_to_tell(reach, says_all=says_all) == number


def test_the_mobile_said_or_confirmed_last_comes_first_and_each_once() -> None:
    cards = [
        card(HOME, MOBILE, on="2026-01-10"),
        {"email": {"value": "a@b.fr"}},
        card(OTHER, MOBILE, on="2025-06-01", confirmed_on="2026-03-01"),
    ]
    assert mobiles_in(cards) == (OTHER, MOBILE)
    assert mobiles_in([card(HOME, on="2026-01-10")]) == mobiles_in([]) == ()
    assert mobiles_in([card(OTHER, on="2026-01-01"), card(MOBILE, on="2026-01-02", confirmed_on="2025-01-01")]) == (
        MOBILE,
        OTHER,
    )


@pytest.mark.parametrize("key", ["no_message", "phone_is_shared"])
def test_one_caution_on_one_card_is_enough_whatever_others_say(key: str) -> None:
    assert is_cautioned([{}, {key: {"value": True}}])
    assert is_cautioned([{key: {"value": False, "rivals": [{"value": True}]}}])
    assert not is_cautioned([{key: {"value": False, "rivals": [{"value": False}]}}])
    assert not is_cautioned([{key: {"value": None}}, {"phones": {"value": True}}])
