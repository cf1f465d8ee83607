from dataclasses import replace
from datetime import timedelta

import pytest

from pathway.casework.agreements.queries import bases_of
from pathway.casework.agreements.rules import Basis, Purpose
from pathway.casework.lifecycle.actions import close_empty, close_scheme, close_structure, end_post
from pathway.casework.lifecycle.changes import change_kind, open_scheme, open_structure, rewrite_scheme
from pathway.casework.lifecycle.queries import Weight, weight_of
from pathway.casework.lifecycle.unused import is_empty, is_unused
from pathway.casework.partners.actions import add_membership
from pathway.casework.partners.queries import known_structure
from pathway.casework.partners.rules import Role, SensitiveKind, StructureKind
from pathway.casework.rights.export import whole_record
from pathway.casework.schemes.actions import reopen_scheme
from pathway.casework.schemes.queries import scheme_seen
from pathway.casework.schemes.rules import OwnQuestion, SchemeDraft
from pathway.casework.sharing.actions import withdraw
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, points, rows
from tests.casework.lifecycle.test_actions import membership
from tests.town import herself, welcome

GOAL = OwnQuestion(key="q_goal", label="Votre but")


def facts(town: Town, code: str = "pae") -> SchemeDraft:
    with town.acting("root", write=False) as tx:
        return scheme_seen(tx, town.schemes[code])


def rewritten(town: Town, draft: SchemeDraft, code: str = "pae", seen: str = "") -> None:
    mark = seen or facts(town, code).mark
    with town.acting("root") as tx:
        rewrite_scheme(tx, town.schemes[code], draft=draft, seen=mark)


def joined(tx: Transaction, town: Town, structure_id: str, *, days: int, until: int | None = None) -> None:
    """Chloé works there from so many days from now."""
    add_membership(
        tx,
        account_id=town.accounts["chloe"],
        structure_id=structure_id,
        role=Role.COUNSELLOR,
        from_on=tx.today + timedelta(days=days),
        until_on=None if until is None else tx.today + timedelta(days=until),
    )


def test_a_structure_opens_with_its_ordinary_legal_basis(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code=" pae-nord ", name=" Point  Accueil ", kind=StructureKind.EMPLOYMENT_DESK)
    with town.acting("root", write=False) as tx:
        one = known_structure(tx, opened)
        assert bases_of(tx)[opened] == {Purpose.PATHWAY: Basis.PUBLIC_INTEREST}
    assert (one.code, one.name, one.professionals, one.is_active) == ("pae-nord", "Point Accueil", 0, True)


def test_a_sensitive_structure_opens_sealed(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code="quai-dix", name="CSAPA des Quais", kind=SensitiveKind.ADDICTION_CARE)
    with town.acting("root", write=False) as tx:
        one = known_structure(tx, opened)
    assert one.is_sensitive and "CSAPA" not in one.name


def test_only_a_structure_on_which_nothing_depends_changes_sides_or_closes_alone(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code="erreur", name="Foyer", kind=StructureKind.ASSOCIATION)
    with town.acting("root") as tx:
        assert is_unused(tx, opened) and is_empty(tx, opened)
        joined(tx, town, opened, days=9)
    with pytest.raises(Refused), town.acting("root") as tx:
        change_kind(tx, opened, name="Foyer", kind=SensitiveKind.SHELTER)
    for ref in (opened, town.structures["coordination"], town.structures["passerelle"]):
        with pytest.raises(Refused), town.acting("root") as tx:
            close_empty(tx, ref)


def test_a_structure_everybody_has_left_closes_alone_but_keeps_its_side(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code="erreur", name="Foyer", kind=StructureKind.ASSOCIATION)
        joined(tx, town, opened, days=-9, until=-1)
    with pytest.raises(Refused), town.acting("root") as tx:
        change_kind(tx, opened, name="Foyer", kind=SensitiveKind.SHELTER)
    with town.acting("root") as tx:
        close_empty(tx, opened)
    with town.acting("root", write=False) as tx:
        assert not known_structure(tx, opened).is_active


def test_a_code_already_taken_is_refused_even_by_a_closed_structure(town: Town) -> None:
    with town.acting("root") as tx:
        close_structure(tx, structure_id=town.structures["passerelle"], heir_id=town.structures["ccas"])
    with pytest.raises(Conflict), town.acting("root") as tx:
        open_structure(tx, code="passerelle", name="Passerelle", kind=StructureKind.ASSOCIATION)


def test_what_a_structure_holds_is_told_before_it_closes_and_is_what_changes_hands(town: Town) -> None:
    record_id = welcome(town)
    enter(town, record_id)
    here, heir = town.structures["pae-centre"], town.structures["ccas"]
    with town.acting("root", write=False) as tx:
        held = weight_of(tx, here, heir_id=heir)
    assert (held.people, held.stopped, held.steps, held.professionals) == (1, 0, 1, 3)
    with town.acting("root") as tx:
        done = close_structure(tx, structure_id=here, heir_id=heir)
    assert (done.people, done.points, done.steps) == (held.people, held.points, held.steps)
    with town.acting("root", write=False) as tx:
        after = weight_of(tx, here)
    assert after == Weight(
        people=0,
        stopped=0,
        points=0,
        steps=0,
        appointments=0,
        relays_sent=0,
        relays_received=0,
        professionals=0,
        schemes=0,
    )


