from datetime import timedelta

import pytest

from pathway.casework.oversight.queries import own_log
from pathway.casework.partners.actions import add_membership
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Section, Way
from pathway.casework.rights.actions import (
    answer_request,
    ask_copy,
    ask_rectification,
    ask_restriction,
    correct_answer,
    extend_request,
    object_to,
    withdraw_request,
)
from pathway.casework.rights.queries import late_requests, own_request, request_to_answer
from pathway.casework.rights.rules import RequestKind, RequestState, RequestWay
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from tests.casework.agreements.deciding import agree, hide, seen, stop
from tests.casework.enrolments.steps import rows
from tests.casework.oversight.scenes import open_it
from tests.casework.rights.asking import answer, limit, mine, oppose, rectify, waiting
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE


def correct(town: Town, record_id: str, item: str, value: object) -> bool:
    with herself(town, record_id) as tx:
        section = Section.CONTACT
        seq = record_opened(tx, record_id, only=frozenset({section})).seqs[section.value]
        return correct_answer(tx, item_key=item, value=value, seq=seq)


def test_she_corrects_at_once_and_the_old_answer_goes_to_history(town: Town) -> None:
    record_id = welcome(town)
    assert correct(town, record_id, "city", "Saint-Malo")
    with town.acting("bruno", write=False) as tx:
        fact = record_opened(tx, record_id).facts["city"]
    assert (fact.value, fact.provenance.way, fact.rivals) == ("Saint-Malo", Way.CORRECTED, ())
    assert len(rows(town.store, "fact_history")) == 1


@pytest.mark.parametrize("empty", [None, "", []])
def test_a_correction_says_something(sqlite_town: Town, empty: object) -> None:
    with pytest.raises(Invalid):
        correct(sqlite_town, welcome(sqlite_town), "city", empty)


