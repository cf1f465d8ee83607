from dataclasses import replace
from datetime import timedelta

import pytest

from pathway.casework.rights.actions import ask_copy, object_to
from pathway.casework.rights.rules import RequestState, RequestWay
from pathway.casework.sharing.actions import open_support
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import stop
from tests.casework.rights.asking import limit, mine, rectify
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import UNKNOWN, ZOE, said, valid
from tests.web.jobseeker.lives import at_home

PATH = "/droits-des-personnes"
YES = {"version": "1", "outcome": "granted", "answer": "C’est corrigé."}


def test_nothing_to_answer_teaches_what_comes_here(sqlite_town: Town) -> None:
    assert "Aucune demande en attente." in valid(signed_in(sqlite_town, "denis").get(PATH))


def test_a_request_is_read_with_who_what_and_how_long_is_left(town: Town) -> None:
    record_id = welcome(town)
    request_id = rectify(town, record_id, "Ma sortie est fausse.")
    denis = signed_in(town, "denis")
    page = valid(denis.get(PATH))
    assert "Amina Benkacem" in page and "« Ma sortie est fausse. »" in page and "Encore 30 jours" in page
    one = valid(denis.get(f"{PATH}/{request_id}"))
    assert f"/dossiers/{record_id}" in one and "réponse due le 20 décembre 2026" in one


def test_the_late_ones_come_first_in_word_and_shape(sqlite_town: Town, clock: FixedClock) -> None:
    rectify(sqlite_town, welcome(sqlite_town), "La première.")
    clock.move(timedelta(days=31))
    rectify(sqlite_town, welcome(sqlite_town, identity=ZOE), "La deuxième.")
    answer = signed_in(sqlite_town, "denis").get(PATH)
    page = said(answer)
    assert page.index("La première.") < page.index("La deuxième.") and "En retard de 1 jour" in page
    assert answer.get_data(as_text=True).count("card--late") == 1


def test_twenty_a_page(sqlite_town: Town, clock: FixedClock) -> None:
    people = [
        welcome(sqlite_town),
        welcome(sqlite_town, identity=ZOE),
        welcome(sqlite_town, identity=replace(ZOE, first_name="Luc")),
    ]
    for number in range(21):
        rectify(sqlite_town, people[number % 3], f"Demande {number:02d}.")
        clock.move(timedelta(minutes=1))
    denis = signed_in(sqlite_town, "denis")
    first, second = said(denis.get(PATH)), said(denis.get(f"{PATH}?page=2"))
    assert "(21)" in first and "Demande 20." not in first and "Demande 20." in second
    assert said(denis.get(f"{PATH}?page=9")).count("« Demande") == 1


@pytest.mark.parametrize(("outcome", "state"), [("granted", RequestState.ANSWERED), ("refused", RequestState.REFUSED)])
def test_an_answer_leaves_the_list_and_stays_readable(town: Town, outcome: str, state: RequestState) -> None:
    record_id = welcome(town)
    denis, request_id = signed_in(town, "denis"), rectify(town, record_id)
    done = denis.post(f"{PATH}/{request_id}", data={**YES, "outcome": outcome})
    assert (done.status_code, done.location) == (303, PATH)
    assert mine(town, record_id)[0].state is state
    page = valid(denis.get(PATH))
    assert "Aucune demande en attente." in page and "Réponse donnée : « C’est corrigé. »" in page
    assert "Envoyer la réponse" not in said(denis.get(f"{PATH}/{request_id}"))


@pytest.mark.parametrize("wrong", [{"outcome": ""}, {"answer": "  "}, {"answer": "é" * 1001}, {"outcome": "maybe"}])
def test_an_answer_refused_keeps_what_was_typed(sqlite_town: Town, wrong: dict[str, str]) -> None:
    request_id = rectify(sqlite_town, welcome(sqlite_town))
    answer = signed_in(sqlite_town, "denis").post(f"{PATH}/{request_id}", data={**YES, **wrong})
    assert answer.status_code == 422 and {**YES, **wrong}["answer"] in answer.get_data(as_text=True)