def test_those_who_stopped_sharing_with_the_heir_are_told_apart(town: Town) -> None:
    record_id, heir = welcome(town), town.structures["ccas"]
    enter(town, record_id)
    with herself(town, record_id) as tx:
        withdraw(tx, record_id=record_id, structure_id=heir)
        tx.journal("withdraw", records=[record_id])
    with town.acting("root", write=False) as tx:
        assert weight_of(tx, town.structures["pae-centre"], heir_id=heir).stopped == 1
        assert weight_of(tx, town.structures["pae-centre"]).stopped == 0


def test_the_operator_ends_a_post_anywhere_and_nothing_stays_behind(town: Town) -> None:
    record_id = welcome(town)
    enter(town, record_id)
    post = membership(town, "bruno")
    with town.acting("root") as tx:
        done = end_post(tx, post, last_on=None)
        assert tx.actor == town.actor("root")
    assert done.people == 1
    assert all(one["owner_id"] != town.accounts["bruno"] for one in rows(town.store, "point"))


def test_nobody_else_ends_a_post_by_that_way_and_nobody_ends_her_own(town: Town) -> None:
    theirs, own = membership(town, "bruno"), membership(town, "root")
    with pytest.raises(NotAllowed), town.acting("denis") as tx:
        end_post(tx, theirs, last_on=None)
    with pytest.raises(Refused), town.acting("root") as tx:
        end_post(tx, own, last_on=None)
    with pytest.raises(NotFound), town.acting("root") as tx:
        end_post(tx, "a" * 26, last_on=None)


def test_a_scheme_opens_as_it_was_drafted(town: Town) -> None:
    draft = replace(facts(town), name="Nouveau", questions=(GOAL,))
    draft = SchemeDraft(**{name: getattr(draft, name) for name in SchemeDraft.__dataclass_fields__})
    with town.acting("root") as tx:
        opened = open_scheme(tx, code="nouveau", draft=draft)
    with town.acting("root", write=False) as tx:
        assert scheme_seen(tx, opened).mark == draft.mark
    with pytest.raises(Conflict), town.acting("root") as tx:
        open_scheme(tx, code="nouveau", draft=draft)


def test_the_words_of_a_question_somebody_answered_stay_and_so_do_the_answers(town: Town) -> None:
    rewritten(town, replace(facts(town), questions=(GOAL,)))
    record_id = welcome(town)
    enter(town, record_id, q_goal="Cuisiner")
    with pytest.raises(Refused) as refusal:
        rewritten(town, replace(facts(town), questions=(replace(GOAL, label="Autre"),)))
    assert refusal.value.field == "questions-0"
    rewritten(town, replace(facts(town), questions=()))
    with town.acting("root", write=False) as tx:
        after = scheme_seen(tx, town.schemes["pae"])
    assert after.questions == () and after.retired == (GOAL,)
    with herself(town, record_id, write=False) as tx:
        assert "Votre but" in str(whole_record(tx))


def test_before_anybody_entered_a_question_goes_for_good_and_the_structure_changes(town: Town) -> None:
    rewritten(town, replace(facts(town), questions=(GOAL,)))
    rewritten(town, replace(facts(town), questions=(), structure_id=town.structures["ccas"]))
    with town.acting("root", write=False) as tx:
        after = scheme_seen(tx, town.schemes["pae"])
    assert (after.retired, after.structure_id) == ((), town.structures["ccas"])
    enter(town, welcome(town), scheme="atelier")
    with pytest.raises(Refused) as refusal:
        rewritten(town, replace(facts(town, "atelier"), structure_id=town.structures["ccas"]), "atelier")
    assert refusal.value.field == "structure_id"


def test_two_who_change_a_scheme_at_once_do_not_undo_each_other(town: Town) -> None:
    seen = facts(town).mark
    rewritten(town, replace(facts(town), name="Un nom"))
    with pytest.raises(Conflict):
        rewritten(town, replace(facts(town), name="Un autre"), seen=seen)


def test_a_scheme_is_given_to_no_closed_structure_and_follows_its_own(town: Town) -> None:
    with pytest.raises(Invalid):
        rewritten(town, replace(facts(town), structure_id="a" * 26))
    with town.acting("root") as tx:
        close_structure(tx, structure_id=town.structures["plie"], heir_id=town.structures["ccas"])
    with pytest.raises(Refused):
        rewritten(town, replace(facts(town, "clause"), structure_id=None), "clause")
    with pytest.raises(Refused), town.acting("root") as tx:
        reopen_scheme(tx, town.schemes["clause"])


def test_a_closed_scheme_opens_again(town: Town) -> None:
    with town.acting("root") as tx:
        close_scheme(tx, town.schemes["pae"])
    with town.acting("root") as tx:
        reopen_scheme(tx, town.schemes["pae"])
    record_id = welcome(town)
    enter(town, record_id)
    assert points(town, record_id) == []
