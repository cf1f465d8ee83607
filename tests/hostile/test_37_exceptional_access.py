"""Check 37: an exceptional access asks a reason, a responsable and a past relation; it is told, and it is read-only."""

import re
from datetime import timedelta

import pytest

from pathway.casework.oversight.queries import own_exceptional
from pathway.casework.oversight.rules import ExceptionalReason
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.actions import hide, withdraw
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_card_number
from tests.casework.enrolments.steps import rows
from tests.casework.oversight.scenes import card_number, herself
from tests.casework.oversight.test_exceptional import gone
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_visits import LOG, told

PATH = "/acces-exceptionnel"


def typed(town: Town, record_id: str, **other: str) -> dict[str, str]:
    number = card_number(town, record_id)
    whole = {"card_number": number, "birth_date": "22/04/1991", "reason": ExceptionalReason.RETURN.value, "note": ""}
    return {**whole, **other}


def shown(page: str, *hidden: str) -> str:
    """A page without what was typed and without its tokens."""
    for word in hidden:
        page = page.replace(word, "")
    return re.sub(r'name="csrf_token" value="[^"]*"|\d\d h \d\d', "", page)


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_without_a_reason_nothing_opens(town: Town, reason: str) -> None:
    record_id = gone(town)
    client = signed_in(town, "denis")
    assert client.post(PATH, data=typed(town, record_id, reason=reason)).status_code == 422
    assert client.get(f"/dossiers/{record_id}").status_code == 404
    assert rows(town.store, "exceptional_access") == []


@pytest.mark.parametrize("persona", ["bruno", "chloe", "elise", "theo", "ines", "root"])
def test_whoever_is_no_responsable_is_refused(sqlite_town: Town, persona: str) -> None:
    record_id = gone(sqlite_town)
    client = signed_in(sqlite_town, persona)
    assert client.get(PATH).status_code == 403
    assert client.post(PATH, data=typed(sqlite_town, record_id)).status_code == 403
    assert rows(sqlite_town.store, "exceptional_access") == []


def test_unknown_card_wrong_date_no_relation_and_withdrawal_are_one_answer(town: Town) -> None:
    record_id, followed = gone(town), welcome(town, by="elise")
    with town.acting("bruno") as tx:
        tx.journal("agreement_withdrawn", records=[record_id])
        withdraw(tx, record_id=record_id, structure_id=town.structures["pae-centre"])
    tries = (
        typed(town, record_id, card_number=new_card_number()),
        typed(town, record_id, birth_date="23/04/1991"),
        typed(town, followed),
        typed(town, record_id),
    )
    answers = [signed_in(town, "denis").post(PATH, data=one) for one in tries]
    assert {one.status_code for one in answers} == {422}
    pages = {
        shown(one.get_data(as_text=True), data["card_number"], data["birth_date"])
        for one, data in zip(answers, tries, strict=True)
    }
    assert len(pages) == 1 and "Cet accès ne s’ouvre pas." in pages.pop()
    assert len({tuple(sorted(dict(one.headers))) for one in answers}) == 1
    assert rows(town.store, "exceptional_access") == []


def test_with_a_reason_it_opens_and_she_is_told(town: Town) -> None:
    record_id = gone(town)
    client = signed_in(town, "denis")
    assert client.post(PATH, data=typed(town, record_id)).status_code == 303
    assert client.get(f"/dossiers/{record_id}").status_code == 200
    with herself(town, record_id, write=False) as tx:
        (told_her,) = own_exceptional(tx)
    assert told_her.structure_id == town.structures["pae-centre"]
    (access,) = rows(town.store, "exceptional_access")
    assert access["outcome"] is None and access["review_due_on"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/dossiers/{}/contact", {"channel": "phone", "result": "reached", "made_on": "20/11/2026"}),
        ("/dossiers/{}/informations/contact", {"city": "Valmer", "seq": "1"}),
        ("/dossiers/{}/referent", {"account_id": "denis"}),
    ],
)
def test_it_changes_nothing_whatever_is_posted(sqlite_town: Town, path: str, data: dict[str, str]) -> None:
    record_id = gone(sqlite_town)
    client = signed_in(sqlite_town, "denis")
    client.post(PATH, data=typed(sqlite_town, record_id))
    before = [rows(sqlite_town.store, table) for table in ("sealed_section", "contact_attempt", "referent")]
    sent = {name: sqlite_town.accounts.get(value, value) for name, value in data.items()}
    assert client.post(path.format(record_id), data=sent).status_code in (403, 404, 422)
    assert before == [rows(sqlite_town.store, table) for table in ("sealed_section", "contact_attempt", "referent")]


def test_what_she_hid_stays_hidden(sqlite_town: Town) -> None:
    record_id = gone(sqlite_town)
    with herself(sqlite_town, record_id) as tx:
        structure_id = sqlite_town.structures["pae-centre"]
        hide(tx, record_id=record_id, structure_id=structure_id, section=Section.CONTACT.value, item_key="")
        tx.journal("part_hidden", records=[record_id])
    client = signed_in(sqlite_town, "denis")
    client.post(PATH, data=typed(sqlite_town, record_id))
    page = client.get(f"/dossiers/{record_id}").get_data(as_text=True)
    assert "Amina" in page and "06 12 34 56 78" not in page


def test_an_hour_later_it_is_shut_for_every_page_of_hers(town: Town, clock: FixedClock) -> None:
    record_id = gone(town)
    client = signed_in(town, "denis")
    client.post(PATH, data=typed(town, record_id))
    clock.move(timedelta(minutes=60))
    client = signed_in(town, "denis")
    paths = ["", "/contact", "/entree", "/informations/contact", "/activation"]
    assert {client.get(f"/dossiers/{record_id}{path}").status_code for path in paths} == {404}


def test_every_failed_try_on_her_card_is_told_to_her(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town, by="elise")
    client = signed_in(sqlite_town, "denis")
    assert client.post(PATH, data=typed(sqlite_town, record_id)).status_code == 422
    page = told(at_home(sqlite_town, record_id, by="elise"), LOG)
    assert "Point Accueil Emploi Centre a essayé d’ouvrir votre dossier, et l’accès a été refusé" in page
