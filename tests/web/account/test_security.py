import re

import pytest

from pathway.demo.town import Town
from pathway.store.journal import entries_about
from tests.casework.enrolments.steps import rows
from tests.town import code_of_now, signed_in, web, welcome
from tests.web.account.doors import SAFE, coded, halfway, page_of, secret_of
from tests.web.jobseeker.lives import SECRET, at_home

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


def test_it_shows_what_protects_the_account_and_where_it_is_open(sqlite_town: Town) -> None:
    phone = web(sqlite_town)
    phone.environ_base["HTTP_USER_AGENT"] = PHONE
    coded(halfway(sqlite_town, client=phone), code_of_now(sqlite_town, "bruno"))
    page = page_of(signed_in(sqlite_town, "bruno").get(SAFE))
    assert "Safari, iPhone" in page and "cet appareil" in page and "Installée" in page
    assert "127.0.0.1" not in page and "Mozilla" not in page
    assert "AppleWebKit" not in str(rows(sqlite_town.store, "web_session"))


def test_one_other_device_is_signed_out(town: Town) -> None:
    first, second = signed_in(town, "bruno"), signed_in(town, "bruno")
    page = page_of(first.get(SAFE))
    mark = re.search(r'name="session" value="([0-9a-f]{16})"', page)
    assert mark and "1 appareil déconnecté." in page_of(
        first.post(f"{SAFE}/appareils", data={"session": mark[1]}, follow_redirects=True)
    )
    assert second.get("/mon-compte").status_code == 302 and first.get("/mon-compte").status_code == 200


def test_all_the_others_are_signed_out_at_once(sqlite_town: Town) -> None:
    mine, *others = [signed_in(sqlite_town, "bruno") for _ in range(4)]
    half = halfway(sqlite_town)
    mine.post(f"{SAFE}/appareils", data={"session": "toutes"})
    assert [one.get("/mon-compte").status_code for one in others] == [302] * 3
    assert coded(half, code_of_now(sqlite_town, "bruno")).location == "/connexion"
    assert mine.get("/mon-compte").status_code == 200


@pytest.mark.parametrize("typed", ["", "%", "_", "zz"])
def test_a_mark_that_is_nobodys_ends_nothing(sqlite_town: Town, typed: str) -> None:
    mine, other = signed_in(sqlite_town, "bruno"), signed_in(sqlite_town, "bruno")
    mine.post(f"{SAFE}/appareils", data={"session": typed})
    assert other.get("/mon-compte").status_code == 200


def test_a_session_of_somebody_else_cannot_be_ended(sqlite_town: Town) -> None:
    hers = signed_in(sqlite_town, "denis")
    mark = rows(sqlite_town.store, "web_session")[0]["id"][:16]
    signed_in(sqlite_town, "bruno").post(f"{SAFE}/appareils", data={"session": mark})
    assert hers.get("/mon-compte").status_code == 200


def test_a_person_is_offered_a_second_protection_in_plain_words(sqlite_town: Town) -> None:
    page = page_of(at_home(sqlite_town, welcome(sqlite_town)).get(SAFE))
    assert "c’est votre choix" in page and "une liste de codes imprimée suffit" in page
    assert "Votre compte a été ouvert le" in page and "20\u00a0novembre\u00a02026" in page


def test_a_person_may_protect_her_account_with_a_printed_list_alone(town: Town) -> None:
    client = at_home(town, welcome(town))
    codes = re.findall(r"<li>([A-Z2-9]{5} [A-Z2-9]{5})</li>", page_of(client.post(f"{SAFE}/codes")))
    card = rows(town.store, "account_login", "WHERE kind = 'card'")
    assert len(codes) == 10 and card
    number = re.search(r"\d{4} \d{4} \d{4} \d{2}", page_of(client.get("/ma-carte")))
    phone = web(town)
    login = number[0] if number else ""
    assert phone.post("/connexion", data={"login": login, "password": SECRET}).location.endswith("/deuxieme-etape")
    assert coded(phone, codes[0]).location == "/mon-parcours"
    client.post(f"{SAFE}/codes/retrait")
    assert web(town).post("/connexion", data={"login": login, "password": SECRET}).location == "/mon-parcours"


def test_what_she_does_to_her_account_is_in_the_journal_of_her_record(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    client.post(f"{SAFE}/codes")
    client.post(f"{SAFE}/appareils", data={"session": "toutes"})
    with sqlite_town.acting("root", write=False) as tx:
        done = {act["do"] for entry in entries_about(tx.connection, record_id, limit=20) for act in entry["acts"]}
    assert {"sign_in", "recovery_codes_made", "session_ended"} <= done


def test_ending_sessions_keeps_the_one_that_asks_and_its_secret(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    before = secret_of(client)
    client.post(f"{SAFE}/appareils", data={"session": "toutes"})
    assert secret_of(client) == before and client.get(SAFE).status_code == 200
