import re
from datetime import timedelta

import pytest

from pathway.casework.cards.rules import read_code
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.cards.counter import presented, printed, seen, shown, stop_all
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import entered, said, shape, valid

COUNTER, ON_PAPER = "/presenter-la-carte", "/presenter-la-carte/imprimee"


def test_a_code_typed_as_it_is_read_leads_to_the_record(town: Town) -> None:
    amina, _ = entered(town)
    code = shown(town, amina)
    client = signed_in(town, "elise")
    assert "La personne est devant vous" in valid(client.get(COUNTER))
    answer = client.post(COUNTER, data={"code": f"{code[:3]} {code[3:]}".lower()})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{amina}")
    page = valid(client.get(answer.location))
    assert "jusqu’à ce soir, minuit" in page and "Amina Benkacem" in page
    assert "Santé" not in page and "Carte imprimée" not in page


def test_a_visitor_sees_the_pathway_and_no_work_of_others(sqlite_town: Town) -> None:
    amina, _ = entered(sqlite_town)
    presented(sqlite_town, shown(sqlite_town, amina))
    page = said(signed_in(sqlite_town, "elise").get(f"/dossiers/{amina}"))
    assert "Étapes en cours" in page and "Points de suivi" not in page
    assert "Code d’activation" not in page and "Noter un contact" not in page
    assert signed_in(sqlite_town, "elise").get(f"/dossiers/{amina}/activation").status_code == 403


@pytest.mark.parametrize("code", ["AAAAAA", "", "a", "🐙", "A" * 5000, "<b>"])
def test_a_wrong_code_is_said_so_and_kept_as_typed(sqlite_town: Town, code: str) -> None:
    answer = signed_in(sqlite_town, "chloe").post(COUNTER, data={"code": code})
    assert answer.status_code == 422
    page = valid(answer)
    assert "Ce code ne marche pas, ou ne marche plus." in page or not code


def test_unknown_expired_and_spent_codes_have_one_answer(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    spent = shown(sqlite_town, amina)
    presented(sqlite_town, spent, by="bruno")
    expired = shown(sqlite_town, amina)
    clock.move(timedelta(minutes=3))
    client = signed_in(sqlite_town, "chloe")
    answers = [(code, client.post(COUNTER, data={"code": code})) for code in ("AAAAAA", spent, expired)]
    assert len({(shape(one)[0], shape(one)[1].replace(code, "")) for code, one in answers}) == 1


def test_a_structure_she_stopped_sharing_with_reads_the_answer_of_a_wrong_code(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    stop_all(sqlite_town, amina, "mission-locale")
    code = shown(sqlite_town, amina)
    client = signed_in(sqlite_town, "elise")
    wrong, right = (client.post(COUNTER, data={"code": one}) for one in ("AAAAAA", code))
    assert shape(wrong)[1].replace("AAAAAA", "") == shape(right)[1].replace(code, "")


def test_her_own_counsellor_is_told_that_she_stopped_sharing(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    stop_all(sqlite_town, amina, "pae-centre")
    client = signed_in(sqlite_town, "bruno")
    answer = client.post(COUNTER, data={"code": shown(sqlite_town, amina)})
    assert answer.status_code == 303
    assert "La personne a arrêté le partage avec votre structure" in said(client.get(answer.location))


def test_after_five_wrong_codes_one_waits(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "chloe")
    for _ in range(5):
        assert client.post(COUNTER, data={"code": "AAAAAA"}).status_code == 422
    answer = client.post(COUNTER, data={"code": "AAAAAA"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Réessayez dans 1 minute." in valid(answer)
    assert client.post(ON_PAPER, data={"card_number": "1", "personal_code": "A"}).status_code == 429


def printed_by(town: Town, ref: str) -> tuple[str, str]:
    page = valid(signed_in(town, "bruno").post(f"/dossiers/{ref}/carte-imprimee"))
    number = re.search(r'class="number">([0-9 ]{17})<', page)
    code = re.search(r'given-code-value number">([A-Z0-9]{4} [A-Z0-9]{4})<', page)
    assert number and code
    return number[1], code[1]


def test_a_card_printed_with_her_opens_elsewhere_with_her_code(town: Town) -> None:
    amina = welcome(town)
    number, code = printed_by(town, amina)
    client = signed_in(town, "elise")
    answer = client.post(ON_PAPER, data={"card_number": number, "personal_code": code})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{amina}")
    assert "identity" in seen(town, amina)


def test_the_personal_code_is_shown_once(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{amina}/carte-imprimee"
    assert f'href="{path}"' in said(client.get(f"/dossiers/{amina}"))
    assert "le code ne s’affiche qu’une fois" in valid(client.get(path))
    page = valid(client.post(path))
    assert "<svg" in page and "style=" not in page
    again = valid(client.get(path))
    assert "given-code" not in again and "Une carte a été imprimée le" in again


def test_a_wrong_personal_code_an_unknown_card_and_a_closed_one_have_one_answer(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    number, code = printed(sqlite_town, amina)
    client = signed_in(sqlite_town, "chloe")
    answers = [client.post(ON_PAPER, data={"card_number": n, "personal_code": "AAAAAAAA"}) for n in (number, "1" * 14)]
    assert answers[0].status_code == 422 and "Après cinq mauvais codes" in valid(answers[0])
    assert shape(answers[0])[1].replace(number, "") == shape(answers[1])[1].replace("1" * 14, "")
    for by in ("elise", "elise", "elise", "bruno"):
        signed_in(sqlite_town, by).post(ON_PAPER, data={"card_number": number, "personal_code": "AAAAAAAA"})
    closed = signed_in(sqlite_town, "denis").post(ON_PAPER, data={"card_number": number, "personal_code": code})
    assert shape(closed)[0] == 422
    assert read_code(code) not in said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{amina}/carte-imprimee"))


def test_a_lost_card_is_replaced_at_the_counter(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    number, code = printed_by(sqlite_town, amina)
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{amina}/carte-perdue"
    assert number in valid(client.get(path))
    answer = client.post(path)
    assert answer.location == f"/dossiers/{amina}/carte-imprimee"
    page = said(client.get(answer.location))
    assert "La carte perdue ne marche plus" in page and number not in page
    refused = client.post(ON_PAPER, data={"card_number": number, "personal_code": code})
    assert refused.status_code == 422


def test_a_visitor_neither_prints_nor_replaces_a_card(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    presented(sqlite_town, shown(sqlite_town, amina))
    for persona, status in (("elise", 403), ("chloe", 404), ("root", 403)):
        client = signed_in(sqlite_town, persona)
        for path in (f"/dossiers/{amina}/carte-imprimee", f"/dossiers/{amina}/carte-perdue"):
            assert client.post(path).status_code == status


def test_searching_and_creating_ask_first_for_her_card(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    for path in ("/recherche", "/dossiers/nouveau"):
        page = said(client.get(path))
        assert f'href="{COUNTER}"' in page.partition("<main")[2]
