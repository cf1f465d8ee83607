import re
from datetime import timedelta

import pytest

from pathway.casework.cards.rules import read_code
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.web.qr import drawn
from tests.casework.cards.counter import on_counter, presented, printed, seen, stop_all
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import SECRET, at_home
from tests.web.papers import is_readable, kept, pages, words
from tests.web.test_quota import acts


def code_on(page: str) -> str:
    found = re.search(r'own-card-said number">([A-Z0-9]{3} [A-Z0-9]{3})<', page)
    assert found
    return read_code(found[1])


def number_on(page: str) -> str:
    found = re.search(r'number">(\d{4} \d{4} \d{4} \d{2})<', page)
    assert found
    return found[1]


def test_the_card_is_in_the_bar_and_shows_no_code_before_it_is_asked(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    page = valid(at_home(sqlite_town, amina).get("/ma-carte"))
    assert 'href="/ma-carte" aria-current="page"' in page
    bar = re.findall(r"<span>(Parcours|Ma carte|Mes infos|Qui voit quoi)</span>", page)
    assert bar == ["Parcours", "Ma carte", "Mes infos", "Qui voit quoi"]
    assert "Montrer ma carte" in page and "own-card-said" not in page
    assert number_on(page)


def test_her_number_keeps_the_order_of_its_groups_in_a_language_written_from_the_right(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    client.post("/langue", data={"langue": "ar", "retour": "/ma-carte"})
    for page in ("/ma-carte", "/mes-informations"):
        told = client.get(page).get_data(as_text=True)
        assert ' dir="rtl"' in told
        assert re.search(r'dir="ltr" class="number">\d{4} \d{4} \d{4} \d{2}<', told)


def test_a_code_is_shown_with_its_hour_and_opens_the_record(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    page = valid(at_home(town, amina).post("/ma-carte"))
    assert "Valable jusqu’à 10 h 03" in page
    assert "Votre carte ouvre votre dossier pour la journée. Vous pouvez arrêter à tout moment." in page
    clock.move(timedelta(minutes=2, seconds=59))
    assert presented(town, code_on(page)).record_id == amina


def test_the_drawing_is_the_address_of_the_counter_with_the_code_after_the_hash(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    page = valid(at_home(sqlite_town, amina).post("/ma-carte"))
    assert drawn(f"http://localhost:8000/presenter-la-carte#{code_on(page)}").path in page
    assert "<svg" in page and "style=" not in page and "data:" not in page


def test_a_code_asked_again_is_another_and_the_first_is_dead(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = at_home(sqlite_town, amina)
    first, second = (code_on(said(client.post("/ma-carte"))) for _ in range(2))
    assert presented(sqlite_town, first).record_id == ""
    assert presented(sqlite_town, second).record_id == amina


def test_she_reads_which_structure_her_card_opened_and_stops_it(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = at_home(sqlite_town, amina)
    presented(sqlite_town, code_on(said(client.post("/ma-carte"))))
    page = valid(client.get("/ma-carte"))
    assert "Mission locale du Bassin" in page and "depuis 10 h 00, jusqu’à ce soir, minuit" in page
    answer = client.post("/ma-carte/arreter", data={"structure": sqlite_town.structures["mission-locale"]})
    assert answer.status_code == 303
    page = said(client.get("/ma-carte"))
    assert "C’est arrêté." in page and "Mission locale du Bassin" not in page
    assert seen(sqlite_town, amina) == frozenset()


def test_stopping_a_visit_that_is_none_harms_nothing(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = at_home(sqlite_town, amina)
    for structure in ("", "pae-centre", "z" * 26, sqlite_town.structures["pae-centre"]):
        assert client.post("/ma-carte/arreter", data={"structure": structure}).status_code == 303
    assert "followup" in seen(sqlite_town, amina, "bruno")


def test_a_lost_card_gives_a_new_number_with_which_she_signs_in(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = at_home(sqlite_town, amina)
    old, code = printed(sqlite_town, amina)
    assert "L’ancien ne marche plus" in valid(client.get("/ma-carte/perdue"))
    assert client.post("/ma-carte/perdue").status_code == 303
    new = number_on(said(client.get("/ma-carte")))
    assert "".join(new.split()) != old
    assert on_counter(sqlite_town, old, code).record_id == ""
    client.delete_cookie("carte")
    for login, status in ((old, 422), (new, 303)):
        assert client.post("/connexion", data={"login": login, "password": SECRET}).status_code == status


def test_she_is_told_where_her_card_opens_nothing(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = at_home(sqlite_town, amina)
    stop_all(sqlite_town, amina, "ccas")
    assert "Vous avez arrêté le partage avec : CCAS" in said(client.get("/ma-carte"))
    stop_all(sqlite_town, amina)
    assert "Votre carte n’ouvre rien." in valid(client.get("/ma-carte"))


def test_she_is_told_that_her_printed_card_is_blocked(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = at_home(sqlite_town, amina)
    number, _ = printed(sqlite_town, amina)
    assert "Imprimée le 20 novembre 2026, Point Accueil Emploi Centre" in re.sub(
        "<[^>]*>", "", said(client.get("/ma-carte"))
    )
    for _ in range(5):
        on_counter(sqlite_town, number, "AAAAAAAA")
    assert "Elle est bloquée" in valid(client.get("/ma-carte"))


def test_her_card_on_paper_bears_her_number_and_no_code(town: Town) -> None:
    amina = welcome(town)
    client = at_home(town, amina)
    page = valid(client.get("/ma-carte"))
    assert 'href="/ma-carte/pdf"' in page
    paper = kept(client.get("/ma-carte/pdf"))
    text = words(paper)
    assert pages(paper) == 1 and is_readable(paper)
    assert "Amina Benkacem" in text and number_on(page) in text.replace("\xa0", " ")
    assert "Vous n’avez pas encore de code personnel" in text and "Point Accueil" not in text
    number, code = printed(town, amina)
    text = words(kept(client.get("/ma-carte/pdf")))
    assert "celui qui vous a été donné le 20 novembre 2026" in text and code not in text.replace(" ", "")
    assert on_counter(town, number, code).record_id == amina
    assert len(acts(town, "reprint_card")) == 2


def test_who_she_is_is_asked_again_before_her_card_leaves(sqlite_town: Town, clock: FixedClock) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    clock.move(timedelta(minutes=11))
    answer = client.get("/ma-carte/pdf")
    assert (answer.status_code, answer.location) == (303, "/mon-compte/confirmer?suite=/ma-carte/pdf")


@pytest.mark.parametrize("path", ["/ma-carte", "/ma-carte/perdue"])
def test_nobody_else_has_a_card_to_show(sqlite_town: Town, path: str) -> None:
    for persona in ("bruno", "denis", "root"):
        client = signed_in(sqlite_town, persona)
        assert client.get(path).status_code == client.post(path).status_code == 403
