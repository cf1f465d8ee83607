"""The number of her card is a key: it is read by who may replace the card, and by nobody who saw her once."""

import re
from datetime import timedelta

import pytest

from pathway.casework.cards.queries import card_number
from pathway.casework.cards.rules import read_code
from pathway.casework.records.rules import Identity
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import spaced_card_number
from tests.casework.agreements.deciding import stop
from tests.casework.cards.counter import on_counter, printed
from tests.casework.enrolments.steps import share, system
from tests.town import AMINA, signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.papers import is_readable, kept, pages, words
from tests.web.test_quota import acts

CODE = re.compile(r"\b[A-Z0-9]{4} [A-Z0-9]{4}\b")


def number_of(town: Town, record_id: str) -> str:
    with town.acting("bruno", write=False) as tx:
        return spaced_card_number(card_number(tx, record_id))


@pytest.mark.parametrize("page", ["carte-imprimee", "carte-perdue"])
def test_who_supports_her_reads_the_number_of_her_card(sqlite_town: Town, page: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/{page}")
    assert answer.status_code == 200 and number_of(sqlite_town, ref) in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["carte-imprimee", "carte-imprimee/pdf", "carte-perdue"])
@pytest.mark.parametrize("cause", [Cause.PRESENTED_CARD, Cause.AGREEMENT])
def test_a_visitor_or_a_reader_is_not_shown_it(sqlite_town: Town, page: str, cause: Cause) -> None:
    ref = welcome(sqlite_town)
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        open_grants(
            tx,
            record_ids=[ref],
            structure_id=sqlite_town.structures["horizon"],
            cause=cause,
            cause_id="",
            sections=frozenset({"identity", "contact"}) | PARTS,
            until_at=tx.now + timedelta(hours=8),
        )
        tx.journal("share", records=[ref])
    client = signed_in(sqlite_town, "hugo")
    assert client.get(f"/dossiers/{ref}").status_code == 200
    posted = client.post(f"/dossiers/{ref}/{page}", data={"way": "pdf"})
    for answer in (client.get(f"/dossiers/{ref}/{page}"), posted):
        assert answer.status_code in (403, 405) and number_of(sqlite_town, ref) not in said(answer)


def test_a_stranger_meets_no_card_at_all(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    share(sqlite_town, ref, "mission-locale", sections={"identity"})
    assert signed_in(sqlite_town, "chloe").get(f"/dossiers/{ref}/carte-imprimee").status_code == 404


def test_the_pdf_bears_name_number_and_the_code_just_drawn(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert "Préparer en PDF, avec le code" in valid(client.get(f"/dossiers/{ref}/carte-imprimee"))
    paper = kept(client.post(f"/dossiers/{ref}/carte-imprimee", data={"way": "pdf"}))
    text, number = words(paper), number_of(town, ref)
    assert pages(paper) == 1 and is_readable(paper)
    assert "Amina Benkacem" in text and number in text.replace("\xa0", " ")
    assert "Point Accueil Emploi Centre" in text and "Personne n’a à vous le demander sans raison" in text
    (code,) = CODE.findall(text.replace("\xa0", " ").replace(number, ""))
    assert on_counter(town, number, read_code(code)).record_id == ref
    assert len(acts(town, "print_card")) == 1


def test_the_card_printed_again_keeps_the_code_and_bears_none(town: Town) -> None:
    ref = welcome(town)
    number, code = printed(town, ref)
    client = signed_in(town, "bruno")
    assert f'href="/dossiers/{ref}/carte-imprimee/pdf"' in valid(client.get(f"/dossiers/{ref}/carte-imprimee"))
    text = words(kept(client.get(f"/dossiers/{ref}/carte-imprimee/pdf")))
    assert "celui qui vous a été donné le 20 novembre 2026" in text and "à couper" not in text
    assert CODE.findall(text.replace(number_of(town, ref), "")) == []
    assert on_counter(town, number, code).record_id == ref
    assert len(acts(town, "print_card")) == 1 and acts(town, "reprint_card")[0]["on"] == [ref]


def test_a_blocked_card_says_so_on_paper(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    number, _ = printed(sqlite_town, ref)
    for _ in range(5):
        on_counter(sqlite_town, number, "AAAAAAAA")
    text = words(kept(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/carte-imprimee/pdf")))
    assert "Votre code personnel est bloqué" in text


def test_after_printing_on_the_screen_the_paper_is_one_link_away(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    page = valid(signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/carte-imprimee"))
    assert "given-code-value" in page and f'href="/dossiers/{ref}/carte-imprimee/pdf"' in page


def test_a_structure_she_stopped_prints_nothing(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    stop(sqlite_town, ref, "pae-centre")
    client = signed_in(sqlite_town, "bruno")
    assert client.get(f"/dossiers/{ref}/carte-imprimee/pdf").mimetype == "text/html"
    assert client.post(f"/dossiers/{ref}/carte-imprimee", data={"way": "pdf"}).status_code == 422
    assert acts(sqlite_town, "print_card") == acts(sqlite_town, "reprint_card") == []


@pytest.mark.parametrize("page", ["carte-imprimee", "carte-imprimee/pdf"])
def test_who_prints_is_asked_again_who_she_is(sqlite_town: Town, clock: FixedClock, page: str) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    clock.move(timedelta(minutes=11))
    answer = client.get(f"/dossiers/{ref}/{page}")
    assert answer.status_code == 303 and "confirm" in answer.location


HOSTILE = ("#[eval] $x$ *gras* _it_", "\u202eecnatsni\u202c \u2066x\u2069", "@ref <b> \\ // -- 😀", "فاطمة", "A" * 100)


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_her_name_is_it_is_printed_as_text_on_one_sheet(sqlite_town: Town, name: str) -> None:
    who = Identity(first_name=name, last_name="Zu", birth_date=AMINA.birth_date)
    ref = welcome(sqlite_town, identity=who)
    client = signed_in(sqlite_town, "bruno")
    paper = kept(client.post(f"/dossiers/{ref}/carte-imprimee", data={"way": "pdf"}))
    text = words(paper)
    assert pages(paper) == 1 and not set("\u202e\u202c\u2066\u2069") & set(text)
    assert "Zu" in text and (not name.startswith("#") or name in text)
