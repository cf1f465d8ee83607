from datetime import date, timedelta

import pytest

from pathway.casework.action_plan.actions import (
    Doing,
    amend_engagement,
    open_obstacles,
    record_engagement,
    reword,
    settle_engagement,
    settle_line,
    tick,
    undo_last,
)
from pathway.casework.action_plan.queries import (
    acted_on,
    actions_due,
    engagement_now,
    engagements_of,
    line_seen,
    plan_read,
)
from pathway.casework.action_plan.rules import EngagementState, LineKind, LineState, by_theme
from pathway.casework.lifecycle.actions import hand_over
from pathway.casework.sharing.actions import end_grants
from pathway.casework.sharing.queries import access_of
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests.casework.action_plan.scenes import action, engagement, hers, line, obstacle, plan, settle
from tests.casework.agreements.deciding import hide, stop
from tests.casework.enrolments.steps import rows, share, system
from tests.casework.links.pairs import TWIN, link, unlink
from tests.town import herself, welcome

ALL = frozenset({"identity", "contact", "situation", "obstacles"})


def texts(town: Town, ref: str, by: str = "bruno") -> list[str]:
    return sorted(one.text or one.theme for one in plan(town, ref, by).lines)


def test_a_difficulty_its_goal_and_its_action_are_written_and_read(town: Town) -> None:
    ref = welcome(town)
    root = obstacle(town, ref)
    done = action(town, root, goal="Passer le permis", owner="bruno", days=7)
    (theme,) = by_theme(plan(town, ref).lines)
    assert (theme.code, theme.is_open, theme.goals[0].text) == ("mobilite", True, "Passer le permis")
    (one,) = theme.actions
    assert (one.id, one.kind, one.parent_id, one.root_id) == (done, LineKind.ACTION, theme.goals[0].id, root)
    assert (one.owner_id, one.due_on, one.is_open) == (town.accounts["bruno"], date(2026, 11, 27), True)


def test_neither_theme_nor_word_stands_in_clear(town: Town) -> None:
    ref = welcome(town)
    action(town, obstacle(town, ref, text="Le car passe trop tôt"), "Voir l’auto-école", goal="Passer le permis")
    engagement(town, ref)
    tables = ("action_plan_line", "action_plan_change", "engagement", "engagement_change")
    kept = str([rows(town.store, one) for one in tables])
    assert not [word for word in ("mobilite", "Le car", "auto-", "permis", "CE-2026") if word in kept]


