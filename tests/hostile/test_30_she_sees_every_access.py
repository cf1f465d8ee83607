"""Check 30: whatever anybody does that touches her record, even refused, is a line of her log."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from pathway.casework.accounts.actions import give_activation
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.oversight.queries import own_log
from pathway.casework.oversight.vocabulary import SOMETHING, deed_of
from pathway.demo.town import Town
from pathway.store.columns import table_of
from pathway.store.tables import JournalEntry
from pathway.store.transaction import Transaction
from tests.casework.oversight.scenes import card_number, herself, open_it
from tests.casework.oversight.test_exceptional import gone
from tests.town import signed_in, web, welcome
from tests.web.counsellor.scenes import left, points
from tests.web.jobseeker.lives import SECRET, at_home, evaluate

AMINA = {"last_name": "Benkacem", "first_name": "Amina"}
# Who does what, and the act she must read of it. Strangers are refused, the others are not.
WALK: tuple[tuple[str, str, Mapping[str, str] | None, str], ...] = (
    ("bruno", "/dossiers/{record}", None, "read_record"),
    ("fatou", "/dossiers/{record}", None, "read_record"),
    ("denis", "/dossiers/{record}", None, "read_record"),
    ("bruno", "/dossiers", None, "read_list"),
    ("bruno", "/aujourd-hui", None, "read_list"),
    ("denis", "/alertes", None, "read_alerts"),
    ("fatou", "/recherche", AMINA, "search"),
    ("bruno", "/dossiers/{record}/contact", None, "read_record"),
    ("bruno", "/dossiers/{record}/contact", {"channel": "phone", "result": "no_answer"}, "record_contact"),
    ("bruno", "/dossiers/{record}/informations/contact", None, "read_record"),
    ("chloe", "/dossiers/{record}", None, "refused"),
    ("elise", "/dossiers/{record}/contact", {"channel": "phone", "result": "reached"}, "refused"),
    ("sylvie", "/dossiers/{record}/entree", None, "refused"),
    ("hugo", "/etapes/{step}/sortie", None, "refused"),
    ("karim", "/points/{point}/non-fait", {"reason": "none"}, "refused"),
    ("yvan", "/alertes/{alert}/ecartee", {"reason": "handled"}, "refused"),
    ("theo", "/dossiers/{record}", None, "refused"),
    ("ines", "/dossiers/{record}", None, "refused"),
    ("root", "/dossiers/{record}/contact", None, "refused"),
)


def scene(town: Town) -> dict[str, str]:
    """Amina left twenty days ago: her record, step, open point and alert."""
    record, step = left(town, days_ago=20)
    evaluate(town, record)
    with town.acting("denis", write=False) as tx:
        alert = next(one.id for one in open_alerts(tx) if one.record_id == record)
    return {"record": record, "step": step, "point": points(town, record)[0].id, "alert": alert}


def lines_by(town: Town, record_id: str, account_id: str) -> Counter[str]:
    """How often that account did what, as she can read it."""
    counted: Counter[str] = Counter()
    with herself(town, record_id, write=False) as tx:
        for one in own_log(tx):
            counted[one.action] += len(one.seqs) if one.account_id == account_id else 0
    return +counted


@pytest.mark.parametrize(("persona", "path", "data", "act"), WALK)
def test_each_step_of_a_walk_is_a_line_with_words(
    sqlite_town: Town, persona: str, path: str, data: Mapping[str, str] | None, act: str
) -> None:
    known = scene(sqlite_town)
    client, account = signed_in(sqlite_town, persona), sqlite_town.accounts[persona]
    before = lines_by(sqlite_town, known["record"], account)
    where = path.format(**known)
    answer = client.get(where) if data is None else client.post(where, data=data)
    after = lines_by(sqlite_town, known["record"], account)
    assert (answer.status_code in (403, 404)) is (act == "refused")
    assert after[act] == before[act] + 1
    assert deed_of(act) is not SOMETHING


def test_a_whole_walk_reads_in_order_on_her_screen(town: Town) -> None:
    known = scene(town)
    hers = at_home(town, known["record"])
    for persona, path, data, _ in WALK:
        client, where = signed_in(town, persona), path.format(**known)
        client.get(where) if data is None else client.post(where, data=data)
    page = hers.get("/qui-a-regarde").get_data(as_text=True).split("Vos propres visites")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for structure in ("Association Passerelle", "Mission locale du Bassin", "PLIE du Bassin", "Centre de formation"):
        assert re.search(rf"{structure}[^.]* a essayé d’ouvrir votre dossier, et l’accès a été refusé", words)
    assert words.count("a essayé d’ouvrir votre dossier") >= 9
    assert SOMETHING.said not in words


def test_failed_tries_by_card_number_are_lines_too(town: Town) -> None:
    record_id = gone(town)
    assert open_it(town, record_id, by="sylvie") is None
    assert lines_by(town, record_id, town.accounts["sylvie"]) == {"refused": 1}


def test_a_wrong_code_for_her_account_leaves_her_record_unread(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        code = give_activation(tx, record_id=record_id)
    typed = {"code": code, "birth_date": "01/01/1990", "password": SECRET, "again": SECRET}
    assert web(sqlite_town).post("/activation/mot-de-passe", data=typed).status_code != 303
    assert "read_record" not in lines_by(sqlite_town, record_id, "")


def test_what_reads_her_in_a_budget_that_is_spent_is_a_line(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = signed_in(sqlite_town, "fatou")
    budgets = client.application.extensions["carte_budgets"]
    client.application.extensions["carte_budgets"] = type(budgets)(records_day=1, records_hour=1)
    other = welcome(sqlite_town)
    assert client.get(f"/dossiers/{other}").status_code == 200
    assert client.get(f"/dossiers/{record_id}").status_code == 429
    assert lines_by(sqlite_town, record_id, sqlite_town.accounts["fatou"]) == {"refused": 1}


def test_the_log_says_exactly_what_the_journal_says(town: Town) -> None:
    known = scene(town)
    for persona, path, data, _ in WALK[:12]:
        client, where = signed_in(town, persona), path.format(**known)
        client.get(where) if data is None else client.post(where, data=data)
    with herself(town, known["record"], write=False) as tx:
        told = {seq for line in own_log(tx) for seq in line.seqs}
        assert told == _naming(tx, known["record"])


def _naming(tx: Transaction, record_id: str) -> set[int]:
    """Every journal entry whose bytes name her record, read without any index."""
    entry = table_of(JournalEntry)
    rows: list[Any] = list(tx.execute(select(entry.c.seq, entry.c.payload)))
    named = re.compile(rb'"on":\[[^\]]*' + record_id.encode())
    return {row.seq for row in rows if named.search(row.payload)}


def test_her_number_is_shown_to_nobody_by_her_log(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    page = at_home(sqlite_town, record_id).get("/qui-a-regarde").get_data(as_text=True).split("<main")[1]
    assert record_id not in page and sqlite_town.accounts["bruno"] not in page
    assert card_number(sqlite_town, record_id) not in page