def test_an_answer_to_what_moved_is_not_sent(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    denis, request_id = signed_in(sqlite_town, "denis"), rectify(sqlite_town, record_id)
    longer = {"version": "1", "months": "2", "reason": "Deux dossiers à comparer."}
    assert denis.post(f"{PATH}/{request_id}/delai", data=longer).status_code == 303
    assert denis.post(f"{PATH}/{request_id}", data=YES).status_code == 422
    assert denis.post(f"{PATH}/{request_id}/delai", data={**longer, "version": "2"}).status_code == 422
    page = said(denis.get(f"{PATH}/{request_id}"))
    assert "réponse due le 20 février 2027" in page and "Prolonger le délai" not in page


def copy_asked(town: Town, record_id: str) -> str:
    with town.acting("bruno") as tx:
        return ask_copy(tx, record_id=record_id, text="", way=RequestWay.PAPER)


def test_a_copy_for_somebody_without_an_account_is_given_with_an_activation_code(town: Town) -> None:
    record_id = welcome(town)
    request_id, denis = copy_asked(town, record_id), signed_in(town, "denis")
    page = valid(denis.get(f"{PATH}/{request_id}"))
    assert "La personne n’a pas de compte ouvert." in page and f'href="/dossiers/{record_id}/activation"' in page
    assert "given-code" in valid(denis.post(f"/dossiers/{record_id}/activation"))
    home = at_home(town, record_id)
    assert home.get("/mon-dossier/pdf").status_code == 200
    page = valid(denis.get(f"{PATH}/{request_id}"))
    assert "La personne a un compte." in page and f'href="/dossiers/{record_id}/connexion"' in page
    denis.post(f"{PATH}/{request_id}", data={**YES, "answer": "Vous avez pris votre copie avec nous."})
    assert "Comment lui donner la copie" not in said(denis.get(f"{PATH}/{request_id}"))


def test_a_structure_that_gives_no_keys_says_who_does_and_nothing_of_her_account(town: Town) -> None:
    record_id = welcome(town)
    request_id = copy_asked(town, record_id)
    at_home(town, record_id)
    with town.acting("elise") as tx:
        open_support(
            tx, record_id=record_id, structure_id=tx.actor.structure_id, cause_id="", sections=frozenset({"identity"})
        )
        tx.journal("settle")
    stop(town, record_id, "pae-centre")
    page = valid(signed_in(town, "denis").get(f"{PATH}/{request_id}"))
    assert "Votre structure ne donne pas de code" in page
    assert "/activation" not in page and "a un compte" not in page and "/connexion" not in page


def test_another_structure_and_other_roles_find_nothing(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    request_id = limit(sqlite_town, record_id, "contact", "city")
    yvan = signed_in(sqlite_town, "yvan")
    for ref in (request_id, UNKNOWN):
        assert yvan.get(f"{PATH}/{ref}").status_code == 404
        assert yvan.post(f"{PATH}/{ref}", data=YES).status_code == 404
        assert yvan.post(f"{PATH}/{ref}/delai", data={"version": "1", "months": "1", "reason": "x"}).status_code == 404
    assert "Amina" not in said(yvan.get(PATH))
    for persona in ("bruno", "ines", "theo", "root"):
        assert signed_in(sqlite_town, persona).get(f"{PATH}/{request_id}").status_code == 403


def test_no_other_structure_is_named_to_the_responsable(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town, "solene")
    limit(sqlite_town, record_id, "contact", "city")
    page = said(signed_in(sqlite_town, "denis").get(PATH))
    assert "Amina" not in page and "Quai" not in page


@pytest.mark.parametrize(("structure", "is_told"), [("mission-locale", True), ("quai-neuf", False)])
def test_who_noted_an_objection_is_told_unless_nobody_may_know_of_it(
    sqlite_town: Town, structure: str, is_told: bool
) -> None:
    record_id, own = welcome(sqlite_town), sqlite_town.structures["pae-centre"]
    by = Actor(role="counsellor", account_id="q" * 26, structure_id=sqlite_town.structures[structure])
    with sqlite_town.acting("bruno") as tx:
        open_support(
            tx, record_id=record_id, structure_id=by.structure_id, cause_id="", sections=frozenset({"identity"})
        )
        tx.journal("settle")
    with Transaction(sqlite_town.store, actor=by, clock=sqlite_town.clock, door="web") as tx:
        object_to(tx, record_id=record_id, structure_id=own, text="", way=RequestWay.VOICE)
    page = valid(signed_in(sqlite_town, "denis").get(PATH))
    assert "de vive voix" in page and ("l’a notée)" in page) is is_told


def test_a_part_that_the_structure_does_not_read_is_not_named(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    limit(sqlite_town, record_id, "health", "rqth")  # nobody reads it: her référent’s responsable answers
    limit(sqlite_town, record_id, "contact", "city")
    page = valid(signed_in(sqlite_town, "denis").get(PATH))
    assert "une partie que votre structure ne lit pas" in page and "handicap" not in page
    assert "Limitation : Commune" in page
