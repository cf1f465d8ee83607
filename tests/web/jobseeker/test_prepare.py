"""She prepares on her phone: what reaches or protects her waits for a proof, and nothing she typed is lost."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.preparation.actions import forget_typed, invite_to_prepare
from pathway.casework.preparation.queries import own_invitations
from pathway.casework.preparation.rules import TYPED_FOR
from pathway.casework.records.catalogue import CAUTIONS
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows, system
from tests.casework.records.test_settling import says
from tests.town import herself, welcome
from tests.web.account.doors import RESUME
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import SECRET, at_home

AGAIN = "/mon-compte/confirmer"
EMAIL = "amina@exemple.fr"


def later(town: Town, minutes: int) -> None:
    assert isinstance(town.clock, FixedClock)
    town.clock.move(timedelta(minutes=minutes))


def invited(town: Town, minutes: int = 11) -> tuple[str, FlaskClient, str]:
    """Amina, her phone left open that long, and the page she is invited to; two numbers of hers disagree."""
    record_id = welcome(town, by="elise")
    says(town, "elise", record_id, "phones", ["+33698765432"])
    client = at_home(town, record_id, by="elise")
    with town.acting("elise") as tx:
        invitation = invite_to_prepare(tx, record_id=record_id, scheme_id=town.schemes["cej"])
    later(town, minutes)
    return record_id, client, f"/mon-parcours/preparer/{invitation}"


def prove(client: FlaskClient, path: str) -> str:
    answer = client.post(AGAIN, data={"password": SECRET, "suite": path})
    return str(answer.location)


def known(town: Town, record_id: str) -> dict[str, object]:
    with herself(town, record_id, write=False) as tx:
        return {key: fact.value for key, fact in record_opened(tx, record_id).facts.items()}


def test_contacts_wait_for_a_proof_and_the_rest_is_kept_at_once(town: Town) -> None:
    record_id, client, path = invited(town)
    answer = client.post(path, data={"email": EMAIL, "education_level": "level_4"})
    assert (answer.status_code, answer.location) == (303, f"{AGAIN}?suite={path}")
    assert known(town, record_id).get("email") is None and known(town, record_id)["education_level"] == "level_4"
    assert "confirmez que c’est vous" in said(client.get(answer.location))
    assert prove(client, path) == path
    page = valid(client.get(path))
    assert "Presque fini." in page and f'value="{EMAIL}"' in page
    assert client.post(path, data={"email": EMAIL, "education_level": "level_4"}).location == "/mon-parcours"
    with herself(town, record_id, write=False) as tx:
        fact = record_opened(tx, record_id).facts["email"]
    assert (fact.value, fact.provenance.way) == (EMAIL, Way.PREPARED)
    assert "Presque fini." not in said(client.get(path))


def test_a_choice_between_two_numbers_waits_and_comes_back_chosen(sqlite_town: Town) -> None:
    record_id, client, path = invited(sqlite_town)
    _, second = re.findall(r'name="phones__choice"[^>]* value="([^"]+)"', client.get(path).text)
    assert str(client.post(path, data={"phones__choice": second}).location).startswith(AGAIN)
    assert known(sqlite_town, record_id)["phones"] == ["+33612345678"]
    prove(client, path)
    assert re.search(rf'value="{second}" checked', client.get(path).text)
    client.post(path, data={"phones__choice": second})
    assert known(sqlite_town, record_id)["phones"] == ["+33698765432"]


def test_a_proof_just_given_asks_nothing_more(sqlite_town: Town) -> None:
    record_id, client, path = invited(sqlite_town, minutes=2)
    assert client.post(path, data={"email": EMAIL}).location == "/mon-parcours"
    assert known(sqlite_town, record_id)["email"] == EMAIL


def test_without_contacts_an_old_proof_is_enough(sqlite_town: Town) -> None:
    _, client, path = invited(sqlite_town)
    assert client.post(path, data={"education_level": "level_4"}).location == "/mon-parcours"


def test_what_was_typed_is_forgotten_when_no_proof_comes(town: Town) -> None:
    record_id, client, path = invited(town)
    client.post(path, data={"email": EMAIL, "education_level__later": "talk"})
    (row,) = rows(town.store, "entry_invitation")
    assert EMAIL.encode() not in bytes(row["later"]) and row["answered_at"] is not None
    later(town, 1 + int(TYPED_FOR.total_seconds() // 60))
    prove(client, path)
    assert EMAIL not in said(client.get(path))
    with system(town.store, town.clock) as tx:
        assert (forget_typed(tx), forget_typed(tx)) == (1, 0)
        tx.journal("nightly_traces")
    with herself(town, record_id, write=False) as tx:
        (one,) = own_invitations(tx)
        assert ({key: word.value for key, word in one.later.items()}, one.typed) == ({"education_level": "talk"}, {})


@pytest.mark.parametrize("item", ["phones", "email", *sorted(CAUTIONS)])
@pytest.mark.parametrize("gesture", ["corriger", "choisir"])
def test_every_way_of_changing_a_contact_asks_the_same(sqlite_town: Town, item: str, gesture: str) -> None:
    _, client, _ = invited(sqlite_town)
    path = f"/mes-informations/{item}/{gesture}"
    for answer, suite in ((client.get(path), path), (client.post(path, data={item: "oui", "choice": "x"}), RESUME)):
        assert (answer.status_code, answer.location) == (303, f"{AGAIN}?suite={suite}")
    assert prove(client, path) == path