def test_the_length_of_what_is_sealed_tells_no_theme(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    obstacle(sqlite_town, ref, "famille")
    obstacle(sqlite_town, ref, "logement-hebergement--sinformer-sur-les-demarches-liees-a-lacces-au-logement")
    assert len({len(row["content"]) for row in rows(sqlite_town.store, "action_plan_change")}) == 1


def test_one_theme_is_opened_once_by_a_structure_and_only_from_the_list(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    obstacle(sqlite_town, ref)
    with pytest.raises(Refused):
        obstacle(sqlite_town, ref)
    for wrong in ("none", "mobilite--rien", "trouver-un-emploi", "sante", ""):
        with pytest.raises(Invalid):
            obstacle(sqlite_town, ref, wrong)
    with pytest.raises(Invalid), sqlite_town.acting("bruno") as tx:
        open_obstacles(tx, record_id=ref, themes=[])


def test_an_action_is_refused_with_the_field_to_mend(sqlite_town: Town) -> None:
    root = obstacle(sqlite_town, welcome(sqlite_town))
    for field, wrong in (
        ("action", {"text": " "}),
        ("action", {"text": "x" * 501}),
        ("due_on", {"days": -1}),
        ("due_on", {"days": 800}),
        ("owner_id", {"owner": "chloe"}),
    ):
        with pytest.raises((Invalid, Refused)) as refused:
            action(sqlite_town, root, **wrong)
        assert getattr(refused.value, "field", "") == field


def test_a_settled_difficulty_takes_its_actions_with_it_and_gives_them_back(town: Town) -> None:
    ref = welcome(town)
    root = obstacle(town, ref)
    action(town, root, goal="Passer le permis", owner="bruno", days=0)
    settle(town, root, LineState.CLOSED)
    (theme,) = by_theme(plan(town, ref).lines)
    assert (theme.is_open, theme.actions, len(theme.closed)) == (False, (), 2)
    with pytest.raises(Refused):
        action(town, root)
    assert due(town) == []
    settle(town, root, LineState.OPEN)
    assert [one.text for one in by_theme(plan(town, ref).lines)[0].actions] == ["Voir l’auto-école"]
    assert due(town) == ["Voir l’auto-école"]


def due(town: Town, by: str = "bruno") -> list[str]:
    with town.acting(by, write=False) as tx:
        return [one.line.text for one in actions_due(tx)]


def test_only_her_own_day_has_the_actions_she_gave_herself(town: Town) -> None:
    root = obstacle(town, welcome(town))
    action(town, root, "Appeler la mairie", owner="bruno", days=0)
    action(town, root, "Plus tard", owner="bruno", days=1)
    action(town, root, "Sans jour", owner="bruno")
    action(town, root, "À elle", is_hers=True, days=0)
    assert due(town) == ["Appeler la mairie"]
    assert due(town, "fatou") == due(town, "denis") == []


def test_a_gesture_made_by_mistake_is_taken_back_and_stays_written(town: Town) -> None:
    ref = welcome(town)
    done = action(town, obstacle(town, ref), days=3)
    settle(town, done, LineState.DONE)
    with town.acting("bruno") as tx:
        undo_last(tx, line_id=done, version=2)
    assert (line(town, done).state, line(town, done).due_on) == (LineState.OPEN, date(2026, 11, 23))
    states = [row["state"] for row in rows(town.store, "action_plan_change", "ORDER BY recorded_at, number")]
    assert states.count("done") == 1 and len(states) == 4


def test_words_taken_back_are_those_before(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    done = action(sqlite_town, obstacle(sqlite_town, ref))
    with sqlite_town.acting("bruno") as tx:
        reword(tx, line_id=done, text="Autre chose", version=1, doing=Doing(is_hers=True))
    assert (line(sqlite_town, done).text, line(sqlite_town, done).is_hers) == ("Autre chose", True)
    with sqlite_town.acting("bruno") as tx:
        undo_last(tx, line_id=done, version=2)
    assert (line(sqlite_town, done).text, line(sqlite_town, done).is_hers) == ("Voir l’auto-école", False)


def test_a_line_just_written_by_mistake_is_gone_with_what_hangs_under_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    action(sqlite_town, root)
    with sqlite_town.acting("bruno") as tx:
        undo_last(tx, line_id=root, version=1)
    assert plan(sqlite_town, ref).lines == ()
    with pytest.raises(NotFound):
        line(sqlite_town, root)
    obstacle(sqlite_town, ref)  # and may be written again


def test_two_gestures_at_once_are_a_conflict(sqlite_town: Town) -> None:
    root = obstacle(sqlite_town, welcome(sqlite_town))
    with pytest.raises(Conflict), sqlite_town.acting("fatou") as tx:
        settle_line(tx, line_id=root, state=LineState.CLOSED, version=9)


def test_what_does_not_follow_is_refused(sqlite_town: Town) -> None:
    root = obstacle(sqlite_town, welcome(sqlite_town))
    for state in (LineState.DONE, LineState.OPEN, LineState.CANCELLED):
        with pytest.raises(Refused):
            settle(sqlite_town, root, state)


def test_she_ticks_her_own_actions_alone(town: Town) -> None:
    ref = welcome(town)
    root = obstacle(town, ref)
    own, theirs = action(town, root, "Demander le devis", is_hers=True), action(town, root, owner="bruno")
    with herself(town, ref) as tx:
        assert tick(tx, line_id=own, version=1) is LineState.DONE
    assert (line(town, own).state, line(town, own).by_herself) == (LineState.DONE, True)
    with herself(town, ref) as tx:
        assert tick(tx, line_id=own, version=2) is LineState.OPEN
    for one in (theirs, root):
        with pytest.raises(NotFound), herself(town, ref) as tx:
            tick(tx, line_id=one, version=1)
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        tick(tx, line_id=own, version=3)


def test_her_gesture_is_not_the_structure_s_to_take_back(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    own = action(sqlite_town, obstacle(sqlite_town, ref), is_hers=True)
    with herself(sqlite_town, ref) as tx:
        tick(tx, line_id=own, version=1)
    with pytest.raises(Refused), sqlite_town.acting("bruno") as tx:
        undo_last(tx, line_id=own, version=2)
    settle(sqlite_town, own, LineState.OPEN)  # but it may say that it waits


def test_a_partner_reads_what_is_shared_and_nothing_that_was_given_up(town: Town) -> None:
    ref = welcome(town)
    root = obstacle(town, ref)
    kept, left = action(town, root, "Demander le devis"), action(town, root, "Acheter un vélo")
    settle(town, left, LineState.GIVEN_UP)
    share(town, ref, "mission-locale", sections=ALL)
    share(town, ref, "plie", sections=ALL - {"obstacles"})
    assert texts(town, ref, "elise") == ["Demander le devis", "mobilite"]
    assert texts(town, ref) == ["Acheter un vélo", "Demander le devis", "mobilite"]
    assert "Acheter un vélo" in [one.text for one in hers(town, ref).lines]
    assert not plan(town, ref, "lucie").may_read
    with pytest.raises(NotFound):
        line(town, kept, "lucie")
    with pytest.raises(NotFound):
        plan(town, ref, "chloe")


def test_a_line_is_changed_by_its_structure_or_by_those_it_left_behind(town: Town) -> None:
    ref = welcome(town)
    share(town, ref, "mission-locale", sections=ALL)
    root = obstacle(town, ref, by="elise")
    obstacle(town, ref)  # each structure has its own, shown under one theme
    assert len(by_theme(plan(town, ref).lines)) == 1
    settle(town, root, LineState.CLOSED)  # Élise's structure supports her no more than that
    done = obstacle(town, ref, "famille")
    with pytest.raises(Refused):
        settle(town, done, LineState.CLOSED, by="elise")


@pytest.mark.parametrize("item", ["", "obstacles"])
def test_hidden_difficulties_hide_the_plan(sqlite_town: Town, item: str) -> None:
    ref = welcome(sqlite_town)
    own = action(sqlite_town, obstacle(sqlite_town, ref), owner="bruno", days=0)
    hide(sqlite_town, ref, "pae-centre", "obstacles", item)
    assert plan(sqlite_town, ref).lines == () and not plan(sqlite_town, ref).may_read
    assert due(sqlite_town) == []
    for read in (lambda tx: plan_read(tx, ref), lambda tx: line_seen(tx, own)):
        with pytest.raises(NotFound), sqlite_town.acting("bruno", write=False) as tx:
            read(tx)
    with pytest.raises(NotFound):
        obstacle(sqlite_town, ref, "famille")
    assert len(hers(sqlite_town, ref).lines) == 2


def test_a_stop_leaves_each_structure_its_own_lines(town: Town) -> None:
    ref = welcome(town)
    share(town, ref, "mission-locale", sections=ALL)
    obstacle(town, ref)
    obstacle(town, ref, "famille", by="elise")
    stop(town, ref)
    assert texts(town, ref) == ["mobilite"]
    with pytest.raises(NotFound):
        plan(town, ref, "elise")


def test_a_sensitive_structure_is_not_betrayed_by_its_lines(town: Town) -> None:
    ref = welcome(town)
    share(town, ref, "quai-neuf", sections=ALL)
    obstacle(town, ref, "famille", by="solene")
    assert texts(town, ref) == [] and texts(town, ref, "solene") == ["famille"]
    assert [one.theme for one in hers(town, ref).lines] == ["famille"]


def test_a_difficulty_of_health_needs_its_own_right(town: Town) -> None:
    ref = welcome(town)
    share(town, ref, "mission-locale", sections=ALL | {"health"})
    root = obstacle(town, ref, "sante--acces-aux-soins", by="elise")
    action(town, root, "Prendre rendez-vous", by="elise", owner="elise", days=0)
    assert texts(town, ref) == [] and len(plan(town, ref, "elise").lines) == 2
    assert due(town, "elise") == ["Prendre rendez-vous"]
    with pytest.raises(Invalid):
        obstacle(town, ref, "sante")
    hide(town, ref, "mission-locale", "health")
    assert texts(town, ref, "elise") == [] and due(town, "elise") == []
    assert len(hers(town, ref).lines) == 2


def test_linked_cards_have_one_plan_and_unlinked_ones_keep_their_own(town: Town) -> None:
    ref, twin = welcome(town), welcome(town, "elise", TWIN)
    obstacle(town, ref)
    obstacle(town, twin, "famille", by="elise")
    link(town, ref, twin)
    assert texts(town, ref) == texts(town, twin, "elise") == ["famille", "mobilite"]
    written = obstacle(town, ref, "numerique", by="elise")
    unlink(town, ref, twin)
    assert texts(town, ref) == ["mobilite"] and texts(town, twin, "elise") == ["famille", "numerique"]
    assert line(town, written, "elise").record_id == twin


def test_who_leaves_gives_her_actions_to_her_heir_or_to_nobody(town: Town) -> None:
    ref = welcome(town)
    done = action(town, obstacle(town, ref), owner="bruno", days=0)
    here = {"structure_id": town.structures["pae-centre"], "from_id": town.accounts["bruno"]}
    with system(town.store, town.clock) as tx:
        hand_over(tx, heir_id=town.accounts["fatou"], **here)
    assert (due(town), due(town, "fatou"), line(town, done).by_herself) == ([], ["Voir l’auto-école"], False)
    with system(town.store, town.clock) as tx:
        hand_over(tx, structure_id=here["structure_id"], from_id=town.accounts["fatou"], heir_id=None)
    assert (line(town, done).owner_id, line(town, done).is_open) == (None, True)


def test_an_action_counts_as_one_and_a_difficulty_alone_does_not(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    with sqlite_town.acting("bruno", write=False) as tx:
        assert list(acted_on(tx, ref)) == []
    action(sqlite_town, root)
    with sqlite_town.acting("bruno", write=False) as tx:
        assert list(acted_on(tx, ref)) == [tx.today]


def amend(town: Town, engagement_id: str, *, version: int) -> None:
    with town.acting("bruno") as tx:
        amend_engagement(
            tx,
            engagement_id=engagement_id,
            from_on=date(2026, 11, 1),
            until_on=None,
            review_on=None,
            reference="",
            objectives="Trouver une garde",
            version=version,
        )


def test_a_contract_is_recorded_amended_ended_and_taken_up_again(town: Town) -> None:
    ref = welcome(town)
    one = engagement(town, ref)
    with pytest.raises(Refused):
        engagement(town, ref)
    amend(town, one, version=1)
    with town.acting("bruno") as tx:
        settle_engagement(tx, engagement_id=one, state=EngagementState.ENDED, version=2)
    with town.acting("bruno", write=False) as tx:
        assert engagement_now(tx, ref, access_of(tx, ref)) is None
        assert [found.objectives for found in engagements_of(tx, ref)] == ["Trouver une garde"]
    with town.acting("bruno") as tx:
        settle_engagement(tx, engagement_id=one, state=EngagementState.CURRENT, version=3)
    with town.acting("bruno", write=False) as tx:
        found = engagement_now(tx, ref, access_of(tx, ref))
    assert found is not None and (found.until_on, found.version) == (None, 4)
    assert len(rows(town.store, "engagement_change")) == 4


def test_a_contract_is_read_with_her_situation_and_changed_by_its_structure(town: Town) -> None:
    ref = welcome(town)
    one = engagement(town, ref)
    share(town, ref, "mission-locale", sections=ALL)
    share(town, ref, "plie", sections={"identity", "obstacles"})
    counts = {}
    for who in ("elise", "lucie"):
        with town.acting(who, write=False) as tx:
            counts[who] = len(engagements_of(tx, ref))
    assert counts == {"elise": 1, "lucie": 0}
    with pytest.raises(NotFound), town.acting("elise") as tx:
        settle_engagement(tx, engagement_id=one, state=EngagementState.ENDED, version=1)
    with herself(town, ref, write=False) as tx:
        assert engagements_of(tx, ref)[0].reference == "CE-2026-118"


def test_a_contract_that_says_nothing_or_ends_before_it_begins_is_refused(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    right = {"from_on": date(2026, 11, 1), "until_on": None, "review_on": None, "reference": "", "objectives": "Lire"}
    for field, wrong in (
        ("until_on", date(2026, 10, 31)),
        ("review_on", date(2026, 10, 31)),
        ("reference", "x" * 61),
        ("objectives", " "),
        ("objectives", "x" * 2001),
    ):
        with pytest.raises(Invalid) as refused, sqlite_town.acting("bruno") as tx:
            record_engagement(tx, record_id=ref, **{**right, field: wrong})  # type: ignore[arg-type]  # as above
        assert refused.value.field == field


def test_after_the_support_nothing_is_written(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    sqlite_town.clock.move(timedelta(days=1))  # type: ignore[attr-defined]  # tests hold a fixed clock
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        pae, end = sqlite_town.structures["pae-centre"], tx.now + timedelta(days=30)
        end_grants(tx, record_id=ref, structure_id=pae, cause=Cause.SUPPORT, until_at=end)
        tx.journal("end", records=[ref])
    assert texts(sqlite_town, ref) == ["mobilite"]
    with pytest.raises(Refused):
        settle(sqlite_town, root, LineState.CLOSED)
