"""Check 32: whatever page a professional reaches, nothing of a section that is closed to her is on it."""

from collections.abc import Iterable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from pathway.casework.agreements.actions import draft_agreement
from pathway.casework.followup.rules import ContactResult
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.rules import Fact, Way, fact_to_json
from pathway.casework.records.vocabulary import Item, ItemType, Section
from pathway.casework.records.writing import provenance_now
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause, Part
from pathway.demo.town import Town
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import agree, hide, stop
from tests.casework.enrolments.steps import call, rows, system
from tests.casework.oversight.scenes import card_number
from tests.hostile.walk import walk
from tests.town import signed_in
from tests.web.counsellor.scenes import left
from tests.web.jobseeker.lives import evaluate

SAID = "canari-{}-quokka"
DATES = {
    "last_job_ended_on": ("1937-03-09", "9 mars 1937"),
    "available_from": ("2071-10-14", "14 octobre 2071"),
    "engagement_signed_on": ("1938-05-11", "11 mai 1938"),
    "engagement_review_on": ("2072-11-16", "16 novembre 2072"),
}
# Said true, it keeps the address from everybody.
LEFT_OUT = frozenset({"first_name", "last_name", "birth_name", "birth_date", "address_is_protected"})
ITEMS = [one for one in CATALOGUE.values() if one.key not in LEFT_OUT]
# The name of a step that only her own structure proposes, and a contact as the story tells it.
PARTS = {Part.PATHWAY.value: "Accompagnement Point Accueil Emploi", Part.FOLLOWUP.value: "Personne jointe – téléphone"}
EVERYTHING = frozenset(one.value for one in Section) | {Part.PATHWAY.value, Part.FOLLOWUP.value}
ALERT = "de retard sur le point de suivi"  # in the sentence of the risk that stands


def planted(item: Item) -> Any:
    """An answer like no other. One outside a closed list is shown as it stands: every form holds those of the list."""
    if item.type is ItemType.PHONES:
        return ["+33612345678"]
    if item.key in DATES:
        return DATES[item.key][0]
    text = SAID.format(item.key)
    return [text] if item.type in (ItemType.CHOICES, ItemType.ROME) else text


def read_as(item: Item) -> str:
    """The same as it stands on a page."""
    if item.type is ItemType.PHONES:
        return "06 12 34 56 78"
    return DATES[item.key][1] if item.key in DATES else SAID.format(item.key)


CANARIES = {f"{one.section.value}.{one.key}": read_as(one) for one in ITEMS} | {f"{k}.": v for k, v in PARTS.items()}


@pytest.fixture
def amina(sqlite_town: Town) -> str:
    """Her record, with an answer of its own in every line of the dictionary, an exit, a contact and an alert."""
    record_id, _ = left(sqlite_town, days_ago=20)
    evaluate(sqlite_town, record_id)
    call(sqlite_town, record_id)
    with sqlite_town.acting("bruno") as tx:
        for section in Section:
            _seal(tx, record_id, section)
        tx.journal("import_people", records=[record_id])
    return record_id


def _seal(tx: Transaction, record_id: str, section: Section) -> None:
    kept = tx.sealing.open(record_id, [section.value]).get(section.value)
    source = provenance_now(tx, Way.SAID)
    said = {
        one.key: fact_to_json(Fact(key=one.key, value=planted(one), provenance=source))
        for one in ITEMS
        if one.section is section
    }
    facts = {**(kept.payload["facts"] if kept else {}), **said}
    tx.sealing.write(record_id, section.value, {"facts": facts}, seq=kept.seq if kept else 0)


def support(town: Town, record_id: str, structure: str) -> None:
    with system(town.store, town.clock) as tx:
        open_grants(
            tx,
            record_ids=[record_id],
            structure_id=town.structures[structure],
            cause=Cause.SUPPORT,
            cause_id="",
            sections=SUPPORT_SECTIONS,
            until_at=None,
        )
        tx.journal("share", records=[record_id])


def every_page(town: Town, record_id: str, who: str) -> str:
    """All that one may read there, in one text: pages by their links and their addresses, searches, papers."""
    client = signed_in(town, who)
    paths = [f"/dossiers/{record_id}", *(f"/dossiers/{record_id}/informations/{one.value}" for one in Section)]
    below = [str(one["id"]) for table in ("enrolment", "point") for one in rows(town.store, table)]
    seen = [page.answer for page in walk(client, ids=[record_id, *below]).pages.values()]
    seen += [client.get(path) for path in (*paths, "/dossiers?filtre=tous")]
    seen += [client.get(f"/dossiers/{record_id}/entree/{scheme}") for scheme in town.schemes.values()]
    return "\n".join(body(one) for one in (*seen, *searches(town, record_id, client)))