def test_nobody_else_corrects_in_her_name(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    with pytest.raises(NotAllowed), sqlite_town.acting("bruno") as tx:
        correct_answer(tx, item_key="city", value="Brest", seq=1)


def test_a_correction_read_before_another_writing_is_refused(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    correct(sqlite_town, record_id, "city", "Brest")
    with pytest.raises(Conflict), herself(sqlite_town, record_id) as tx:
        correct_answer(tx, item_key="city", value="Lorient", seq=1)


def test_a_request_goes_to_her_referents_structure_and_is_due_in_a_month(town: Town) -> None:
    record_id = welcome(town)
    request_id = rectify(town, record_id)
    (one,) = waiting(town)
    assert (one.id, one.kind, one.message) == (request_id, RequestKind.RECTIFICATION, "Mon prénom s’écrit Aminah.")
    assert one.term.last_day.isoformat() == "2026-12-20" and one.way is RequestWay.ACCOUNT
    assert not waiting(town, "yvan")
    with pytest.raises(NotFound), town.acting("yvan") as tx:
        request_to_answer(tx, request_id)
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        request_to_answer(tx, request_id)


def test_an_answer_is_read_by_her_and_announced_once(town: Town) -> None:
    record_id = welcome(town)
    request_id = rectify(town, record_id)
    answer(town, request_id, granted=False, text="Votre pièce d’identité dit Amina.")
    (one,) = mine(town, record_id)
    assert (one.state, one.answer) == (RequestState.REFUSED, "Votre pièce d’identité dit Amina.")
    assert not waiting(town)
    with pytest.raises(Conflict):
        answer(town, request_id)
    with herself(town, record_id, write=False) as tx:
        assert "request_answered" in {line.action for line in own_log(tx)}


@pytest.mark.parametrize(("granted", "text"), [(None, "Oui."), (True, "  "), (False, "é" * 1001)])
def test_an_answer_says_yes_or_no_and_why(sqlite_town: Town, granted: bool | None, text: str) -> None:
    request_id = rectify(sqlite_town, welcome(sqlite_town))
    with pytest.raises(Invalid), sqlite_town.acting("denis") as tx:
        answer_request(tx, request_id=request_id, version=1, is_granted=granted, text=text)
    assert len(waiting(sqlite_town)) == 1


def test_two_answers_at_once_leave_one(town: Town) -> None:
    request_id = rectify(town, welcome(town))
    with town.acting("denis") as tx:
        extend_request(tx, request_id=request_id, version=1, months=2, reason="Deux dossiers à comparer.")
    with pytest.raises(Conflict):
        answer(town, request_id)
    (one,) = waiting(town)
    assert (one.term.last_day.isoformat(), one.extension) == ("2027-02-20", "Deux dossiers à comparer.")


def test_another_persons_request_does_not_exist(town: Town) -> None:
    request_id = rectify(town, welcome(town))
    zoe = welcome(town, identity=ZOE)
    with pytest.raises(NotFound), herself(town, zoe) as tx:
        own_request(tx, request_id)
    with pytest.raises(NotFound), herself(town, zoe) as tx:
        withdraw_request(tx, request_id=request_id, version=1)
    assert not mine(town, zoe)


def test_she_takes_a_request_back_once(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    request_id = rectify(sqlite_town, record_id)
    with herself(sqlite_town, record_id) as tx:
        withdraw_request(tx, request_id=request_id, version=1)
    assert mine(sqlite_town, record_id)[0].state is RequestState.WITHDRAWN and not waiting(sqlite_town)
    with pytest.raises(Conflict), herself(sqlite_town, record_id) as tx:
        withdraw_request(tx, request_id=request_id, version=2)


def test_objecting_stops_the_sharing_and_asks_that_structure(town: Town) -> None:
    record_id = welcome(town)
    agree(town, record_id, "mission-locale", "contact")
    oppose(town, record_id, "mission-locale")
    assert seen(town, record_id, "elise") is None
    (one,) = mine(town, record_id)
    assert (one.kind, one.structure_id) == (RequestKind.OBJECTION, town.structures["mission-locale"])
    assert not waiting(town)


def test_she_objects_to_no_structure_that_holds_nothing(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with pytest.raises(NotFound):
        oppose(sqlite_town, record_id, "horizon")
    assert not mine(sqlite_town, record_id)


def test_a_counsellor_notes_what_she_says_and_his_structure_answers(town: Town) -> None:
    record_id = welcome(town)
    with town.acting("bruno") as tx:
        ask_copy(tx, record_id=record_id, text="", way=RequestWay.VOICE)
        ask_rectification(tx, record_id=record_id, text="La date de sortie est fausse.", way=RequestWay.PAPER)
    ways = {(one.kind, one.way, one.by_structure_id) for one in waiting(town)}
    own = town.structures["pae-centre"]
    assert ways == {(RequestKind.ACCESS, RequestWay.VOICE, own), (RequestKind.RECTIFICATION, RequestWay.PAPER, own)}
    assert {one.id for one in mine(town, record_id)} == {one.id for one in waiting(town)}


def test_a_stranger_and_an_exceptional_access_note_nothing(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    with pytest.raises(NotFound), sqlite_town.acting("chloe") as tx:
        ask_copy(tx, record_id=record_id, text="", way=RequestWay.VOICE)
    with sqlite_town.acting("bruno") as tx:
        object_to(
            tx, record_id=record_id, structure_id=sqlite_town.structures["pae-centre"], text="", way=RequestWay.VOICE
        )
    assert mine(sqlite_town, record_id)[0].kind is RequestKind.OBJECTION
    assert open_it(sqlite_town, record_id) is None  # she stopped it


def test_a_structure_that_only_reads_limits_nothing_for_the_others(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    agree(sqlite_town, record_id, "mission-locale", "contact")
    with pytest.raises(Refused), sqlite_town.acting("elise") as tx:
        ask_restriction(tx, record_id=record_id, section="contact", text="", way=RequestWay.VOICE)
    with pytest.raises(NotFound), sqlite_town.acting("bruno") as tx:
        ask_restriction(tx, record_id=record_id, section="health", text="", way=RequestWay.VOICE)


def test_what_is_late_or_unanswerable_is_counted(town: Town, clock: FixedClock) -> None:
    record_id = welcome(town)
    rectify(town, record_id)
    with town.acting("root", write=False) as tx:
        assert late_requests(tx) == {"late_requests": 0, "unanswerable": 0}
    clock.move(timedelta(days=31))
    with town.acting("root", write=False) as tx:
        assert late_requests(tx)["late_requests"] == 1
    oppose(town, welcome(town, "hugo", ZOE), "horizon")  # which has no responsable
    with town.acting("root", write=False) as tx:
        assert late_requests(tx) == {"late_requests": 1, "unanswerable": 1}


def test_the_same_part_is_limited_once(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    limit(sqlite_town, record_id, "contact", "phones")
    with pytest.raises(Refused):
        limit(sqlite_town, record_id, "contact", "phones")
    assert len(mine(sqlite_town, record_id)) == 1


def test_a_structure_she_stopped_decides_nothing_for_the_others(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    agree(sqlite_town, record_id, "mission-locale", "contact")
    stop(sqlite_town, record_id, "pae-centre")
    with pytest.raises(Refused), sqlite_town.acting("bruno") as tx:
        ask_restriction(tx, record_id=record_id, section="contact", text="", way=RequestWay.VOICE)
    other = sqlite_town.structures["mission-locale"]
    with pytest.raises(Refused), sqlite_town.acting("bruno") as tx:
        object_to(tx, record_id=record_id, structure_id=other, text="", way=RequestWay.VOICE)
    assert not mine(sqlite_town, record_id) and seen(sqlite_town, record_id, "elise") is not None


@pytest.mark.parametrize("is_limited", [True, False])
def test_what_a_structure_does_not_see_is_limited_already_or_not_all_the_same(town: Town, is_limited: bool) -> None:
    record_id = welcome(town)
    if is_limited:
        limit(town, record_id, "contact", "city")
    else:
        hide(town, record_id, "pae-centre", "contact", "city")
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        ask_restriction(tx, record_id=record_id, section="contact", item_key="city", text="", way=RequestWay.VOICE)


def test_a_limit_is_answered_by_a_structure_that_reads_the_part(town: Town) -> None:
    record_id, ccas = welcome(town), town.structures["ccas"]
    with town.acting("root") as tx:
        add_membership(tx, account_id=tx.actor.account_id, structure_id=ccas, role=Role.SUPERVISOR, from_on=tx.today)
        tx.journal("settle")
    agree(town, record_id, "ccas", "health")
    limit(town, record_id, "health", "rqth")
    assert mine(town, record_id)[0].structure_id == ccas and not waiting(town)
    limit(town, record_id, "contact", "city")
    assert [one.item_key for one in waiting(town)] == ["city"]
