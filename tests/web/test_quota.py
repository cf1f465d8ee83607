from datetime import date, timedelta

import orjson
from flask.testing import FlaskClient
from sqlalchemy import select

from pathway.casework.records.rules import Identity
from pathway.casework.usage.rules import Budgets, Meter
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.tables import JournalEntry
from pathway.web.quota import said_until
from tests.casework.enrolments.steps import enter, rows
from tests.casework.usage.test_rules import reading
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.supervisor.test_alerts import words

FEW = Budgets(searches_hour=5, records_hour=5, records_day=5, names_day=30, refusals_hour=5, structure_times=2)


def people(town: Town, number: int, by: str = "bruno") -> list[str]:
    born = date(1990, 1, 1)
    names = (f"Paul{'abcdefghijklmnop'[one]}" for one in range(number))
    return [welcome(town, by, Identity(first_name=name, last_name="Durand", birth_date=born)) for name in names]


def limited(town: Town, persona: str, budgets: Budgets = FEW) -> FlaskClient:
    """A browser signed in, on an instance of small budgets."""
    client = signed_in(town, persona)
    client.application.extensions["carte_budgets"] = budgets
    return client


def opened(client: FlaskClient, records: list[str]) -> list[int]:
    return [client.get(f"/dossiers/{record}").status_code for record in records]


def searched(client: FlaskClient, times: int = 1) -> list[int]:
    typed = {"last_name": "Durand", "first_name": "Paula"}
    return [client.post("/recherche", data=typed).status_code for _ in range(times)]


def acts(town: Town, wanted: str) -> list[dict[str, object]]:
    """What the journal says of that action, oldest first."""
    entry = table_of(JournalEntry)
    with town.acting("root", write=False) as tx:
        payloads = [orjson.loads(row.payload) for row in tx.execute(select(entry).order_by(entry.c.seq))]
    return [act for payload in payloads for act in payload["acts"] if act["do"] == wanted]


def test_a_spent_budget_refuses_new_records_and_leaves_those_of_the_day(town: Town) -> None:
    client, records = limited(town, "bruno"), people(town, 6)
    assert opened(client, records) == [200] * 5 + [429]
    assert opened(client, records[:5]) == [200] * 5
    assert client.get(f"/dossiers/{records[0]}/contact").status_code == 200
    assert client.get(f"/dossiers/{records[0]}/entree/{town.schemes['pae']}").status_code == 200
    assert client.get(f"/dossiers/{records[5]}/contact").status_code == 429
    assert client.get("/aujourd-hui").status_code == 200


def test_a_form_begun_before_the_limit_can_still_be_sent(town: Town) -> None:
    records = people(town, 6)
    step = enter(town, records[0]).enrolment_id
    client = limited(town, "bruno")
    assert client.get(f"/etapes/{step}/sortie").status_code == 200
    opened(client, records)
    assert client.get(f"/dossiers/{records[5]}").status_code == 429
    assert client.post(f"/etapes/{step}/sortie", data={}).status_code == 422


def test_a_known_id_in_the_address_opens_no_other_record(town: Town) -> None:
    records = people(town, 6)
    client = limited(town, "bruno")
    scheme = town.schemes["pae"]
    client.get(f"/dossiers/{records[0]}/entree/{scheme}")
    client.get(f"/dossiers/{records[0]}/entree/{records[5]}")
    opened(client, records[:5])
    assert client.get(f"/dossiers/{records[5]}/entree/{scheme}").status_code == 429
    assert client.get(f"/dossiers/{records[5]}").status_code == 429


def test_the_refusal_says_what_until_when_who_was_told_and_what_to_do(town: Town) -> None:
    records = people(town, 6)
    client = limited(town, "bruno")
    opened(client, records[:5])
    answer = client.get(f"/dossiers/{records[5]}")
    page = words(answer.get_data(as_text=True))
    assert (
        "Vous avez ouvert 5 dossiers aujourd’hui. La limite est de 5. Cette page reste fermée jusqu’à minuit." in page
    )
    assert "Nous avons prévenu : Denis Carpentier." in page
    assert "Rien n’est perdu." in page and "Une urgence ?" in page and "112" in page
    assert "Durand" not in page
    assert answer.headers["Retry-After"] == str(14 * 3600)
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_hour_is_said_in_local_time() -> None:
    assert said_until(reading(1, 1, Meter.SEARCHES_HOUR)) == "jusqu’à 0\u00a0h\u00a000"
    assert said_until(reading(1, 1)) == "jusqu’à minuit"


def test_each_refusal_is_journalled_without_any_record(town: Town) -> None:
    records = people(town, 6)
    client = limited(town, "bruno")
    opened(client, [*records, records[5]])
    reached = acts(town, "quota_reached")
    assert [(act["on"], act["scope"], act["meter"], act["count"]) for act in reached] == [
        ([], "account", "records_day", 5)
    ] * 2
    assert len([act for act in acts(town, "read_record") if act["on"] == [records[5]]]) == 0