def searches(town: Town, record_id: str, client: FlaskClient) -> Iterable[TestResponse]:
    who = {"last_name": "Benkacem", "first_name": "Amina", "birth_date": "22/04/1991"}
    for typed in (who, {"card_number": card_number(town, record_id)}):
        yield client.post("/recherche", data=typed)


def body(answer: TestResponse) -> str:
    """The answer as it is read: one kind of space and of sign, the text of a PDF."""
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    return " ".join(unescape(answer.get_data(as_text=True)).split())


def on(pages: str) -> set[str]:
    """The canaries that can be read there."""
    return {name for name, value in CANARIES.items() if value in pages}


def of(sections: Iterable[str]) -> set[str]:
    return {name for name in CANARIES if name.partition(".")[0] in sections}


@pytest.mark.parametrize(
    ("structure", "who", "sections"),
    [
        pytest.param("mission-locale", "elise", {"contact"}, id="identity and contact"),
        pytest.param("mission-locale", "elise", {"education"}, id="education"),
        pytest.param("mission-locale", "elise", {"pathway"}, id="nothing but her pathway"),
        pytest.param("mission-locale", "elise", EVERYTHING - {"identity", "health"}, id="all but health"),
        pytest.param("mission-locale", "sylvie", {"household", "obstacles"}, id="their responsable"),
        pytest.param("ccas", "nadia", {"health"}, id="health alone"),
    ],
)
def test_only_what_she_agreed_to_is_on_any_page(
    sqlite_town: Town, amina: str, structure: str, who: str, sections: set[str]
) -> None:
    agree(sqlite_town, amina, structure, *sections)
    draft(sqlite_town, amina, who, structure)
    pages = every_page(sqlite_town, amina, who)
    assert on(pages) == of(sections | {"identity"})
    assert "Accord de partage" in pages
    assert ALERT not in pages


def draft(town: Town, record_id: str, who: str, structure: str) -> None:
    where = town.structures[structure]
    with town.acting(who) as tx:
        draft_agreement(tx, record_id=record_id, structure_id=where, sections=["contact"], months=3)


def test_who_supports_her_reads_all_but_her_health(sqlite_town: Town, amina: str) -> None:
    support(sqlite_town, amina, "mission-locale")
    pages = every_page(sqlite_town, amina, "elise")
    assert on(pages) == of(EVERYTHING - {"health"})
    assert ALERT in pages


def test_a_part_she_hides_leaves_every_page_at_once(sqlite_town: Town, amina: str) -> None:
    agree(sqlite_town, amina, "mission-locale", "contact", "education", "pathway")
    hide(sqlite_town, amina, "mission-locale", "contact", "phones")
    hide(sqlite_town, amina, "mission-locale", "education")
    seen = on(every_page(sqlite_town, amina, "elise"))
    assert seen == of({"identity", "contact", "pathway"}) - {"contact.phones"}
    assert not finds_her(signed_in(sqlite_town, "elise"), {"phone": "06 12 34 56 78"})
    assert on(every_page(sqlite_town, amina, "bruno")) >= {"contact.phones", *of({"education"})}


def finds_her(client: FlaskClient, typed: dict[str, str]) -> bool:
    return "Amina" in client.post("/recherche", data=typed).get_data(as_text=True)


def test_once_she_stopped_nothing_of_her_is_on_any_page(sqlite_town: Town, amina: str) -> None:
    agree(sqlite_town, amina, "mission-locale", *(EVERYTHING - {"identity", "health"}))
    assert finds_her(signed_in(sqlite_town, "elise"), {"phone": "06 12 34 56 78"})
    stop(sqlite_town, amina, "mission-locale")
    pages = every_page(sqlite_town, amina, "elise")
    assert on(pages) == set()
    assert f"/dossiers/{amina}" not in pages
    assert not finds_her(signed_in(sqlite_town, "elise"), {"phone": "06 12 34 56 78"})


def test_who_supports_her_and_was_stopped_reads_its_own_words_alone(sqlite_town: Town, amina: str) -> None:
    support(sqlite_town, amina, "mission-locale")
    call(sqlite_town, amina, by="elise", result=ContactResult.MESSAGE_LEFT)
    stop(sqlite_town, amina, "mission-locale")
    pages = every_page(sqlite_town, amina, "elise")
    assert on(pages) == set()
    assert "Benkacem" in pages and "Message laissé – téléphone" in pages
