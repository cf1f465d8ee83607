from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.records.rules import Identity
from pathway.casework.usage.rules import Budgets
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.agreements.deciding import agree
from tests.casework.cards.counter import presented, shown
from tests.casework.oversight.scenes import open_it
from tests.casework.oversight.test_exceptional import gone
from tests.casework.records.test_settling import says
from tests.town import AMINA, signed_in, welcome
from tests.web.counsellor.scenes import entered, said, valid
from tests.web.jobseeker.lives import at_home
from tests.web.papers import is_readable, kept, pages, words
from tests.web.test_quota import acts, limited

USUAL = {"chapters": ["contact", "next", "steps", "project", "skills"], "present": "y"}


def address(ref: str) -> str:
    return f"/dossiers/{ref}/parcours/imprimer"


def printed(client: FlaskClient, ref: str, *chapters: str) -> str:
    return words(kept(client.post(address(ref), data={**USUAL, "chapters": list(chapters) or USUAL["chapters"]})))


def test_the_record_leads_to_the_form_and_the_form_to_the_paper(town: Town) -> None:
    ref, _ = entered(town)
    client = signed_in(town, "bruno")
    assert f'href="{address(ref)}"' in said(client.get(f"/dossiers/{ref}"))
    page = valid(client.get(address(ref)))
    assert page.count(" checked") == 5 and "Liste des documents" in page
    paper = kept(client.post(address(ref), data=USUAL))
    text = words(paper)
    assert pages(paper) == 1 and is_readable(paper)
    for expected in (
        "Amina Benkacem",
        "Parcours remis par la personne. Préparé le 20 novembre 2026, avec elle (Point Accueil Emploi Centre).",
        "22 avril 1991",
        "06 12 34 56 78",
        "Bruno Lemaire, Point Accueil Emploi Centre",
        "depuis le 20 novembre 2026 En cours",
        "Métiers recherchés",
        "Niveau de formation",
    ):
        assert expected in text.replace("\xa0", " "), expected
    assert "Déplacements et disponibilités" not in text and "Liste des documents" not in text


def test_what_is_not_ticked_is_not_there(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    text = printed(signed_in(sqlite_town, "bruno"), ref, "project")
    assert "Métiers recherchés" in text and "06 12 34 56 78" not in text and "1991" not in text


def test_she_must_be_there_and_something_ticked_and_what_was_typed_stays(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.post(address(ref), data={"chapters": ["steps"]})
    assert answer.status_code == 422 and "Cochez cette case : ce papier se prépare avec la personne" in said(answer)
    assert valid(answer).count(" checked") == 1
    answer = client.post(address(ref), data={"present": "y"})
    assert answer.status_code == 422 and "Cochez au moins une partie" in valid(answer)
    assert acts(sqlite_town, "print_pathway") == []


def test_a_visitor_prints_what_the_card_opened_and_no_more(town: Town) -> None:
    ref, _ = entered(town)
    presented(town, shown(town, ref))
    client = signed_in(town, "elise")
    page = valid(client.get(address(ref)))
    assert "Étapes du parcours" in page and "prochains rendez-vous" not in page
    text = printed(client, ref, "contact", "steps", "practical")
    assert "Accompagnement Point Accueil Emploi" in text and "avec elle" in text
    refused = client.post(address(ref), data=USUAL)  # « next » is not open to her
    assert refused.status_code == 422


def test_a_reader_of_what_is_never_printed_is_told_so(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    agree(sqlite_town, ref, "mission-locale", "situation")
    assert "Rien à imprimer ici." in valid(signed_in(sqlite_town, "elise").get(address(ref)))


def test_an_exceptional_access_prints_nothing(sqlite_town: Town) -> None:
    ref = gone(sqlite_town)
    open_it(sqlite_town, ref)
    client = signed_in(sqlite_town, "denis")
    assert address(ref) not in said(client.get(f"/dossiers/{ref}"))
    for answer in (client.get(address(ref)), client.post(address(ref), data=USUAL)):
        assert "Un accès exceptionnel ne permet pas" in said(answer) and answer.mimetype == "text/html"
    assert acts(sqlite_town, "print_pathway") == []


def test_a_protected_address_stays_out(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert "Rennes" in printed(client, ref, "contact")
    says(sqlite_town, "bruno", ref, "address_is_protected", True)
    text = printed(client, ref, "contact")
    assert "06 12 34 56 78" in text.replace("\xa0", " ") and "Rennes" not in text and "rotégée" not in text


def test_who_she_is_is_asked_again_and_the_day_s_lines_are_counted(town: Town, clock: FixedClock) -> None:
    ref, _ = entered(town)
    client = limited(town, "bruno", Budgets(rows_day=1))
    printed(client, ref)
    answer = client.post(address(ref), data=USUAL)
    assert answer.status_code == 429 and len(acts(town, "print_pathway")) == 1
    clock.move(timedelta(minutes=11))
    assert "confirm" in client.get(address(ref)).location


def test_she_reads_in_her_log_that_it_was_printed(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    printed(signed_in(sqlite_town, "bruno"), ref)
    assert "a imprimé votre parcours, pour vous le remettre" in said(at_home(sqlite_town, ref).get("/qui-a-regarde"))


@pytest.mark.parametrize("persona", ["chloe", "ines", "theo", "root"])
def test_nobody_else_prints_it(sqlite_town: Town, persona: str) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, persona)
    for answer in (client.get(address(ref)), client.post(address(ref), data=USUAL)):
        assert answer.status_code in (403, 404) and "Amina" not in said(answer)


@pytest.mark.parametrize("name", ["#[eval] $x$ *gras* _it_ @a <b>", "\u202eenvers\u202c", "Merci 😀", "فاطمة الزهراء"])
def test_whatever_her_name_is_it_is_printed_as_text(sqlite_town: Town, name: str) -> None:
    who = Identity(first_name=name, last_name="Zu", birth_name="$ #x", birth_date=AMINA.birth_date)
    ref = welcome(sqlite_town, identity=who)
    text = printed(signed_in(sqlite_town, "bruno"), ref)
    assert "Zu" in text and "$ #x" in text and "\u202e" not in text
    assert not name.startswith("#") or name in text
