"""Which rules hold where and when; a draft is written, published from a day on, abandoned; what is published stays."""

from datetime import date, timedelta
from typing import Any

import pytest

from pathway.casework.policies.actions import publish_policy, withdraw_draft, write_draft
from pathway.casework.policies.queries import draft_of, draft_seen, in_force, policy_for, versions_of
from pathway.casework.policies.rules import DEFAULT_POLICY, Policy, PolicyState
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.store.actor import SYSTEM
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import rows
from tests.casework.policies.policies import ALSACE, CUSTOM
from tests.web.counsellor.scenes import move


def acting(town: Town, by: str) -> Transaction:
    """That professional; « territory » is the operator."""
    if by == "territory":
        return Transaction(town.store, actor=SYSTEM, clock=town.clock, door="cli")
    return town.acting(by)


def published(town: Town, policy: Policy, *, by: str = "denis", scheme: str | None = None, in_days: int = 0) -> str:
    """That policy in force from that day on; gives its version."""
    scheme_id = town.schemes[scheme] if scheme else None
    with acting(town, by) as tx:
        draft_id = write_draft(tx, policy=policy, scheme_id=scheme_id)
        return publish_policy(tx, version_id=draft_id, seq=1, from_on=tx.today + timedelta(days=in_days))


def held(town: Town, structure: str = "pae-centre", scheme: str = "pae", in_days: int = 0) -> Policy:
    """What holds there that day."""
    with town.acting("denis", write=False) as tx:
        return policy_for(
            tx,
            structure_id=town.structures[structure],
            scheme_id=town.schemes[scheme],
            on=tx.today + timedelta(days=in_days),
        )


def drafted(town: Town, policy: Policy = ALSACE, by: str = "denis", **more: Any) -> str:
    with town.acting(by) as tx:
        return write_draft(tx, policy=policy, scheme_id=None, **more)


def test_without_any_version_the_rules_of_the_program_hold(town: Town) -> None:
    assert held(town) is DEFAULT_POLICY
    with town.acting("denis", write=False) as tx:
        found = in_force(tx, structure_id=tx.actor.structure_id, scheme_id="", on=tx.today)
    assert (found.from_on, found.is_own, found.is_of_own_scheme) == (None, False, False)


def test_the_most_specific_version_holds_whatever_the_order_of_publication(town: Town) -> None:
    own_scheme = published(town, ALSACE, scheme="pae")
    assert held(town).version == own_scheme
    own = published(town, CUSTOM, in_days=0)
    of_scheme = published(town, CUSTOM, by="territory", scheme="plie")
    of_all = published(town, ALSACE, by="territory")
    assert held(town).version == own_scheme
    assert held(town, scheme="plie").version == own
    assert held(town, structure="mission-locale", scheme="plie").version == of_scheme
    assert held(town, structure="mission-locale", scheme="pae").version == of_all


def test_the_latest_version_begun_holds_and_a_coming_one_waits(town: Town) -> None:
    first = published(town, ALSACE)
    second = published(town, CUSTOM, in_days=10)
    assert [held(town, in_days=day).version for day in (0, 9, 10, 400)] == [first, first, second, second]
    assert held(town, in_days=-1) is DEFAULT_POLICY


def test_a_version_gives_back_the_policy_that_was_written(town: Town) -> None:
    version = published(town, CUSTOM)
    kept = held(town)
    assert version == "pae-centre-2026-1"
    assert (kept.plans, kept.holidays, kept.catch_up) == (CUSTOM.plans, CUSTOM.holidays, CUSTOM.catch_up)


def test_a_draft_holds_nowhere_and_is_seen_by_its_structure_alone(town: Town) -> None:
    draft_id = drafted(town)
    assert held(town) is DEFAULT_POLICY
    with town.acting("denis", write=False) as tx:
        assert draft_seen(tx, draft_id).state is PolicyState.DRAFT
        assert [one.id for one in versions_of(tx)] == [draft_id]
    with town.acting("sylvie", write=False) as tx:
        assert versions_of(tx) == []
        with pytest.raises(NotFound):
            draft_seen(tx, draft_id)


@pytest.mark.parametrize("by", ["sylvie", "territory"])
def test_nobody_publishes_or_abandons_the_draft_of_another_structure(town: Town, by: str) -> None:
    draft_id = drafted(town)
    with pytest.raises(NotFound), acting(town, by) as tx:
        publish_policy(tx, version_id=draft_id, seq=1, from_on=tx.today)
    with pytest.raises(NotFound), acting(town, by) as tx:
        withdraw_draft(tx, version_id=draft_id, seq=1)


def test_one_draft_at_a_time_for_one_scope(town: Town) -> None:
    drafted(town)
    with pytest.raises(Conflict):
        drafted(town)
    with town.acting("denis") as tx:
        write_draft(tx, policy=ALSACE, scheme_id=town.schemes["pae"])
        assert draft_of(tx, town.schemes["plie"]) is None


def test_a_draft_is_rewritten_only_as_it_was_read(town: Town) -> None:
    draft_id = drafted(town)
    assert drafted(town, CUSTOM, seq=1) == draft_id
    with pytest.raises(Conflict):
        drafted(town, ALSACE, seq=1)
    with town.acting("denis", write=False) as tx:
        kept = draft_seen(tx, draft_id)
    assert (kept.seq, kept.policy.plans) == (2, CUSTOM.plans)


def test_two_versions_never_begin_on_the_same_day_for_the_same_scope(town: Town) -> None:
    published(town, ALSACE, in_days=3)
    with pytest.raises(Refused, match="commence déjà") as refusal:
        published(town, CUSTOM, in_days=3)
    assert refusal.value.field == "from_on"
    assert published(town, CUSTOM, scheme="pae", in_days=3)


@pytest.mark.parametrize("in_days", [-1, 367])
def test_rules_begin_today_or_within_the_year(town: Town, in_days: int) -> None:
    with pytest.raises(Refused) as refusal:
        published(town, ALSACE, in_days=in_days)
    assert refusal.value.field == "from_on"


def test_what_is_published_is_neither_written_again_nor_abandoned(town: Town) -> None:
    draft_id = drafted(town)
    with town.acting("denis") as tx:
        publish_policy(tx, version_id=draft_id, seq=1, from_on=tx.today)
    before = rows(town.store, "policy_version")
    with pytest.raises(Conflict):
        drafted(town, CUSTOM, seq=2)
    with pytest.raises(NotFound), town.acting("denis") as tx:
        withdraw_draft(tx, version_id=draft_id, seq=2)
    assert rows(town.store, "policy_version") == before


def test_an_abandoned_draft_leaves_its_place_and_its_number_is_not_given_again(town: Town) -> None:
    draft_id = drafted(town)
    with town.acting("denis") as tx:
        withdraw_draft(tx, version_id=draft_id, seq=1)
    with town.acting("denis", write=False) as tx:
        assert versions_of(tx) == []
    assert published(town, ALSACE) == "pae-centre-2026-2"
    assert {row["state"] for row in rows(town.store, "policy_version")} == {"withdrawn", "published"}


def test_the_year_of_a_version_is_that_of_its_writing(town: Town) -> None:
    move(town, 60)
    assert published(town, ALSACE) == "pae-centre-2027-1"
    assert published(town, ALSACE, by="territory") == "territoire-2027-1"
    assert date.fromisoformat(str(rows(town.store, "policy_version")[0]["from_on"])[:10]).year == 2027
