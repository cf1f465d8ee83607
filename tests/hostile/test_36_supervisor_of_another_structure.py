"""Check 36: the responsable of one structure sees nothing of another: alerts, people, usage, questions, reviews."""

import re

import pytest
from sqlalchemy import select

from pathway.casework.alerts.queries import open_alerts
from pathway.casework.oversight.queries import (
    contests_settled,
    contests_to_answer,
    exceptional_of_structure,
    exceptional_to_review,
)
from pathway.casework.oversight.tables import Contest, ExceptionalAccess
from pathway.casework.partners.rules import Role
from pathway.casework.usage.actions import charge
from pathway.casework.usage.queries import open_volumes
from pathway.casework.usage.rules import Budgets
from pathway.demo.town import Town
from pathway.store.columns import table_of
from tests.casework.oversight.scenes import ask, open_it, promote
from tests.casework.oversight.test_exceptional import gone
from tests.town import signed_in
from tests.web.counsellor.scenes import left
from tests.web.jobseeker.lives import evaluate

PAGES = ("/alertes", "/aujourd-hui", "/dossiers", "/dossiers?filtre=tous", "/acces-a-expliquer", "/acces-exceptionnel")
NAMES = re.compile("Amina|Benkacem|Bruno|Lemaire|Fatou|Diallo|Carpentier")


def life(town: Town) -> str:
    """In the PAE: an alert, an unusual volume, a question about Fatou, an exceptional access by Denis. Her record."""
    record_id, _ = left(town, days_ago=20)
    evaluate(town, record_id)
    with town.acting("fatou") as tx:
        for _ in range(9):
            tx.journal("search", records=[record_id])
        charge(tx, budgets=Budgets(searches_hour=10))
    ask(town, record_id, action="search")
    other = gone(town)
    open_it(town, other)
    return record_id


def ids(town: Town, model: type[Contest] | type[ExceptionalAccess]) -> list[str]:
    with town.acting("root", write=False) as tx:
        return [row.id for row in tx.execute(select(table_of(model).c.id))]


@pytest.mark.parametrize("by", ["sylvie", "yvan"])
def test_no_question_of_another_structure_reaches_a_responsable(town: Town, by: str) -> None:
    life(town)
    with town.acting("denis", write=False) as tx:
        seen = (open_alerts(tx), contests_to_answer(tx), exceptional_of_structure(tx), open_volumes(tx))
        assert all(seen)
    with town.acting(by, write=False) as tx:
        assert not open_alerts(tx) and not open_volumes(tx)
        assert not contests_to_answer(tx) and not contests_settled(tx)
        assert not exceptional_to_review(tx) and not exceptional_of_structure(tx)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_hers_names_anybody_of_another_structure(sqlite_town: Town, path: str) -> None:
    record_id = life(sqlite_town)
    own = signed_in(sqlite_town, "denis").get(path).get_data(as_text=True)
    page = signed_in(sqlite_town, "sylvie").get(path).get_data(as_text=True).split("<main")[1]
    assert NAMES.search(own) and not NAMES.search(page) and record_id not in page


def test_a_gesture_on_what_belongs_to_another_structure_answers_as_if_it_were_not(town: Town) -> None:
    life(town)
    client = signed_in(town, "sylvie")
    contest_id, access_id = ids(town, Contest)[0], ids(town, ExceptionalAccess)[0]
    nothing = "a" * 26
    for path, data in (
        ("/acces-a-expliquer/{}/reponse", {"answer": "Vu."}),
        ("/acces-a-expliquer/{}/verification", {"outcome": "justified", "verdict": "Vu."}),
        ("/alertes/{}/ecartee", {"reason": "handled"}),
        ("/alertes/{}/rappel", {}),
        ("/alertes/volumes/{}/verifie", {"reason": "known_work"}),
    ):
        unknown = client.post(path.format(nothing), data=data)
        for ref in (contest_id, access_id):
            other = client.post(path.format(ref), data=data)
            assert (other.status_code, other.get_data()) == (unknown.status_code, unknown.get_data())
            assert other.status_code == 404


def test_a_post_in_one_structure_opens_nothing_of_another(sqlite_town: Town) -> None:
    life(sqlite_town)
    promote(sqlite_town, "elise", "mission-locale", Role.SUPERVISOR)
    with sqlite_town.acting("elise", write=False) as tx:
        assert not contests_to_answer(tx) and not exceptional_to_review(tx)