def test_a_search_is_refused_before_it_looks(town: Town, clock: FixedClock) -> None:
    people(town, 1)
    client = limited(town, "bruno")
    assert searched(client, 6) == [200] * 5 + [429]
    assert len(acts(town, "search")) == 5
    assert client.get("/recherche").status_code == 200
    clock.move(timedelta(hours=1))
    assert searched(limited(town, "bruno")) == [200]


def test_one_is_warned_once_an_hour_before_the_limit(sqlite_town: Town) -> None:
    records = people(sqlite_town, 4)
    client = limited(sqlite_town, "bruno")
    opened(client, records)
    pages = [words(client.get("/aujourd-hui").get_data(as_text=True)) for _ in range(2)]
    said = "Vous avez ouvert 4 dossiers aujourd’hui. La limite est de 5. Votre responsable le voit."
    assert [said in page for page in pages] == [True, False]
    assert [act["on"] for act in acts(sqlite_town, "quota_warned")] == [[], []]


def test_guessing_addresses_is_warned_then_blocked(town: Town) -> None:
    mine = welcome(town)
    client = limited(town, "bruno")
    opened(client, [mine])
    assert opened(client, [new_id() for _ in range(6)]) == [404] * 5 + [429]
    assert searched(client) == [429]
    assert opened(client, [mine]) == [200]
    page = words(signed_in(town, "denis").get("/alertes").get_data(as_text=True))
    assert "le compte de Bruno Lemaire a demandé 5 pages refusées en une heure" in page


def test_names_in_lists_run_out_too(sqlite_town: Town) -> None:
    people(sqlite_town, 6)
    client = limited(sqlite_town, "bruno", Budgets(names_day=6))
    assert client.get("/dossiers").status_code == 200
    assert client.get("/dossiers").status_code == 429
    assert searched(client) == [429]
    assert client.get("/aujourd-hui").status_code == 200


def test_a_structure_that_spent_its_budget_searches_no_more(town: Town) -> None:
    people(town, 1)
    for persona in ("bruno", "fatou"):
        searched(limited(town, persona), 5)
    answer = limited(town, "denis").post("/recherche", data={"last_name": "Durand", "first_name": "Paula"})
    assert answer.status_code == 429
    assert "Votre structure a fait 10 recherches en une heure." in words(answer.get_data(as_text=True))
    assert searched(limited(town, "sylvie")) == [200]


def test_the_person_herself_is_never_counted_on_her_own_record(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    client.application.extensions["carte_budgets"] = Budgets(names_day=1, records_day=1, records_hour=1)
    assert [client.get("/qui-voit-quoi").status_code for _ in range(3)] == [200] * 3
    assert rows(sqlite_town.store, "usage_count") == []


def test_the_coordinator_reads_her_figures_as_often_as_she_likes(sqlite_town: Town) -> None:
    client = limited(sqlite_town, "theo", Budgets(names_day=1, records_day=1, records_hour=1))
    assert [client.get("/territoire").status_code for _ in range(3)] == [200] * 3


def test_the_responsable_sees_it_and_says_what_she_found(town: Town) -> None:
    opened(limited(town, "bruno"), people(town, 6))
    client = signed_in(town, "denis")
    page = client.get("/alertes").get_data(as_text=True)
    assert "Volume inhabituel : le compte de Bruno Lemaire a ouvert 5 dossiers aujourd’hui" in words(page)
    assert "La limite est de 5. La limite est atteinte : la suite a été refusée. Signalé le 20 novembre 2026" in words(
        page
    )
    action = page.split("/alertes/volumes/")[1].split("/")[0]
    refused = client.post(f"/alertes/volumes/{action}/verifie")
    assert refused.status_code == 422 and "Dites ce que vous avez constaté." in refused.get_data(as_text=True)
    told = client.post(f"/alertes/volumes/{action}/verifie", data={"reason": "known_work"}, follow_redirects=True)
    assert f"/alertes/volumes/{action}" not in told.get_data(as_text=True)
    assert acts(town, "check_volume")[0]["reason"] == "known_work"
    assert client.post(f"/alertes/volumes/{action}/verifie", data={"reason": "known_work"}).status_code == 404


def test_the_responsable_of_another_structure_sees_and_settles_nothing(town: Town) -> None:
    opened(limited(town, "bruno"), people(town, 6))
    page = signed_in(town, "denis").get("/alertes").get_data(as_text=True)
    action = page.split("/alertes/volumes/")[1].split("/")[0]
    other = signed_in(town, "sylvie")
    assert "Volume" not in words(other.get("/alertes").get_data(as_text=True))
    tried = [other.post(f"/alertes/volumes/{one}/verifie", data={"reason": "mistake"}) for one in (action, new_id())]
    assert [answer.status_code for answer in tried] == [404, 404]
    assert tried[0].get_data() == tried[1].get_data()
    assert signed_in(town, "bruno").post(f"/alertes/volumes/{action}/verifie").status_code == 403
