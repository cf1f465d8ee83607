from datetime import timedelta

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.documents.scenes import hold
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import enter, leave
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home
from tests.web.papers import is_readable, kept, pages, words
from tests.web.test_quota import acts

PATH = "/mon-parcours/imprimer"
EVERYTHING = {"chapters": ["contact", "next", "steps", "project", "skills", "practical", "documents"]}


def test_she_finds_it_on_her_first_page_and_keeps_what_she_ticks(town: Town) -> None:
    ref = welcome(town)
    enter(town, ref)
    plan(town, ref, days=3, subject="canari-sujet")
    hold(town, ref, title="CAP cuisine")
    client = at_home(town, ref)
    assert f'href="{PATH}"' in valid(client.get("/mon-parcours"))
    assert valid(client.get(PATH)).count(" checked") == 5
    paper = kept(client.post(PATH, data=EVERYTHING))
    text = words(paper).replace("\xa0", " ")
    assert pages(paper) == 1 and is_readable(paper)
    assert "Parcours remis par la personne. Préparé le 20 novembre 2026." in text
    for expected in ("lundi 23 novembre à 14 h 00, sur place", "CAP cuisine CV, ajouté le 20 novembre 2026", "Rennes"):
        assert expected in text, expected
    assert "canari" not in text
    (act,) = acts(town, "print_pathway")
    assert (act["on"], act["chapters"]) == ([ref], EVERYTHING["chapters"])


@pytest.mark.parametrize(("reason", "told"), [("cdi", "Terminée : emploi durable trouvé"), ("abandoned", "Terminée")])
def test_an_end_is_told_when_it_is_a_success(sqlite_town: Town, reason: str, told: str) -> None:
    ref = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, ref).enrolment_id, reason=reason)
    text = words(kept(at_home(sqlite_town, ref).post(PATH, data={"chapters": ["steps"]})))
    assert told in text.replace("\xa0", " ") and "prévue" not in text
    assert reason != "abandoned" or "Terminée :" not in text.replace("\xa0", " ")


def test_a_long_pathway_flows_to_a_second_page_that_says_whence_it_comes(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = at_home(sqlite_town, ref)
    for number in range(36):
        hold(sqlite_town, ref, title=f"Attestation de formation à la sécurité sur les chantiers {number}")
    paper = kept(client.post(PATH, data=EVERYTHING))
    assert pages(paper) == 2 and words(paper).count("Préparé le 20 novembre 2026") == 2


def test_nothing_ticked_is_said_in_place(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    for sent in ({}, {"chapters": ["health"]}, {"chapters": ["steps", "alerts"]}):
        answer = client.post(PATH, data=sent)
        assert answer.status_code == 422 and "govuk-error-message" in valid(answer)
    assert acts(sqlite_town, "print_pathway") == []


def test_with_nothing_known_the_paper_says_so(sqlite_town: Town) -> None:
    text = words(kept(at_home(sqlite_town, welcome(sqlite_town)).post(PATH, data={"chapters": ["project"]})))
    assert "Rien n’est encore noté dans les parties choisies." in text


def test_who_she_is_is_asked_again_after_ten_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    clock.move(timedelta(minutes=11))
    assert client.get(PATH).location == f"/mon-compte/confirmer?suite={PATH}"


def test_it_is_hers_alone(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    for persona in ("bruno", "denis", "root"):
        client = signed_in(sqlite_town, persona)
        assert client.get(PATH).status_code == client.post(PATH, data=EVERYTHING).status_code == 403
        assert "Amina" not in said(client.get(PATH))
