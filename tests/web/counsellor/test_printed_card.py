"""The number of her card is a key: it is read by who may replace the card, and by nobody who saw her once."""

from datetime import timedelta

import pytest

from pathway.casework.cards.queries import card_number
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.demo.town import Town
from pathway.kernel.ids import spaced_card_number
from tests.casework.enrolments.steps import share, system
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said


def number_of(town: Town, record_id: str) -> str:
    with town.acting("bruno", write=False) as tx:
        return spaced_card_number(card_number(tx, record_id))


@pytest.mark.parametrize("page", ["carte-imprimee", "carte-perdue"])
def test_who_supports_her_reads_the_number_of_her_card(sqlite_town: Town, page: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/{page}")
    assert answer.status_code == 200 and number_of(sqlite_town, ref) in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["carte-imprimee", "carte-perdue"])
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
    for answer in (client.get(f"/dossiers/{ref}/{page}"), client.post(f"/dossiers/{ref}/{page}")):
        assert answer.status_code == 403 and number_of(sqlite_town, ref) not in said(answer)


def test_a_stranger_meets_no_card_at_all(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    share(sqlite_town, ref, "mission-locale", sections={"identity"})
    assert signed_in(sqlite_town, "chloe").get(f"/dossiers/{ref}/carte-imprimee").status_code == 404
