import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.records.names import Query
from pathway.casework.records.queries import found, record_opened
from pathway.casework.records.rules import Identity
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import ROOT
from pathway.web.jobseeker import access
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home, reach

SAMIR = Identity(first_name="Samir", last_name="Belkacem", birth_date=date(1988, 2, 3))


def read(client: FlaskClient, path: str = "/qui-voit-quoi") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def share(town: Town, record_id: str, structure: str, *, sections: frozenset[str], days: int) -> None:
    with town.acting("bruno") as tx:
        open_grants(
            tx,
            record_ids=[record_id],
            structure_id=town.structures[structure],
            cause=Cause.AGREEMENT,
            cause_id="",
            sections=sections,
            until_at=tx.now + timedelta(days=days),
        )
        tx.journal("share", records=[record_id])


def test_she_reads_which_structure_sees_what_why_and_until_when(town: Town) -> None:
    record_id = welcome(town)
    share(town, record_id, "mission-locale", sections=frozenset({Section.CONTACT, Section.PROJECT}), days=30)
    page = read(at_home(town, record_id))
    assert "Point Accueil Emploi Centre Votre dossier, sauf la partie santé" in page
    assert "Elle vous accompagne, depuis le 20 novembre 2026." in page
    assert "Mission locale du Bassin Ces parties : coordonnées et contact, projet professionnel" in page
    assert "jusqu’au 20 décembre 2026" in page


def test_an_access_that_ended_is_no_longer_there(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    share(sqlite_town, record_id, "plie", sections=frozenset({Section.CONTACT}), days=1)
    clock.move(timedelta(days=1))
    assert "PLIE du Bassin" not in read(at_home(sqlite_town, record_id))


def test_each_access_is_told_with_its_day_structure_and_deed(town: Town) -> None:
    record_id = welcome(town)
    reach(town, record_id)
    with town.acting("fatou") as tx:
        record_opened(tx, record_id)
        found(tx, Query(last_name="Benkacem", first_name="Amina", birth_date=date(1991, 4, 22)))
    page = read(at_home(town, record_id))
    assert "Point Accueil Emploi Centre a lu votre dossier" in page
    assert "Point Accueil Emploi Centre a cherché un nom et trouvé le vôtre" in page
    assert "Bruno Lemaire (Point Accueil Emploi Centre) a noté un contact avec vous" in page
    assert "vendredi 20 novembre" in page and "Diallo" not in page


def test_a_refused_access_is_told_too(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    assert signed_in(sqlite_town, "chloe").get(f"/dossiers/{record_id}").status_code == 404
    page = read(at_home(sqlite_town, record_id))
    assert "Association Passerelle a essayé d’ouvrir votre dossier, et l’accès a été refusé" in page


def test_her_own_visits_are_left_out_and_repeats_are_one_line(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    for _ in range(3):
        reach(sqlite_town, record_id)
        clock.move(timedelta(minutes=3))
    client = at_home(sqlite_town, record_id)
    read(client)
    page = read(client)
    assert "a noté un contact avec vous (3 fois)" in page
    assert "a lu votre dossier" not in page


def test_an_unknown_deed_gets_a_generic_sentence(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("fatou") as tx:
        tx.journal("something_of_tomorrow", records=[record_id])
    assert "Point Accueil Emploi Centre a utilisé votre dossier" in read(at_home(sqlite_town, record_id))


def test_fifty_lines_at_most(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    for _ in range(60):
        clock.move(timedelta(days=1))
        with sqlite_town.acting("fatou") as tx:
            tx.journal("read_record", records=[record_id])
    assert read(at_home(sqlite_town, record_id)).count("a lu votre dossier") == 49  # and the code given today


@pytest.mark.parametrize("path", ["/mon-parcours", "/mes-informations", "/qui-voit-quoi", "/mon-compte"])
def test_she_sees_nothing_of_anybody_else(sqlite_town: Town, path: str) -> None:
    record_id = welcome(sqlite_town)
    other = welcome(sqlite_town, identity=SAMIR)
    page = read(at_home(sqlite_town, record_id), path)
    assert "Samir" not in page and "Belkacem" not in page and other not in page


def test_a_role_that_reads_nothing_of_hers_is_shut_out(sqlite_town: Town) -> None:
    for persona in ("bruno", "denis", "theo", "root", "ines"):
        assert signed_in(sqlite_town, persona).get("/qui-voit-quoi").status_code == 403


def test_every_deed_is_a_claim_about_a_third_person() -> None:
    assert all(said.split()[0] in {"a", "vous"} for said in [*access._DEEDS.values(), access._SOMETHING])


def test_every_deed_on_a_record_has_its_words() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "pathway").rglob("*.py"))
    deeds = set(re.findall(r'tx\.journal\("(\w+)", records=', sources))
    hers = {"sign_in", "activation_checked"}  # done before anybody is known, by whoever holds her code or password
    assert len(deeds) > 20 and deeds - hers <= set(access._DEEDS)
